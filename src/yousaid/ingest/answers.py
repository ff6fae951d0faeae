# ruff: noqa: S608 (SQL is put together from our own names; every value is quoted or bound)
"""From the rows of a table to answers: what its cells mean, and which rows are one response."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import duckdb

from yousaid.duck import escape_glob, quote
from yousaid.frameworks.questions import question_kind
from yousaid.ingest.column_map import ColumnMap, OnBad
from yousaid.ingest.distinct import Meanings, find_meanings
from yousaid.ingest.mending import mend_text
from yousaid.ingest.problems import (
    IN_THE_FUTURE,
    MONTH_FIRST,
    NOT_A_DATE,
    TOO_EARLY,
    UNKNOWN_QUESTION,
)
from yousaid.ingest.spool import spool, sql_for_blank
from yousaid.ingest.tables import Table
from yousaid.ingest.values import (
    WHITESPACE_PATTERN,
    is_blank_answer,
    is_month_first,
    parse_date,
    parse_score,
)

_FIRST_LIKELY_DAY = date(2000, 1, 1)
# Clocks of machines are wrong by days or months, slips of the hand by decades.
_LONGEST_AHEAD = timedelta(days=366)


def parse_likely_date(text: str, today: date | None) -> date:
    """The day that a cell names. Raises ValueError with what is wrong, which is not what the cell
    holds: where the map is wrong that could be part of a comment."""
    try:
        day = parse_date(text)
    except ValueError:
        raise ValueError(MONTH_FIRST if is_month_first(text) else NOT_A_DATE) from None
    # One wrong century would stretch every chart over a hundred empty years.
    if day < _FIRST_LIKELY_DAY:
        raise ValueError(TOO_EARLY)
    if today is not None and day > today + _LONGEST_AHEAD:
        raise ValueError(IN_THE_FUTURE)
    return day


class AnswerWriter:
    """The table in DuckDB, with what its cells mean beside it."""

    def __init__(
        self,
        duck: duckdb.DuckDBPyConnection,
        folder: Path,
        table: Table,
        column_map: ColumnMap,
        today: date | None,
    ) -> None:
        self.duck, self.folder, self.map, self.today = duck, folder, column_map, today
        self.spooled = spool(
            duck, folder, table, column_map.named_columns(), named_by=column_map.response_id
        )
        duck.execute(f"CREATE VIEW given AS FROM {self.spooled.relation}")
        self.dates = self._find("dates", [column_map.date], {"date": "DATE"}, self._read_date)
        self.scores = self._find(
            "scores", [column_map.score], {"score": "BIGINT"}, self._read_score
        )
        self.units = self._find("units", column_map.places, {"unit": "VARCHAR[]"}, _read_unit)
        self.traits = self._find(
            "traits",
            column_map.demographics,
            {"demographics": "MAP(VARCHAR, VARCHAR)"},
            partial(_read_demographics, column_map.demographics),
        )
        self.sources = self._find(
            "sources", [column_map.source], {"source": "VARCHAR"}, _read_source
        )
        self.questions = [
            self._find(
                f"questions_{place}",
                [text.question_column],
                {"question": "VARCHAR", "kind": "VARCHAR"},
                _read_question,
            )
            if text.question_column is not None
            else None
            for place, text in enumerate(column_map.texts)
        ]

    def _find(
        self,
        name: str,
        columns: Sequence[str | None],
        meanings: Mapping[str, str],
        parse: Callable[[Sequence[str]], Mapping[str, object]],
    ) -> Meanings:
        names = [self.spooled.get_name(column) for column in columns if column is not None]
        kinds = {**meanings, "problem": "VARCHAR"}
        return find_meanings(self.duck, self.folder, "given", names, kinds, parse, name=name)

    def _read_date(self, cells: Sequence[str]) -> Mapping[str, object]:
        try:
            if cells and not is_blank_answer(cells[0]):
                return {"date": parse_likely_date(cells[0], self.today).isoformat()}
        except ValueError as error:
            return {"problem": str(error)}
        return {}

    def _read_score(self, cells: Sequence[str]) -> Mapping[str, object]:
        try:
            return {"score": parse_score(cells[0], self.map.best_score) if cells else None}
        except ValueError as error:
            return {"problem": str(error)}

    def find_problems(self) -> None:
        """Make the table of problems and of the rows that are left out for them."""
        self.duck.execute(
            "CREATE TABLE problems (row BIGINT, place BIGINT, name VARCHAR, what VARCHAR, "
            "is_stop BOOLEAN)"
        )
        self.duck.execute("CREATE TABLE left_out (row BIGINT)")
        self._find_bad(1, self.map.date, self.dates, self.map.on_bad_date)
        self._find_bad(2, self.map.score, self.scores, self.map.on_bad_score)
        self._find_unknown_questions()

    def _find_bad(self, place: int, column: str | None, meanings: Meanings, on_bad: OnBad) -> None:
        if column is None or not self._has_rows(f"{meanings.relation} WHERE problem IS NOT NULL"):
            return
        self.duck.execute(
            f"""INSERT INTO problems
                SELECT row, {place}, ?, problem, {on_bad == "stop"}
                FROM given AS rows {meanings.sql_for_join()}
                WHERE problem IS NOT NULL AND row NOT IN (FROM left_out)""",
            [column],
        )
        if on_bad == "leave_out":
            self.duck.execute(
                f"INSERT INTO left_out SELECT row FROM problems WHERE place = {place}"
            )

    def _find_unknown_questions(self) -> None:
        """One problem for each wording that no rule knows, at the first row that has it."""
        asked = [
            f"""SELECT row, {place} AS place, {quote(text.question_column)} AS name, question
                FROM given AS rows {meanings.sql_for_join()}
                WHERE kind IS NULL AND question <> '' AND row NOT IN (FROM left_out)"""
            for place, (text, meanings) in enumerate(
                zip(self.map.texts, self.questions, strict=True), start=3
            )
            if meanings is not None and text.question_column is not None
        ]
        if asked:
            self.duck.execute(
                f"""INSERT INTO problems
                    SELECT min(row), arg_min(place, (row, place)), arg_min(name, (row, place)), ?,
                        false
                    FROM ({" UNION ALL ".join(asked)}) GROUP BY question""",
                [UNKNOWN_QUESTION],
            )

    def write_answers(self, path: Path) -> None:
        """Write the answers of all rows that are not left out, and make the relation `answers`.

        The file has them in any order, since where DuckDB joins it keeps none and to sort takes as
        long as all the rest; what many share stands in it as a number.
        """
        self.duck.execute(f"CREATE VIEW identified AS {self._sql_for_ids()}")
        texts = [self.spooled.get_name(text.column) for text in self.map.texts]
        answers = ", ".join(self._sql_for_answer(place) for place in range(len(texts)))
        meanings = (self.dates, self.scores, self.units, self.traits, self.sources, *self.questions)
        joins = [one.sql_for_join() for one in meanings if one is not None]
        self.duck.execute(f"""
            CREATE VIEW responses AS
            SELECT row, response_id, date, score, unit, units.code AS unit_code,
                traits.code AS traits_code, source, [{answers}] AS answers,
                {" OR ".join(f"NOT {sql_for_blank(text)}" for text in texts)} AS is_answered
            FROM identified AS rows {" ".join(joins)}""")
        [(row_count, id_count)] = self.duck.execute(
            "SELECT count(*), count(DISTINCT response_id) FROM identified"
        ).fetchall()
        source = (
            "(SELECT *, row AS response, row AS id_place, 0 AS before, "
            "is_answered AS is_any_answered FROM responses)"
        )
        if id_count < row_count:
            self._group(len(texts))
            source = "responses JOIN grouped USING (row)"
        self.duck.execute(f"""
            COPY (
                SELECT response_id, before + place + 1 AS number, date, unit_code, question_code,
                    text, score, source, traits_code, response, id_place, row,
                    is_any_answered
                FROM (SELECT * EXCLUDE (answers), unnest(answers, recursive := true) FROM {source})
                WHERE text <> '' OR (NOT is_any_answered AND row = response AND place = 0)
            ) TO {quote(str(path))} (FORMAT parquet)""")
        self.duck.execute("DROP TABLE raw CASCADE")
        self.duck.execute(f"CREATE VIEW questions AS {self._sql_for_questions()}")
        self.duck.execute(f"""
            CREATE VIEW answers AS
            SELECT response_id || '-' || number AS comment_id, response_id, date, unit, question,
                kind, text, score, source, demographics, response, id_place, row, number
            FROM read_parquet({quote(escape_glob(path))}) AS written
                JOIN units ON units.code = unit_code JOIN traits ON traits.code = traits_code
                JOIN questions ON questions.code = question_code""")

    def _group(self, text_count: int) -> None:
        """Find which rows are one response where several share a number."""
        self.duck.execute(f"""
            CREATE TABLE grouped AS
            SELECT row,
                (row_number() OVER (PARTITION BY response_id ORDER BY row) - 1) * {text_count}
                    AS before,
                min(row) OVER (PARTITION BY response_id) AS id_place,
                min(row) OVER one AS response,
                bool_or(is_answered) OVER one AS is_any_answered
            FROM responses
            WINDOW one AS (PARTITION BY response_id, date, unit, score)""")

    def _sql_for_ids(self) -> str:
        """The rows that count, each with the id of its response."""
        # Joined only where there is something to join: it costs as much as the reading itself.
        kept = "WHERE row NOT IN (FROM left_out)" if self._has_rows("left_out") else ""
        self.duck.execute("""
            CREATE TABLE repeats AS
            SELECT row, '.' || (count - 1) AS ending FROM (
                SELECT row, row_number() OVER (PARTITION BY digest ORDER BY row) AS count
                FROM given WHERE digest IN (
                    SELECT digest FROM given WHERE digest IS NOT NULL
                    GROUP BY digest HAVING count(*) > 1))
            WHERE count > 1""")
        digest, repeats = "digest", ""
        if self._has_rows("repeats"):
            digest, repeats = "digest || coalesce(ending, '')", "LEFT JOIN repeats USING (row)"
        column = self.map.response_id
        given = _sql_for_strip(self.spooled.get_name(column)) if column else "NULL"
        return (
            f"SELECT given.*, coalesce({digest}, {given}) AS response_id "
            f"FROM given {repeats} {kept}"
        )

    def _has_rows(self, name: str) -> bool:
        return bool(self.duck.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchall())

    def _sql_for_answer(self, place: int) -> str:
        meanings = self.questions[place]
        code = str(place)
        if meanings is not None:
            code = f"{place} + {len(self.questions)} * {meanings.relation}.code"
        cell = self.spooled.get_name(self.map.texts[place].column)
        text = f"CASE WHEN {sql_for_blank(cell)} THEN '' ELSE {cell} END"
        return f"{{place: {place}, question_code: {code}, text: {text}}}"

    def _sql_for_questions(self) -> str:
        """The questions by the codes that `_sql_for_answer` gives them."""
        parts = []
        for place, (text, meanings) in enumerate(zip(self.map.texts, self.questions, strict=True)):
            if meanings is not None:
                parts.append(
                    f"SELECT {place} + {len(self.questions)} * code AS code, question, "
                    f"coalesce(kind, 'why') AS kind FROM {meanings.relation}"
                )
                continue
            wording = text.column if text.question is None else text.question
            kind = question_kind(wording) or "why"
            parts.append(
                f"SELECT {place} AS code, {quote(wording)} AS question, {quote(kind)} AS kind"
            )
        return " UNION ALL ".join(parts)


_WHITESPACE = quote("".join(chr(code) for code in range(0x3001) if chr(code).isspace()))


def _sql_for_strip(cell: str) -> str:
    # Where there is nothing to take away, to look first is ten times as quick.
    edge = quote(f"^{WHITESPACE_PATTERN}|{WHITESPACE_PATTERN}$")
    return (
        f"CASE WHEN regexp_matches({cell}, {edge}) THEN trim({cell}, {_WHITESPACE}) ELSE {cell} END"
    )


def _read_unit(cells: Sequence[str]) -> Mapping[str, object]:
    named = [cell for cell in cells if not is_blank_answer(cell)]
    return {"unit": [" ".join(mend_text(name).split()) for name in named]}


def _read_source(cells: Sequence[str]) -> Mapping[str, object]:
    is_said = bool(cells) and not is_blank_answer(cells[0])
    return {"source": " ".join(cells[0].split()) if is_said else ""}


def _read_demographics(columns: Sequence[str], cells: Sequence[str]) -> Mapping[str, object]:
    return {
        "demographics": {
            column: mend_text(cell.strip())
            for column, cell in zip(columns, cells, strict=True)
            if not is_blank_answer(cell)
        }
    }


def _read_question(cells: Sequence[str]) -> Mapping[str, object]:
    return {"question": cells[0].strip(), "kind": question_kind(cells[0].strip())}
