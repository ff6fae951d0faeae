"""Labelled comments for training and scoring, in the three layouts that exist.

A labelled comment may leave things unsaid: a topic that the coders were not asked about is neither
right nor wrong, and a row without a sentiment teaches none. Nothing is guessed in their place.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yousaid.errors import InputError
from yousaid.frameworks import NOT_POSSIBLE, get_framework, get_v6_columns
from yousaid.frameworks.questions import question_kind
from yousaid.records import QUESTION_KINDS, QuestionKind

SIGNS = {"+": 1, "=": 0, "-": -1}

# Criticality runs from −5 (severe) to 5 (the highest praise). 0 is left out: it stands for
# “nothing to improve” as often as for anything neutral. Typing slips of the file included.
PHASE1_SENTIMENTS = {
    **dict.fromkeys(("5", "4", "3"), 1),
    **dict.fromkeys(("2", "1"), 2),
    **dict.fromkeys(("-1", "-2", "-3"), 4),
    **dict.fromkeys(("-4", "-5"), 5),
}


@dataclass(frozen=True, slots=True)
class LabelledComment:
    """A comment with what people said of it.

    `topics` maps topic ids to whether the topic applies; one that is missing was not judged.
    `topic_signs` maps topic ids to 1 (praise), 0 (neutral) or −1 (criticism). `sentiment` is a
    level 1…5; `urgent` says whether a careful manager would want to read the comment today. Both
    are None where nobody judged them. `source` names the organisation, or the file.
    """

    text: str
    kind: QuestionKind
    topics: dict[str, bool]
    sentiment: int | None
    source: str
    urgent: bool | None = None
    topic_signs: dict[str, int] = field(default_factory=dict)
    is_synthetic: bool = False

    @property
    def labels(self) -> frozenset[str]:
        """The topics that apply."""
        return frozenset(topic for topic, applies in self.topics.items() if applies)


def normalise_text(text: str) -> str:
    """The letters of a text in lower case: two comments with the same are the same wording."""
    return "".join(character for character in text.lower() if character.isalpha())


def find_first_wordings(comments: Sequence[LabelledComment]) -> NDArray[np.bool_]:
    """Whether each comment is the first of its wording under its question kind; one written for
    this project and a real one do not stand for each other."""
    seen: set[tuple[str, str, bool]] = set()
    first = np.zeros(len(comments), bool)
    for position, comment in enumerate(comments):
        key = (normalise_text(comment.text), comment.kind, comment.is_synthetic)
        first[position] = key not in seen
        seen.add(key)
    return first


def get_file_digest(path: Path) -> str:
    """The SHA-256 of a file, by which a model remembers what it was trained on."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_labelled(path: Path, layout: str | None = None) -> list[LabelledComment]:
    """The labelled comments of a CSV file, in file order.

    `layout` is `v6` (a column of ticks for each label of the public version 6 file), `phase1` (one
    code and a criticality) or `synthetic` (ours: text, question, topics, sentiment, urgent); found
    from the header when None. Raises InputError where the file cannot be read or says something
    that the layout does not know, with every such row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            columns = rows.fieldnames or []
            layout = layout or _find_layout(path, columns)
            return list(_LAYOUTS[layout](path.name, rows))
    except FileNotFoundError:
        raise InputError(f"{path} does not exist. Check the folder given with --data.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is not a CSV file in UTF-8 ({error}).") from error


def _find_layout(path: Path, columns: object) -> str:
    for layout, needed in _NEEDED_COLUMNS.items():
        if needed <= set(columns):  # type: ignore[call-overload]
            return layout
    layouts = "; ".join(f"{name}: {', '.join(sorted(c))}" for name, c in _NEEDED_COLUMNS.items())
    raise InputError(f"{path} has none of the layouts of labelled comments. They need {layouts}.")


def _read_v6(name: str, rows: "csv.DictReader[str]") -> Iterator[LabelledComment]:
    columns = {c: t for c, t in get_v6_columns().items() if t and c in (rows.fieldnames or ())}
    judged = dict.fromkeys(columns.values(), False)
    for row in rows:
        ticked = {topic: True for column, topic in columns.items() if row[column].strip()}
        level = row["Comment sentiment"].strip()
        yield LabelledComment(
            text=row["FFT answer"],
            kind=question_kind(row["FFT question"]) or "why",
            topics={**judged, **ticked},
            sentiment=int(level) if level else None,
            source=row.get("Trust") or name,
        )


def _read_phase1(name: str, rows: "csv.DictReader[str]") -> Iterator[LabelledComment]:
    for row in rows:
        yield LabelledComment(
            text=row["feedback"],
            # The file names its questions Q1 and Q2 only.
            kind="why",
            # One code out of 44 says nothing of the other topics. Codes that mean one of ours were
            # tried as examples of it and gained nothing (docs/decisions.md).
            topics={},
            sentiment=PHASE1_SENTIMENTS.get(row["criticality"]),
            source=row.get("organization") or name,
        )


def _read_synthetic(name: str, rows: "csv.DictReader[str]") -> Iterator[LabelledComment]:
    ids = get_framework().topic_ids
    faults = []
    for number, row in enumerate(rows, start=2):
        pairs = [pair.partition(":")[::2] for pair in row["topics"].split()]
        if unknown := [t for t, sign in pairs if t not in ids or sign not in SIGNS]:
            faults.append(f"row {number}: no such topic or sign: {', '.join(unknown)}")
        elif row["question"] not in QUESTION_KINDS or row["sentiment"] not in "12345":
            faults.append(f"row {number}: the question or the sentiment is not one of ours")
        else:
            signs = {topic: SIGNS[sign] for topic, sign in pairs}
            is_unreadable = signs.keys() == {NOT_POSSIBLE}
            yield LabelledComment(
                text=row["text"],
                kind=row["question"],
                topics={topic: topic in signs for topic in ids},
                sentiment=None if is_unreadable else int(row["sentiment"]),
                source=name,
                urgent=row["urgent"] == "1",
                topic_signs=signs,
                is_synthetic=True,
            )
    if faults:
        raise InputError(f"{name}: " + "; ".join(faults))


_NEEDED_COLUMNS = {
    "v6": {"FFT answer", "FFT question", "Comment sentiment"},
    "phase1": {"feedback", "code", "criticality"},
    "synthetic": {"text", "question", "topics", "sentiment", "urgent"},
}
_LAYOUTS: dict[str, Callable[[str, "csv.DictReader[str]"], Iterator[LabelledComment]]] = {
    "v6": _read_v6,
    "phase1": _read_phase1,
    "synthetic": _read_synthetic,
}
