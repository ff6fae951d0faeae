"""A visitor who follows every link: nothing breaks, and figures agree with what they lead to."""

import html
import re
from urllib.parse import urljoin

from starlette.testclient import TestClient

PAGE_LIMIT = 500


def find_links(address: str, text: str) -> list[tuple[str, str]]:
    """The address and the words of every link of a page; no words for the number of a page."""
    found = []
    for tag, words in re.findall(r"<a\b([^>]*)>(.*?)</a>", text, re.DOTALL):
        [href] = re.findall(r'\shref="([^"#]*)', html.unescape(tag))
        plain = " ".join(re.sub(r"<[^>]*>", " ", words).split())
        if href:
            found.append((urljoin(address, href), "" if "aria-label" in tag else plain))
    return found


def find_count(words: str) -> int | None:
    """The figure that a link promises: “12 comments about Parking”, “All 12 marked urgent”."""
    found = re.match(r"(?:All )?([\d,]+)(?= |$)(?! :)", words) or re.search(
        r"([\d,]+) comments", words
    )
    return int(found[1].replace(",", "")) if found else None


def read_heading_count(text: str) -> int:
    heading = re.search(r"<h1[^>]*>\s*<bdi>([\d,]+|No) comments?", text)
    assert heading, "a page of comments says how many there are"
    return 0 if heading[1] == "No" else int(heading[1].replace(",", ""))


def test_every_link_works_and_every_figure_agrees(client: TestClient) -> None:
    waiting, seen, compared = ["/"], {"/"}, 0
    promised: dict[str, int] = {}
    while waiting and len(seen) - len(waiting) < PAGE_LIMIT:
        address = waiting.pop(0)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        if address in promised:
            assert read_heading_count(answer.text) == promised[address], address
            compared += 1
        for link, words in find_links(address, answer.text):
            is_list = link.startswith("/comments?") and "page=" not in link
            if is_list and (count := find_count(words)) is not None:
                assert promised.setdefault(link, count) == count, link
            if link not in seen and not link.startswith("/comments/"):
                seen.add(link)
                waiting.append(link)
    assert compared > 150


def test_figures_of_a_filtered_overview_agree(client: TestClient) -> None:
    address = "/?topic=food&topic=timeliness&sentiment=negative&place=Northfield+Hospital&score=2"
    compared = 0
    for link, words in find_links(address, client.get(address).text):
        count = find_count(words)
        if count is None or not link.startswith("/comments?") or "page=" in link:
            continue
        assert read_heading_count(client.get(link).text) == count, (link, words)
        compared += 1
    assert compared > 20
