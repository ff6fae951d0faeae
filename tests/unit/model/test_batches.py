import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.model.batches import (
    AT_ONCE,
    CHARACTERS_AT_ONCE,
    count_cores,
    cut,
    cut_texts,
    read_once,
)


@given(st.integers(0, 5 * AT_ONCE))
def test_cut_leaves_nothing_out(length: int) -> None:
    parts = list(cut(length))
    assert [place for part in parts for place in range(length)[part]] == list(range(length))
    assert all(0 < part.stop - part.start <= AT_ONCE for part in parts)


@given(
    st.lists(st.sampled_from([None, "", "ok", "x" * (CHARACTERS_AT_ONCE // 3)]), max_size=30),
    st.integers(0, AT_ONCE + 5),
)
def test_cut_texts_leaves_nothing_out(texts: list[str | None], short_count: int) -> None:
    texts = [*texts, *["ok"] * short_count, *texts]
    parts = list(cut_texts(texts))
    assert [text for part in parts for text in texts[part]] == texts
    for part in parts:
        assert 0 < part.stop - part.start <= AT_ONCE
        assert sum(len(text or "") for text in texts[part]) <= CHARACTERS_AT_ONCE


def test_cut_texts_gives_one_that_is_too_long_by_itself() -> None:
    texts = ["ok", "x" * (CHARACTERS_AT_ONCE + 1), "ok"]
    assert list(cut_texts(texts)) == [slice(0, 1), slice(1, 2), slice(2, 3)]


@given(st.lists(st.text(max_size=2)))
def test_read_once_each_in_its_place(asked: list[str]) -> None:
    seen: list[str] = []

    def read(once: list[str]) -> list[str]:
        seen.extend(once)
        return [f"read {one}" for one in once]

    found, places = read_once(asked, read)
    assert [found[place] for place in places] == [f"read {one}" for one in asked]
    assert len(seen) == len(set(asked))


@pytest.mark.parametrize(
    ("allowed", "is_one"), [("1", True), ("0", False), ("9999", False), ("4,2", False), ("", False)]
)
def test_count_cores(monkeypatch: pytest.MonkeyPatch, allowed: str, is_one: bool) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    all_cores = count_cores()
    assert all_cores >= 1
    monkeypatch.setenv("OMP_NUM_THREADS", allowed)
    assert count_cores() == (1 if is_one else all_cores)
