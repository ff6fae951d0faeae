"""The store's questions answered again, slowly and plainly, over lists."""

import re
import unicodedata
from dataclasses import replace
from datetime import date

from yousaid.frameworks import get_framework
from yousaid.records import QUESTION_KINDS, TOPIC_SENTIMENTS, Comment, Reading, Scope
from yousaid.store.answers import Choices, MonthCount, TopicCount, Totals
from yousaid.store.filter import URGENT_FROM, Filter

Pair = tuple[Comment, Reading]


def is_within(unit, place):
    return unit[: len(place)] == place


def is_in_scope(scope: Scope, comment: Comment) -> bool:
    return scope.units is None or any(is_within(comment.unit, unit) for unit in scope.units)


def word_of(level):
    return {1: "positive", 2: "positive", 3: "neutral", 4: "negative", 5: "negative"}.get(level)


def get_words(text):
    stripped = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(c for c in stripped if not unicodedata.combining(c)))


def has_words(text, typed):
    words = get_words(text)
    phrases = re.findall(r'"([^"]*)(?:"|$)', typed)
    loose = re.sub(r'"[^"]*(?:"|$)', " ", typed).split()
    wanted = [(get_words(p), True) for p in phrases] + [(get_words(w), False) for w in loose]
    wanted = [(parts, exact) for parts, exact in wanted if parts]
    if not wanted:
        return not typed.strip()
    return all(has_run(words, parts, exact) for parts, exact in wanted)


def has_run(words, parts, exact):
    for start in range(len(words) - len(parts) + 1):
        found = words[start : start + len(parts)]
        last_fits = found[-1] == parts[-1] if exact else found[-1].startswith(parts[-1])
        if found[:-1] == parts[:-1] and last_fits:
            return True
    return False


def has_sentiment(chosen: Filter, reading: Reading) -> bool:
    if not chosen.topics:
        return not chosen.sentiments or word_of(reading.sentiment) in chosen.sentiments
    return any(
        mention.topic in chosen.topics
        and (not chosen.sentiments or mention.sentiment in chosen.sentiments)
        for mention in reading.mentions
    )


def is_response_chosen(chosen: Filter, comment: Comment) -> bool:
    day = comment.date
    return (
        (chosen.first_date is None or (day is not None and day >= chosen.first_date))
        and (chosen.last_date is None or (day is not None and day <= chosen.last_date))
        and (not chosen.places or any(is_within(comment.unit, place) for place in chosen.places))
        and (not chosen.scores or comment.score in chosen.scores)
    )


def is_comment_chosen(chosen: Filter, comment: Comment, reading: Reading) -> bool:
    return (
        comment.text != ""
        and has_sentiment(chosen, reading)
        and (not chosen.kinds or comment.kind in chosen.kinds)
        and (chosen.mixed is None or reading.mixed == chosen.mixed)
        and (not chosen.urgent or reading.urgency >= URGENT_FROM)
        and has_words(comment.text, chosen.words)
    )


def asks_of_comments(chosen: Filter) -> bool:
    plain = Filter(chosen.first_date, chosen.last_date, chosen.places, scores=chosen.scores)
    return chosen != plain


def select(pairs: list[Pair], scope: Scope, chosen: Filter) -> list[Pair]:
    return [
        (comment, reading)
        for comment, reading in pairs
        if is_in_scope(scope, comment)
        and is_response_chosen(chosen, comment)
        and (not asks_of_comments(chosen) or is_comment_chosen(chosen, comment, reading))
    ]


def get_responses(pairs: list[Pair]) -> list[Comment]:
    return list({comment.response_id: comment for comment, _ in pairs}.values())


def count_codes(values, codes):
    return tuple(sum(value == code for value in values) for code in codes)


def get_totals(pairs, scope, chosen) -> Totals:
    selected = select(pairs, scope, chosen)
    responses = get_responses(selected)
    readings = [reading for comment, reading in selected if comment.text]
    dates = [comment.date for comment, _ in selected if comment.date]
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


