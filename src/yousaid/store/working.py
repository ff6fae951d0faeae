# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""The working files of a write: what comes in, as rows of `comments` and `readings`.

Records come as lines of JSON, tables as Parquet files; the same SQL makes rows of both.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from yousaid.duck import connect_duckdb, escape_glob, quote, sql_for_files
from yousaid.errors import InputError
from yousaid.records import Comment, Reading
from yousaid.store.rules import COMMENT_RULES, READING_RULES
from yousaid.store.schema import COLUMNS, SENTIMENT_CODES
from yousaid.store.vectors import make_signs

# What a file to be brought in has: the columns of the table but for those that are made here.
COMMENT_COLUMNS: dict[str, str] = {
    name: kind
    for name, kind in COLUMNS["comments"].items()
    if name not in ("comment_key", "response_key", "upload", "unit_path", "has_text")
}
READING_COLUMNS: dict[str, str] = {
    "comment_id": "VARCHAR",
    **{n: kind for n, kind in COLUMNS["readings"].items() if n not in ("comment_key", "upload")},
}
# The same path as `places.write_unit_path` writes; a test holds them together.
_UNIT_PATH = """array_to_string(list_transform(unit, lambda level: CASE level WHEN '' THEN '%'
    ELSE replace(replace(level, '%', '%25'), '/', '%2F') END), '/') || '/'"""
_RESPONSE = "response_id, date, unit_path, score, source, list_sort(map_entries(demographics))"
# What Python's `strip` takes away, which is what makes an answer blank everywhere else.
_BLANK = r"[\s\x{0b}\x{1c}-\x{1f}\x{85}\p{Z}]*"


@dataclass(frozen=True, slots=True)
class Staged:
    """Two relations of rows ready for the tables, and how many there are."""

    comments: str
    readings: str
    row_count: int


def check_records(file_name: str, comments: Sequence[Comment], readings: Sequence[Reading]) -> None:
    """Raise InputError where these comments cannot be an upload, ValueError on our own mistakes."""
    if len(comments) != len(readings):
        raise ValueError(f"{len(comments)} comments, but {len(readings)} readings")
    if any(len({m.topic for m in r.mentions}) < len(r.mentions) for r in readings):
        raise ValueError("a reading mentions one topic twice")
    if not comments:
        raise InputError(f"“{file_name}” holds no responses. Nothing was added.")
    twice = [key for key, count in Counter(c.comment_id for c in comments).items() if count > 1]
    if twice:
        raise InputError(
            f"“{file_name}” has {len(twice)} comment ids more than once (first “{twice[0]}”). "
            "Give every comment an id of its own."
        )


def check_relation(
    duck: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Mapping[str, str],
    rules: Mapping[str, str],
    what: str,
) -> None:
    """Raise InputError where a relation of Parquet files has not these columns, of these types, or
    has rows that break a rule."""
    try:
        described = duck.sql(f"DESCRIBE FROM {relation}").fetchall()
    except duckdb.Error:
        raise InputError(f"{what} cannot be read as Parquet. Check the files.") from None
    found = {name: kind for name, kind, *_ in described}
    if missing := [name for name in columns if name not in found]:
        raise InputError(f"{what} has no column “{missing[0]}”. It needs: {', '.join(columns)}.")
    wrong = [name for name, kind in columns.items() if found[name] != kind]
    if wrong:
        raise InputError(
            f"{what} has {found[wrong[0]]} in “{wrong[0]}”. Make it {columns[wrong[0]]}."
        )
    counts = ", ".join(f"count(*) FILTER (NOT coalesce({rule}, false))" for rule in rules)
    [broken] = duck.sql(f"SELECT {counts} FROM {relation}").fetchall()
    for count, said in zip(broken, rules.values(), strict=True):
        if count:
            raise InputError(f"{what} has {count:,} rows that break a rule: each needs {said}.")


def check_files(
    duck: duckdb.DuckDBPyConnection, file_name: str, comments: str, readings: str
) -> None:
    """Raise InputError where two relations cannot be an upload: see `check_records`."""
    for relation, columns, rules, what in (
        (comments, COMMENT_COLUMNS, COMMENT_RULES, "comments"),
        (readings, READING_COLUMNS, READING_RULES, "readings"),
    ):
        check_relation(duck, relation, columns, rules, f"“{file_name}”, in its {what},")
    [(row_count, id_count)] = duck.sql(
        f"SELECT count(*), count(DISTINCT comment_id) FROM {comments}"
    ).fetchall()
    [(reading_count, read_count)] = duck.sql(
        "SELECT count(*), count(DISTINCT comment_id) FILTER (comment_id IN "
        f"(SELECT comment_id FROM {comments})) FROM {readings}"
    ).fetchall()
    if not row_count:
        raise InputError(f"“{file_name}” holds no responses. Nothing was added.")
    if id_count < row_count:
        raise InputError(
            f"“{file_name}” has {row_count:,} comments, but {id_count:,} different comment ids. "
            "Give every comment an id of its own."
        )
    if not row_count == reading_count == read_count:
        raise InputError(
            f"“{file_name}” has {row_count:,} comments, but {reading_count:,} readings, "
            f"{read_count:,} of them of its comments. Give each comment one reading."
        )


