import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.model.batches import AT_ONCE, count_cores, cut, read_once


@given(st.integers(0, 5 * AT_ONCE))
def test_cut_leaves_nothing_out(length: int) -> None:
    parts = list(cut(length))
    assert [place for part in parts for place in range(length)[part]] == list(range(length))
    assert all(0 < part.stop - part.start <= AT_ONCE for part in parts)


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
