"""What a reader must get right, case by case, and whether it does.

A score over many comments hides a reader that trips over “not bad at all”. The cases ship with the
package, so that anyone can put the same questions to a model of their own. They were written by
hand, each to test one ability, and what is wanted is what a careful person would say, whatever any
model says. They must never be used to train, tune or choose anything.

Three kinds, after Ribeiro et al., “Beyond accuracy: behavioral testing of NLP models with
CheckList”, ACL 2020, doi:10.18653/v1/2020.acl-main.442:

- minimum: a text, and what must and must not be said of it;
- invariance: a change, such as a typing slip, that must leave the topics as they were;
- directional: a change, such as one complaint more, that must show.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

from yousaid.frameworks import get_framework
from yousaid.frameworks.languages import is_english
from yousaid.model.labels import SIGNS
from yousaid.model.reader import Reader
from yousaid.records import LEVEL_SENTIMENTS, QUESTION_KINDS, QuestionKind, Reading

CaseKind = Literal["minimum", "invariance", "directional"]
CASE_KINDS: tuple[CaseKind, ...] = get_args(CaseKind)

# A score that moves by less has not moved: a twentieth of the way from neutral to praise.
_SCORE_SLACK = 0.05
_NOT = "not:"
_SIGN_OF = {"positive": "+", "neutral": "=", "negative": "-"}


@dataclass(frozen=True, slots=True)
class Case:
    """A text, or a text and the same text changed, and what is wanted of it.

    `changed` is empty in cases of the kind minimum; elsewhere the facts are those of the changed
    text. All of `wanted` must hold, and what has `not:` before it must not:

    - `parking:-`: the topic is said, with criticism (`:+` praise, `:=` neither); `parking`: with
      any feeling; `only_these`: and no topic but those named;
    - `feeling:-` of the whole comment; `mixed`; `urgent`;
    - `other_language`: marked as not English;
    - `same_topics`: before and after the change, and at least one;
    - `score:down`, `score:up`: the sentiment score does not go the other way.
    """

    kind: CaseKind
    group: str
    question: QuestionKind
    text: str
    changed: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, which of its wanted facts did not hold, and the facts that a reader gave instead:
    of the text, and of the changed text where there is one."""

    case: Case
    broken: tuple[str, ...]
    came: tuple[tuple[str, ...], ...]

    @property
    def has_passed(self) -> bool:
        return not self.broken


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many of a group's cases pass."""

    kind: CaseKind
    group: str
    passed_count: int
    case_count: int


@cache
def read_cases() -> tuple[Case, ...]:
    """The cases that ship with the package, in the order of their file.

    Raises ValueError for a row that says something unknown: a slip of ours, not of a user.
    """
    text = (files("yousaid.model") / "behaviour.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return tuple(make_case(number, row) for number, row in enumerate(rows, start=1))


def make_case(number: int, row: Mapping[str, str]) -> Case:
    """The case in a row of the file. Raises ValueError for a row that cannot be understood."""
    case = Case(
        cast(CaseKind, row["kind"]),
        row["group"],
        cast(QuestionKind, row["question"]),
        row["text"],
        row["changed"],
        tuple(row["wanted"].split()),
    )
    is_known = case.kind in CASE_KINDS and case.question in QUESTION_KINDS
    is_whole = bool(case.wanted) and (case.kind == "minimum") is not bool(case.changed)
    unknown = {fact.removeprefix(_NOT) for fact in case.wanted} - _get_known_facts()
    if unknown or not (is_known and is_whole):
        raise ValueError(f"case {number} cannot be understood {sorted(unknown)}")
    return case


@cache
def _get_known_facts() -> frozenset[str]:
    ids = get_framework().topic_ids
    felt = [f"{name}:{sign}" for name in (*ids, "feeling") for sign in SIGNS]
    others = ("mixed", "urgent", "only_these", "other_language", "same_topics")
    return frozenset([*ids, *felt, *others, "score:down", "score:up"])


def check_cases(reader: Reader, cases: Sequence[Case], urgent_from: float) -> list[Outcome]:
    """What comes of each case, in order; from `urgent_from` 0…1 on, an urgency counts as urgent."""
    texts = [(text, case.question) for case in cases for text in _get_texts(case)]
    readings = iter(
        reader.read([text for text, _ in texts], [q for _, q in texts], with_evidence=False)
    )
    return [_judge(c, [next(readings) for _ in _get_texts(c)], urgent_from) for c in cases]


def _get_texts(case: Case) -> tuple[str, ...]:
    return (case.text, case.changed) if case.changed else (case.text,)


def _judge(case: Case, readings: Sequence[Reading], urgent_from: float) -> Outcome:
    came = tuple(tuple(_list_facts(reading, urgent_from)) for reading in readings)
    topics = {mention.topic for mention in readings[-1].mentions}
    held = {*came[-1], *topics}
    if topics <= {fact.split(":")[0] for fact in case.wanted}:
        held.add("only_these")
    if case.changed:
        held |= set(_compare(*readings))
    broken = tuple(f for f in case.wanted if (f.removeprefix(_NOT) in held) == f.startswith(_NOT))
    return Outcome(case, broken, came)


def _list_facts(reading: Reading, urgent_from: float) -> list[str]:
    """The facts of one reading, its topics first."""
    facts = [f"{m.topic}:{_SIGN_OF[m.sentiment]}" for m in reading.mentions]
    if reading.sentiment is not None:
        facts.append(f"feeling:{_SIGN_OF[LEVEL_SENTIMENTS[reading.sentiment - 1]]}")
    if reading.mixed:
        facts.append("mixed")
    if reading.urgency >= urgent_from:
        facts.append("urgent")
    if not is_english(reading.language):
        facts.append("other_language")
    return facts


def _compare(before: Reading, after: Reading) -> list[str]:
    """The facts of a pair of readings."""
    topics = {mention.topic for mention in before.mentions}
    facts = []
    # Two texts of which nothing is said have shown nothing.
    if topics and topics == {mention.topic for mention in after.mentions}:
        facts.append("same_topics")
    if before.sentiment_score is not None and after.sentiment_score is not None:
        rise = after.sentiment_score - before.sentiment_score
        facts += ["score:down"] * (rise <= _SCORE_SLACK) + ["score:up"] * (rise >= -_SCORE_SLACK)
    return facts


def count_groups(outcomes: Iterable[Outcome]) -> list[GroupCount]:
    """How many cases pass, for each group in the order of the outcomes."""
    groups: dict[tuple[CaseKind, str], list[bool]] = {}
    for outcome in outcomes:
        key = outcome.case.kind, outcome.case.group
        groups.setdefault(key, []).append(outcome.has_passed)
    return [GroupCount(*key, sum(passed), len(passed)) for key, passed in groups.items()]
