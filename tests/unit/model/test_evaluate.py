import re

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

from yousaid.frameworks import get_framework
from yousaid.model.evaluate import (
    Evaluation,
    Predicted,
    describe_evaluation,
    evaluate,
    score_micro,
    select_rows,
)
from yousaid.model.labels import LabelledComment

IDS = get_framework().topic_ids


def _comment(text: str, *topics: str, sentiment: int | None = None) -> LabelledComment:
    return LabelledComment(text, "why", {t: t in topics for t in IDS}, sentiment)


def _word(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


@pytest.fixture(scope="module")
def case() -> tuple[list[LabelledComment], Predicted, Evaluation]:
    random = np.random.default_rng(1)
    truth = random.random((200, len(IDS))) < 0.1
    levels = random.integers(1, 6, 200)
    comments = [
        _comment(_word(i), *(IDS[t] for t in np.flatnonzero(truth[i])), sentiment=int(levels[i]))
        for i in range(200)
    ]
    probabilities = np.round(np.clip(truth * 0.4 + random.random(truth.shape) * 0.6, 0, 1), 2)
    predicted = Predicted(probabilities, probabilities > 0.5, random.integers(1, 6, 200))
    return comments, predicted, evaluate(comments, predicted, rounds=50)


def _scored(case: tuple[list[LabelledComment], Predicted, Evaluation]) -> tuple[np.ndarray, ...]:
    comments, predicted, evaluation = case
    rows = select_rows(comments)
    columns = [IDS.index(topic.topic) for topic in evaluation.topics]
    truth = np.array([[IDS[c] in comments[r].labels for c in columns] for r in rows])
    return truth, predicted.decisions[rows][:, columns], predicted.probabilities[rows][:, columns]


def test_evaluate_f1_equals_scikit_learn(case) -> None:
    truth, said, _ = _scored(case)
    assert case[2].micro_f1.value == pytest.approx(f1_score(truth, said, average="micro"))
    assert case[2].macro_f1.value == pytest.approx(f1_score(truth, said, average="macro"))


def test_score_micro_equals_scikit_learn(case) -> None:
    found = score_micro(case[0], case[1], rounds=50)
    truth, said, *_ = _scored(case)
    for name, twin in (("micro_precision", precision_score), ("micro_recall", recall_score)):
        assert found[name].value == pytest.approx(twin(truth, said, average="micro"))
        assert found[name].low <= found[name].value <= found[name].high


def test_score_micro_too_few_rows_gives_no_figures() -> None:
    none = Predicted(np.zeros((0, len(IDS))), np.zeros((0, len(IDS)), bool), np.zeros(0, np.int64))
    assert score_micro([], none) == {"micro_precision": None, "micro_recall": None}


def test_evaluate_average_precision_equals_scikit_learn(case) -> None:
    truth, _, probabilities = _scored(case)
    expected = average_precision_score(truth, probabilities, average="macro")
    assert case[2].mean_average_precision.value == pytest.approx(expected)


def test_evaluate_sentiment_equals_scikit_learn(case) -> None:
    comments, predicted, evaluation = case
    rows = select_rows(comments)
    truth = np.array([comments[row].sentiment for row in rows])
    said = predicted.levels[rows]
    assert evaluation.sentiment_macro_f1.value == pytest.approx(
        f1_score(truth, said, average="macro")
    )
    assert evaluation.very_negative_recall.value == pytest.approx(
        recall_score(truth == 5, said == 5)
    )


def test_evaluate_interval_holds_value(case) -> None:
    for figure in (case[2].micro_f1, case[2].macro_f1, case[2].exact_match):
        assert 0 <= figure.low < figure.value < figure.high <= 1


def test_evaluate_leaves_out_not_possible_and_rare(case) -> None:
    assert "not_possible" not in {topic.topic for topic in case[2].topics}
    assert all(topic.test_count >= 8 for topic in case[2].topics)


@pytest.mark.parametrize("count", [0, 7])
def test_evaluate_too_few_rows_gives_no_figures(count: int) -> None:
    comments = [_comment(_word(i), "food") for i in range(count)]
    told = np.zeros((count, len(IDS)))
    found = evaluate(comments, Predicted(told, told > 0, np.zeros(count, np.int64)))
    assert (found.row_count, found.topics) == (count, ())
    assert {found.micro_f1, found.macro_f1, found.mean_average_precision} == {None}
    words = describe_evaluation(found)
    assert "not enough labelled comments (a topic needs 8)" in words
    assert not re.search(r"None|\bnan\b", words)


def test_select_rows_first_of_each_wording_and_kind() -> None:
    comments = [
        _comment("The food!", "food"),
        _comment("the FOOD", "food"),
        _comment("", "food"),
        _comment("No label"),
        LabelledComment("The food", "what_good", {"food": True}, 1),
    ]
    assert select_rows(comments).tolist() == [0, 4]
