"""Two-way tables of counts, such as topics by places, made fit to leave the building.

The promise, for what `suppress_tables` returns: with all shown counts, totals and percentages in
hand, and knowing that noughts are shown, a hidden 1 to 4 could still be any of 1, 2, 3 and 4, and
any other hidden count at least two values. (Statistical disclosure control calls the first hiding
primary and what it takes to protect it secondary: Hundepool et al., “Statistical Disclosure
Control”, Wiley 2012, chapter 4.) What is hidden beyond the small counts is chosen to be little, not
proved to be the least. Of a table that is hidden whole, two values are all that is promised. The
promise holds for the tables that were given together; a table of the same comments that is worked
out elsewhere can give away what these hide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yousaid.measures.suppress.figures import (
    SMALLEST_SHOWN,
    SUPPRESSED,
    Figure,
    Suppressed,
    check_counts,
    is_small,
    round_percent,
)
from yousaid.measures.suppress.network import Network

Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by row and column. Names decide between rows of the same total, so that the order in
    which they come does not; they differ from one another."""

    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class SuppressedTable:
    """A table of which every figure may be shown, in the order in which it was given."""

    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    counts: tuple[tuple[Figure, ...], ...]
    row_totals: tuple[Figure, ...]
    column_totals: tuple[Figure, ...]
    total: Figure

    @property
    def row_percents(self) -> tuple[tuple[float | Suppressed | None, ...], ...]:
        """Each count as a percentage of its row's total, to one decimal."""
        return tuple(
            tuple(round_percent(count, total) for count in row)
            for row, total in zip(self.counts, self.row_totals, strict=True)
        )

    @property
    def column_percents(self) -> tuple[tuple[float | Suppressed | None, ...], ...]:
        """Each count as a percentage of its column's total, to one decimal."""
        return tuple(
            tuple(
                round_percent(count, total)
                for count, total in zip(row, self.column_totals, strict=True)
            )
            for row in self.counts
        )


def suppress_table(table: Table) -> SuppressedTable:
    """The table with small counts hidden, and what would give them away.

    Hidden are all counts and totals of 1 to 4. A row whose total is small is hidden whole, and with
    it the row of the next lowest total, as NHS England does. Single counts get three companions, at
    the corners of a rectangle, that could all shift together. Raises ValueError as `Table` cannot
    be: ragged, empty, negative, with names that repeat.

    By hand: Parking has 3 comments in Ward A. Its row alone would give the 3 away as 30 − 27, its
    column as 20 − 17; so the three others of the rectangle go too, and the totals stay.

    >>> shown = suppress_table(Table(("Food", "Parking"), ("A", "B"), ((17, 40), (3, 27))))
    >>> [[str(count) for count in row] for row in shown.counts]
    [['*', '*'], ['*', '*']]
    >>> shown.row_totals, shown.column_totals, shown.total
    ((57, 30), (20, 67), 87)
    """
    return suppress_tables([table])[0]


def suppress_tables(tables: Sequence[Table]) -> list[SuppressedTable]:
    """Tables whose rows are the same and have the same totals, such as topics by places and topics
    by months, hidden together.

    A row's total is hidden in all of them or in none, and where it is hidden, so is the whole row.
    That is why they can be checked one by one: whatever the hidden totals are, each table can be
    filled to fit. Raises ValueError for what `suppress_table` refuses, and for rows that differ.
    """
    if not tables:
        return []
    worked = [_Work(table) for table in tables]
    for one in worked[1:]:
        if one.row_names != worked[0].row_names or (one.row_totals != worked[0].row_totals).any():
            raise ValueError("the tables' rows differ in name or total: they are not of one page")
    block = _start_block(worked[0])
    while not all(one.can_hide(block) for one in worked):
        block = _grow_block(worked[0], block)
    return [one.get_shown() for one in worked]


@dataclass(frozen=True, slots=True)
class _Block:
    """How many rows, lowest first, are hidden whole; and whether the grand total is."""

    row_count: int
    hides_total: bool


def _start_block(work: "_Work") -> _Block:
    small_count = int(((work.row_totals > 0) & (work.row_totals < SMALLEST_SHOWN)).sum())
    block = _Block(small_count, is_small(int(work.row_totals.sum())))
    # One row alone would follow from the others and the grand total.
    return _grow_block(work, block) if small_count and not block.hides_total else block


def _grow_block(work: "_Work", block: _Block) -> _Block:
    if block.row_count < int((work.row_totals > 0).sum()):
        return _Block(block.row_count + 1, block.hides_total)
    return _Block(block.row_count, hides_total=True)


