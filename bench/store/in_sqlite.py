"""The same questions in SQLite alone: a table of answers, one of topics, an index for every field
that a filter or an order goes by, statistics for its planner, and FTS5 over the texts."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from questions import Question
from twins import ANSWERS, MENTIONS, read_names_of
from wanted import find_wanted

from yousaid.records import SCORES
from yousaid.store.search import parse
from yousaid.store.search.query import And, Near, Node, Not, Or, Phrase, Prefix, Word

PAGE_SIZE = 50
_COLUMNS = (
    "number", "comment_id", "text", "is_first", "month", "response_key", "date", "place_id",
    "person_id", "question_id", "source_id", "kind", "score", "has_text", "sentiment",
    "sentiment_score", "urgency", "mixed",
)  # fmt: skip
_SCHEMA = f"""
CREATE TABLE answer (number INTEGER PRIMARY KEY, {", ".join(_COLUMNS[1:])});
CREATE TABLE mention (topic INTEGER, sign INTEGER, number INTEGER, month INTEGER,
    PRIMARY KEY (topic, sign, number)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = 'answer', content_rowid = 'number', tokenize = 'porter unicode61');
"""
# The indexes of counts hold all that a count needs, so that the table itself is left alone.
_INDEXES = """
CREATE INDEX answer_date ON answer (date, has_text, score, sentiment, month);
CREATE INDEX answer_place ON answer (place_id, date, has_text, score, sentiment, month);
CREATE INDEX answer_person ON answer (person_id);
CREATE INDEX answer_question ON answer (question_id);
CREATE INDEX answer_source ON answer (source_id);
CREATE INDEX answer_score ON answer (score, month, has_text, is_first, response_key);
CREATE INDEX answer_response ON answer (response_key);
CREATE INDEX answer_feeling ON answer (sentiment_score) WHERE has_text;
CREATE INDEX answer_urgency ON answer (urgency) WHERE has_text;
CREATE INDEX answer_level ON answer (sentiment, mixed) WHERE has_text;
CREATE INDEX mention_number ON mention (number, topic, sign);
CREATE INDEX mention_month ON mention (topic, month, sign);
"""
_ORDERS = {
    "newest": "date DESC, number",
    "oldest": "date NULLS LAST, number",
    "most_negative": "sentiment_score NULLS LAST, number",
    "most_positive": "sentiment_score DESC, number",
    "most_urgent": "urgency DESC, number",
    "best_match": "words.rank",
}


def make_database(folder: Path) -> None:
    """The database beside a store, of the plain files there."""
    plain, path = folder.with_name("plain"), _get_path(folder)
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
    marks = ", ".join("?" * len(_COLUMNS))
    for batch in pq.ParquetFile(plain / ANSWERS).iter_batches(100_000, columns=list(_COLUMNS)):
        columns = [column.to_pylist() for column in batch.columns]
        place = _COLUMNS.index("date")
        columns[place] = [None if day is None else day.toordinal() for day in columns[place]]
        database.executemany(f"INSERT INTO answer VALUES ({marks})", zip(*columns, strict=True))
    for batch in pq.ParquetFile(plain / MENTIONS).iter_batches(200_000):
        columns = [batch[name].to_pylist() for name in ("topic", "sign", "number", "month")]
        rows = zip(*columns, strict=True)
        database.executemany("INSERT INTO mention VALUES (?, ?, ?, ?)", rows)
    database.execute("INSERT INTO words (words) VALUES ('rebuild')")
    database.executescript(_INDEXES + "ANALYZE;")
    database.commit()
    database.close()


def _get_path(folder: Path) -> Path:
    return folder.with_name("alone.sqlite")


class InSqlite:
    """The database beside a store."""

    def __init__(self, folder: Path) -> None:
        self._names = read_names_of(folder)
        self._database = sqlite3.connect(_get_path(folder))
        self._database.executescript(
            "PRAGMA mmap_size = 34359738368; PRAGMA cache_size = -200000; PRAGMA temp_store = 2;"
        )

    def ask(self, question: Question) -> Any:
        asks: dict[str, Callable[[Question, str, list[object]], Any]] = {
            "totals": self._ask_totals,
            "topics": lambda _, *selected: self._ask_topics(*selected),
            "months": self._ask_months,
            "table": self._ask_table,
            "widest": lambda *_: self._ask_widest(),
            "search": self._ask_page,
            "page": self._ask_page,
        }
        return asks[question.kind](question, *self._select(question))

    def _run(self, sql: str, values: list[object]) -> list[Any]:
        return self._database.execute(sql, values).fetchall()

    def _select(self, question: Question) -> tuple[str, list[object]]:
        """A condition on `answer`."""
        wanted = find_wanted(question, self._names)
        parts: list[str] = []
        values: list[object] = []

        def add(part: str, *bound: object) -> None:
            parts.append(part)
            values.extend(bound)

        for column, numbers in wanted.columns:
            add(f"{column} IN (SELECT value FROM json_each(?))", json.dumps(numbers))
        if wanted.first_date:
            add("date >= ?", wanted.first_date.toordinal())
        if wanted.last_date:
            add("date <= ?", wanted.last_date.toordinal())
        if wanted.least_urgency is not None:
            add("urgency >= ?", wanted.least_urgency)
        if wanted.is_mixed is not None:
            add("mixed = ?", wanted.is_mixed)
        if wanted.has_text or question.kind in ("page", "search", "table"):
            add("has_text")
        about = (
            "answer.number {} (SELECT number FROM mention WHERE topic IN "
            "(SELECT value FROM json_each(?)) AND sign IN (SELECT value FROM json_each(?)))"
        )
        signs = json.dumps(wanted.signs)
        if wanted.topics:
            add(about.format("IN"), json.dumps(wanted.topics), signs)
        for topic in wanted.all_topics:
            add(about.format("IN"), json.dumps([topic]), signs)
        if wanted.no_topics:
            add(about.format("NOT IN"), json.dumps(wanted.no_topics), "[-1, 0, 1]")
        return " AND ".join(parts) or "true", values

    def _sql_for_responses(self, question: Question) -> str:
        if question.chosen.selects_comments:
            return "count(DISTINCT response_key)"
        return "sum(is_first)"

    def _ask_totals(self, question: Question, condition: str, values: list[object]) -> Any:
        responses = dict(
            self._run(
                f"SELECT score, {self._sql_for_responses(question)} FROM answer WHERE {condition} "
                "GROUP BY score",
                values,
            )
        )
        comments = self._run(
            "SELECT sentiment, count(*), sum(mixed), sum(urgency >= 0.5), min(date), max(date) "
            f"FROM answer WHERE has_text AND {condition} GROUP BY sentiment",
            values,
        )
        scores = [responses.get(code, 0) for code in range(1, len(SCORES) + 1)]
        return [sum(responses.values()), sum(row[1] for row in comments), *scores]

    def _ask_topics(self, condition: str, values: list[object]) -> Any:
        found = self._run(
            "SELECT topic, sign, count(*) FROM mention "
            + (
                f"WHERE number IN (SELECT number FROM answer WHERE {condition}) "
                if condition != "true"
                else ""
            )
            + "GROUP BY topic, sign",
            values,
        )
        counts: dict[str, int] = {}
        for topic, _, count in found:
            name = self._names.topics[topic]
            counts[name] = counts.get(name, 0) + count
        return counts

    def _ask_months(self, question: Question, condition: str, values: list[object]) -> Any:
        found = self._run(
            f"SELECT month, {self._sql_for_responses(question)}, sum(has_text) FROM answer "
            f"WHERE month > 0 AND {condition} GROUP BY month",
            values,
        )
        return {_name_month(month): [count, texts] for month, count, texts in found if count}

    def _ask_table(self, question: Question, condition: str, values: list[object]) -> Any:
        kind = question.options["rows"].kind
        column = {"topic": "topic", "place": "place_id", "score": "score"}[kind]
        source = "answer JOIN mention USING (number)" if kind == "topic" else "answer"
        condition = condition.replace("has_text", "+has_text")
        found = self._run(
            f"SELECT {column}, answer.month, count(*) FROM {source} "
            f"WHERE answer.month > 0 AND {column} IS NOT NULL AND {condition} GROUP BY 1, 2",
            values,
        )
        places = {n: " > ".join(place[:2]) for n, place in self._names.places.items()}
        scores = {n: str(n) for n in range(1, len(SCORES) + 1)}
        names = {"topic": self._names.topics, "place": places, "score": scores}[kind]
        table: dict[str, int] = {}
        for value, month, count in found:
            key = f"{names[value]}, {_name_month(month)}"
            table[key] = table.get(key, 0) + count
        return table

    def _ask_widest(self) -> Any:
        found = self._run(
            "SELECT topic, month, sign, count(*) FROM mention WHERE month > 0 GROUP BY 1, 2, 3", []
        )
        table: dict[str, int] = {}
        for topic, month, _, count in found:
            key = f"{self._names.topics[topic]}, {_name_month(month)}"
            table[key] = table.get(key, 0) + count
        return table

    def _ask_page(self, question: Question, condition: str, values: list[object]) -> Any:
        order = question.options["order"]
        source = "answer"
        if (tree := parse(question.chosen.words).tree) is not None:
            source = "words JOIN answer ON answer.number = words.rowid"
            condition, values = f"words MATCH ? AND {condition}", [_compile(tree), *values]
        [(count,)] = self._run(f"SELECT count(*) FROM {source} WHERE {condition}", values)
        start = (question.options["page"] - 1) * PAGE_SIZE
        rows = self._run(
            f"SELECT answer.* FROM {source} WHERE {condition} ORDER BY {_ORDERS[order]} "
            "LIMIT ? OFFSET ?",
            [*values, PAGE_SIZE, start],
        )
        for row in rows:
            self._run("SELECT topic, sign FROM mention WHERE number = ?", [row[0]])
        return [count, [row[1] for row in rows]]


def _compile(node: Node) -> str:
    match node:
        case And(parts):
            wanted = [_compile(part) for part in parts if not isinstance(part, Not)]
            unwanted = [_compile(part.part) for part in parts if isinstance(part, Not)]
            return f"({' AND '.join(wanted)})" + "".join(f" NOT {one}" for one in unwanted)
        case Or(parts):
            return f"({' OR '.join(_compile(part) for part in parts)})"
        case Near(parts, distances):
            return f"NEAR({' '.join(map(_compile, parts))}, {distances[0]})"
        case Phrase(words):
            return f'"{" ".join(words)}"'
        case Prefix(words):
            return f'"{" ".join(words)}" *'
        case Word(word):
            return f'"{word}"'
    raise AssertionError(node)


def _name_month(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"
