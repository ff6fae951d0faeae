import pytest

from yousaid.model.behaviour import (
    Case,
    CaseKind,
    check_cases,
    count_groups,
    make_case,
)
from yousaid.model.reader import Reader
from yousaid.records import Mention, QuestionKind, Reading

URGENT_FROM = 0.5


class Parrot(Reader):
    """A reader that says what it is told to say of each text."""

    def __init__(self, readings: dict[str, Reading]) -> None:
        self.readings = readings

    def read(self, texts, question="why", *, with_evidence=True):  # type: ignore[no-untyped-def]
        return [self.readings[text] for text in texts]


def make_reading(
    topics: dict[str, str], *, sentiment: int | None = 3, score: float | None = 0.0, **more: object
) -> Reading:
    mentions = tuple(Mention(topic, 0.9, sign) for topic, sign in topics.items())  # type: ignore[arg-type]
    rest = {"mixed": False, "urgency": 0.0, "probabilities": (), "model": "parrot", **more}
    return Reading(mentions=mentions, sentiment=sentiment, sentiment_score=score, **rest)  # type: ignore[arg-type]


def ask(wanted: str, before: Reading, after: Reading | None = None) -> tuple[str, ...]:
    """The wanted facts that do not hold."""
    kind: CaseKind = "directional" if after else "minimum"
    case = Case(kind, "group", "why", "before", "after" if after else "", tuple(wanted.split()))
    readings = {"before": before} | ({"after": after} if after else {})
    (outcome,) = check_cases(Parrot(readings), [case], URGENT_FROM)
    assert outcome.has_passed is not bool(outcome.broken)
    return outcome.broken


@pytest.mark.parametrize(
    ("wanted", "broken"),
    [
        ("food:- feeling:- mixed urgent", ""),
        ("food", ""),
        ("food:- only_these", ""),
        ("not:mixed only_these", "not:mixed only_these"),
        ("food:+ parking", "food:+ parking"),
        ("not:parking not:food:+", ""),
        ("not:food not:mixed not:urgent", "not:food not:mixed not:urgent"),
        ("feeling:+ other_language", "feeling:+ other_language"),
    ],
)
def test_check_cases_of_one_text(wanted: str, broken: str) -> None:
    reading = make_reading({"food": "negative"}, sentiment=4, mixed=True, urgency=URGENT_FROM)
    assert " ".join(ask(wanted, reading)) == broken


@pytest.mark.parametrize(("language", "is_other"), [("pl", True), ("en", False), (None, False)])
def test_check_cases_other_language(language: str | None, is_other: bool) -> None:
    broken = ask("other_language", make_reading({}, language=language))
    assert (not broken) is is_other


def test_check_cases_nothing_to_read() -> None:
    blank = make_reading({"not_possible": "neutral"}, sentiment=None, score=None)
    assert ask("not_possible not:feeling:+ not:feeling:= not:feeling:-", blank) == ()


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ({"food": "negative"}, {"food": "positive"}, True),
        ({"food": "negative", "parking": "negative"}, {"food": "negative"}, False),
        ({}, {}, False),
    ],
)
def test_check_cases_same_topics(
    before: dict[str, str], after: dict[str, str], is_same: bool
) -> None:
    broken = ask("same_topics", make_reading(before), make_reading(after))
    assert (not broken) is is_same


@pytest.mark.parametrize(
    ("rise", "broken"), [(-0.5, "score:up"), (0.04, ""), (-0.04, ""), (0.06, "score:down")]
)
def test_check_cases_score_moves_one_way(rise: float, broken: str) -> None:
    before, after = make_reading({}, score=0.1), make_reading({}, score=0.1 + rise)
    assert " ".join(ask("score:down score:up", before, after)) == broken


def test_check_cases_directional_facts_are_of_the_changed_text() -> None:
    before, after = make_reading({"food": "positive"}), make_reading({"parking": "negative"})
    assert ask("parking:- not:food", before, after) == ()


def test_check_cases_score_where_nothing_is_read() -> None:
    blank = make_reading({"not_possible": "neutral"}, sentiment=None, score=None)
    assert ask("score:down", make_reading({}), blank) == ("score:down",)


def test_check_cases_reads_each_text_under_its_question() -> None:
    questions: tuple[QuestionKind, ...] = ("what_good", "could_improve")
    wanted = ("negative_experience:-",), ("positive_experience:+",)
    cases = [
        Case("minimum", "pair", question, "Nothing", "", facts)
        for question, facts in zip(questions, wanted, strict=True)
    ]
    outcomes = check_cases(Reader("fast"), cases, URGENT_FROM)
    assert [outcome.case for outcome in outcomes] == cases
    assert all(outcome.has_passed for outcome in outcomes)


def test_count_groups_keeps_kinds_apart() -> None:
    reading = make_reading({"food": "negative"})
    cases = [
        Case("minimum", "a", "why", "x", "", ("food:-",)),
        Case("minimum", "a", "why", "x", "", ("food:+",)),
        Case("invariance", "a", "why", "x", "y", ("same_topics",)),
    ]
    groups = count_groups(check_cases(Parrot({"x": reading, "y": reading}), cases, URGENT_FROM))
    found = [(g.kind, g.group, g.passed_count, g.case_count) for g in groups]
    assert found == [("minimum", "a", 1, 2), ("invariance", "a", 1, 1)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("wanted", "foood:-"),
        ("wanted", "not:not:food"),
        ("wanted", ""),
        ("kind", "hard"),
        ("question", "who"),
        ("changed", ""),
    ],
)
def test_make_case_of_what_it_does_not_know(column: str, value: str) -> None:
    row = {"kind": "invariance", "group": "typo", "question": "why", "wanted": "same_topics"}
    row |= {"text": "Food", "changed": "Fod"}
    assert make_case(7, row).changed == "Fod"
    with pytest.raises(ValueError, match="case 7"):
        make_case(7, row | {column: value})