def get_topic_counts(pairs, scope, chosen) -> tuple[TopicCount, ...]:
    mentions = [m for c, r in select(pairs, scope, chosen) if c.text for m in r.mentions]
    counts = []
    for topic in get_framework().topic_ids:
        sentiments = [mention.sentiment for mention in mentions if mention.topic == topic]
        if sentiments:
            by_sentiment = count_codes(sentiments, TOPIC_SENTIMENTS)
            counts.append(TopicCount(topic, len(sentiments), *by_sentiment))
    return tuple(sorted(counts, key=lambda count: -count.comment_count))


def get_months(pairs, scope, chosen) -> tuple[MonthCount, ...]:
    base = replace(chosen, topics=(), sentiments=(), mixed=None, urgent=False, words="")
    months = [c.date.replace(day=1) for c, _ in select(pairs, scope, base) if c.date]
    answer = []
    month = min(months, default=date.max)
    while month <= max(months, default=date.min):
        rows = [p for p in pairs if p[0].date and p[0].date.replace(day=1) == month]
        totals = get_totals(rows, scope, chosen)
        selected = [(c, r) for c, r in select(rows, scope, chosen) if c.text]
        sentiments = [
            sum(
                has_sentiment(Filter(topics=chosen.topics, sentiments=(s,)), r) for _, r in selected
            )
            for s in TOPIC_SENTIMENTS
        ]
        all_count = get_totals(rows, scope, base).comment_count
        answer.append(
            MonthCount(
                month,
                totals.response_count,
                totals.score_counts,
                totals.comment_count,
                *sentiments,
                all_count,
            )
        )
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return tuple(answer)


def get_comment_ids(pairs, scope, chosen, order) -> list[str]:
    """All pages one after another."""
    selected = [(c, r) for c, r in select(pairs, scope, chosen) if c.text]
    by_id = sorted(selected, key=lambda pair: pair[0].comment_id)
    keys = {
        "newest": lambda c, r: -c.date.toordinal() if c.date else None,
        "oldest": lambda c, r: c.date.toordinal() if c.date else None,
        "most_negative": lambda c, r: r.sentiment_score,
        "most_positive": lambda c, r: None if r.sentiment_score is None else -r.sentiment_score,
        "most_urgent": lambda c, r: -r.urgency,
    }
    known = [pair for pair in by_id if keys[order](*pair) is not None]
    unknown = [pair for pair in by_id if keys[order](*pair) is None]
    known.sort(key=lambda pair: keys[order](*pair))
    return [comment.comment_id for comment, _ in known + unknown]


def get_choices(pairs, scope, chosen) -> Choices:
    """Each choice is tried: what would be left if it were the field's only one?"""

    def count(**only):
        return get_totals(pairs, scope, replace(chosen, **only)).comment_count

    seen = [c.unit for c, _ in pairs if is_in_scope(scope, c)]
    places = sorted({unit[:depth] for unit in seen for depth in range(1, len(unit) + 1)})
    place_counts = [(place, count(places=(place,))) for place in places]
    topic_counts = [(topic, count(topics=(topic,))) for topic in get_framework().topic_ids]
    undated = get_totals(pairs, scope, replace(chosen, first_date=None, last_date=None))
    absent = [(place, 0) for place in chosen.places if place not in places]
    return Choices(
        places=tuple(
            sorted(pair for pair in place_counts + absent if pair[1] or pair[0] in chosen.places)
        ),
        kinds=tuple((kind, count(kinds=(kind,))) for kind in QUESTION_KINDS),
        topics=tuple(pair for pair in topic_counts if pair[1] or pair[0] in chosen.topics),
        scores=tuple((score, count(scores=(score,))) for score in range(1, 7)),
        sentiments=tuple((s, count(sentiments=(s,))) for s in TOPIC_SENTIMENTS),
        first_date=undated.first_date,
        last_date=undated.last_date,
    )
