"""A dashboard over real stores, for the server's test client and for a real browser."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.web.feedback import make_feedback, make_hostile_feedback, make_store
from yousaid.store.layout import Store
from yousaid.web.app import make_app

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip

# As much of a model's card as the pages read.
CARD: dict[str, Any] = {
    "scores": {
        "row_count": 900,
        "micro_f1": {"value": 0.81, "low": 0.79, "high": 0.83},
        "sentiment_row_count": 700,
        "sentiment_accuracy_3": {"value": 0.86, "low": 0.84, "high": 0.88},
        "topics": [
            {
                "topic": "parking",
                "test_count": 120,
                "precision": 0.93,
                "recall": 0.89,
                "f1": {"value": 0.91, "low": 0.85, "high": 0.95},
            },
            {
                "topic": "food",
                "test_count": 1040,
                "precision": 0.75,
                "recall": 0.7,
                "f1": {"value": 0.72, "low": 0.6, "high": 0.8},
            },
        ],
    },
}


@pytest.fixture(scope="session")
def full_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return make_store(tmp_path_factory.mktemp("full") / "feedback", *make_feedback())


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return make_store(tmp_path_factory.mktemp("empty") / "feedback")


@pytest.fixture(scope="session")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return make_store(tmp_path_factory.mktemp("hostile") / "feedback", *make_hostile_feedback())


def make_test_app(store: Store) -> Starlette:
    return make_app(store, today=date(2026, 4, 30), model_cards={"test-1": CARD})


def make_client(store: Store, root_path: str = "") -> TestClient:
    return TestClient(make_test_app(store), base_url="http://localhost", root_path=root_path)


@pytest.fixture(scope="session")
def client(full_store: Store) -> TestClient:
    return make_client(full_store)


@pytest.fixture(scope="session")
def empty_client(empty_store: Store) -> TestClient:
    return make_client(empty_store)


@pytest.fixture(scope="session")
def hostile_client(hostile_store: Store) -> TestClient:
    return make_client(hostile_store)


@pytest.fixture
def small_store(tmp_path: Path) -> Callable[..., Store]:
    """A function that makes a store of the comments and readings given."""
    return lambda *feedback: make_store(tmp_path / "feedback", *feedback)


@contextmanager
def serve(app: Starlette) -> Iterator[str]:
    """The address of the application, served by a real server until the end of the block."""
    config = uvicorn.Config(app, port=0, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def full_site(full_store: Store) -> Iterator[str]:
    with serve(make_test_app(full_store)) as address:
        yield address


@pytest.fixture(scope="session")
def empty_site(empty_store: Store) -> Iterator[str]:
    with serve(make_test_app(empty_store)) as address:
        yield address


@pytest.fixture(scope="session")
def hostile_site(hostile_store: Store) -> Iterator[str]:
    with serve(make_test_app(hostile_store)) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
        pytest.skip(f"no browser: install Debian's chromium ({CHROMIUM}) to run these tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()
