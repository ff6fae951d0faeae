"""Tables with small counts hidden: no combination of shown figures gives one away.

The proof is by brute force: every table is written down that a reader of the shown figures could
still hold possible.
"""

from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yousaid.measures.suppress import SUPPRESSED, Table, suppress_table, suppress_tables

# More than these many possibilities are not gone through.
MOST = 200_000


def make_table(counts, columns=None):
    names = tuple(f"row {n}" for n in range(len(counts)))
    columns = columns or tuple(f"column {n}" for n in range(len(counts[0])))
    return Table(names, columns, tuple(map(tuple, counts)))


def list_rows(cells, total, most, is_whole):
    """Every row of counts that fits its shown cells and, where it is shown, its total."""
    choices = [
        [cell] if cell is not SUPPRESSED else range(0 if is_whole else 1, most + 1)
        for cell in cells
    ]
    for row in product(*choices):
        if total is SUPPRESSED or sum(row) == total:
            yield row


def list_possible(shown, total):
    """Every table that fits all shown figures. A hidden count is known to be no nought, but in a
    row that is hidden whole with its total."""
    rows = []
    for cells, row_total in zip(shown.counts, shown.row_totals, strict=True):
        rows.append(list(list_rows(cells, row_total, total, row_total is SUPPRESSED)))
    size = 1
    for one in rows:
        size *= len(one)
    assume(size <= MOST)
    for table in product(*rows):
        columns = [sum(column) for column in zip(*table, strict=True)]
        totals = [*zip(shown.column_totals, columns, strict=True), (shown.total, sum(columns))]
        if all(figure in (SUPPRESSED, count) for figure, count in totals) and all(
            figure is not SUPPRESSED or count for figure, count in totals
        ):
            yield table


def check(table, shown):
    true = table.counts
    total = sum(map(sum, true))
    possible = list(list_possible(shown, total))
    assert true in possible
    hidden = [
        (shown.counts[i][j], true[i][j], {one[i][j] for one in possible})
        for i, j in product(range(len(true)), range(len(true[0])))
    ]
    hidden += [
        (shown.row_totals[i], sum(true[i]), {sum(one[i]) for one in possible})
        for i in range(len(true))
    ]
    hidden += [
        (
            shown.column_totals[j],
            sum(row[j] for row in true),
            {sum(row[j] for row in one) for one in possible},
        )
        for j in range(len(true[0]))
    ]
    for figure, count, values in hidden:
        if figure is not SUPPRESSED:
            assert figure == count
            assert not 0 < count < 5
        elif 0 < count < 5:
            assert values >= {1, 2, 3, 4}
        else:
            assert len(values) > 1


def lists_of_rows(most, width):
    row = st.lists(st.integers(0, most), min_size=width, max_size=width)
    return st.lists(row, min_size=2, max_size=6)


counts = st.one_of(st.integers(0, 6), st.integers(0, 9), st.just(0))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(counts, counts, counts), min_size=2, max_size=3))
def test_no_count_can_be_worked_out(rows):
    table = make_table(rows)
    shown = suppress_table(table)
    assume(shown.total is not SUPPRESSED)
    check(table, shown)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(counts, counts), min_size=2, max_size=4))
def test_no_count_of_a_narrow_table_can_be_worked_out(rows):
    table = make_table(rows)
    shown = suppress_table(table)
    assume(shown.total is not SUPPRESSED)
    check(table, shown)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=4, max_size=4), min_size=1, max_size=8))
def test_small_counts_are_hidden_and_all_else_is_true(rows):
    table = make_table(rows)
    shown = suppress_table(table)
    figures = [
        *zip(sum(shown.counts, ()), sum(table.counts, ()), strict=True),
        *zip(shown.row_totals, map(sum, rows), strict=True),
        *zip(shown.column_totals, map(sum, zip(*rows, strict=True)), strict=True),
        (shown.total, sum(map(sum, rows))),
    ]
    for figure, count in figures:
        assert figure == count or figure is SUPPRESSED
        assert figure is SUPPRESSED or not 0 < count < 5


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=6),
    st.randoms(),
)
def test_the_order_does_not_matter(rows, random):
    table = make_table(rows)
    shown = suppress_table(table)
    order = list(range(len(rows)))
    random.shuffle(order)
    turned = suppress_table(
        Table(
            tuple(table.row_names[n] for n in order),
            table.column_names,
            tuple(table.counts[n] for n in order),
        )
    )
    assert turned.counts == tuple(shown.counts[n] for n in order)
    assert turned.column_totals == shown.column_totals


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=5),
    st.data(),
)
def test_tables_of_the_same_rows_hide_the_same_totals(rows, data):
    one = make_table(rows)
    other = make_table(
        [(first := data.draw(st.integers(0, sum(row))), sum(row) - first) for row in rows],
        ("left", "right"),
    )
    shown = suppress_tables([one, other])
    assert shown[0].row_totals == shown[1].row_totals
    assert shown[0].total == shown[1].total


def test_nothing_is_hidden_where_nothing_is_small():
    table = make_table([(10, 20), (30, 5), (0, 9)])
    shown = suppress_table(table)
    assert shown.counts == table.counts
    assert (shown.row_totals, shown.column_totals, shown.total) == ((30, 35, 9), (40, 34), 74)


def test_percentages_of_hidden_counts_are_hidden():
    shown = suppress_table(Table(("Food", "Parking"), ("A", "B"), ((17, 40), (3, 27))))
    assert shown.row_percents == ((SUPPRESSED,) * 2,) * 2
    assert shown.column_percents == ((SUPPRESSED,) * 2,) * 2
    plain = suppress_table(make_table([(10, 30), (0, 0)]))
    assert plain.row_percents == ((25.0, 75.0), (None, None))


def test_a_small_row_is_hidden_whole_with_the_next():
    shown = suppress_table(make_table([(1, 2), (10, 20), (100, 200)]))
    assert shown.row_totals == (SUPPRESSED, SUPPRESSED, 300)
    assert shown.counts[0] == shown.counts[1] == (SUPPRESSED, SUPPRESSED)
    assert shown.counts[2] == (100, 200)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (Table((), ("a",), ()), "one row or more"),
        (Table(("a", "a"), ("b",), ((1,), (2,))), "a name of its own"),
        (Table(("a",), ("b", "b"), ((1, 2),)), "one column or more"),
        (Table(("a",), ("b",), ((1,), (2,))), "2 rows of counts for 1 names"),
        (Table(("a",), ("b", "c"), ((1,),)), "1 counts in a row of 2"),
        (Table(("a",), ("b",), ((-1,),)), "-1 is no count"),
        (Table(("a",), ("b",), ((1.5,),)), "1.5 is no count"),
        (Table(("a",), ("b",), ((float("nan"),),)), "nan is no count"),
    ],
)
def test_tables_that_cannot_be_are_refused(table, message):
    with pytest.raises(ValueError, match=message):
        suppress_table(table)


def test_tables_of_other_rows_are_refused():
    with pytest.raises(ValueError, match="differ in name or total"):
        suppress_tables([make_table([(1, 2)]), make_table([(1, 3)])])
    assert suppress_tables([]) == []
