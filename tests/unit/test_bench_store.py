"""The store's bench, on two thousand answers: all contenders say the same. Nothing is timed."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "bench" / "store"))


@pytest.fixture
def folder(bench: None, tmp_path: Path) -> Path:
    from in_sqlite import make_database
    from load import make_store
    from twins import write_plain

    folder = tmp_path / "store"
    made = make_store(folder, 2_000)
    assert abs(made["row_count"] - 2_000) < 100
    write_plain(folder, tmp_path / "plain")
    make_database(folder)
    return folder


def write(answer: object) -> str:
    return json.dumps(answer, sort_keys=True)


def test_contenders_give_the_same_answers(folder: Path) -> None:
    from asking import make_contender
    from ours import digest
    from questions import ROWS, SHARED, list_questions

    ours, *others = (make_contender(name)(folder) for name in ("ours", "pandas", "sqlite"))
    for row in ROWS:
        for question in list_questions(row, 24):
            said = digest(question, ours.ask(question))
            for other in others if question.kind in SHARED else ():
                found = other.ask(question)
                assert said is None or write(found) == write(said), question


def test_page_shows_the_figures_beside_it(bench: None) -> None:
    from report import fill_page

    page = (ROOT / "docs/why/store.md").read_text("utf-8")
    kept = json.loads((ROOT / "docs/why/store.json").read_text("utf-8"))
    assert fill_page(page, {int(size): figures for size, figures in kept.items()}) == page
