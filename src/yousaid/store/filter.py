"""Which comments a question is about: one table of fields, from which all else follows.

A row of `FIELDS` says a field's key in an address, how it is read and written there, its SQL and
its words in a sentence. Round trip: `from_query(to_query(filter)) == filter`, for every filter.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from urllib.parse import unquote

from yousaid.errors import FilterError
from yousaid.frameworks import get_framework
from yousaid.records import (
    LEVEL_SENTIMENTS,
    QUESTION_KINDS,
    SCORES,
    TOPIC_SENTIMENTS,
    QuestionKind,
    TopicSentiment,
)
from yousaid.store.search import get_search_terms

# Urgency from which a comment is called urgent. The middle of the scale until the model is
# calibrated against comments that staff have marked.
URGENT_FROM = 0.5

# How the store writes the sentiment of a topic.
SENTIMENT_CODES: dict[TopicSentiment, int] = {"positive": 1, "neutral": 0, "negative": -1}
# Which levels of the whole comment (1 very positive … 5 very negative) each word covers.
SENTIMENT_LEVEL_RANGES: dict[TopicSentiment, tuple[int, ...]] = {
    sentiment: tuple(
        level for level, found in enumerate(LEVEL_SENTIMENTS, start=1) if found == sentiment
    )
    for sentiment in TOPIC_SENTIMENTS
}
KIND_NAMES: dict[QuestionKind, str] = {
    "what_good": "what was good",
    "could_improve": "what could improve",
    "why": "why that score",
}

Sql = tuple[str, list[object]]


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of comments; an empty field asks for nothing.

    Fields narrow each other; the values within one field widen it. Dates are inclusive. A place
    is a path, widest first, and stands for everything below it. Sentiments are of the chosen
    topics where there are any, otherwise of the whole comment. `words` must all be there (each
    the start of a word), and "quoted phrases" exactly. Raises FilterError on values that do not
    exist, and on a first date after the last.
    """

    first_date: date | None = None
    last_date: date | None = None
    places: tuple[tuple[str, ...], ...] = ()
    topics: tuple[str, ...] = ()
    sentiments: tuple[TopicSentiment, ...] = ()
    kinds: tuple[QuestionKind, ...] = ()
    scores: tuple[int, ...] = ()
    mixed: bool | None = None
    urgent: bool = False
    words: str = ""

    def __post_init__(self) -> None:
        for name in ("places", "topics", "sentiments", "kinds", "scores"):
            object.__setattr__(self, name, tuple(dict.fromkeys(getattr(self, name))))
        _check_known("topic", self.topics, get_framework().topic_ids)
        _check_known("sentiment", self.sentiments, TOPIC_SENTIMENTS)
        _check_known("kind of question", self.kinds, QUESTION_KINDS)
        _check_known("score", self.scores, range(1, len(SCORES) + 1))
        if () in self.places:
            raise FilterError("A place has no name. Leave the place out to ask about all places.")
        if self.first_date and self.last_date and self.first_date > self.last_date:
            raise FilterError(
                f"The first date ({_word_date(self.first_date)}) is after the last "
                f"({_word_date(self.last_date)}). Swap them."
            )

    @property
    def selects_comments(self) -> bool:
        """Whether any field is about comments: responses then need a comment that matches."""
        return any(field.about != "response" for field in _get_asked(self))


def _check_known(what: str, values: Iterable[object], known: Sequence[object]) -> None:
    if unknown := [str(value) for value in values if value not in known]:
        raise FilterError(
            f"There is no {what} “{'”, “'.join(unknown)}”. Choose from: "
            f"{', '.join(map(str, known))}."
        )


# --- the SQL of each field; every value is bound, and the columns are those of `layout.py` ---


def _sql_for_list(column: str, cast: str, values: Sequence[object]) -> Sql:
    return f"coalesce(list_contains(?::{cast}[], {column}), false)", [list(values)]


