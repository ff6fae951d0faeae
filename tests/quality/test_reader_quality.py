"""How well the shipped reader reads comments that it has never met.

`cases.csv` was written by hand for this test alone. The cases are never used to choose or train
anything: no threshold, no setting, no training comment. A reader that fails here is mended with
other comments of the same sort, never with these. So that nothing leaks, a failure shows figures
and row numbers, not comments.

Its groups: `topic` (each topic in many words), `question_pair` (a scrap under two questions),
`idiom` (words that say the opposite of what they mean), `mixed` (praise of one thing, criticism
of another), `urgent` and `near_miss` (alarming words, no alarm), `blank` and `noise`.
"""

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.model.artefact import get_model_folder
from yousaid.model.labels import (
    SIGNS,
    LabelledComment,
    get_file_digest,
    normalise_text,
    read_labelled,
)
from yousaid.model.points import DEFAULT_MODEL
from yousaid.model.reader import Reader
from yousaid.records import Mention, Reading

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).with_name("cases.csv")
TRAINING = ROOT / "training" / "synthetic"
# The public comments lie beside the checkout on the machines that train, and nowhere else.
PUBLIC = ROOT.parent / "shared" / "data" / "fft_v6_dev.csv"

# What the reader must reach: about 4 points under what it did (or one comment, where one counts for
# more), rounded down, as a case may flip when it is trained again and a kind of comment may not.
# A floor is lowered only by a decision (docs/decisions.md) that says why. Beside each: measured on
# 23 November 2026 with “best 2”.
FLOORS = {
    "micro F1 of topics": 0.74,  # 0.789
    "macro F1 of topics": 0.76,  # 0.798
    "recall of parking": 0.90,  # 0.941
    "recall of food": 0.91,  # 0.957
    "recall of communication": 0.86,  # 0.900
    "micro F1 of topics in noise": 0.76,  # 0.810
    "sign of topics in mixed comments": 0.67,  # 0.698
    "topic and sign in question pairs": 0.96,  # 1.000
    "blanks called not possible": 0.96,  # 1.000
    "urgent comments found": 0.68,  # 0.720
    "near misses left alone": 0.92,  # 0.960
    "sentiment of idioms": 0.64,  # 0.680
    "sentiment of all comments": 0.80,  # 0.849
}
# The same for each topic: F1 in the written cases, a tenth under what it was, as each has few; and,
# where 40 real comments or more carry it, F1 on the card, out of fold.
TOPIC_FLOORS = {
    "positive_experience": 0.65,  # 0.79
    "negative_experience": 0.80,  # 0.93
    "impact_of_treatment": 0.55,  # 0.67
    "organisation": 0.55,  # 0.71
    "funding": 0.65,  # 0.82
    "feeling_safe": 0.80,  # 0.96
    "equality": 0.65,  # 0.78
    "staff_manner": 0.65,  # 0.79
    "staffing_levels": 0.60,  # 0.71
    "competence": 0.45,  # 0.59
    "contacting_services": 0.60,  # 0.73
    "appointment_arrangements": 0.60,  # 0.72
    "appointment_method": 0.80,  # 0.90
    "timeliness": 0.55,  # 0.71
    "communication": 0.75,  # 0.90
    "listening": 0.60,  # 0.72
    "information_from_staff": 0.65,  # 0.77
    "information_provision": 0.75,  # 0.90
    "kept_informed": 0.45,  # 0.59
    "family_carers": 0.75,  # 0.85
    "mental_health_act": 0.85,  # 1.00
    "continuity": 0.50,  # 0.67
    "discharge": 0.65,  # 0.80
    "patient_records": 0.65,  # 0.78
    "medication": 0.80,  # 0.94
    "pain": 0.75,  # 0.88
    "activities": 0.80,  # 0.96
    "entertainment": 0.80,  # 0.96
    "cleanliness": 0.60,  # 0.74
    "sensory": 0.75,  # 0.83
    "environment": 0.50,  # 0.67
    "food": 0.75,  # 0.88
    "service_location": 0.60,  # 0.69
    "transport": 0.50,  # 0.67
    "parking": 0.80,  # 0.94
}
CARD_TOPIC_FLOORS = {
    "positive_experience": 0.80,  # 0.843
    "negative_experience": 0.54,  # 0.585
    "impact_of_treatment": 0.49,  # 0.533
    "organisation": 0.55,  # 0.588
    "staff_manner": 0.84,  # 0.888
    "staffing_levels": 0.55,  # 0.600
    "competence": 0.48,  # 0.521
    "contacting_services": 0.69,  # 0.732
    "appointment_arrangements": 0.63,  # 0.674
    "timeliness": 0.81,  # 0.852
    "listening": 0.71,  # 0.758
    "information_from_staff": 0.60,  # 0.648
    "information_provision": 0.53,  # 0.578
    "kept_informed": 0.52,  # 0.566
    "family_carers": 0.39,  # 0.414
    "continuity": 0.47,  # 0.514
    "medication": 0.79,  # 0.832
    "activities": 0.74,  # 0.789
    "environment": 0.33,  # 0.370, down from 0.413: decisions, 31
    "food": 0.92,  # 0.963
    "transport": 0.65,  # 0.691
}
# The card's own scores, on the public comments.
CARD_FLOORS = {
    "micro_f1": 0.73,
    "macro_f1": 0.60,
    "sentiment_macro_f1": 0.61,
    "very_negative_recall": 0.49,
}

