"""The plain values that pass between rooms.

Nothing here computes, reads or writes: a record only says what a thing is made of, in the words of
`docs/glossary.md`. Records are frozen, so a room can hand one on without fear of it changing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

QuestionKind = Literal["what_good", "could_improve", "why"]
QUESTION_KINDS: tuple[QuestionKind, ...] = ("what_good", "could_improve", "why")

TopicSentiment = Literal["positive", "neutral", "negative"]
TOPIC_SENTIMENTS: tuple[TopicSentiment, ...] = ("positive", "neutral", "negative")

# Position + 1 is the level used in training data and in the store: 1 is the most positive.
SENTIMENT_LEVELS: tuple[str, ...] = (
    "very positive",
    "positive",
    "neutral",
    "negative",
    "very negative",
)

# What each level is called where three are told apart, in the order of the levels.
LEVEL_SENTIMENTS: tuple[TopicSentiment, ...] = (
    "positive",
    "positive",
    "neutral",
    "negative",
    "negative",
)

# Position + 1 is the national code of the Friends and Family Test since April 2020.
SCORES: tuple[str, ...] = (
    "Very good",
    "Good",
    "Neither good nor poor",
    "Poor",
    "Very poor",
    "Don't know",
)


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a text: character offsets (code points) into the original, `end` exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One topic that a comment is about.

    `probability` is in 0…1; `spans` are the words that show the topic, in text order and not
    overlapping, empty when no single word does.
    """

    topic: str
    probability: float
    sentiment: TopicSentiment
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model says of one comment.

    `sentiment` is a level 1 (very positive) … 5 (very negative) and `sentiment_score` runs from
    −1 (negative) to 1 (positive); both are None where there is nothing to read. `mixed` says that
    the comment holds both praise and criticism. `urgency` is 0…1, higher is more urgent.
    `probabilities` has one value 0…1 for each topic of the framework, in framework order.
    `language` is an ISO 639-1 code: “en” where the comment or a whole sentence of it is English,
    “und” where it is not English and cannot be named, None where there is too little to tell.
    What is in another language is not read: its one mention is “Labelling not possible”.
    `vector` says where the comment stands among others: the nearer two point the same way, the more
    alike are the comments. It has a signed byte a dimension, and is empty where there is nothing to
    read or the model has no encoder; those of two models are not comparable. It is left out of the
    `repr`, as it tells what the comment is like.
    """

    mentions: tuple[Mention, ...]
    sentiment: int | None
    sentiment_score: float | None
    mixed: bool
    urgency: float
    probabilities: tuple[float, ...]
    model: str
    language: str | None = None
    vector: bytes = field(default=b"", repr=False)


class Word(NamedTuple):
    """A word of a text and its share of a topic's score in log-odds, above 0 where it speaks for
    the topic: a share of 0.69 doubles the odds, one of −0.69 halves them."""

    span: Span
    share: float


class Piece(NamedTuple):
    """A piece of a text that says one thing, and the probability 0…1 of a topic in it alone."""

    span: Span
    probability: float


@dataclass(frozen=True, slots=True)
class TopicExplanation:
    """Why a topic was said of a comment, or was not.

    A topic is said from its `threshold` on (0…1, as is `probability`). `sentiment` is that of the
    topic, or what it would be. `base` is the score of the topic before any word is read, in
    log-odds. `words` are all words that were read, in text order; `base` and their shares add up
    to the log-odds of the probability, ln(p / (1 − p)). `pieces` are in text order: one that is as
    sure as the whole where the text says one thing, none where it has no words.
    """

    topic: str
    probability: float
    threshold: float
    is_said: bool
    sentiment: TopicSentiment
    base: float
    words: tuple[Word, ...]
    pieces: tuple[Piece, ...]


# Why a comment is “Labelling not possible”: there is no letter, digit or emoji in it; it is not in
# English; it only says that nothing is answered; the model finds that surer than every topic.
NotPossibleRule = Literal["no_words", "other_language", "non_answer", "surest"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a model says what it says of one comment.

    `topics` are those that are said, most probable first, then the nearest that are not, nearest
    first; none where a rule kept the comment from being read. `reading` holds what is said of the
    whole. `rule` is None where there was something to read. `unread_count` is the number of
    characters behind the longest text that is read, mostly 0. The text is left out of the `repr`,
    so that it does not slip into a log.
    """

    text: str = field(repr=False)
    question: QuestionKind
    reading: Reading
    topics: tuple[TopicExplanation, ...]
    rule: NotPossibleRule | None
    unread_count: int


@dataclass(frozen=True, slots=True)
class Comment:
    """One answer in free text, or the lack of one.

    `response_id` ties together the answers that one person gave at one time. `text` is empty where
    the person left the question blank: the row then stands for the response only. `unit` is the
    place, widest first (for example hospital, ward). `score` is a national code 1 (very good) …
    5 (very poor), 6 (don't know), or None. `question` is the wording that was asked.
    `source` is how the response came in (text message, website, card), empty where nobody said.
    """

    comment_id: str
    response_id: str
    date: date | None
    unit: tuple[str, ...]
    question: str
    kind: QuestionKind
    text: str
    score: int | None
    demographics: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says that a comment's reading should have been; None leaves a part as read.

    `mentions` are all topics of the comment, each with its sentiment; `sentiment` is a level 1
    (very positive) … 5 (very negative).
    """

    mentions: tuple[tuple[str, TopicSentiment], ...] | None = None
    sentiment: int | None = None
    mixed: bool | None = None
    urgent: bool | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The places that the person asking may see: a place is in scope with everything below it.

    `units` None means everywhere.
    """

    units: frozenset[tuple[str, ...]] | None


EVERYWHERE = Scope(None)
