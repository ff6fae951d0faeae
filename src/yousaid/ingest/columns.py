"""A first proposal of what each column is, from its name and from a sample of its cells.

It is said back to the person, who corrects it: so it is plain rules, and it leaves out rather than
takes in. Names decide first; what the cells hold confirms, so that a column of 1s called “Service
location” (a label that somebody gave) is no place.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from yousaid.errors import InputError
from yousaid.frameworks.questions import question_kind
from yousaid.ingest.column_map import (
    ColumnMap,
    TextColumn,
    check_map,
    describe_map,
    read_map,
    write_map,
)
from yousaid.ingest.values import is_blank_answer, parse_date, parse_score

__all__ = [
    "ColumnMap",
    "TextColumn",
    "check_map",
    "describe_map",
    "guess_map",
    "read_map",
    "write_map",
]

_LABEL = re.compile(
    r"\b(?:sentiment|labels?|labelled|codes?|coded|categor(?:y|ies)|topics?|themes?|criticality"
    r"|subcategory|polarity|predict\w*|probability|confidence|identifiable)\b"
)
_REPLY = re.compile(
    r"\b(?:reply|replies|replied|action|actions|manager|moderat\w*|reviewer|staff response"
    r"|our response|trust response|you said|we did)\b"
)
_TEXT = re.compile(
    r"\b(?:comments?|feedback|free ?texts?|answers?|verbatim|narrative|text|remarks?|reviews?"
    r"|suggestions?|message|story|response)\b"
)
_NOT_TEXT = re.compile(r"\b(?:id|ids|number|no|ref|date|time|count|type|source|method|question)$")
_QUESTION = re.compile(r"\b(?:question|prompt)\b(?!.*\b(?:id|number|no|code)$)")
_DATE = re.compile(r"\bdate|time ?stamp|submitted|completed|\bmonth\b|\bday\b|received|recorded")
_DATE_OF_RESPONSE = re.compile(r"response|respon|submi|survey|feedback|complet|comment|fft|^date$")
_DATE_OF_PERSON = re.compile(r"\b(?:birth|dob|death)\b")
_SCORE = (
    re.compile(r"\bfft\b|recommend|friends and family|\blikely\b|likelihood"),
    re.compile(r"score|rating|overall|experience|how was|\brate\b|satisf"),
)
_RESPONSE_ID = (
    re.compile(
        r"\b(?:response|respondent|submission|survey|record|participant|return|form)\b"
        r".*\b(?:id|number|no|ref|reference|identifier)\b"
    ),
    re.compile(r"^(?:id|uid|guid|uuid|ref|reference|identifier|unique (?:id|ref\w*|identifier))$"),
    re.compile(r"\bcomment (?:id|number|no|ref)$"),
)
_PERSONAL_ID = re.compile(r"\b(?:patient|pt|nhs|staff|hospital number|mrn)\b")

# From widest to narrowest; columns of one row keep the order of the table.
_PLACES = (
    re.compile(r"\b(?:trust|organi[sz]ation|provider|health board)\b"),
    re.compile(r"\bhospital\b"),
    re.compile(r"\bsite\b"),
    re.compile(r"\bdivision\b"),
    re.compile(r"\b(?:directorate|care group|clinical group|business unit)\b"),
    re.compile(r"\b(?:service|speciality|specialty)\b"),
    re.compile(r"\b(?:department|dept)\b"),
    re.compile(r"\blocation\b"),
    re.compile(r"\bclinic\b"),
    re.compile(r"\b(?:ward|unit|team)\b"),
)
_PLACE_CODE = re.compile(r"\b(?:codes?|id|postcode|ods|number)$")
_MOST_PLACE_NAME_WORDS = 4

_DEMOGRAPHIC = re.compile(
    r"\b(?:age|gender|sex|ethnic\w*|disab\w*|religion|faith|belief|sexual\w*|orientation|trans"
    r"|pregnan\w*|marital|carer|language|deprivation|imd"
    r"|(?:who|person) complet\w*|complet\w* by|longstanding|long term condition)\b"
)
_SOURCE = re.compile(
    r"\b(?:mode|method|channel|source|how completed|complet\w* via|collected (?:by|via))\b"
    r"(?!.*\b(?:id|code|number)$)"
)


def _part_words(name: str) -> str:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return " ".join(re.findall(r"[a-z0-9]+", apart.casefold()))


_MOST_NAME_WORDS = 6
_KINDS = (_TEXT, _DATE, *_SCORE, *_RESPONSE_ID, *_PLACES, _DEMOGRAPHIC, _SOURCE)


def is_name_of_a_kind(name: str) -> bool:
    """Whether a column of this name is of a kind that we know, whatever it holds."""
    words = _part_words(name)
    if question_kind(name) is not None:
        return True
    return len(words.split()) <= _MOST_NAME_WORDS and any(kind.search(words) for kind in _KINDS)


def is_name_of_comments(name: str) -> bool:
    """Whether a name is that of a column of comments and little else."""
    words = _part_words(name)
    return len(words.split()) <= 2 and _TEXT.search(words) is not None


def guess_map(
    columns: Sequence[str], rows: Sequence[Sequence[str]], table_name: str = "The table"
) -> ColumnMap:
    """What the columns seem to be, judged by their names and by sample rows as wide as they.

    `best_score` is set only where a code of “don't know” gives it away (0 or 6). Raises InputError
    if no column seems to hold comments.
    """
    found = [
        _Column(
            name, place, [row[place].strip() for row in rows if not is_blank_answer(row[place])]
        )
        for place, name in enumerate(columns)
    ]
    date = _guess_date(found)
    score = _guess_score(_others(found, [date]))
    response_id = _guess_response_id(_others(found, [date, score]))
    texts = _guess_texts(_others(found, [date, score, response_id]))
    if not texts:
        raise InputError(
            f"{table_name}: no column seems to hold comments. Name the column, or check that the "
            "first row of the table holds the names of its columns."
        )
    question = _guess_question(_others(found, [date, score, response_id, *texts]), texts)
    left = _others(found, [date, score, response_id, question, *texts])
    places = _guess_places(left)
    left = _others(left, places)
    source = next((column for column in left if column.is_choice(_SOURCE)), None)
    demographics = [c for c in _others(left, [source]) if c.is_choice(_DEMOGRAPHIC)]
    return ColumnMap(
        texts=tuple(TextColumn(text.name, None, _name(question)) for text in texts),
        date=_name(date),
        score=_name(score),
        best_score=_guess_best_score(score.values) if score else None,
        places=tuple(place.name for place in places),
        response_id=_name(response_id),
        demographics=tuple(column.name for column in demographics),
        source=_name(source),
    )


@dataclass(frozen=True)
class _Column:
    name: str
    place: int
    values: list[str]

    @cached_property
    def words(self) -> str:
        """The name in lower case, its words apart: “FFTAnswer_1” is “fft answer 1”."""
        return _part_words(self.name)

    @cached_property
    def average_words(self) -> float:
        return sum(len(value.split()) for value in self.values) / max(len(self.values), 1)

    @cached_property
    def distinct_share(self) -> float:
        return len(set(self.values)) / max(len(self.values), 1)

    def share(self, reads: Callable[[str], object]) -> float:
        """The share of the values that a function reads without ValueError."""
        return sum(_succeeds(reads, value) for value in self.values) / max(len(self.values), 1)

    def is_flag(self) -> bool:
        return set(self.values) <= {"0", "1", "0.0", "1.0"}

    def is_label(self) -> bool:
        return bool(_LABEL.search(self.words))

    def is_choice(self, kind: re.Pattern[str]) -> bool:
        """Whether the name is of a kind, and the values are few."""
        return (
            bool(kind.search(self.words))
            and not self.is_flag()
            and self.average_words <= 8
            and (len(self.values) < 50 or self.distinct_share < 0.5)
        )

    def is_wordy(self) -> bool:
        """Whether the values read like what people write, not like a choice from a list."""
        return self.average_words >= 2 and (len(self.values) < 10 or self.distinct_share > 0.1)


def _name(column: _Column | None) -> str | None:
    return None if column is None else column.name


def _succeeds(reads: Callable[[str], object], value: str) -> bool:
    try:
        return reads(value) is not None
    except ValueError:
        return False


def _others(columns: Sequence[_Column], taken: Iterable[_Column | None]) -> list[_Column]:
    places = {column.place for column in taken if column is not None}
    return [column for column in columns if column.place not in places]


def _guess_date(columns: Sequence[_Column]) -> _Column | None:
    usable = [column for column in columns if not _DATE_OF_PERSON.search(column.words)]
    dated = [column for column in usable if column.share(parse_date) >= 0.8]
    named = [column for column in dated if _DATE.search(column.words)]
    best = [column for column in named if _DATE_OF_RESPONSE.search(column.words)]
    # Without a name to go by, bare numbers could be anything.
    unnamed = [column for column in dated if not any(value.isdigit() for value in column.values)]
    # A column that is called “Date” and nothing else is the date, however badly it is written: its
    # faults are told when it is read, and not hidden by leaving it out.
    called = [column for column in usable if column.words == "date" and column.values]
    return next(iter([*best, *named, *called, *unnamed]), None)


def _guess_score(columns: Sequence[_Column]) -> _Column | None:
    def reads_number(value: str) -> int | None:
        return parse_score(value, 5 if value.startswith("0") else 1)

    usable = [column for column in columns if not column.is_label()]
    scored = [column for column in usable if column.share(reads_number) >= 0.8]
    worded = [column for column in usable if column.share(_parse_worded_score) >= 0.8]
    named = [column for name in _SCORE for column in scored if name.search(column.words)]
    return next(iter([*named, *worded]), None)


def _parse_worded_score(value: str) -> int | None:
    return parse_score(value, None)


def _guess_best_score(values: Sequence[str]) -> int | None:
    numbers = {value.removesuffix(".0") for value in values} & {"0", "6"}
    if len(numbers) != 1:
        return None
    return 5 if numbers == {"0"} else 1


def _guess_response_id(columns: Sequence[_Column]) -> _Column | None:
    usable = [
        column
        for column in columns
        if not _PERSONAL_ID.search(column.words)
        and column.average_words <= 6
        # One value for a whole survey is no response; three questions share a person's.
        and column.distinct_share > (0.2 if len(column.values) > 5 else 0)
    ]
    return next((c for name in _RESPONSE_ID for c in usable if name.search(c.words)), None)


def _guess_texts(columns: Sequence[_Column]) -> list[_Column]:
    usable = [
        column
        for column in columns
        if not (column.is_label() or column.is_choice(_DEMOGRAPHIC) or column.is_choice(_SOURCE))
        and not _REPLY.search(column.words)
        and not _NOT_TEXT.search(column.words)
        and not (column.values and column.is_flag())
    ]
    named = [c for c in usable if _TEXT.search(c.words) or question_kind(c.name) is not None]
    # A column without any answers yet is believed only if its name is a question in full.
    wordy = [c for c in named if c.is_wordy() or (not c.values and c.name.rstrip().endswith("?"))]
    if wordy:
        return wordy
    if named:
        return [max(named, key=lambda column: column.average_words)]
    longest = max(usable, key=lambda column: column.average_words, default=None)
    return [longest] if longest is not None and longest.average_words >= 4 else []


def _guess_question(columns: Sequence[_Column], texts: Sequence[_Column]) -> _Column | None:
    if len(texts) != 1:
        return None
    named = [column for column in columns if _QUESTION.search(column.words) and column.values]
    asking = [
        column
        for column in columns
        if column.share(question_kind) >= 0.8 and column.distinct_share < 0.5
    ]
    return next(iter([*named, *asking]), None)


def _guess_places(columns: Sequence[_Column]) -> list[_Column]:
    ranked = []
    for column in columns:
        rank = next((rank for rank, name in enumerate(_PLACES) if name.search(column.words)), None)
        if rank is not None and _can_be_place(column):
            ranked.append((rank, column.place, column))
    return [column for _, _, column in sorted(ranked, key=lambda entry: entry[:2])]


def _can_be_place(column: _Column) -> bool:
    return (
        not column.is_flag()
        and not _PLACE_CODE.search(column.words)
        and len(column.words.split()) <= _MOST_PLACE_NAME_WORDS
        and not column.name.rstrip().endswith("?")
        and column.average_words <= 8
        and (len(column.values) < 20 or column.distinct_share < 0.8)
    )
