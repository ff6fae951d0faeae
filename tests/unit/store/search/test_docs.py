"""The examples in docs/search.md do what the page says."""

import re
from pathlib import Path

import pytest

from tests.unit.store.search.samples import open_index
from yousaid.store.search import MAX_RANKED, find_keys, find_marks, parse
from yousaid.store.search.scan import (
    DEFAULT_DISTANCE,
    MAX_DEPTH,
    MAX_DISTANCE,
    MAX_LENGTH,
    MAX_PREFIXES,
    MAX_WORDS,
)

PAGE = (Path(__file__).parents[4] / "docs" / "search.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(.*)` \| (.*) \| (.*) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("typed", "found", "others"), ROWS)
def test_example(tmp_path, typed, found, others):
    marked = dict(enumerate(found.split(" / ")))
    texts = {key: text.replace("**", "") for key, text in marked.items()}
    missed = dict(enumerate(others.split(" / "), start=100))
    query = parse(typed)
    assert query.notes == ()
    with open_index(tmp_path, texts | missed) as connection:
        assert find_keys(connection, query).tolist() == list(texts)
    for key, text in texts.items():
        parts = [text[mark.start : mark.end] for mark in find_marks(query, text)]
        assert parts == re.findall(r"\*\*(.*?)\*\*", marked[key])


def test_page_has_examples_and_the_bounds():
    assert len(ROWS) == 14
    page = " ".join(PAGE.split())
    for said in (
        f"first {MAX_WORDS} words, {MAX_PREFIXES} stars and {MAX_LENGTH:,} characters",
        f"up to {MAX_DEPTH} deep",
        f"at most {DEFAULT_DISTANCE} words between",
        f"up to {MAX_DISTANCE}",
        f"newest {MAX_RANKED:,}",
    ):
        assert said in page