URGENT = 0.5
# Anyone may write “the food” or “could not fault it”; wordings longer than this are somebody's own.
LONGEST_COMMON_WORDING = 4


@dataclass(frozen=True, slots=True)
class Case:
    """A comment as it ought to be read, and as it was."""

    group: str
    comment: LabelledComment
    reading: Reading

    @property
    def found(self) -> dict[str, Mention]:
        return {mention.topic: mention for mention in self.reading.mentions}


@cache
def read_cases() -> tuple[Case, ...]:
    """The cases in file order, read by the shipped model."""
    comments = read_labelled(CASES, "synthetic")
    with CASES.open(encoding="utf-8", newline="") as file:
        groups = [row["group"] for row in csv.DictReader(file)]
    readings = Reader(DEFAULT_MODEL).read(
        [comment.text for comment in comments],
        [comment.kind for comment in comments],
        with_evidence=False,
    )
    rows = zip(groups, comments, readings, strict=True)
    return tuple(Case(*row) for row in rows)


def select(group: str) -> tuple[Case, ...]:
    return tuple(case for case in read_cases() if case.group == group)


def share(answers: Iterable[bool]) -> float:
    """How many of the answers are yes, 0…1."""
    listed = list(answers)
    return sum(listed) / len(listed)


def topic_f1(topics: Iterable[str], cases: Iterable[Case]) -> float:
    """F1 over all pairs of these topics and cases; 0 where a topic is neither said nor found."""
    pairs = [(t in case.comment.labels, t in case.found) for t in topics for case in cases]
    hits = sum(said and found for said, found in pairs)
    wrong = sum(said != found for said, found in pairs)
    return 2 * hits / max(2 * hits + wrong, 1)


def topic_recall(topic: str) -> float:
    return share(topic in case.found for case in read_cases() if topic in case.comment.labels)


def has_sign(case: Case, topic: str) -> bool:
    """Whether the reader found the topic with the feeling that it is mentioned with."""
    signs = {1: "positive", 0: "neutral", -1: "negative"}
    wanted = signs[case.comment.topic_signs[topic]]
    return topic in case.found and case.found[topic].sentiment == wanted


def mixed_signs() -> float:
    """Of the topics found in mixed comments; those missed count in the F1 of topics."""
    return share(
        has_sign(case, topic)
        for case in select("mixed")
        for topic in case.comment.topic_signs
        if topic in case.found
    )


def pair_signs() -> float:
    return share(has_sign(c, t) for c in select("question_pair") for t in c.comment.topic_signs)


def sentiment_agreement(cases: Iterable[Case]) -> float:
    """On three levels (1–2, 3, 4–5), over the comments that carry a sentiment."""
    pairs = [(case.comment.sentiment, case.reading.sentiment) for case in cases]
    return share(
        found is not None and (wanted > 3) - (wanted < 3) == (found > 3) - (found < 3)
        for wanted, found in pairs
        if wanted is not None
    )


def blanks_found() -> float:
    return share(case.found.keys() == {NOT_POSSIBLE} for case in select("blank"))


def topics_to_read() -> list[str]:
    return [topic for topic in get_framework().topic_ids if topic != NOT_POSSIBLE]


def macro_f1() -> float:
    scores = [topic_f1([topic], read_cases()) for topic in topics_to_read()]
    return sum(scores) / len(scores)


