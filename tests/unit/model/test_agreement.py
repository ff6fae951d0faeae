from itertools import combinations

import numpy as np
import pytest

from yousaid.frameworks import get_framework
from yousaid.model.agreement import score_sentiment_agreement, score_topic_agreement
from yousaid.model.labels import LabelledComment


def _comment(text: str, *topics: str, sentiment: int | None = None) -> LabelledComment:
    return LabelledComment(text, "why", dict.fromkeys(topics, True), sentiment)


COMMENTS = [
    _comment("The food was cold", "food", sentiment=4),
    _comment("the food was COLD!", "food", sentiment=4),
    _comment("The food was cold.", "food", "environment", sentiment=5),
    _comment("Nowhere to park", "parking", sentiment=4),
    _comment("nowhere to park", "parking", sentiment=4),
    _comment("Only said once here", "pain", sentiment=4),
    _comment("All good", "food", sentiment=1),
    _comment("All good", "pain", sentiment=1),
]
# A reader that says food of everything.
FOOD = np.array([[topic == "food" for topic in get_framework().topic_ids]] * len(COMMENTS))


def test_score_topic_agreement_by_hand() -> None:
    found = score_topic_agreement(COMMENTS, FOOD)
    assert (found.wording_count, found.comment_count, found.pair_count) == (2, 5, 4)
    assert found.pair_share.value == pytest.approx(2 / 4)
    assert found.by_wording.value == pytest.approx((1 / 3 + 1) / 2)
    assert found.best.value == pytest.approx((2 / 3 + 1) / 2)
    assert found.reached.value == pytest.approx((2 / 3 + 0) / 2)


def test_score_topic_agreement_equals_slow_twin() -> None:
    found = score_topic_agreement(COMMENTS, FOOD, fewest_words=1)
    wording = ["".join(c for c in x.text.lower() if c.isalpha()) for x in COMMENTS]
    pairs = [
        COMMENTS[i].labels == COMMENTS[j].labels
        for i, j in combinations(range(len(COMMENTS)), 2)
        if wording[i] == wording[j]
    ]
    assert found.pair_share.value == pytest.approx(sum(pairs) / len(pairs))
    assert found.pair_count == len(pairs)


def test_score_sentiment_agreement_leaves_out_unrated() -> None:
    unrated = [*COMMENTS, _comment("Nowhere to park", "parking")]
    found = score_sentiment_agreement(unrated, np.full(len(unrated), 4))
    assert (found.wording_count, found.comment_count) == (2, 5)
    assert found.reached.value == pytest.approx((2 / 3 + 1) / 2)


def test_score_topic_agreement_other_question_is_another_wording() -> None:
    asked = LabelledComment("Nowhere to park", "what_good", {"parking": True}, 4)
    assert score_topic_agreement([COMMENTS[3], asked], FOOD[:2]) is None


def test_score_topic_agreement_never_above_the_best_answer() -> None:
    found = score_topic_agreement(COMMENTS, FOOD, fewest_words=1)
    assert max(found.by_wording.value, found.reached.value) <= found.best.value
