# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""The questions that a store answers. Each takes the scope first: there is none without one.

Rows reach an answer through `_select` alone, which is where scope and filter are laid on. Answers
are described in `answers.py`.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import duckdb

from yousaid.errors import FilterError, StoreError
from yousaid.frameworks import get_framework
from yousaid.records import (
    QUESTION_KINDS,
    SCORES,
    SENTIMENT_LEVELS,
    TOPIC_SENTIMENTS,
    Comment,
    Mention,
    Reading,
    Scope,
    Span,
    TopicSentiment,
)
from yousaid.store.answers import (
    Choices,
    CommentPage,
    MonthCount,
    Order,
    ReadComment,
    ResponseComment,
    TopicCount,
    Totals,
    Upload,
)
from yousaid.store.filter import (
    EVERYTHING,
    SENTIMENT_CODES,
    URGENT_FROM,
    Filter,
    Sql,
    read_unit_path,
    sql_for_filter,
    sql_for_places,
    without_reading,
)
from yousaid.store.layout import Store, connect_app
from yousaid.store.rows import open_rows

# Ties go by comment_id, which is unique: pages neither repeat nor skip.
_SQL_FOR_ORDER: dict[Order, str] = {
    "newest": "date DESC NULLS LAST, comment_id",
    "oldest": "date NULLS LAST, comment_id",
    "most_negative": "sentiment_score NULLS LAST, comment_id",
    "most_positive": "sentiment_score DESC NULLS LAST, comment_id",
    "most_urgent": "urgency DESC, comment_id",
}
_SENTIMENTS_BY_CODE: dict[int, TopicSentiment] = {c: s for s, c in SENTIMENT_CODES.items()}


def sql_for_scope(scope: Scope) -> Sql:
    """What the person asking may see, as a condition on `unit`. No units: nothing at all."""
    if scope.units is None or () in scope.units:
        return "true", []
    return sql_for_places(sorted(scope.units))


def _select(scope: Scope, chosen: Filter) -> Sql:
    """The start of every question: `selected`, the rows in scope that the filter is about.

    `counts_response` marks one row of each response.
    """
    in_scope, scope_values = sql_for_scope(scope)
    is_chosen, filter_values = sql_for_filter(chosen)
    first = "response_key = comment_key"
    if chosen.selects_comments:
        is_chosen = f"has_text AND {is_chosen}"
        first = "row_number() OVER (PARTITION BY response_key ORDER BY comment_key) = 1"
    sql = (
        f"WITH selected AS (SELECT *, {first} AS counts_response FROM rows "
        f"WHERE {in_scope} AND {is_chosen}) "
    )
    return sql, scope_values + filter_values


def _ask(
    cursor: duckdb.DuckDBPyConnection, selected: Sql, sql: str, values: Sequence[object] = ()
) -> list[Any]:
    return cursor.execute(selected[0] + sql, [*selected[1], *values]).fetchall()


def _sql_for_sentiments(chosen: Filter) -> Sql:
    """Counts of positive, neutral and negative comments, as a filter by each would find them."""
    counts: list[str] = []
    values: list[object] = []
    for sentiment in TOPIC_SENTIMENTS:
        is_so, bound = sql_for_filter(Filter(topics=chosen.topics, sentiments=(sentiment,)))
        counts.append(f"count(*) FILTER (has_text AND {is_so})")
        values += bound
    return ", ".join(counts), values


def _count_codes(histogram: Mapping[int, int] | None, codes: Sequence[object]) -> tuple[int, ...]:
    """The counts of codes 1, 2 …, from DuckDB's histogram, which is NULL over nothing."""
    counts = histogram or {}
    return tuple(counts.get(code, 0) for code in range(1, len(codes) + 1))


def get_totals(scope: Scope, store: Store, chosen: Filter) -> Totals:
    """How many responses and comments there are, by score and by sentiment."""
    # One histogram is planned in a third of the time of a count for each code.
    sql = """
        SELECT count(*) FILTER (counts_response), count(*) FILTER (has_text),
            histogram(score) FILTER (counts_response), histogram(sentiment) FILTER (has_text),
            count(*) FILTER (has_text AND mixed), count(*) FILTER (has_text AND urgency >= ?),
            min(date), max(date), count(*) FILTER (counts_response AND date IS NULL)
        FROM selected"""
    with open_rows(store) as cursor:
        [row] = _ask(cursor, _select(scope, chosen), sql, [URGENT_FROM])
    response_count, comment_count, scores, sentiments, *rest = row
    score_counts = _count_codes(scores, SCORES)
    unscored_count = response_count - sum(score_counts)
    sentiment_counts = _count_codes(sentiments, SENTIMENT_LEVELS)
    return Totals(
        response_count, comment_count, score_counts, unscored_count, sentiment_counts, *rest
    )