FIGURES: dict[str, Callable[[], float]] = {
    "micro F1 of topics": lambda: topic_f1(topics_to_read(), read_cases()),
    "macro F1 of topics": macro_f1,
    "recall of parking": lambda: topic_recall("parking"),
    "recall of food": lambda: topic_recall("food"),
    "recall of communication": lambda: topic_recall("communication"),
    "micro F1 of topics in noise": lambda: topic_f1(topics_to_read(), select("noise")),
    "sign of topics in mixed comments": mixed_signs,
    "topic and sign in question pairs": pair_signs,
    "blanks called not possible": blanks_found,
    "urgent comments found": lambda: share(c.reading.urgency >= URGENT for c in select("urgent")),
    "near misses left alone": lambda: share(
        c.reading.urgency < URGENT for c in select("near_miss")
    ),
    "sentiment of idioms": lambda: sentiment_agreement(select("idiom")),
    "sentiment of all comments": lambda: sentiment_agreement(read_cases()),
}


@pytest.mark.parametrize("name", FIGURES)
def test_reader_reaches_floor(name: str) -> None:
    figure = FIGURES[name]()
    if figure < FLOORS[name]:
        pytest.fail(f"{name}: {figure:.3f}, and it must be {FLOORS[name]:.2f}", pytrace=False)


@pytest.mark.parametrize("topic", TOPIC_FLOORS)
def test_topic_reaches_floor(topic: str) -> None:
    assert topic_f1([topic], read_cases()) >= TOPIC_FLOORS[topic]


def test_every_topic_has_a_floor() -> None:
    assert list(TOPIC_FLOORS) == topics_to_read()


def test_card_topics_reach_floors() -> None:
    scores = {row["topic"]: row["f1"]["value"] for row in read_card()["scores"]["topics"]}
    assert not {t: scores[t] for t, floor in CARD_TOPIC_FLOORS.items() if scores[t] < floor}


def test_cases_cover_every_topic_and_group() -> None:
    labels = [topic for case in read_cases() for topic in case.comment.labels]
    assert not [topic for topic in get_framework().topic_ids if labels.count(topic) < 8]
    groups = [case.group for case in read_cases()]
    least = {"topic": 200, "question_pair": 40, "idiom": 25, "mixed": 25, "urgent": 25}
    least |= {"near_miss": 25, "blank": 12, "noise": 20}
    assert set(groups) == set(least)
    assert not [group for group, count in least.items() if groups.count(group) < count]


def keeps_promise(comment: LabelledComment, group: str) -> bool:
    """Whether a case is of the kind that the figure of its group rests on."""
    signs = set(comment.topic_signs.values())
    return {
        "mixed": {1, -1} <= signs,
        "question_pair": signs in ({1}, {-1}),
        "urgent": comment.urgent is True,
        "near_miss": comment.urgent is False,
        "blank": comment.labels == {NOT_POSSIBLE} and comment.sentiment is None,
    }.get(group, NOT_POSSIBLE not in comment.labels)


def test_cases_are_of_the_kind_of_their_group() -> None:
    rows = enumerate(read_cases(), start=2)
    broken = [row for row, case in rows if not keeps_promise(case.comment, case.group)]
    assert not broken, f"rows {broken} of {CASES.name}"
    signs = {sign for case in read_cases() for sign in case.comment.topic_signs.values()}
    assert signs == set(SIGNS.values())


def test_cases_are_not_training_comments() -> None:
    trained = {
        normalise_text(comment.text)
        for path in sorted(TRAINING.glob("*.csv"))
        for comment in read_labelled(path, "synthetic")
    }
    assert trained
    shared = [
        row
        for row, comment in enumerate(read_labelled(CASES, "synthetic"), start=2)
        if len(comment.text.split()) > LONGEST_COMMON_WORDING
        and normalise_text(comment.text) in trained
    ]
    if shared:
        pytest.fail(f"rows {shared} of {CASES.name} are training comments too", pytrace=False)


def read_card() -> dict[str, Any]:
    description = json.loads((get_model_folder(DEFAULT_MODEL) / "model.json").read_text("utf-8"))
    return dict(description["card"])


@pytest.mark.skipif(not PUBLIC.is_file(), reason="no shared data folder")
def test_card_names_the_public_comments_and_reaches_floors() -> None:
    card = read_card()
    digests = {source["file"]: source["sha256"] for source in card["sources"]}
    assert digests[PUBLIC.name] == get_file_digest(PUBLIC)
    reached = {name: card["scores"][name]["value"] for name in CARD_FLOORS}
    assert not {n: v for n, v in reached.items() if v < CARD_FLOORS[n]}
