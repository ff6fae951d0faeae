from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from yousaid.frameworks import get_framework
from yousaid.model.confusion import count_confusions, count_levels

IDS = get_framework().topic_ids


def _mark(*rows: set[str]) -> np.ndarray:
    return np.array([[topic in row for topic in IDS] for row in rows], bool).reshape(-1, len(IDS))


def test_count_confusions_what_is_said_instead() -> None:
    truth = _mark({"food"}, {"food"}, {"food", "pain"}, {"food"})
    said = _mark({"food"}, {"parking"}, {"parking", "pain"}, set())
    found = {c.topic: c for c in count_confusions(truth, said)}
    assert list(found) == [topic for topic in IDS if topic in {"food", "pain", "parking"}]
    food = found["food"]
    assert (food.labelled_count, food.missed_count, food.wrong_count) == (4, 3, 0)
    assert (food.instead, food.nothing_instead_count) == ((("parking", 2),), 1)
    assert found["parking"].behind == (("food", 2),)
    assert found["pain"].missed_count == found["pain"].wrong_count == 0


TOPICS = st.sets(st.sampled_from(IDS[:6]))


@given(st.lists(st.tuples(TOPICS, TOPICS), max_size=20))
def test_count_confusions_equals_slow_twin(rows: list[tuple[set[str], set[str]]]) -> None:
    truth = _mark(*(row for row, _ in rows))
    said = _mark(*(row for _, row in rows))
    for found in count_confusions(truth, said):
        missed = [(t, s) for t, s in rows if found.topic in t - s]
        instead = Counter(topic for t, s in missed for topic in s - t)
        behind = Counter(topic for t, s in rows if found.topic in s - t for topic in t - s)
        assert (dict(found.instead), dict(found.behind)) == (instead, behind)
        assert found.nothing_instead_count == sum(not s - t for t, s in missed)
        counts = [count for _, count in found.instead]
        assert counts == sorted(counts, reverse=True)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1))
def test_count_levels_equals_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    truth, said = np.array(pairs).T
    expected = confusion_matrix(truth, said, labels=[1, 2, 3, 4, 5])
    assert (count_levels(truth, said)[:, :5] == expected).all()


def test_count_levels_unrated_and_unreadable() -> None:
    found = count_levels(np.array([0, 2, 2]), np.array([1, 0, 2]))
    assert (found.sum(), found[1, 5], found[1, 1]) == (2, 1, 1)
