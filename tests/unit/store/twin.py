"""The store's questions answered again, slowly and plainly, over lists."""

from collections import defaultdict
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import combinations, pairwise, product
from math import sqrt
from typing import NamedTuple

from yousaid.frameworks import get_framework
from yousaid.records import QUESTION_KINDS, TOPIC_SENTIMENTS, Comment, Reading, Scope
from yousaid.store.answers import (
    Choices,
    Counts,
    MonthCount,
    PeriodCounts,
    TopicCount,
    TopicPair,
    Totals,
)
from yousaid.store.filter import EVERYTHING, URGENT_FROM, Filter
from yousaid.store.search import fold


class Row(NamedTuple):
    """An answer, its reading as corrected, and the upload that brought it."""

    comment: Comment
    reading: Reading
    upload_id: str
    is_corrected: bool


# What a search finds among the folded words of a text, for the searches that the tests try.
SEARCHES = {
    "wait": lambda words: bool({"wait", "waiting"} & set(words)),
    "WAITING": lambda words: bool({"wait", "waiting"} & set(words)),
    '"wait"': lambda words: "wait" in words,
    "cafe": lambda words: "cafe" in words,
    '"car park"': lambda words: ("car", "park") in set(pairwise(words)),
    "car nurse": lambda words: {"car", "nurse"} <= set(words),
    "nurse OR strass*": lambda words: bool({"nurse", "strasse"} & set(words)),
    "NOT park": lambda words: "park" not in words,
    "!": lambda words: False,
}


def is_within(unit, place):
    return unit[: len(place)] == place


def is_in_scope(scope: Scope, comment: Comment) -> bool:
    return scope.units is None or any(is_within(comment.unit, unit) for unit in scope.units)


def word_of(level):
    return {1: "positive", 2: "positive", 3: "neutral", 4: "negative", 5: "negative"}.get(level)


def has_topic(reading, topic, sentiments):
    return any(
        mention.topic == topic and (not sentiments or mention.sentiment in sentiments)
        for mention in reading.mentions
    )


def is_about(chosen: Filter, reading: Reading) -> bool:
    sentiments = chosen.sentiments
    is_of_topics = chosen.topics or chosen.all_topics
    return (
        (not sentiments or is_of_topics or word_of(reading.sentiment) in sentiments)
        and (not chosen.topics or any(has_topic(reading, t, sentiments) for t in chosen.topics))
        and all(has_topic(reading, t, sentiments) for t in chosen.all_topics)
        and not any(has_topic(reading, t, ()) for t in chosen.no_topics)
    )


def has_demographics(chosen: Filter, comment: Comment) -> bool:
    return all(
        any(
            comment.demographics.get(name) == value
            for asked, value in chosen.demographics
            if asked == name
        )
        for name, _ in chosen.demographics
    )


def is_response_chosen(chosen: Filter, row: Row) -> bool:
    comment, day = row.comment, row.comment.date
    return (
        (chosen.first_date is None or (day is not None and day >= chosen.first_date))
        and (chosen.last_date is None or (day is not None and day <= chosen.last_date))
        and (not chosen.places or any(is_within(comment.unit, place) for place in chosen.places))
        and (not chosen.scores or comment.score in chosen.scores)
        and (not chosen.sources or comment.source in chosen.sources)
        and (not chosen.uploads or row.upload_id in chosen.uploads)
        and has_demographics(chosen, comment)
    )


def is_comment_chosen(chosen: Filter, row: Row) -> bool:
    comment, reading = row.comment, row.reading
    return (
        comment.text != ""
        and is_about(chosen, reading)
        and (not chosen.kinds or comment.kind in chosen.kinds)
        and (not chosen.questions or comment.question in chosen.questions)
        and (chosen.mixed is None or reading.mixed == chosen.mixed)
        and (not chosen.urgent or reading.urgency >= URGENT_FROM)
        and (chosen.corrected is None or row.is_corrected == chosen.corrected)
        and (not chosen.words or SEARCHES[chosen.words](fold(comment.text).split()))
    )


