"""Who is measured: our pages, and the page of `peers` in three frameworks."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.request import urlopen

import duckdb
from playwright.sync_api import Page

from yousaid.frameworks import get_framework
from yousaid.store.app import begin
from yousaid.store.layout import open_store
from yousaid.store.names import read_names

PEERS = Path(__file__).with_name("peers")
_CHARTS = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 2"


@dataclass(frozen=True)
class Contender:
    """A page in a browser. `click` chooses something, waits for the page to be complete and says
    how many milliseconds that took."""

    name: str
    serve: Callable[[], AbstractContextManager[str]]
    path: str
    waits_for: Literal["load", "commit"]
    wait: Callable[[Page], object]
    click: Callable[[Page, str], float]
    choices: Sequence[str]


def write_page_data(folder: Path) -> None:
    """The plain files with names for numbers, as the peers' page is given them."""
    plain = folder / "plain"
    store = open_store(folder / "store")
    with begin(store.database) as app:
        names = read_names(app)
    with duckdb.connect() as duck:
        duck.execute("CREATE TABLE place (place_id INTEGER, hospital VARCHAR)")
        duck.executemany(
            "INSERT INTO place VALUES (?, ?)",
            [(number, unit[0]) for number, unit in names.places.items()],
        )
        duck.execute("CREATE TABLE topic (topic TINYINT, name VARCHAR)")
        known = get_framework().by_id
        duck.executemany(
            "INSERT INTO topic VALUES (?, ?)",
            [(code, known[topic].name) for code, topic in names.topics.items()],
        )
        answers = f"read_parquet('{plain}/answers.parquet')"
        duck.execute(f"""
            COPY (SELECT hospital, month, score, is_first,
                    CASE WHEN sentiment < 3 THEN 1 WHEN sentiment > 3 THEN -1 ELSE 0 END AS feeling
                FROM {answers} JOIN place USING (place_id) WHERE has_text)
            TO '{plain}/page_answers.parquet' (FORMAT parquet)""")
        duck.execute(f"""
            COPY (SELECT hospital, name AS topic, sign FROM read_parquet('{plain}/mentions.parquet')
                JOIN (SELECT number, place_id FROM {answers}) USING (number)
                JOIN place USING (place_id) JOIN topic USING (topic))
            TO '{plain}/page_mentions.parquet' (FORMAT parquet)""")


def list_ours(folder: Path) -> list[Contender]:
    topics = [*get_framework().topic_ids]
    pages = {
        "overview": ("/", [f"/?topic={topic}" for topic in topics]),
        "topics": (
            "/topics",
            [
                f"/topics?from={year}-{month:02}-01"
                for year in (2019, 2020, 2021)
                for month in range(1, 13)
            ],
        ),
        "a topic": ("/topics/food", [f"/topics/{topic}" for topic in topics]),
        "trends": ("/trends", [f"/trends?topic={topic}" for topic in topics]),
        "compare": ("/compare", [f"/compare?topic={topic}" for topic in topics]),
        "comments": ("/comments", [f"/comments?topic={topic}" for topic in topics]),
    }
    store = folder / "store"
    return [
        Contender(
            name=name,
            serve=lambda: _serve_ours(store),
            path=path,
            waits_for="load",
            wait=lambda page: page.wait_for_selector("footer"),
            click=_follow,
            choices=choices,
        )
        for name, (path, choices) in pages.items()
    ]


# By the browser's own clock: when it was clicked, kept across pages.
_WATCH = "addEventListener('click', () => { window.name = String(Date.now()) }, true)"


def _follow(page: Page, address: str) -> float:
    """Follow a link of the page to there; the milliseconds from the click to its load event."""
    page.evaluate(_WATCH)
    page.evaluate("href => { document.querySelector('header a').href = href }", address)
    with page.expect_navigation(wait_until="load"):
        page.click("header a")
    return float(
        page.evaluate(
            "performance.timeOrigin + performance.getEntriesByType('navigation')[0].loadEventStart"
            " - Number(window.name)"
        )
    )


def list_peers(folder: Path, python: Path) -> list[Contender]:
    data = {**os.environ, "PAGE_DATA": str(folder / "plain"), "PYTHONPATH": str(PEERS)}
    with duckdb.connect() as duck:
        hospitals = [
            name
            for (name,) in duck.execute(
                f"SELECT DISTINCT hospital FROM '{folder}/plain/page_answers.parquet' ORDER BY 1"
            ).fetchall()
        ]
    commands = {
        "Shiny": ["-m", "shiny", "run", "--port", "{port}", str(PEERS / "shiny_app.py")],
        "Dash": [str(PEERS / "dash_app.py"), "{port}"],
        "Streamlit": [
            "-m", "streamlit", "run", "--server.port", "{port}", "--server.headless", "true",
            "--browser.gatherUsageStats", "false", str(PEERS / "streamlit_app.py"),
        ],
    }  # fmt: skip
    return [
        Contender(
            name=name,
            serve=lambda command=command: _serve([str(python), *command], data),
            path="/",
            waits_for="commit",
            wait=lambda page: _wait_for(page, "All hospitals"),
            click=_choose,
            choices=hospitals,
        )
        for name, command in commands.items()
    ]


def _wait_for(page: Page, hospital: str) -> None:
    page.wait_for_function(
        "start => document.body && document.body.innerText.includes(start) && " + _CHARTS,
        arg=f"{hospital}: ",
    )


def _choose(page: Page, hospital: str) -> float:
    """Choose a hospital; the milliseconds from the click until the last change of the page."""
    page.evaluate(_WATCH)
    page.evaluate(
        """() => {
            window.changedAt = 0;
            new MutationObserver(() => { window.changedAt = Date.now() })
                .observe(document.body, {childList: true, subtree: true, attributes: true,
                    characterData: true});
        }"""
    )
    page.locator("label", has_text=hospital).last.click()
    while not page.evaluate(
        "start => document.body.innerText.includes(start) && Date.now() - window.changedAt > 700",
        f"{hospital}: ",
    ):
        page.wait_for_timeout(50)
    return float(page.evaluate("window.changedAt - Number(window.name)"))


@contextmanager
def _serve_ours(store: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "yousaid", "serve", str(store), "--port", "{port}"]
    with _serve(command, dict(os.environ)) as address:
        yield address


@contextmanager
def _serve(command: Sequence[str], environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server = subprocess.Popen(
        [part.replace("{port}", port) for part in command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_up(address: str) -> None:
    for _ in range(600):
        try:
            with urlopen(address, timeout=60):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")
