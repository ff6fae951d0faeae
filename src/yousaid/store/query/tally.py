# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""Counting the rows of a selection by any number of axes."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import combinations, repeat
from typing import Any, NamedTuple

from yousaid.records import TOPIC_SENTIMENTS
from yousaid.store.answers import Value
from yousaid.store.filter import SENTIMENT_CODES, Sql
from yousaid.store.query.axes import Axis
from yousaid.store.query.feelings import Feelings
from yousaid.store.query.select import Selection

Key = tuple[Value, ...]
# Some of the axes, by place.
Kept = tuple[int, ...]


class Tally(NamedTuple):
    """Counts of one place; `response_count` is 0 where it was not asked for."""

    response_count: int
    comment_count: int
    positive_count: int
    neutral_count: int
    negative_count: int


Table = dict[Key, Tally]
NOTHING = Tally(0, 0, 0, 0, 0)
# A table has thousands of places: this makes each without a call of Python's.
make_tally = partial(tuple.__new__, Tally)


def tally_rows(
    selected: Selection, axes: Sequence[Axis], feelings: Feelings, *, with_responses: bool
) -> Table:
    """The comments, and the responses if wanted, by the values of the axes."""
    table = tally_comments(selected, axes, feelings)
    if with_responses:
        for key, count in tally_responses(selected, axes, feelings).items():
            table[key] = table.get(key, NOTHING)._replace(response_count=count)
    return table


def tally_comments(
    selected: Selection, axes: Sequence[Axis], feelings: Feelings, condition: Sql = ("true", [])
) -> Table:
    """The comments that fulfil a condition, by the values of the axes."""
    repeated, values, source = _repeat(axes)
    codes, code_values = list_codes(axes)
    feeling, feeling_values = feelings.code
    is_wanted, wanted_values = condition
    counted = (
        f"{repeated}, counted AS (SELECT {codes}{feeling} AS feeling, count(*) AS n FROM {source} "
        f"WHERE has_text AND {is_wanted} GROUP BY ALL)"
    )
    values = [*values, *code_values, *feeling_values, *wanted_values]
    return sum_counted(selected, axes, feelings, (counted, values))


def sum_counted(
    selected: Selection, axes: Sequence[Axis], feelings: Feelings, counted: Sql
) -> Table:
    """The sums of `n` in a relation `counted`, which has the axes' codes, but for those of
    sentiment, and a code of the feelings."""
    spread, values = _spread("counted", axes, feelings)
    columns = "".join(f"{name}, " for _, name in _name(axes))
    codes = [", ".join(map(str, feelings.codes[sentiment])) for sentiment in TOPIC_SENTIMENTS]
    only = ["", *(f" FILTER (feeling IN ({listed}))" for listed in codes)]
    sums = ", ".join(f"coalesce(sum(n){filtered}, 0)::BIGINT" for filtered in only)
    sql = f"{counted[0]} SELECT {columns}{sums} FROM {spread} GROUP BY ALL"
    rows = selected.ask(sql, [*counted[1], *values])
    keys, counts = _read_rows(axes, rows)
    return dict(zip(keys, map(make_tally, zip(repeat(0), *counts, strict=False)), strict=True))


def tally_responses(
    selected: Selection, axes: Sequence[Axis], feelings: Feelings
) -> dict[Key, int]:
    """The responses by the values of the axes."""
    condition, count = selected.responses
    if any(axis.is_of_comments for axis in axes):
        condition, count = "has_text", "count(DISTINCT response_key)"
    sql, values, source = _repeat(axes)
    codes, code_values = list_codes(axes, are_spread=True)
    spread_values: list[object] = []
    if any(axis.kind == "sentiment" for axis in axes):
        feeling, feeling_values = feelings.code
        sql += f", felt AS NOT MATERIALIZED (SELECT *, {feeling} AS feeling FROM {source})"
        values += feeling_values
        source, spread_values = _spread("felt", axes, feelings)
    sql += f" SELECT {codes}{count} FROM {source} WHERE {condition} GROUP BY ALL"
    rows = selected.ask(sql, [*values, *code_values, *spread_values])
    keys, counts = _read_rows(axes, rows)
    return dict(zip(keys, *counts, strict=True))