ABOUT_RESPONSES = (
    "first_date", "last_date", "places", "scores", "sources", "uploads", "demographics",
)  # fmt: skip
ABOUT_COMMENTS = ("kinds", "questions")


def asks_of_comments(chosen: Filter) -> bool:
    return any(
        getattr(chosen, field.name) != getattr(EVERYTHING, field.name)
        for field in fields(Filter)
        if field.name not in ABOUT_RESPONSES
    )


def without_reading(chosen: Filter) -> Filter:
    kept = {name: getattr(chosen, name) for name in (*ABOUT_RESPONSES, *ABOUT_COMMENTS)}
    return Filter(**kept)


def select(rows: list[Row], scope: Scope, chosen: Filter) -> list[Row]:
    return [
        row
        for row in rows
        if is_in_scope(scope, row.comment)
        and is_response_chosen(chosen, row)
        and (not asks_of_comments(chosen) or is_comment_chosen(chosen, row))
    ]


def select_comments(rows, scope, chosen):
    return [row for row in select(rows, scope, chosen) if row.comment.text]


def get_responses(rows: list[Row]) -> list[Comment]:
    return list({row.comment.response_id: row.comment for row in rows}.values())


def count_codes(values, codes):
    return tuple(sum(value == code for value in values) for code in codes)


def get_totals(rows, scope, chosen) -> Totals:
    selected = select(rows, scope, chosen)
    responses = get_responses(selected)
    readings = [row.reading for row in selected if row.comment.text]
    dates = [row.comment.date for row in selected if row.comment.date]
    return Totals(
        response_count=len(responses),
        comment_count=len(readings),
        score_counts=count_codes([r.score for r in responses], range(1, 7)),
        unscored_count=sum(r.score is None for r in responses),
        sentiment_counts=count_codes([r.sentiment for r in readings], range(1, 6)),
        mixed_count=sum(r.mixed for r in readings),
        urgent_count=sum(r.urgency >= URGENT_FROM for r in readings),
        first_date=min(dates, default=None),
        last_date=max(dates, default=None),
        undated_count=sum(r.date is None for r in responses),
    )


def get_topic_counts(rows, scope, chosen) -> tuple[TopicCount, ...]:
    found = select_comments(rows, scope, chosen)
    mentions = [mention for row in found for mention in row.reading.mentions]
    counts = []
    for topic in get_framework().topic_ids:
        sentiments = [mention.sentiment for mention in mentions if mention.topic == topic]
        if sentiments:
            by_sentiment = count_codes(sentiments, TOPIC_SENTIMENTS)
            counts.append(TopicCount(topic, len(sentiments), *by_sentiment))
    return tuple(sorted(counts, key=lambda count: -count.comment_count))


def get_feelings(chosen: Filter, reading: Reading) -> set[str]:
    """The sentiments by which a filter would find the comment."""
    about = Filter(topics=chosen.topics, all_topics=chosen.all_topics)
    return {s for s in TOPIC_SENTIMENTS if is_about(replace(about, sentiments=(s,)), reading)}


def get_months(rows, scope, chosen) -> tuple[MonthCount, ...]:
    base = without_reading(chosen)
    dates = [row.comment.date for row in select(rows, scope, base) if row.comment.date]
    answer = []
    month = min(dates, default=date.max).replace(day=1)
    while month <= max(dates, default=date.min):
        of_month = [
            row for row in rows if row.comment.date and row.comment.date.replace(day=1) == month
        ]
        totals = get_totals(of_month, scope, chosen)
        found = select_comments(of_month, scope, chosen)
        feelings = [get_feelings(chosen, row.reading) for row in found]
        answer.append(
            MonthCount(
                month,
                totals.response_count,
                totals.score_counts,
                totals.comment_count,
                *(sum(sentiment in felt for felt in feelings) for sentiment in TOPIC_SENTIMENTS),
                get_totals(of_month, scope, base).comment_count,
            )
        )
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return tuple(answer)