class _Work:
    """One table in the making: its counts with a last row and column of totals, rows by rising
    total and columns by name, and what of it is hidden."""

    def __init__(self, table: Table) -> None:
        self._table = table
        inner = _check(table)
        totals = inner.sum(axis=1)
        row_order = sorted(
            range(len(inner)), key=lambda i: (totals[i] == 0, totals[i], table.row_names[i])
        )
        column_order = sorted(range(inner.shape[1]), key=lambda j: table.column_names[j])
        self._rows_back, self._columns_back = np.argsort(row_order), np.argsort(column_order)
        ordered = inner[np.ix_(row_order, column_order)]
        self._counts = np.pad(ordered, ((0, 1), (0, 1)))
        self._counts[-1] = self._counts.sum(axis=0)
        self._counts[:, -1] = self._counts.sum(axis=1)
        self.row_totals = self._counts[:-1, -1]
        self.row_names = [table.row_names[i] for i in row_order]
        self._hidden = np.zeros_like(self._counts, dtype=bool)
        self._least = np.ones_like(self._counts)

    def can_hide(self, block: _Block) -> bool:
        """Hide what must be with these rows hidden whole; False where more of them are needed."""
        counts = self._counts
        self._hidden = (counts > 0) & (counts < SMALLEST_SHOWN)
        self._hidden[: block.row_count] = counts[-1] > 0
        # In a row that is hidden whole a reader cannot rule noughts out, elsewhere they are shown.
        self._least = np.ones_like(counts)
        self._least[: block.row_count, :-1] = 0
        if block.hides_total:
            self._hidden = (counts[:, -1:] > 0) & (counts[-1] > 0)
            self._least[:-1, :-1] = 0
        self._network = self._make_network()
        # With nothing shown, any count could be larger.
        return block.hides_total or all(map(self._can_protect, self._list_hidden()))

    def get_shown(self) -> SuppressedTable:
        """The table as it may be shown."""
        shown: list[list[Figure]] = self._counts.tolist()
        for place in self._list_hidden():
            # A nought that the totals show to be one is no secret, and is not passed off as one.
            if self._counts[place] or self._network.can_change(*self._get_arc(place), 1):
                shown[place[0]][place[1]] = SUPPRESSED
        rows = [[*(row[j] for j in self._columns_back), row[-1]] for row in shown]
        inner = [rows[i] for i in self._rows_back]
        return SuppressedTable(
            self._table.row_names,
            self._table.column_names,
            tuple(tuple(row[:-1]) for row in inner),
            tuple(row[-1] for row in inner),
            tuple(rows[-1][:-1]),
            rows[-1][-1],
        )

    def _list_hidden(self) -> list[_Place]:
        return [(i, j) for i, j in np.argwhere(self._hidden).tolist()]

    def _make_network(self) -> Network:
        made = Network(sum(self._counts.shape))
        for place in self._list_hidden():
            self._add(made, place)
        return made

    def _add(self, network: Network, place: _Place) -> None:
        network.hide(*self._get_arc(place), int(self._counts[place]), int(self._least[place]))

    def _get_arc(self, place: _Place) -> tuple[int, int]:
        """Inner counts flow from their row to their column, column totals on to the last row's
        node, the grand total from there to the last column's, and row totals back to the rows."""
        i, j = place
        row, column = i, len(self._counts) + j
        is_row_total, is_column_total = j == self._counts.shape[1] - 1, i == len(self._counts) - 1
        return (column, row) if is_row_total != is_column_total else (row, column)

    def _can_protect(self, place: _Place) -> bool:
        while not self._is_safe(place):
            rectangle = self._find_rectangle(place)
            if rectangle is None:
                return False
            for other in rectangle:
                if not self._hidden[other]:
                    self._hidden[other] = True
                    self._add(self._network, other)
        return True

    def _is_safe(self, place: _Place) -> bool:
        count, arc, network = int(self._counts[place]), self._get_arc(place), self._network
        if is_small(count):
            return network.can_change(*arc, SMALLEST_SHOWN - 1 - count) and network.can_change(
                *arc, 1 - count
            )
        return network.can_change(*arc, 1) or network.can_change(*arc, -1) or count == 0

    def _find_rectangle(self, place: _Place) -> list[_Place] | None:
        """The three other corners that cost least to hide, counted in comments; None where none has
        room and hides anything new. Row totals and the grand total are no corners."""
        i, j = place
        counts, hidden = self._counts[:, :-1], self._hidden[:, :-1]
        if j == counts.shape[1]:
            return None
        count = int(counts[place])
        needed = max(SMALLEST_SHOWN - 1 - count, count - 1) if is_small(count) else 1
        has_room = counts - self._least[:, :-1] >= needed
        cost = np.where(has_room, np.where(hidden, 0, counts), np.inf)
        whole = cost + cost[i] + cost[:, [j]]
        whole[i, :] = whole[:, j] = np.inf
        k, m = divmod(int(whole.argmin()), counts.shape[1])
        return [(i, m), (k, j), (k, m)] if np.isfinite(whole[k, m]) else None


def _check(table: Table) -> Counts:
    """The counts as an array. Raises ValueError, saying what is wrong with them."""
    for names, axis in ((table.row_names, "row"), (table.column_names, "column")):
        if not names or len(set(names)) < len(names):
            raise ValueError(f"a table has one {axis} or more, each with a name of its own")
    if len(table.counts) != len(table.row_names):
        raise ValueError(f"{len(table.counts)} rows of counts for {len(table.row_names)} names")
    for row in table.counts:
        if len(row) != len(table.column_names):
            raise ValueError(f"{len(row)} counts in a row of {len(table.column_names)} columns")
        check_counts(row)
    return np.array(table.counts, dtype=np.int64)
