"""Labelled comments for training and scoring, in the three layouts that exist.

A labelled comment may leave things unsaid: a topic that the coders were not asked about is neither
right nor wrong, and a row without a sentiment teaches none. Nothing is guessed in their place.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

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
    are None where nobody judged them.
    """

    text: str
    kind: QuestionKind
    topics: dict[str, bool]
    sentiment: int | None
    urgent: bool | None = None
    topic_signs: dict[str, int] = field(default_factory=dict)
    is_synthetic: bool = False

    @property
    def labels(self) -> frozenset[str]:
        """The topics that apply."""
        return frozenset(topic for topic, applies in self.topics.items() if applies)


Row = dict[str, str]
RowReader = Callable[[Row], tuple[LabelledComment, list[str]]]


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
    that the layout does not know, with every such row and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            columns = rows.fieldnames or []
            layout = layout or _find_layout(path, columns)
            return _read_rows(path, columns, layout, rows)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist. Check the folder given with --data.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}). Name a CSV file.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} is not a CSV file in UTF-8 ({error}).") from error


def _find_layout(path: Path, columns: object) -> str:
    for layout, needed in _NEEDED_COLUMNS.items():
        if needed <= set(columns):  # type: ignore[call-overload]
            return layout
    layouts = "; ".join(f"{name}: {', '.join(sorted(c))}" for name, c in _NEEDED_COLUMNS.items())
    raise InputError(f"{path} has none of the layouts of labelled comments. They need {layouts}.")


def _read_rows(
    path: Path, columns: Sequence[str], layout: str, rows: Iterable[Row]
) -> list[LabelledComment]:
    faults: list[str] = []
    comments = []
    read_row = _LAYOUTS[layout]
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            found = [f"it does not have {len(columns)} cells, as the first row"]
        else:
            comment, found = read_row(row)
            comments.append(comment)
        faults += [f"row {number}: {fault}" for fault in found]
    if faults:
        raise InputError(f"{path}: {'; '.join(faults)}. Put them right.")
    return comments


# Each reader gives the comment of a row and what is wrong with it; of a row with faults the comment
# is never used.


def _read_v6(row: Row) -> tuple[LabelledComment, list[str]]:
    topics: dict[str, bool] = {}
    for column, topic in _get_v6_topics().items():
        if column in row:
            topics[topic] = topics.get(topic, False) or bool(row[column].strip())
    level, faults = _read_level(row, "Comment sentiment")
    kind = question_kind(row["FFT question"]) or "why"
    return LabelledComment(row["FFT answer"], kind, topics, level), faults


@cache
def _get_v6_topics() -> dict[str, str]:
    return {column: topic for column, topic in get_v6_columns().items() if topic}


def _read_phase1(row: Row) -> tuple[LabelledComment, list[str]]:
    # The file names its questions Q1 and Q2 only. One code out of 44 says nothing of the other
    # topics; codes that mean one of ours were tried as examples of it and gained nothing
    # (docs/decisions.md).
    level = PHASE1_SENTIMENTS.get(row["criticality"])
    return LabelledComment(row["feedback"], "why", {}, level), []


def _read_synthetic(row: Row) -> tuple[LabelledComment, list[str]]:
    ids = get_framework().topic_ids
    pairs = [pair.partition(":")[::2] for pair in row["topics"].split()]
    signs = {topic: SIGNS.get(sign, 0) for topic, sign in pairs}
    is_unreadable = signs.keys() == {NOT_POSSIBLE}
    level, faults = _read_level(row, "sentiment")
    if not row["sentiment"].strip() and not is_unreadable:
        faults.append("“sentiment” is empty; give a level 1 to 5")
    for place, (topic, sign) in enumerate(pairs, start=1):
        if topic not in ids or sign not in SIGNS:
            faults.append(f"“topics”, entry {place}, is no topic with its sign, as food:+")
    if row["question"] not in QUESTION_KINDS:
        faults.append(f"“question” is not one of {', '.join(QUESTION_KINDS)}")
    if row["urgent"] not in ("0", "1"):
        faults.append("“urgent” is not 0 or 1")
    comment = LabelledComment(
        row["text"],
        cast(QuestionKind, row["question"]),
        topics={topic: topic in signs for topic in ids},
        sentiment=None if is_unreadable else level,
        urgent=row["urgent"] == "1",
        topic_signs=signs,
        is_synthetic=True,
    )
    return comment, faults


def _read_level(row: Row, column: str) -> tuple[int | None, list[str]]:
    level = row[column].strip()
    if level in ("", "1", "2", "3", "4", "5"):
        return int(level) if level else None, []
    return None, [f"“{column}” is not a level 1 to 5"]


_NEEDED_COLUMNS = {
    "v6": {"FFT answer", "FFT question", "Comment sentiment"},
    "phase1": {"feedback", "code", "criticality"},
    "synthetic": {"text", "question", "topics", "sentiment", "urgent"},
}
_LAYOUTS: dict[str, RowReader] = {
    "v6": _read_v6,
    "phase1": _read_phase1,
    "synthetic": _read_synthetic,
}