def sql_for_places(places: Iterable[tuple[str, ...]]) -> Sql:
    """A condition on `unit_path`: one of the places, or below it. No places: never true."""
    paths: list[object] = [write_unit_path(place) for place in places]
    return f"({' OR '.join(['starts_with(unit_path, ?)'] * len(paths)) or 'false'})", paths


def _sql_for_topics(chosen: Filter) -> Sql:
    if not chosen.sentiments:
        return "list_has_any(topics, ?::VARCHAR[])", [list(chosen.topics)]
    codes = [SENTIMENT_CODES[sentiment] for sentiment in chosen.sentiments]
    one, _ = _sql_for_list("topic_sentiments[list_position(topics, ?)]", "TINYINT", codes)
    values: list[object] = []
    for topic in chosen.topics:
        values += [codes, topic]
    return f"({' OR '.join([one] * len(chosen.topics))})", values


def _sql_for_sentiments(chosen: Filter) -> Sql:
    if chosen.topics:
        return "true", []  # asked of each chosen topic, by the topics' own row
    levels = [level for s in chosen.sentiments for level in SENTIMENT_LEVEL_RANGES[s]]
    return _sql_for_list("sentiment", "TINYINT", levels)


def _sql_for_words(chosen: Filter) -> Sql:
    terms = get_search_terms(chosen.words)
    if terms is None:
        return "false", []
    conditions = ["contains(search_text, ?)"] * len(terms)
    return f"({' AND '.join(conditions) or 'true'})", list(terms)


# --- the words of each field ---


def _word_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _word_period(chosen: Filter) -> str:
    first, last = chosen.first_date, chosen.last_date
    if first and last:
        if first == last:
            return f"on {_word_date(first)}"
        return f"from {_word_date(first)} to {_word_date(last)}"
    return f"since {_word_date(first)}" if first else f"up to {_word_date(last)}" if last else ""


