"""What a sentiment is of: a topic, a category, the chosen topics or the whole comment.

Rows are counted by a code as it lies in them, and the codes are sorted into sentiments afterwards:
that takes half the time of asking each row for each sentiment.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from yousaid.records import LEVEL_SENTIMENTS, TOPIC_SENTIMENTS, TopicSentiment
from yousaid.store.answers import DimensionKind
from yousaid.store.filter import SENTIMENT_CODES, Filter, Sql, sql_for_filter, sql_for_mask
from yousaid.store.names import Names

# The codes that stand for each sentiment, and for none. A code can stand for several, where a
# comment feels both ways about two topics.
Codes = Mapping[TopicSentiment | None, Sequence[int | None]]


@dataclass(frozen=True, slots=True)
class Feelings:
    """A code of each row, and what it stands for."""

    code: Sql
    codes: Codes


_NONE: Codes = {None: [None]}
OF_TOPIC = Feelings(
    ("mention % 3", []),
    {**_NONE, **{sentiment: [code + 1] for sentiment, code in SENTIMENT_CODES.items()}},
)
OF_COMMENT = Feelings(
    ("sentiment", []),
    {
        **_NONE,
        **{
            sentiment: [n for n, one in enumerate(LEVEL_SENTIMENTS, start=1) if one == sentiment]
            for sentiment in TOPIC_SENTIMENTS
        },
    },
)
OF_ROLLUP = Feelings(
    ("sentiment", []),
    {**_NONE, **{sentiment: [code] for sentiment, code in SENTIMENT_CODES.items()}},
)
# For counts that are of no sentiment: no row has the code 1.
NO_FEELINGS = Feelings(("0", []), {None: [0], **{sentiment: [1] for sentiment in TOPIC_SENTIMENTS}})


def choose_feelings(
    kinds: Set[DimensionKind | None],
    all_kinds: Set[DimensionKind | None],
    chosen: Filter,
    names: Names,
) -> Feelings:
    """What the sentiments of a place are of: its topic; any topic of its category; any topic at
    all, in a margin of a table of topics by sentiment; otherwise as a filter would find them, of
    the chosen topics where there are any."""
    if "topic" in kinds:
        return OF_TOPIC
    if "category" in kinds:
        return _make_feelings([(f"({m}) & category_mask <> 0", []) for m in _MASKS])
    if "sentiment" in kinds and all_kinds & {"topic", "category"}:
        return _make_feelings([(f"({m}) <> 0", []) for m in _MASKS])
    if not chosen.topics and not chosen.all_topics:
        return OF_COMMENT
    about = Filter(topics=chosen.topics, all_topics=chosen.all_topics)
    return _make_feelings(
        [sql_for_filter(replace(about, sentiments=(s,)), names) for s in TOPIC_SENTIMENTS]
    )


_MASKS = [sql_for_mask((sentiment,)) for sentiment in TOPIC_SENTIMENTS]


def _make_feelings(conditions: Sequence[Sql]) -> Feelings:
    """A bit for each of the three conditions, which are in the order of TOPIC_SENTIMENTS."""
    bits = " + ".join(f"{1 << n} * ({is_so})::INTEGER" for n, (is_so, _) in enumerate(conditions))
    codes: dict[TopicSentiment | None, Sequence[int | None]] = {None: [0]}
    for n, sentiment in enumerate(TOPIC_SENTIMENTS):
        codes[sentiment] = [code for code in range(8) if code >> n & 1]
    return Feelings((bits, [value for _, values in conditions for value in values]), codes)