def get_topic_counts(scope: Scope, store: Store, chosen: Filter) -> tuple[TopicCount, ...]:
    """The topics of the comments that match (all of them, chosen or not), most frequent first."""
    sql = """
        SELECT topic, count(*), count(*) FILTER (sentiment = 1),
            count(*) FILTER (sentiment = 0), count(*) FILTER (sentiment = -1)
        FROM (SELECT unnest(topics) AS topic, unnest(topic_sentiments) AS sentiment
            FROM selected WHERE has_text)
        GROUP BY topic"""
    with open_rows(store) as cursor:
        found = [TopicCount(*row) for row in _ask(cursor, _select(scope, chosen), sql)]
    order = {topic: place for place, topic in enumerate(get_framework().topic_ids)}
    return tuple(sorted(found, key=lambda t: (-t.comment_count, order.get(t.topic, len(order)))))


def get_months(scope: Scope, store: Store, chosen: Filter) -> tuple[MonthCount, ...]:
    """Every month from the first to the last that the denominator has a row in, oldest first."""
    sentiment_counts, values = _sql_for_sentiments(chosen)
    sql = f"""
        SELECT date_trunc('month', date)::DATE, count(*) FILTER (counts_response),
            histogram(score) FILTER (counts_response), count(*) FILTER (has_text),
            {sentiment_counts}
        FROM selected WHERE date IS NOT NULL GROUP BY 1"""
    all_sql = """
        SELECT date_trunc('month', date)::DATE, count(*) FILTER (has_text)
        FROM selected WHERE date IS NOT NULL GROUP BY 1"""
    with open_rows(store) as cursor:
        found = {row[0]: row[1:] for row in _ask(cursor, _select(scope, chosen), sql, values)}
        all_counts = dict(_ask(cursor, _select(scope, without_reading(chosen)), all_sql))
    nothing = (0, None, 0, 0, 0, 0)
    return tuple(
        _make_month(month, found.get(month, nothing), all_counts.get(month, 0))
        for month in _fill_months(all_counts)
    )


def _make_month(month: date, counts: Sequence[Any], all_count: int) -> MonthCount:
    response_count, scores, comment_count, positive, neutral, negative = counts
    return MonthCount(
        month,
        response_count,
        _count_codes(scores, SCORES),
        comment_count,
        positive,
        neutral,
        negative,
        all_count,
    )


