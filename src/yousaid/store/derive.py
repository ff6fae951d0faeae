# ruff: noqa: S608 (SQL is put together from named pieces of our own)
"""Facts and roll-up, made of comments and readings by SQL alone.

What is derived here is never the truth: `yousaid check --repair` makes it again.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb
from sqlalchemy import Connection

from yousaid.duck import quote, sql_for_files
from yousaid.records import LEVEL_SENTIMENTS, QUESTION_KINDS
from yousaid.store.names import NameKind, NewName, number_names
from yousaid.store.schema import COLUMNS, SENTIMENT_CODES

# How each name is written in the columns of `comments` and `readings`. Traits are written in the
# order of their names, so that the same ones are one name.
NAME_COLUMNS: dict[NameKind, tuple[str, str]] = {
    "place": ("comments", "unit_path"),
    "person": (
        "comments",
        "to_json(map_from_entries(list_sort(map_entries(demographics))))::VARCHAR",
    ),
    "question": ("comments", "question"),
    "source": ("comments", "source"),
    "model": ("readings", "model"),
    "language": ("readings", "coalesce(language, '')"),
}
_LEVEL_CODES = ", ".join(str(SENTIMENT_CODES[sentiment]) for sentiment in LEVEL_SENTIMENTS)
_KINDS = ", ".join(f"'{kind}'" for kind in QUESTION_KINDS)


def stage_facts(
    duck: duckdb.DuckDBPyConnection, app: Connection, folder: Path, comments: str, readings: str
) -> tuple[str, list[NewName]]:
    """Put the facts of two relations into a working file; a relation of `facts` rows, and the names
    that are new in it."""
    names = _number_names(duck, app, comments, readings)
    staged = folder / "facts.parquet"
    sql = _sql_for_facts(comments, readings)
    duck.execute(f"COPY ({sql}) TO {quote(str(staged))} (FORMAT parquet)")
    return sql_for_files([staged], COLUMNS["facts"]), names


def _number_names(
    duck: duckdb.DuckDBPyConnection, app: Connection, comments: str, readings: str
) -> list[NewName]:
    """Give every name in two relations its number, and put all names into tables of DuckDB; those
    that are new."""
    added: list[NewName] = []
    relations = {"comments": comments, "readings": readings}
    columns: dict[NameKind, tuple[str, str]] = {
        **NAME_COLUMNS,
        "topic": ("readings", "unnest(topics)"),
    }
    for kind, (table, written) in columns.items():
        found = duck.sql(f"SELECT DISTINCT {written} FROM {relations[table]}").fetchall()
        numbers, new = number_names(app, kind, sorted(value for (value,) in found))
        _put_names(duck, kind, numbers)
        added += new
    return added


def _put_names(
    duck: duckdb.DuckDBPyConnection, kind: NameKind, numbered: Mapping[str, int]
) -> None:
    duck.execute(
        f"CREATE OR REPLACE TABLE {kind}_name AS SELECT unnest(?::INTEGER[]) AS id, "
        "unnest(?::VARCHAR[]) AS value",
        [list(numbered.values()), list(numbered)],
    )


def _sql_for_facts(comments: str, readings: str) -> str:
    joins = " ".join(
        f"JOIN {kind}_name ON {kind}_name.value = {written}"
        for kind, (_, written) in NAME_COLUMNS.items()
    )
    ids = ", ".join(f"{kind}_name.id AS {kind}_id" for kind in NAME_COLUMNS)
    bit = "1::BIGINT << code.topic"
    return f"""
        WITH coded AS (SELECT *, list_transform(
                range(1, len(topics) + 1), lambda i: {{
                    'topic': list_position(known, topics[i]) - 1,
                    'sentiment': topic_sentiments[i]}}) AS codes
            FROM {readings}, (SELECT list(value ORDER BY id) AS known FROM topic_name))
        SELECT comments.*
            EXCLUDE (comment_id, response_id, unit, unit_path, question, kind, text, source,
                demographics),
            list_position([{_KINDS}], kind) - 1 AS kind, {ids},
            readings.* EXCLUDE (comment_key, upload, model, topics, topic_probabilities,
                topic_sentiments, topic_spans, language, probabilities, vector, vector_signs,
                codes, known),
            {_sql_for_mask(bit)} AS topic_mask,
            {_sql_for_mask(f"CASE WHEN code.sentiment = 1 THEN {bit} ELSE 0 END")}
                AS positive_mask,
            {_sql_for_mask(f"CASE WHEN code.sentiment = -1 THEN {bit} ELSE 0 END")}
                AS negative_mask,
            list_transform(codes, lambda code: code.topic * 3 + code.sentiment + 1) AS mentions
        FROM {comments} AS comments JOIN coded AS readings USING (comment_key) {joins}"""


def _sql_for_mask(bits: str) -> str:
    # No topic is there twice, so the sum of the bits is their union.
    return f"coalesce(list_sum(list_transform(codes, lambda code: {bits})), 0)::BIGINT"


def sql_for_rollup(facts: str, sign: int = 1) -> str:
    """A query of `rollup` rows over a relation of facts; with sign −1 it takes them back."""
    place = "upload, date_trunc('month', date)::DATE AS month, kind"
    whole = f"[{_LEVEL_CODES}][sentiment]"
    return f"""
        SELECT {place}, mention // 3 AS topic, mention % 3 - 1 AS sentiment,
            {sign} * count(*) AS comment_count
        FROM (SELECT *, unnest(mentions) AS mention FROM {facts} WHERE has_text) GROUP BY ALL
        UNION ALL
        SELECT {place}, -1 AS topic, {whole} AS sentiment, {sign} * count(*) AS comment_count
        FROM {facts} WHERE has_text GROUP BY ALL"""