def _word_list(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _word_topics(chosen: Filter) -> str:
    names = _word_list([get_framework().by_id[topic].name for topic in chosen.topics])
    return f"{_word_list(chosen.sentiments)} about {names}".strip()


def _word_words(chosen: Filter) -> str:
    typed = chosen.words.strip()
    return f"containing {typed}" if '"' in typed else f"containing “{typed}”"


def _word_sentiments(chosen: Filter) -> str:
    return "" if chosen.topics else _word_list(chosen.sentiments)


# --- how a value is written in an address ---


def write_place(place: tuple[str, ...]) -> str:
    """A place as one word of an address: “/” between levels, escaped where a name holds one."""
    # A level without a name is a lone “%”, which escaping never leaves behind.
    return "/".join(
        level.replace("%", "%25").replace("/", "%2F") if level else "%" for level in place
    )


def read_place(written: str) -> tuple[str, ...]:
    """The place that `write_place` wrote."""
    return tuple("" if level == "%" else unquote(level) for level in written.split("/"))


def write_unit_path(unit: tuple[str, ...]) -> str:
    """A place closed by “/”, so that whatever begins with it is that place or lies below it."""
    return f"{write_place(unit)}/"


def read_unit_path(written: str) -> tuple[str, ...]:
    """The place that `write_unit_path` wrote."""
    return () if written == "/" else read_place(written[:-1])


def _read_date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise FilterError(f"“{written}” is not a date. Write it as 2026-01-31.") from None


def _read_score(written: str) -> int:
    if written in (codes := [str(code) for code in range(1, len(SCORES) + 1)]):
        return int(written)
    raise FilterError(f"“{written}” is not a score. Choose from: {', '.join(codes)}.")


def _read_yes_no(written: str) -> bool:
    if written in ("yes", "no"):
        return written == "yes"
    raise FilterError(f"“{written}” is neither “yes” nor “no”.")


def _write_yes_no(value: bool) -> str:
    return "yes" if value else "no"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a filter. `about` says what it is a condition on: whole responses, comments, or
    what was read in the comments (the part that a rate's denominator leaves out)."""

    name: str
    key: str
    is_list: bool
    about: Literal["response", "comment", "reading"]
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    sql: Callable[[Filter], Sql]
    words: Callable[[Filter], str]


# In the order of the sentence.
FIELDS: tuple[Field, ...] = (
    Field(
        "urgent", "urgent", False, "reading", _read_yes_no, _write_yes_no,
        lambda _: ("urgency >= ?", [URGENT_FROM]),
        lambda _: "urgent",
    ),
    Field(
        "mixed", "mixed", False, "reading", _read_yes_no, _write_yes_no,
        lambda f: ("mixed = ?", [f.mixed]),
        lambda f: "mixed" if f.mixed else "not mixed",
    ),
    Field(
        "sentiments", "sentiment", True, "reading", str, str,
        _sql_for_sentiments,
        _word_sentiments,
    ),
    Field("topics", "topic", True, "reading", str, str, _sql_for_topics, _word_topics),
    Field(
        "words", "words", False, "reading", str, str,
        _sql_for_words,
        _word_words,
    ),
    Field(
        "kinds", "kind", True, "comment", str, str,
        lambda f: _sql_for_list("kind", "VARCHAR", f.kinds),
        lambda f: f"on {_word_list([KIND_NAMES[kind] for kind in f.kinds])}",
    ),
    Field(
        "scores", "score", True, "response", _read_score, str,
        lambda f: _sql_for_list("score", "SMALLINT", f.scores),
        lambda f: f"scored {_word_list([SCORES[score - 1] for score in f.scores])}",
    ),
    Field(
        "places", "place", True, "response", read_place, write_place,
        lambda f: sql_for_places(f.places),
        lambda f: f"at {_word_list([' › '.join(place) for place in f.places])}",
    ),
    Field(
        "first_date", "from", False, "response", _read_date, date.isoformat,
        lambda f: ("coalesce(date >= ?::DATE, false)", [f.first_date]),
        _word_period,
    ),
    Field(
        "last_date", "to", False, "response", _read_date, date.isoformat,
        lambda f: ("coalesce(date <= ?::DATE, false)", [f.last_date]),
        lambda f: "" if f.first_date else _word_period(f),
    ),
)  # fmt: skip

EVERYTHING = Filter()
FILTER_KEYS: tuple[str, ...] = tuple(field.key for field in FIELDS)


def _get_asked(chosen: Filter) -> list[Field]:
    return [f for f in FIELDS if getattr(chosen, f.name) != getattr(EVERYTHING, f.name)]


def to_query(chosen: Filter) -> list[tuple[str, str]]:
    """The filter as the keys and values of an address; nothing for a field that asks nothing."""
    pairs: list[tuple[str, str]] = []
    for field in _get_asked(chosen):
        value = getattr(chosen, field.name)
        values = value if field.is_list else (value,)
        pairs.extend((field.key, field.write(one)) for one in values)
    return pairs


def from_query(pairs: Iterable[tuple[str, str]]) -> Filter:
    """The filter that an address asks for. An empty value is one left blank in a form.

    Raises FilterError on a key that is not in `FILTER_KEYS`, on a value that does not exist and on
    two values where there can be one.
    """
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
    words = [field.words(chosen) for field in _get_asked(chosen)]
    return ", ".join(word for word in words if word) or "all comments"


def sql_for_filter(chosen: Filter) -> Sql:
    """The filter as one condition on the store's columns, never NULL, and the values to bind."""
    asked = [field.sql(chosen) for field in _get_asked(chosen)]
    conditions = [condition for condition, _ in asked]
    return " AND ".join(conditions) or "true", [value for _, values in asked for value in values]


def without_reading(chosen: Filter) -> Filter:
    """The filter less what it asks of the reading: what is left selects a rate's denominator."""
    asked = {f.name: getattr(EVERYTHING, f.name) for f in FIELDS if f.about == "reading"}
    return replace(chosen, **asked)