def _fill_months(present: Iterable[date]) -> list[date]:
    numbers = [month.year * 12 + month.month - 1 for month in present]
    if not numbers:
        return []
    return [date(n // 12, n % 12 + 1, 1) for n in range(min(numbers), max(numbers) + 1)]


def get_comments(
    scope: Scope, store: Store, chosen: Filter, *, order: Order, page: int, page_size: int
) -> CommentPage:
    """One page, the first being 1, of the comments that match; a page past the end is empty.

    Comments without what the order goes by (a date, a sentiment) come last.
    """
    if page < 1 or page_size < 1:
        raise FilterError(f"There is no page {page} of {page_size} comments. Pages start at 1.")
    selected = _select(scope, chosen)
    page_sql = f"""
        SELECT {_COMMENT_COLUMNS} FROM selected WHERE has_text
        ORDER BY {_SQL_FOR_ORDER[order]} LIMIT ? OFFSET ?"""
    with open_rows(store) as cursor:
        [[total_count]] = _ask(cursor, selected, "SELECT count(*) FROM selected WHERE has_text")
        rows = _ask(cursor, selected, page_sql, [page_size, (page - 1) * page_size])
    return CommentPage(total_count, tuple(_make_read_comment(row) for row in rows))


def get_comment(scope: Scope, store: Store, comment_id: str) -> ResponseComment | None:
    """One comment and what else the same response said; None where there is none in scope."""
    sql = f"""
        SELECT {_COMMENT_COLUMNS} FROM selected
        WHERE has_text AND response_key IN
            (SELECT response_key FROM selected WHERE has_text AND comment_id = ?)
        ORDER BY comment_key"""
    with open_rows(store) as cursor:
        rows = _ask(cursor, _select(scope, EVERYTHING), sql, [comment_id])
    answers = [_make_read_comment(row) for row in rows]
    found = [answer for answer in answers if answer.comment.comment_id == comment_id]
    others = tuple(answer for answer in answers if answer.comment.comment_id != comment_id)
    return ResponseComment(found[0], others) if found else None


_COMMENT_COLUMNS = (
    "comment_id, response_id, date, unit, question, kind, text, score, demographics, "
    "topics, topic_probabilities, topic_sentiments, topic_spans, "
    "sentiment, sentiment_score, mixed, urgency, probabilities, model, language, upload_id"
)


def _make_read_comment(row: Sequence[Any]) -> ReadComment:
    comment_id, response_id, day, unit, *rest = row[:9]
    comment = Comment(comment_id, response_id, day, tuple(unit), *rest)
    mentions = tuple(_make_mention(*values) for values in zip(*row[9:13], strict=True))
    sentiment, sentiment_score, mixed, urgency, probabilities, *named, upload_id = row[13:]
    reading = Reading(
        mentions, sentiment, sentiment_score, mixed, urgency, tuple(probabilities), *named
    )
    return ReadComment(comment, reading, upload_id)


def _make_mention(topic: str, probability: float, code: int, offsets: Sequence[int]) -> Mention:
    spans = tuple(Span(start, end) for start, end in zip(offsets[::2], offsets[1::2], strict=True))
    return Mention(topic, probability, _SENTIMENTS_BY_CODE[code], spans)


def get_choices(scope: Scope, store: Store, chosen: Filter) -> Choices:
    """What each field offers under the others, with the number of comments it would leave."""
    with open_rows(store) as cursor:
        topics = _count_topics(cursor, scope, chosen)
        sentiment_counts, values = _sql_for_sentiments(chosen)

        # Fields that ask for nothing have the same others, so one look serves most of them.
        @cache
        def look(others: Filter) -> Sequence[Any]:
            sql = f"""
                SELECT histogram(unit_path) FILTER (has_text), histogram(kind) FILTER (has_text),
                    histogram(score) FILTER (has_text), [{sentiment_counts}], min(date), max(date)
                FROM selected"""
            row: Sequence[Any]
            [row] = _ask(cursor, _select(scope, others), sql, values)
            return row

        units = look(replace(chosen, places=()))[0] or {}
        kinds = look(replace(chosen, kinds=()))[1] or {}
        scores = look(replace(chosen, scores=()))[2] or {}
        sentiments = look(replace(chosen, sentiments=()))[3]
        first_date, last_date = look(replace(chosen, first_date=None, last_date=None))[4:]
    places = _add_parents(units)
    topic_ids = [t for t in get_framework().topic_ids if t in topics or t in chosen.topics]
    return Choices(
        places=tuple((place, places[place]) for place in sorted({*places, *chosen.places})),
        kinds=tuple((kind, kinds.get(kind, 0)) for kind in QUESTION_KINDS),
        topics=tuple((topic, topics.get(topic, 0)) for topic in topic_ids),
        scores=tuple((code, scores.get(code, 0)) for code in range(1, len(SCORES) + 1)),
        sentiments=tuple(zip(TOPIC_SENTIMENTS, sentiments, strict=True)),
        first_date=first_date,
        last_date=last_date,
    )


def _add_parents(counts: Mapping[str, int]) -> Counter[tuple[str, ...]]:
    places: Counter[tuple[str, ...]] = Counter()
    for path, count in counts.items():
        unit = read_unit_path(path)
        for depth in range(1, len(unit) + 1):
            places[unit[:depth]] += count
    return places


def _count_topics(
    cursor: duckdb.DuckDBPyConnection, scope: Scope, chosen: Filter
) -> dict[str, int]:
    """Comments by topic; where sentiments are chosen they are of the topic, as they would be."""
    selected = _select(scope, replace(chosen, topics=(), sentiments=()))
    codes = [SENTIMENT_CODES[s] for s in chosen.sentiments or TOPIC_SENTIMENTS]
    sql = """
        SELECT topic, count(*)
        FROM (SELECT unnest(topics) AS topic, unnest(topic_sentiments) AS sentiment
            FROM selected WHERE has_text)
        WHERE list_contains(?::TINYINT[], sentiment) GROUP BY topic"""
    return dict(_ask(cursor, selected, sql, [codes]))


def get_models(scope: Scope, store: Store) -> tuple[str, ...]:
    """The labels of the models that read the comments in scope, the one that read most first."""
    sql = "SELECT model FROM selected WHERE has_text GROUP BY model ORDER BY count(*) DESC, model"
    with open_rows(store) as cursor:
        return tuple(model for (model,) in _ask(cursor, _select(scope, EVERYTHING), sql))


def get_uploads(scope: Scope, store: Store) -> tuple[Upload, ...]:
    """The uploads with a row in scope, newest first, and what they brought there."""
    sql = """
        SELECT upload_id, count(*) FILTER (counts_response), count(*) FILTER (has_text),
            min(date), max(date)
        FROM selected GROUP BY upload_id"""
    with open_rows(store) as cursor:
        counts = {row[0]: row[1:] for row in _ask(cursor, _select(scope, EVERYTHING), sql)}
    try:
        with closing(connect_app(store)) as app:
            uploads = app.execute(
                "SELECT upload_id, file_name, added_at, framework_version "
                "FROM upload ORDER BY number DESC"
            ).fetchall()
    except sqlite3.Error as error:
        raise StoreError(f"The uploads of {store.folder} cannot be read ({error}).") from error
    return tuple(
        Upload(upload_id, file_name, datetime.fromisoformat(at), version, *counts[upload_id])
        for upload_id, file_name, at, version in uploads
        if upload_id in counts
    )
