"""The pages in real Chromium: what a person with a mouse, a keyboard or a small screen meets."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.web.conftest import serve
from tests.web.feedback import make_feedback, make_store
from yousaid.sample import sample_path
from yousaid.store.layout import create_store
from yousaid.web.app import make_app

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 320)
# Not in git: for whoever looks at what a run made.
PICTURES = Path(__file__).parents[2] / "artefacts" / "pages"

# Every page and every state, by site and address.
STATES = {
    "overview": ("full", "/"),
    "overview filtered": ("full", "/?topic=timeliness&sentiment=negative&place=Riverside+Centre"),
    "overview by words": ("full", "/?words=soup&mixed=yes"),
    "topics": ("full", "/topics"),
    "topic": ("full", "/topics/food"),
    "topic filtered": ("full", "/topics/parking?place=Riverside+Centre"),
    "topic of nothing": ("full", "/topics/pain?words=zzzz"),
    "empty topics": ("empty", "/topics"),
    "empty topic": ("empty", "/topics/food"),
    "hostile topics": ("hostile", "/topics"),
    "hostile topic": ("hostile", "/topics/food"),
    "trends": ("full", "/trends"),
    "trends of a topic": ("full", "/trends?topic=food&measure=criticism&step=quarter"),
    "trends of topics": ("full", "/trends?measure=criticism&split=topic&step=quarter"),
    "trends of places": ("full", "/trends?measure=comments&split=place"),
    "trends of nothing": ("full", "/trends?words=zzzz"),
    "empty trends": ("empty", "/trends"),
    "hostile trends": ("hostile", "/trends?split=place&measure=comments"),
    "compare places": ("full", "/compare"),
    "compare within a place": ("full", "/compare?place=Northfield+Hospital&measure=praise"),
    "compare groups": ("full", "/compare?of=groups"),
    "compare periods": ("full", "/compare?of=periods"),
    "compare nothing": ("full", "/compare?of=periods&to=2024-07-01"),
    "empty compare": ("empty", "/compare"),
    "hostile compare": ("hostile", "/compare?measure=criticism"),
    "hostile groups": ("hostile", "/compare?of=groups&measure=criticism"),
    "comments": ("full", "/comments"),
    "comments filtered": ("full", "/comments?topic=food&topic=pain&order=most_negative"),
    "comments by words": ("full", "/comments?words=soup"),
    "comments by a slip": ("full", "/comments?words=nurces"),
    "comments last page": ("full", "/comments?page=20"),
    "comment": ("full", "/comments/c20"),
    "comment and others like it": ("full", "/comments/c20?similar=yes"),
    "about": ("full", "/about"),
    "saved views": ("full", "/saved"),
    "data of a dashboard that changes nothing": ("full", "/data"),
    "no match": ("full", "/?words=zzzz"),
    "no comments match": ("full", "/comments?words=zzzz"),
    "not found": ("full", "/nowhere"),
    "bad filter": ("full", "/?topic=lunch"),
    "empty": ("empty", "/"),
    "empty comments": ("empty", "/comments"),
    "hostile overview": ("hostile", "/"),
    "hostile comments": ("hostile", "/comments"),
    "hostile comment": ("hostile", "/comments/id%2F6%3F%23%3Cx%3E"),
}


@pytest.fixture
def sites(full_site: str, empty_site: str, hostile_site: str) -> dict[str, str]:
    return {"full": full_site, "empty": empty_site, "hostile": hostile_site}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test if it asks for anything outside or breaks the policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    outside: list[str] = []
    refused: list[str] = []
    page.on("request", lambda r: outside.append(r.url) if is_outside(r.url) else None)
    page.on("console", lambda m: refused.append(m.text) if is_refusal(m.text) else None)
    page.on("dialog", lambda d: refused.append(f"a dialog said {d.message}"))
    page.on("pageerror", lambda e: refused.append(str(e)))
    yield page
    context.close()
    assert outside == []
    assert refused == []


def is_outside(address: str) -> bool:
    return not re.match(r"(http://localhost:\d+/|data:)", address)


def is_refusal(text: str) -> bool:
    return "Content Security Policy" in text or "Refused" in text or "violates" in text


def open_details(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("state", STATES)
def test_page_is_accessible_and_fits(
    page: Page, sites: dict[str, str], state: str, width: int
) -> None:
    site, address = STATES[state]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(sites[site] + address)
    check_page(page, width)


@pytest.mark.parametrize("state", ["overview", "topics", "topic", "trends", "compare places",
                                   "comments", "comment", "about"])  # fmt: skip
def test_page_fits_every_screen(page: Page, sites: dict[str, str], state: str) -> None:
    """Leaves a picture of each to be looked at, as on screens and on paper."""
    site, address = STATES[state]
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.goto(sites[site] + address)
    for width in (320, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=PICTURES / f"{state}-{width}.png", full_page=True)
    page.pdf(path=PICTURES / f"{state}.pdf", format="A4")


def check_page(page: Page, width: int) -> None:
    """That whoever uses it finds no barrier, and that it fits."""
    open_details(page)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    problems = [
        (v["id"], node["target"], node["failureSummary"])
        for v in found.response["violations"]
        for node in v["nodes"]
    ]
    assert problems == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_a_file_goes_in_and_out_without_a_barrier(page: Page, tmp_path: Path, width: int) -> None:
    file = tmp_path / "März “2026”.csv"
    rows = "02/03/2026,Ward 1,Good,Kind nurses\n" * 4000
    file.write_text(f"Date,Ward,Overall,What was good?\n{rows}nonsense,Ward 1,Good,All\n")
    store = create_store(tmp_path / "feedback")
    page.set_viewport_size({"width": width, "height": 900})
    with serve(make_app(store, can_change=True, sample=sample_path())) as site:
        page.goto(site)
        check_page(page, width)
        page.get_by_role("button", name="Bring in a file").click()
        check_page(page, width)
        page.get_by_role("button", name="Send and look at it").click()
        page.get_by_text("No file was chosen").first.wait_for()
        check_page(page, width)
        page.set_input_files("#file", file)
        page.get_by_role("button", name="Send and look at it").click()
        page.get_by_role("heading", name="How it is understood").wait_for()
        check_page(page, width)
        page.get_by_role("button", name="Bring it in").click()
        page.get_by_text("It was not brought in").wait_for(timeout=30_000)
        check_page(page, width)
        page.get_by_label("Leave them blank").check()
        page.get_by_role("button", name="Bring it in").click()
        page.get_by_role("link", name="Keep it still").click()
        check_page(page, width)
        page.get_by_role("link", name="See how far it is now").click()
        # The page looks again by itself, unless it is told to keep still.
        page.get_by_role("heading", name="It is in").wait_for(timeout=60_000)
        check_page(page, width)
        page.get_by_role("button", name="Done").click()
        page.get_by_role("link", name="Take back").click()
        check_page(page, width)
        page.get_by_role("button", name="Take it back").click()
        page.get_by_role("heading", name="Nothing has been brought in yet").wait_for()


@pytest.mark.parametrize("width", WIDTHS)
def test_views_and_events_are_kept_without_a_barrier(
    page: Page, tmp_path: Path, width: int
) -> None:
    store = make_store(tmp_path / "feedback", *make_feedback())
    page.set_viewport_size({"width": width, "height": 900})
    with serve(make_app(store, can_change=True)) as site:
        page.goto(f"{site}/trends?measure=criticism&topic=food")
        page.get_by_text("Mark something that happened").click()
        page.get_by_label("Day", exact=True).fill("2026-02-03")
        page.get_by_label("What happened").fill("New menu on Ward 7")
        page.get_by_role("button", name="Mark it").click()
        page.locator(".events", has_text="New menu on Ward 7").wait_for()
        check_page(page, width)
        heading = page.locator("h1").inner_text()
        page.get_by_role("link", name="Save this view").click()
        page.get_by_label("Name", exact=True).fill("Food for the board")
        check_page(page, width)
        page.get_by_role("button", name="Save it").click()
        page.get_by_role("link", name="Food for the board").wait_for()
        check_page(page, width)
        page.get_by_role("link", name="Food for the board").click()
        assert page.locator("h1").inner_text() == heading
        assert "measure=criticism" in page.url


def test_topic_bar_leads_to_as_many_comments(page: Page, full_site: str) -> None:
    page.goto(full_site)
    bar = page.locator(".ranked .bar--left").first
    count = bar.locator(".bar__count").inner_text()
    bar.click()
    page.wait_for_url("**/comments?**")
    assert page.locator("h1").inner_text().startswith(f"{count} comments negative about")


def test_every_filter_is_in_the_address(page: Page, full_site: str) -> None:
    page.goto(f"{full_site}/comments")
    page.locator("#filters > summary").click()
    page.fill("#words", "soup")
    page.fill("#from", "2024-01-01")
    page.fill("#to", "2026-12-31")
    for name in ("sentiment", "score", "topic", "place", "kind", "urgent"):
        page.locator(f"#filters input[name={name}]").first.check()
    page.select_option("#mixed", "no")
    page.get_by_role("button", name="Show these comments").click()
    page.wait_for_url("**/comments?words=soup**")
    keys = re.findall(r"[?&](\w+)=", page.url)
    assert set(keys) == {
        "words", "from", "to", "sentiment", "score", "topic", "place", "kind", "urgent", "mixed",
    }  # fmt: skip
    # The form shows what was asked, so the next change starts from there.
    assert page.input_value("#words") == "soup"
    assert page.is_checked("#filters input[name=urgent]")
    assert page.locator(".chip").count() == 10


def test_chip_takes_one_thing_away(page: Page, full_site: str) -> None:
    page.goto(f"{full_site}/comments?topic=food&sentiment=negative")
    page.locator(".chip", has_text="negative").click()
    assert page.url == f"{full_site}/comments?topic=food"


def test_order_keeps_the_filter(page: Page, full_site: str) -> None:
    page.goto(f"{full_site}/comments?topic=food")
    page.select_option("#order", "most_negative")
    page.get_by_role("button", name="Apply order").click()
    page.wait_for_url("**order=most_negative**")
    assert "topic=food" in page.url


def test_back_returns_to_the_same_page(page: Page, full_site: str) -> None:
    page.goto(f"{full_site}/?place=Riverside+Centre")
    heading = page.locator("h1").inner_text()
    page.locator(".ranked__name a").first.click()
    page.wait_for_url("**/topics/*?**")
    page.go_back()
    assert page.locator("h1").inner_text() == heading


def test_keyboard_reaches_filters_and_links(page: Page, full_site: str) -> None:
    page.goto(full_site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("nhsuk-skip-link")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('[class]').className"))
        assert has_visible_focus(page)
    assert "nhsuk-details__summary" in reached
    assert "sorts__link" in reached
    assert any(name.startswith("bar ") for name in reached)


def has_visible_focus(page: Page) -> bool:
    """Whether the focused element, or what stands for it, looks unlike an unfocused one."""
    look = """() => {
        const e = document.activeElement;
        const inner = e.querySelector('.nhsuk-details__summary-text') || e;
        return [e, inner].some(x => {
            const s = getComputedStyle(x);
            return s.backgroundColor === 'rgb(255, 235, 59)' || s.boxShadow !== 'none'
                || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0);
        });
    }"""
    return bool(page.evaluate(look))


def test_skip_link_moves_to_the_content(page: Page, full_site: str) -> None:
    page.goto(full_site)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#maincontent")


def test_filter_works_by_keyboard_alone(page: Page, full_site: str) -> None:
    page.goto(f"{full_site}/comments")
    page.locator("#filters > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("soup")
    page.keyboard.press("Enter")
    page.wait_for_url("**words=soup**")
    assert "with “soup”" in page.locator("h1").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_chart_text_is_large_enough(page: Page, full_site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(full_site)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('.chart-drawing')]
            .filter(svg => svg.getBoundingClientRect().width > 0)
            .flatMap(svg => [...svg.querySelectorAll('text')].map(text =>
                parseFloat(getComputedStyle(text).fontSize)
                * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width))"""
    )
    assert sizes
    assert min(sizes) >= 12


def test_pages_say_the_same_without_styles(browser: Browser, full_site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.route("**/*.css", lambda route: route.abort())
    page.goto(full_site)
    assert page.get_by_role("link", name=re.compile("negative about")).count() > 3
    context.close()


@pytest.mark.parametrize("address", ["/", "/?topic=timeliness&place=Riverside+Centre"])
def test_overview_prints_on_one_sheet(page: Page, full_site: str, address: str) -> None:
    page.goto(full_site + address)
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True))
    assert len(pages) == 1
    page.emulate_media(media="print")
    for part in ("#figures-heading", "#trend-heading", "#topics-heading", "#praise-heading"):
        assert page.locator(part).is_visible()


def test_forced_colours_and_print_keep_the_figures(
    browser: Browser, full_site: str, tmp_path: Path
) -> None:
    context = browser.new_context(forced_colors="active", viewport={"width": 320, "height": 900})
    page = context.new_page()
    page.goto(full_site)
    assert page.locator(".figure__value").first.is_visible()
    page.emulate_media(media="print", forced_colors="none")
    assert not page.locator("#filters").is_visible()
    assert page.locator(".ranked .bar__count").first.is_visible()
    context.close()