def get_comment_ids(rows, scope, chosen, order) -> list[str]:
    """All pages one after another. Rows are in the order in which they came into the store."""
    found = select_comments(rows, scope, chosen)
    keys = {
        "newest": lambda c, r: -c.date.toordinal() if c.date else None,
        "oldest": lambda c, r: c.date.toordinal() if c.date else None,
        "most_negative": lambda c, r: r.sentiment_score,
        "most_positive": lambda c, r: None if r.sentiment_score is None else -r.sentiment_score,
        "most_urgent": lambda c, r: -r.urgency,
    }
    known = [row for row in found if keys[order](*row[:2]) is not None]
    unknown = [row for row in found if keys[order](*row[:2]) is None]
    known.sort(key=lambda row: keys[order](*row[:2]))
    return [row.comment.comment_id for row in known + unknown]


def get_choices(rows, scope, chosen) -> Choices:
    """Each choice is tried: what would be left if it were the field's only one?"""
    seen = [row for row in rows if is_in_scope(scope, row.comment)]
    comments = [row.comment for row in seen]
    topics = get_framework().topic_ids

    def count(**only):
        return get_totals(seen, scope, replace(chosen, **only)).comment_count

    def listed(field, values):
        wanted = {*values, *getattr(chosen, field)}
        ordered = sorted(wanted, key=topics.index if field.endswith("topics") else None)
        counts = [(value, count(**{field: (value,)})) for value in ordered]
        return tuple((v, n) for v, n in counts if n or v in getattr(chosen, field))

    def count_trait(name, value):
        others = tuple(pair for pair in chosen.demographics if pair[0] != name)
        return count(demographics=(*others, (name, value)))

    traits = {pair for comment in comments for pair in comment.demographics.items()}
    trait_counts = [(p, count_trait(*p)) for p in sorted({*traits, *chosen.demographics})]
    undated = get_totals(rows, scope, replace(chosen, first_date=None, last_date=None))
    return Choices(
        places=listed("places", {c.unit[:n] for c in comments for n in range(1, len(c.unit) + 1)}),
        questions=listed("questions", {c.question for c in comments}),
        kinds=tuple((kind, count(kinds=(kind,))) for kind in QUESTION_KINDS),
        topics=listed("topics", topics),
        all_topics=listed("all_topics", topics),
        no_topics=listed("no_topics", topics),
        scores=tuple((score, count(scores=(score,))) for score in range(1, 7)),
        sentiments=tuple((s, count(sentiments=(s,))) for s in TOPIC_SENTIMENTS),
        mixed=tuple((is_so, count(mixed=is_so)) for is_so in (True, False)),
        urgent_count=count(urgent=True),
        demographics=tuple((p, n) for p, n in trait_counts if n or p in chosen.demographics),
        sources=listed("sources", {c.source for c in comments}),
        uploads=listed("uploads", {row.upload_id for row in seen}),
        corrected=tuple((is_so, count(corrected=is_so)) for is_so in (True, False)),
        first_date=undated.first_date,
        last_date=undated.last_date,
    )


def list_facets(row, kinds, all_kinds, chosen):
    """A comment's topics, categories and sentiments as a cross-tab repeats it."""
    categories = {t.id: t.category for t in get_framework().topics}
    mentions = row.reading.mentions
    if "topic" in kinds:
        facets = [({"topic": m.topic}, {m.sentiment}) for m in mentions] or [
            ({"topic": None}, set())
        ]
    else:
        facets = [({}, get_feelings(chosen, row.reading))]
    if "category" in kinds:
        own = sorted({categories[m.topic] for m in mentions}) or [None]
        facets = [
            (
                {**values, "category": category},
                felt
                if "topic" in kinds
                else {m.sentiment for m in mentions if categories[m.topic] == category},
            )
            for values, felt in facets
            for category in own
        ]
    if "sentiment" in kinds:
        if kinds.isdisjoint({"topic", "category"}) and all_kinds & {"topic", "category"}:
            facets = [({}, {m.sentiment for m in mentions})]
        facets = [
            ({**values, "sentiment": sentiment}, felt)
            for values, felt in facets
            for sentiment in felt or {None}
        ]
    return facets