def _name(axes: Sequence[Axis]) -> list[tuple[Axis, str]]:
    return [(axis, f"value_{place}") for place, axis in enumerate(axes)]


def list_codes(axes: Sequence[Axis], *, are_spread: bool = False) -> Sql:
    """The codes of the axes as columns, “… AS value_0, ”; those of sentiment once they `are_spread`
    over the rows."""
    columns, values = "", list[object]()
    for axis, name in _name(axes):
        if axis.code is not None:
            code, code_values = axis.code
            columns += f"{code} AS {name}, "
            values += code_values
        elif are_spread:
            columns += f"{name}, "
    return columns, values


def _repeat(axes: Sequence[Axis]) -> tuple[str, list[object], str]:
    """The rows selected, each once for every value that it has, as common table expressions with
    their values, and the relation that they lead to."""
    sql, values, source = "", list[object](), "selected"
    for place, axis in enumerate(axes):
        if axis.repeat is not None:
            # Rows are looked at twice, so blank answers, which have no value, go first.
            sql += f", text_{place} AS NOT MATERIALIZED (SELECT * FROM {source} WHERE has_text)"
            repeated, repeat_values = axis.repeat(f"text_{place}")
            source = f"repeated_{place}"
            sql += f", {source} AS NOT MATERIALIZED ({repeated})"
            values += repeat_values
    return sql, values, source


def _read_rows(
    axes: Sequence[Axis], rows: Sequence[Sequence[Any]]
) -> tuple[Iterable[Key], Sequence[Sequence[int]]]:
    """The axes' values of each row, and the columns behind them."""
    if not rows:
        return [], [[]]
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    values, counts = columns[: len(axes)], columns[len(axes) :]
    # A table of thousands of rows has few values, so each is read once.
    meanings = [
        {code: axis.read(code) for code in set(column)}
        for axis, column in zip(axes, values, strict=True)
    ]
    read = [map(m.__getitem__, column) for m, column in zip(meanings, values, strict=True)]
    return zip(*read, strict=True) if read else [()] * len(rows), counts


def _spread(source: str, axes: Sequence[Axis], feelings: Feelings) -> Sql:
    """A relation with an axis of sentiment, where there is one: a row that has a code of several
    sentiments is there for each."""
    [name, *_] = [*(name for axis, name in _name(axes) if axis.kind == "sentiment"), None]
    if name is None:
        return source, []
    felt = [(code, s) for s, codes in feelings.codes.items() for code in codes]
    sql = (
        f"{source} JOIN (SELECT unnest(?::INTEGER[]) AS code, unnest(?::INTEGER[]) AS {name}) "
        "AS codes ON codes.code IS NOT DISTINCT FROM feeling"
    )
    return sql, [[code for code, _ in felt], [SENTIMENT_CODES[s] if s else None for _, s in felt]]


def tally_margins(
    axes: Sequence[Axis], count: Callable[[Kept], Table], *, with_responses: bool
) -> dict[Kept, Table]:
    """The counts by all of the axes, by each choice of some of them, and by none.

    What can be added up is added up, which is quicker than to `count` again.
    """
    places = range(len(axes))
    tables = {tuple(places): count(tuple(places))}
    for size in reversed(places):
        for kept in combinations(places, size):
            sums = _add_up(axes, tables, kept, with_responses=with_responses)
            tables[kept] = count(kept) if sums is None else sums
    return tables


def _add_up(
    axes: Sequence[Axis], tables: dict[Kept, Table], kept: Kept, *, with_responses: bool
) -> Table | None:
    for wider, table in tables.items():
        if len(wider) != len(kept) + 1 or not set(kept) < set(wider):
            continue
        [place] = [place for place, number in enumerate(wider) if number not in kept]
        axis = axes[wider[place]]
        # A comment feels one way about one topic.
        is_single = axis.kind == "sentiment" and any(axes[n].kind == "topic" for n in wider)
        # A response lies in one place and month, but not under one question.
        if (axis.has_repeats and not is_single) or (with_responses and axis.is_of_comments):
            continue
        parts: dict[Key, list[Tally]] = {} if kept else {(): [NOTHING]}
        for key, tally in table.items():
            parts.setdefault(key[:place] + key[place + 1 :], []).append(tally)
        return {key: make_tally(map(sum, zip(*some, strict=True))) for key, some in parts.items()}
    return None
