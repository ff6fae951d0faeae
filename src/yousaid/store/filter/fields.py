"""Which comments a question is about: one table of fields, from which all else follows.

A row of `FIELDS` says a field's key in an address, how it is read and written there, which values
there are, its SQL and its words in a sentence. Round trip: `from_query(to_query(filter)) ==
filter`, for every filter.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from yousaid.errors import FilterError
from yousaid.frameworks import get_framework
from yousaid.records import (
    QUESTION_KINDS,
    SCORES,
    TOPIC_SENTIMENTS,
    QuestionKind,
    TopicSentiment,
)
from yousaid.store.filter import address, sentence, sql
from yousaid.store.filter.sql import Sql, SqlFor
from yousaid.store.names import Names
from yousaid.store.places import read_place, write_place
from yousaid.store.search import describe as describe_words
from yousaid.store.search import parse

# The address of each value's chip holds all the others, so a page grows by the square: 400 places
# made 5 MB, and 5,000, as many as an address can hold, kept a server busy for minutes.
MAX_VALUES = 200
# … and so it does with long values: 200 places of 100 characters.
MAX_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of comments; an empty field asks for nothing.

    Fields narrow each other; the values within one field widen it, but for these:

    - a comment is about one of `topics`, about each of `all_topics` and about none of `no_topics`;
    - of `demographics`, pairs of a name and a value, only those of one name widen each other.

    `sentiments` are of the chosen topics where there are any: one of `topics` and each of
    `all_topics` must have one of them. Otherwise they are of the whole comment.

    Dates are inclusive. A place is a path, widest first, and stands for everything below it.
    `questions` are wordings. `uploads` are ids. `corrected` is about what people, and not the
    model, said of a comment. `words` is a search: see `yousaid.store.search`. Raises FilterError
    on values that do not exist, on more than MAX_VALUES or, as an address has them, more than
    MAX_CHARACTERS, and on a first date after the last.
    """

    first_date: date | None = None
    last_date: date | None = None
    places: tuple[tuple[str, ...], ...] = ()
    questions: tuple[str, ...] = ()
    kinds: tuple[QuestionKind, ...] = ()
    topics: tuple[str, ...] = ()
    all_topics: tuple[str, ...] = ()
    no_topics: tuple[str, ...] = ()
    sentiments: tuple[TopicSentiment, ...] = ()
    mixed: bool | None = None
    urgent: bool = False
    scores: tuple[int, ...] = ()
    demographics: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()
    corrected: bool | None = None
    words: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", self.words.strip())
        for field in FIELDS:
            if field.is_list:
                values = tuple(dict.fromkeys(getattr(self, field.name)))
                object.__setattr__(self, field.name, values)
                _check_known(field, values)
        count = sum(len(getattr(self, field.name)) for field in FIELDS if field.is_list)
        if count > MAX_VALUES:
            raise FilterError(
                f"A filter can hold {MAX_VALUES} choices at once, and this one has {count:,}. "
                "Choose fewer, or a place that all of them lie in."
            )
        if count or self.words:
            _check_length(written for _, written in to_query(self))
        if () in self.places:
            raise FilterError("A place has no name. Leave the place out to ask about all places.")
        if self.first_date and self.last_date and self.first_date > self.last_date:
            raise FilterError(
                f"The first date ({sentence.word_date(self.first_date)}) is after the last "
                f"({sentence.word_date(self.last_date)}). Swap them."
            )

    @property
    def selects_comments(self) -> bool:
        """Whether any field is about comments: responses then need a comment that matches."""
        return any(field.about != "response" for field in get_asked(self))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a filter. `about` says what it is a condition on: whole responses, comments, or
    what was read in the comments (the part that a rate's denominator leaves out). `known` is what
    its values are called and all that there are; None where they are the store's own."""

    name: str
    key: str
    is_list: bool
    about: Literal["response", "comment", "reading"]
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    sql: SqlFor
    words: Callable[[Filter], str]
    known: tuple[str, Sequence[object]] | None = None


def _check_length(written: Iterable[str]) -> None:
    if (length := sum(map(len, written))) > MAX_CHARACTERS:
        raise FilterError(
            f"What a filter asks for can be {MAX_CHARACTERS:,} characters long, and this is "
            f"{length:,}. Ask for less, or for a place that all of them lie in."
        )


def _check_known(field: Field, values: Iterable[object]) -> None:
    if field.known is None:
        return
    what, known = field.known
    if unknown := [str(value) for value in values if value not in known]:
        raise FilterError(
            f"There is no {what} “{'”, “'.join(unknown)}”. Choose from: "
            f"{', '.join(map(str, known))}."
        )


_TOPICS = ("topic", get_framework().topic_ids)

# In the order of the sentence.
FIELDS: tuple[Field, ...] = (
    Field(
        "urgent", "urgent", False, "reading", address.read_yes_no, address.write_yes_no,
        lambda _f, _: ("urgency >= ?", [sql.URGENT_FROM]),
        lambda _: "urgent",
    ),
    Field(
        "mixed", "mixed", False, "reading", address.read_yes_no, address.write_yes_no,
        lambda f, _: ("mixed = ?", [f.mixed]),
        lambda f: "mixed" if f.mixed else "not mixed",
    ),
    Field(
        "corrected", "corrected", False, "reading", address.read_yes_no, address.write_yes_no,
        lambda f, _: ("is_corrected = ?", [f.corrected]),
        lambda f: "corrected" if f.corrected else "not corrected",
    ),
    Field(
        "sentiments", "sentiment", True, "reading", str, str,
        lambda f, _: sql.sql_for_sentiments(f),
        sentence.word_sentiments,
        ("sentiment", TOPIC_SENTIMENTS),
    ),
    Field(
        "topics", "topic", True, "reading", str, str,
        sql.sql_for_topics,
        sentence.word_topics,
        _TOPICS,
    ),
    Field(
        "all_topics", "all_topic", True, "reading", str, str,
        sql.sql_for_all_topics,
        sentence.word_all_topics,
        _TOPICS,
    ),
    Field(
        "no_topics", "no_topic", True, "reading", str, str,
        sql.sql_for_no_topics,
        sentence.word_no_topics,
        _TOPICS,
    ),
    Field(
        "words", "words", False, "reading", str, str,
        lambda _f, _: sql.sql_for_words(),
        lambda f: describe_words(parse(f.words)),
    ),
    Field(
        "kinds", "kind", True, "comment", str, str,
        # Not by codes: two kinds that take turns, row by row, then take three times as long.
        lambda f, _: sql.sql_for_ids("kind", [QUESTION_KINDS.index(kind) for kind in f.kinds]),
        sentence.word_kinds,
        ("kind of question", QUESTION_KINDS),
    ),
    Field(
        "questions", "question", True, "comment", address.read_name, address.write_name,
        lambda f, names: sql.sql_for_names("question_id", names.questions, f.questions),
        sentence.word_questions,
    ),
    Field(
        "scores", "score", True, "response", address.read_score, str,
        lambda f, _: sql.sql_for_codes("score", f.scores),
        sentence.word_scores,
        ("score", range(1, len(SCORES) + 1)),
    ),
    Field(
        "demographics", "demographic", True, "response",
        address.read_demographic, address.write_demographic,
        sql.sql_for_demographics,
        sentence.word_demographics,
    ),
    Field(
        "places", "place", True, "response", read_place, write_place,
        lambda f, names: sql.sql_for_places(names, f.places),
        sentence.word_places,
    ),
    Field(
        "sources", "source", True, "response", address.read_name, address.write_name,
        lambda f, names: sql.sql_for_names("source_id", names.sources, f.sources),
        sentence.word_sources,
    ),
    Field(
        "uploads", "upload", True, "response", address.read_name, address.write_name,
        lambda f, names: sql.sql_for_ids(
            "upload", [number for number in names.uploads if str(number) in f.uploads]
        ),
        sentence.word_uploads,
    ),
    Field(
        "first_date", "from", False, "response", address.read_date, date.isoformat,
        lambda f, _: ("date IS NOT NULL AND date >= ?::DATE", [f.first_date]),
        sentence.word_period,
    ),
    Field(
        "last_date", "to", False, "response", address.read_date, date.isoformat,
        lambda f, _: ("date IS NOT NULL AND date <= ?::DATE", [f.last_date]),
        sentence.word_last_date,
    ),
)  # fmt: skip

EVERYTHING = Filter()
FILTER_KEYS: tuple[str, ...] = tuple(field.key for field in FIELDS)


def get_asked(chosen: Filter) -> list[Field]:
    """The fields that ask for something, in the order of the sentence."""
    return [f for f in FIELDS if getattr(chosen, f.name) != getattr(EVERYTHING, f.name)]


def to_query(chosen: Filter) -> list[tuple[str, str]]:
    """The filter as the keys and values of an address; nothing for a field that asks nothing."""
    pairs: list[tuple[str, str]] = []
    for field in get_asked(chosen):
        value = getattr(chosen, field.name)
        values = value if field.is_list else (value,)
        pairs.extend((field.key, field.write(one)) for one in values)
    return pairs


def from_query(pairs: Iterable[tuple[str, str]]) -> Filter:
    """The filter that an address asks for. An empty value is one left blank in a form.

    Raises FilterError on a key that is not in `FILTER_KEYS`, on a value that does not exist, on two
    values where there can be one, and on more than a filter can hold.
    """
    pairs = list(pairs)
    # First, since what is wrong with a value is said with the value.
    _check_length(written for _, written in pairs)
    by_key = {field.key: field for field in FIELDS}
    values: dict[str, Any] = {}
    for key, written in pairs:
        if key not in by_key:
            raise FilterError(f"There is no filter “{key}”. Choose from: {', '.join(FILTER_KEYS)}.")
        if written == "":
            continue
        field = by_key[key]
        if field.is_list:
            values[field.name] = (*values.get(field.name, ()), field.read(written))
        elif field.name in values:
            raise FilterError(f"“{key}” is there twice. Give it once.")
        else:
            values[field.name] = field.read(written)
    return Filter(**values)


def describe(chosen: Filter) -> str:
    """The filter in words that follow “comments”: “negative about Parking, at City Hospital”."""
    words = [field.words(chosen) for field in get_asked(chosen)]
    return ", ".join(word for word in words if word) or "all comments"


def sql_for_filter(chosen: Filter, names: Names) -> Sql:
    """The filter as one condition on `facts`, never NULL, and the values to bind.

    One with words also looks at a relation `hits`, with the `comment_key` of what they find.
    """
    asked = [field.sql(chosen, names) for field in get_asked(chosen)]
    conditions = [condition for condition, _ in asked]
    return " AND ".join(conditions) or "true", [value for _, values in asked for value in values]


def without_reading(chosen: Filter) -> Filter:
    """The filter less what it asks of the reading: what is left selects a rate's denominator."""
    asked = {f.name: getattr(EVERYTHING, f.name) for f in FIELDS if f.about == "reading"}
    return replace(chosen, **asked)