def get_value(comment, dimension):
    day, level = comment.date, dimension.level
    match dimension.kind:
        case "week":
            return day and day - timedelta(days=day.weekday())
        case "month":
            return day and day.replace(day=1)
        case "quarter":
            return day and date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "place":
            return comment.unit[:level] if len(comment.unit) >= level else None
        case "demographic":
            return comment.demographics.get(dimension.name)
        case "source":
            return comment.source or None
    return getattr(comment, dimension.kind)


OF_COMMENTS = {"topic", "category", "sentiment", "kind", "question"}


def tally(rows, scope, selecting, chosen, kept, all_kinds):
    """Counts by the dimensions kept: responses, comments, positive, neutral, negative."""
    kinds = {dimension.kind for dimension in kept}
    found = defaultdict(lambda: (set(), [0, 0, 0, 0]))
    for row in select(rows, scope, selecting):
        if kinds & OF_COMMENTS and not row.comment.text:
            continue
        for values, felt in list_facets(row, kinds, all_kinds, chosen):
            key = tuple(
                values[d.kind] if d.kind in values else get_value(row.comment, d) for d in kept
            )
            responses, counts = found[key]
            responses.add(row.comment.response_id)
            if row.comment.text:
                counts[0] += 1
                for place, sentiment in enumerate(TOPIC_SENTIMENTS, start=1):
                    counts[place] += sentiment in felt
    return {key: (len(responses), *counts) for key, (responses, counts) in found.items()}


def get_counts(rows, scope, chosen, kept, all_kinds):
    """Every place of a cross-tab by the dimensions kept."""
    found = tally(rows, scope, chosen, chosen, kept, all_kinds)
    base = tally(rows, scope, without_reading(chosen), chosen, kept, all_kinds)
    nothing = (0, 0, 0, 0, 0)
    return {
        key: Counts(*found.get(key, nothing), *base.get(key, nothing)[:2])
        for key in {**found, **base}
    }


def get_topic_pairs(rows, scope, chosen) -> list[TopicPair]:
    about = [{m.topic for m in r.reading.mentions} for r in select_comments(rows, scope, chosen)]
    pairs = []
    for first, second in combinations(get_framework().topic_ids, 2):
        n, n1 = len(about), sum(first in topics for topics in about)
        n2, both = sum(second in t for t in about), sum({first, second} <= t for t in about)
        if both:
            expected = n1 * n2 / n
            # The variance that chance gives, by the hypergeometric distribution with n for n − 1.
            spread = sqrt(n1 * n2 * (n - n1) * (n - n2) / n**3)
            residual = (both - expected) / spread if spread else 0.0
            pairs.append(
                TopicPair(first, second, n1, n2, both, n, expected, both / expected, residual)
            )
    return sorted(pairs, key=lambda pair: -pair.residual)


def count_period(rows, scope, chosen, period, *, topic=None) -> PeriodCounts:
    within = replace(chosen, first_date=period.first_date, last_date=period.last_date)
    found = select_comments(rows, scope, within)
    if topic:
        felt = [{m.sentiment for m in r.reading.mentions if m.topic == topic} for r in found]
        felt = [one for one in felt if one]
    else:
        felt = [get_feelings(chosen, row.reading) for row in found]
    base = select_comments(rows, scope, without_reading(within))
    by_sentiment = [sum(sentiment in one for one in felt) for sentiment in TOPIC_SENTIMENTS]
    return PeriodCounts(len(felt), *by_sentiment, len(base))


def list_changes(rows, scope, chosen, before, after, level):
    """Every topic that either period has, by place where there is a level: what it was, and is."""
    units = {row.comment.unit[:level] for row in rows if len(row.comment.unit) >= level > 0}
    for place, topic in product(sorted(units) if level else [None], get_framework().topic_ids):
        there = [row for row in rows if place is None or is_within(row.comment.unit, place)]
        counts = [count_period(there, scope, chosen, p, topic=topic) for p in (before, after)]
        if counts[0].comment_count or counts[1].comment_count:
            yield place, topic, *counts
