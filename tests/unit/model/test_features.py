"""The array arithmetic against a slow twin that cuts strings."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yousaid.model.characters import SYMBOL_FLAG, fold_texts
from yousaid.model.features import CHARACTER_LENGTHS, make_features
from yousaid.records import QUESTION_KINDS, QuestionKind

comments = st.lists(
    st.tuples(st.text("abc  'é!1👍,", max_size=20), st.sampled_from(QUESTION_KINDS)),
    min_size=1,
    max_size=5,
)


def _twin(text: str, kind: QuestionKind) -> Counter[tuple[str, ...]]:
    folded = "".join(chr(code & ~SYMBOL_FLAG) for code in fold_texts([text]).codes.tolist())
    words = folded.split()
    found: Counter[tuple[str, ...]] = Counter()
    for word in words:
        padded = f" {word} "
        for length in CHARACTER_LENGTHS:
            grams = [padded[i : i + length] for i in range(len(padded) - length + 1)]
            found.update(("characters", gram) for gram in grams if gram != padded)
    for size in (1, 2, 3):
        runs = [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]
        found.update(("run", *run) for run in runs)
        if size < 3:
            found.update(("asked", kind, *run) for run in runs)
    return found


@given(comments)
def test_make_features_counts_equal_twin(found: list[tuple[str, QuestionKind]]) -> None:
    texts, kinds = zip(*found, strict=True)
    features = make_features(texts, kinds)
    for row, (text, kind) in enumerate(found):
        hashes = Counter(h for f in features.families for h in f.hashes[f.rows == row].tolist())
        # The names are not comparable, how often each occurs is.
        assert sorted(hashes.values()) == sorted(_twin(text, kind).values())


@given(comments)
def test_make_features_rows_never_fall(found: list[tuple[str, QuestionKind]]) -> None:
    texts, kinds = zip(*found, strict=True)
    for family in make_features(texts, kinds).families:
        assert (np.diff(family.rows) >= 0).all()


def _hashes(text: str, kind: QuestionKind = "why") -> set[int]:
    return {h for f in make_features([text], [kind]).families for h in f.hashes.tolist()}


def test_make_features_same_word_anywhere() -> None:
    alone = _hashes("parking")
    assert alone <= _hashes("the parking was bad")


def test_make_features_differ_by_question() -> None:
    assert _hashes("nothing", "what_good") != _hashes("nothing", "could_improve")


def test_make_features_place_of_word() -> None:
    features = make_features(["the food"], ["why"])
    family = next(f for f in features.families if f.group == "words")
    places = [features.folded.places[b] for b in family.begins]
    assert places == [0, 4]


def test_make_features_nothing() -> None:
    assert make_features([], []).text_count == 0