def write_records(
    folder: Path, comments: Sequence[Comment], readings: Sequence[Reading]
) -> tuple[str, str]:
    """Put records into working files: two relations with COMMENT_COLUMNS and READING_COLUMNS."""
    comments_file, readings_file = folder / "comments.jsonl", folder / "readings.jsonl"
    _write_lines(comments_file, map(_make_comment_row, comments))
    named = [{"comment_id": comment.comment_id} for comment in comments]
    write_reading_lines(readings_file, named, readings)
    return (
        _sql_for_lines(comments_file, COMMENT_COLUMNS),
        sql_for_reading_lines(readings_file, READING_COLUMNS),
    )


def write_part(
    folder: Path, number: int, comments: Sequence[Comment], readings: Sequence[Reading]
) -> tuple[Path, Path]:
    """Put records into two Parquet files of a folder, for `write.add_files`."""
    made = folder / f"comments-{number}.parquet", folder / f"readings-{number}.parquet"
    with connect_duckdb(temp_directory=str(folder)) as duck:
        for path, relation in zip(made, write_records(folder, comments, readings), strict=True):
            duck.execute(f"COPY (FROM {relation}) TO {quote(str(path))} (FORMAT parquet)")
    for path in folder.glob("*.jsonl"):
        path.unlink()
    return made


def write_reading_lines(
    path: Path, named: Sequence[Mapping[str, object]], readings: Sequence[Reading]
) -> None:
    """Write readings as lines of JSON, each with what names its comment."""
    pairs = zip(named, readings, strict=True)
    _write_lines(path, ({**name, **make_reading_row(reading)} for name, reading in pairs))


def sql_for_reading_lines(path: Path, columns: dict[str, str]) -> str:
    """A relation over what `write_reading_lines` wrote."""
    lines = _sql_for_lines(path, columns | {"vector": "VARCHAR"})
    return f"(SELECT * REPLACE (from_base64(vector) AS vector) FROM {lines})"


def _make_comment_row(comment: Comment) -> dict[str, object]:
    return {
        "comment_id": comment.comment_id,
        "response_id": comment.response_id,
        "date": comment.date.isoformat() if comment.date else None,
        "unit": comment.unit,
        "question": comment.question,
        "kind": comment.kind,
        "text": comment.text,
        "score": comment.score,
        "source": comment.source,
        "demographics": dict(comment.demographics),
    }


def make_reading_row(reading: Reading) -> dict[str, object]:
    """A reading by the columns of `readings`; its vector in letters, since JSON has no bytes."""
    mentions = reading.mentions
    return {
        "model": reading.model,
        "topics": [mention.topic for mention in mentions],
        "topic_probabilities": [mention.probability for mention in mentions],
        "topic_sentiments": [SENTIMENT_CODES[mention.sentiment] for mention in mentions],
        "topic_spans": [
            [offset for span in mention.spans for offset in (span.start, span.end)]
            for mention in mentions
        ],
        "sentiment": reading.sentiment,
        "sentiment_score": reading.sentiment_score,
        "mixed": reading.mixed,
        "urgency": reading.urgency,
        "language": reading.language,
        "probabilities": list(reading.probabilities),
        "vector": base64.b64encode(reading.vector).decode("ascii"),
        "vector_signs": list(make_signs(reading.vector)),
    }


def _write_lines(path: Path, rows: Iterable[dict[str, object]]) -> None:
    # Half a surrogate pair, which some programs write into JSON, has no UTF-8: it becomes “?”, one
    # character for one, so that spans still fit.
    with path.open("w", encoding="utf-8", errors="replace") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _sql_for_lines(path: Path, columns: dict[str, str]) -> str:
    listed = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    return (
        f"read_json({quote(escape_glob(path))}, format = 'newline_delimited', "
        f"columns = {{{listed}}})"
    )


def stage(
    duck: duckdb.DuckDBPyConnection, folder: Path, number: int, comments: str, readings: str
) -> Staged:
    """Number the rows of an upload and put them into two files, ready for the tables.

    What differs in anything that is said of a response is another response, so a condition on it
    holds for all of its rows or none.
    """
    first_key = number << 32
    staged = {table: folder / f"{table}.parquet" for table in ("comments", "readings")}
    duck.execute(f"""
        COPY (
            SELECT *, min(comment_key)
                OVER (PARTITION BY {_RESPONSE}) AS response_key
            FROM (SELECT {first_key} + row_number() OVER () - 1 AS comment_key,
                    {number} AS upload, * REPLACE (CASE WHEN has_text THEN text END AS text)
                FROM (SELECT *, {_UNIT_PATH} AS unit_path,
                        coalesce(NOT regexp_full_match(text, '{_BLANK}'), false) AS has_text
                    FROM {comments}))
            ORDER BY comment_key
        ) TO {quote(str(staged["comments"]))} (FORMAT parquet)""")
    made = sql_for_files([staged["comments"]], COLUMNS["comments"])
    duck.execute(f"""
        COPY (
            SELECT comment_key, {number} AS upload, readings.* EXCLUDE (comment_id)
            FROM {readings} AS readings
                JOIN (SELECT comment_key, comment_id FROM {made}) USING (comment_id)
            ORDER BY comment_key
        ) TO {quote(str(staged["readings"]))} (FORMAT parquet)""")
    [(row_count,)] = duck.sql(f"SELECT count(*) FROM {made}").fetchall()
    return Staged(made, sql_for_files([staged["readings"]], COLUMNS["readings"]), row_count)
