"""Topics ranked: how many comments each has, and how people feel about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from yousaid.frameworks import get_framework
from yousaid.measures.intervals import share
from yousaid.records import TopicSentiment
from yousaid.store.answers import TopicCount
from yousaid.store.filter import EVERYTHING, Filter, describe
from yousaid.web.links import Links
from yousaid.web.presenters.words import word_count, word_range, word_share, word_too_few

# How many topics are shown before “show the other …”.
FIRST_COUNT = 12

# The key of the address, the words of the link, and what each order goes by.
SORTS: dict[str, tuple[str, Callable[[TopicCount], int]]] = {
    "": ("Most talked about", lambda topic: topic.comment_count),
    "criticised": ("Most criticised", lambda topic: topic.negative_count),
    "praised": ("Most praised", lambda topic: topic.positive_count),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One count as a bar. `width_percent` is of the room for the longest bar of the table."""

    count: int
    label: str
    width_percent: float
    href: str


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic; its three sentiments sum to `count`. `range` is the 95 % interval of `share`.
    `page_href` leads to the topic's own page, `href` to its comments."""

    name: str
    category: str
    count: int
    share: str
    range: str
    href: str
    page_href: str
    is_chosen: bool
    positive: Bar
    neutral: Bar
    negative: Bar


@dataclass(frozen=True, slots=True)
class SortLink:
    """One way to order the table."""

    words: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class TopicTable:
    """The rows in order, the first ones apart; `scope_words` says what they are a share of.

    `too_few` says that there are too few comments for shares, and is empty where there are not.
    """

    scope_words: str
    too_few: str
    first: tuple[TopicRow, ...]
    rest: tuple[TopicRow, ...]
    sorts: tuple[SortLink, ...]
    is_narrowed: bool


def without_topics(chosen: Filter) -> Filter:
    """The filter that the topic table counts under: choosing one topic there gives its figure.

    What is asked of topics and sentiments is left out, since those are what the table offers.
    """
    return replace(chosen, topics=(), sentiments=())


def make_topic_table(
    chosen: Filter, counts: Sequence[TopicCount], comment_count: int, sort: str, links: Links
) -> TopicTable:
    """The table of the topics; `counts` and `comment_count` are under `without_topics(chosen)`.

    Topics that the framework does not have, which no filter can ask for, are left out.
    """
    wider = without_topics(chosen)
    counts = [count for count in counts if count.topic in get_framework().by_id]
    most = max((max(c.positive_count, c.negative_count) for c in counts), default=1)
    ranked = sorted(counts, key=SORTS[sort][1], reverse=True)
    rows = tuple(_make_row(count, wider, chosen, comment_count, most, links) for count in ranked)
    about = "comments" if wider == EVERYTHING else f"comments {describe(wider)}"
    return TopicTable(
        scope_words=f"{word_count(comment_count, 'comment')}{about.removeprefix('comments')}",
        too_few=word_too_few(comment_count, "comment"),
        first=rows[:FIRST_COUNT],
        rest=rows[FIRST_COUNT:],
        sorts=tuple(
            SortLink(words, f"{links.overview(chosen, key)}#topics", key == sort)
            for key, (words, _) in SORTS.items()
        ),
        is_narrowed=wider != chosen,
    )


def _make_row(
    count: TopicCount, wider: Filter, chosen: Filter, comment_count: int, most: int, links: Links
) -> TopicRow:
    topic = get_framework().by_id[count.topic]
    about = replace(wider, topics=(count.topic,))
    name = topic.name
    of_comments = share(count.comment_count, comment_count)

    def make_bar(sentiment: TopicSentiment, bar_count: int) -> Bar:
        return Bar(
            count=bar_count,
            label=f"{sentiment} about {name}",
            width_percent=round(100 * bar_count / max(most, 1), 2),
            href=links.comments(replace(about, sentiments=(sentiment,))),
        )

    return TopicRow(
        name=name,
        category=topic.category,
        count=count.comment_count,
        share=word_share(of_comments),
        range=word_range(of_comments),
        href=links.comments(about),
        page_href=links.topic(count.topic, wider),
        is_chosen=count.topic in chosen.topics,
        positive=make_bar("positive", count.positive_count),
        neutral=make_bar("neutral", count.neutral_count),
        negative=make_bar("negative", count.negative_count),
    )
