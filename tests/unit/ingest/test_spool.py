"""Rows as SQL sees them: the same, whichever of the two readers went through the file."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yousaid.duck import connect_duckdb
from yousaid.errors import InputError
from yousaid.ingest import spool as spool_module
from yousaid.ingest.spool import spool
from yousaid.ingest.tables import open_table
from yousaid.reports.tables import write_table

# What CSV is made of, and what readers differ over.
_SHORT = ("a", "b c", '"', '""', ",", ",", "\n", "\n", "\r\n", "\r", " ", "", "é", "\u2028", "#")
_QUOTED = ('"x, y"', '"two\nlines"', '"said ""so"""', "\\", "'", "\t", ";", "\x1f", "NULL", "0")
PIECES = st.sampled_from((*_SHORT, *_QUOTED))


def take(path, *, quick=True):
    table = open_table(str(path))
    if not quick:
        table = replace(table, text_file=None)
    with tempfile.TemporaryDirectory() as folder, connect_duckdb(temp_directory=folder) as duck:
        spooled = spool(duck, Path(folder), table, table.columns, named_by=None)
        columns = ", ".join(spooled.get_name(column) for column in table.columns)
        return duck.sql(
            f"SELECT row, {columns}, digest FROM {spooled.relation} ORDER BY row"
        ).fetchall()


def take_or_fault(path, *, quick):
    try:
        return take(path, quick=quick)
    except InputError as error:
        return str(error)


@settings(deadline=None, max_examples=400)
@given(pieces=st.lists(PIECES, max_size=30))
def test_both_readers_make_the_same_rows(tmp_path_factory, pieces):
    path = tmp_path_factory.getbasetemp() / "both.csv"
    path.write_text("A,B\n1,2\n3,4\n" + "".join(pieces) + "\n5,6\n", "utf-8", newline="")
    assert take_or_fault(path, quick=True) == take_or_fault(path, quick=False)


@settings(deadline=None, max_examples=200)
@given(title=st.lists(PIECES, max_size=6), heading=st.lists(PIECES, max_size=4))
def test_both_readers_skip_the_same_rows(tmp_path_factory, title, heading):
    path = tmp_path_factory.getbasetemp() / "titled.csv"
    rows = "".join(f"{n},2/3/2026,Ward {n},Kind\n" for n in range(1, 9))
    names = f"Id,Date,Ward,Comments{''.join(heading)}\n"
    path.write_text("".join(title) + "\n" + names + rows, "utf-8", newline="")
    assert take_or_fault(path, quick=True) == take_or_fault(path, quick=False)


# No control characters: many of them, and a file is held to be no text.
CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_cells_come_as_they_are(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    write_table(str(path), ["A", "B", "C"], [rows])
    wanted = [row for row in rows if any(cell.strip() for cell in row)]
    for quick in (True, False):
        assert [row[1:4] for row in take(path, quick=quick)] == wanted


def test_the_quick_reader_is_used_for_a_plain_file(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text('Report\nId,Date,"Comments, all"\n1,2/3/2026,"Kind\nstaff"\n2,2/3/2026,Slow\n')
    monkeypatch.setattr(spool_module, "_read_row_by_row", pytest.fail)
    assert [row[:4] for row in take(path)] == [
        (3, "1", "2/3/2026", "Kind\nstaff"),
        (4, "2", "2/3/2026", "Slow"),
    ]


def test_numbers_of_rows_are_those_of_the_file(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("A,B\n1,2\n\n,\n3,4\n")
    assert [row[:2] for row in take(path)] == [(2, "1"), (5, "3")]


def test_long_cells(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"A,B\n{'é' * 3_000_000},2\n")
    [[_, cell, *_]] = take(path)
    assert len(cell) == 3_000_000


def test_a_row_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('A,B\n1,2\n"Secret words" x,2\n')
    with pytest.raises(InputError, match="row 3") as caught:
        take(path)
    assert "Secret" not in str(caught.value)


def test_the_digest_tells_cells_apart(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("A,B\na,bc\nab,c\nabc,\n,abc\na,bc\n")
    digests = [row[-1] for row in take(path)]
    assert len(set(digests)) == 4
    assert digests[0] == digests[4]
