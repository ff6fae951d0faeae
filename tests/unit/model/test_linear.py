from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.model.explain import WordShares
from yousaid.model.features import GROUPS, make_features
from yousaid.model.linear import LinearLayer, Vocabulary, weigh_features

hashes = st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=50)
TEXTS = ["The food was cold", "nice nurses but no parking at all", "", "ok", "so-so!! 👍"]


def _layer(seed: int = 0) -> LinearLayer:
    features = make_features(TEXTS, ["why"] * len(TEXTS))
    known = np.unique(np.concatenate([f.hashes for f in features.families]))[::2]
    random = np.random.default_rng(seed)
    idf = random.uniform(1, 5, len(known)).astype(np.float32)
    weights = random.normal(size=(len(known), 3)).astype(np.float32)
    return LinearLayer(Vocabulary(known, idf), weights, np.array([0.5, -1, 0], np.float32))


@given(hashes, hashes)
def test_find_equals_dictionary(known: list[int], wanted: list[int]) -> None:
    known = sorted(known)
    vocabulary = Vocabulary(np.array(known, np.uint64), np.ones(len(known), np.float32))
    asked = [*wanted, *known]
    places = {value: place for place, value in enumerate(known)}
    found = vocabulary.find(np.array(asked, np.uint64))
    assert found.tolist() == [places.get(value, -1) for value in asked]


def test_find_many_in_one_slot() -> None:
    known = np.arange(100, dtype=np.uint64)  # all share their leading bits
    vocabulary = Vocabulary(known, np.ones(100, np.float32))
    asked = np.array([0, 99, 50, 100], np.uint64)
    assert vocabulary.find(asked).tolist() == [0, 99, 50, -1]


def test_score_equals_slow_sum() -> None:
    layer = _layer()
    features = make_features(TEXTS, ["why"] * len(TEXTS))
    places = {int(value): place for place, value in enumerate(layer.vocabulary.hashes)}
    expected = np.tile(layer.bias.astype(float), (len(TEXTS), 1))
    for row in range(len(TEXTS)):
        for group in GROUPS:
            found = Counter(
                places[value]
                for family in features.families
                if family.group == group
                for value in family.hashes[family.rows == row].tolist()
                if value in places
            )
            counts = np.array(list(found.values()), float)
            values = layer.vocabulary.idf[list(found)] * np.sqrt(counts)
            if found:
                weighed = values @ layer.weights[list(found)]
                expected[row] += weighed / np.sqrt((values**2).sum())
    np.testing.assert_allclose(layer.score(features), expected, atol=1e-4)


def test_score_of_what_is_said_again_and_again_is_that_of_once() -> None:
    layer = _layer()
    texts = [" ".join([f"{TEXTS[0]}."] * times) for times in (1, 2, 400)]
    once, twice, often = layer.score(make_features(texts, ["why"] * 3))
    # Only the runs of words from one sentence to the next are new the second time.
    assert np.abs(often - once).max() < 2 * np.abs(twice - once).max() + 0.1


def test_word_shares_sum_to_score() -> None:
    layer = _layer()
    features = make_features(TEXTS, ["why"] * len(TEXTS))
    pairs = [(row, output) for row in range(len(TEXTS)) for output in range(3)]
    shares = WordShares(layer, features, pairs).shares
    scores = layer.score(features)
    for (row, output), share in zip(pairs, shares, strict=True):
        assert share.sum() + layer.bias[output] == pytest.approx(scores[row, output], abs=1e-4)


def test_word_shares_one_for_each_word() -> None:
    features = make_features(TEXTS, ["why"] * len(TEXTS))
    shares = WordShares(_layer(), features, [(0, 0), (1, 0), (2, 0)]).shares
    assert [len(share) for share in shares] == [4, 7, 0]


def test_weigh_features_length_is_one_for_each_group() -> None:
    features = make_features(["The food was cold"], ["why"])
    known = weigh_features(features, _layer().vocabulary)
    for group in GROUPS:
        values = np.concatenate([k.values for k in known if k.family.group == group])
        assert (values**2).sum() == pytest.approx(1, abs=1e-5)
