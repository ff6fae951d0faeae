"""A real browser that visits, returns and clicks, and what that took."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from contenders import Contender
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update"]  # fmt: skip
_FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
Figures = dict[str, Any]


@contextmanager
def browse() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


def measure_visits(browser: Browser, contender: Contender, address: str, tries: int) -> Figures:
    """Milliseconds, medians: first paint and complete, of new visitors and of ones who return."""
    _visit_once(browser, contender, address)
    new, back = [], []
    for _ in range(tries):
        with _new_context(browser) as context:
            new.append(_visit(context, contender, address))
            back.append(_visit(context, contender, address))
    return {
        "new_paint": statistics.median(paint for paint, _ in new),
        "new_complete": statistics.median(complete for _, complete in new),
        "back_complete": statistics.median(complete for _, complete in back),
    }


def measure_bytes(browser: Browser, contender: Contender, address: str) -> Figures:
    """Bytes over the wire: the first visit, and the first click after it."""
    with _new_context(browser) as context:
        page = context.new_page()
        counter = _count_bytes(context.new_cdp_session(page))
        outside: list[str] = []
        page.on(
            "request",
            lambda r: (
                None
                if r.url.startswith((address, "data:", "blob:", address.replace("http", "ws")))
                else outside.append(r.url)
            ),
        )
        _open(page, contender, address)
        page.wait_for_timeout(500)
        first = counter["bytes"]
        contender.click(page, contender.choices[-1])
        page.wait_for_timeout(500)
        return {
            "first_bytes": first,
            "later_bytes": counter["bytes"] - first,
            "outside": len(outside),
        }


def measure_clicks(browser: Browser, contender: Contender, address: str) -> Figures:
    """Milliseconds from a click that chooses other comments until their page is complete."""
    times = []
    with _new_context(browser) as context:
        page = context.new_page()
        _open(page, contender, address)
        for choice in contender.choices:
            page.wait_for_timeout(100)
            times.append(contender.click(page, choice))
    times.sort()
    return {
        "count": len(times),
        "p50": statistics.median(times),
        "p95": times[min(int(0.95 * len(times)), len(times) - 1)],
    }


@contextmanager
def _new_context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    yield context
    context.close()


def _visit_once(browser: Browser, contender: Contender, address: str) -> None:
    with _new_context(browser) as context:
        _visit(context, contender, address)


def _visit(context: BrowserContext, contender: Contender, address: str) -> tuple[float, float]:
    page = context.new_page()
    complete = _open(page, contender, address)
    # A policy that allows no script allows no waiting by script either.
    while (paint := page.evaluate(_FIRST_PAINT)) is None:
        page.wait_for_timeout(10)
    page.close()
    return float(paint), complete


def _open(page: Page, contender: Contender, address: str) -> float:
    start = time.perf_counter()
    page.goto(address + contender.path, wait_until=contender.waits_for)
    contender.wait(page)
    return 1000 * (time.perf_counter() - start)


def _count_bytes(session: CDPSession) -> dict[str, int]:
    counter = {"bytes": 0}

    def add(size: float) -> None:
        counter["bytes"] += int(size)

    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda e: add(e["encodedDataLength"]))
    session.on("Network.webSocketFrameReceived", lambda e: add(len(e["response"]["payloadData"])))
    return counter
