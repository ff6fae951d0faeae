"""Tables out: what is written is what is read back, and a failure leaves nothing behind."""

import io
import os
import resource
import signal
import sys
import tempfile

import duckdb
import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yousaid.errors import OutputError
from yousaid.ingest.tables import open_table
from yousaid.reports.tables import ENDINGS, check_target, write_table
from yousaid.reports.workbook import EXCEL_TEXT_UNITS

# Any text but half characters, which no file can hold, and NUL, which makes a file no text file.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
# Control characters in a file of a few words are refused as not being text.
PLAIN_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), max_size=20
) | st.sampled_from(
    ["a\nb", "a\r\nb", "\r", "\n", "\t", '"', '""', "a;b", "1,5", "x|y", " ", "=1+1", "\ufeffa"]
)
NAMES = st.lists(
    PLAIN_TEXTS.filter(str.strip), min_size=1, max_size=5, unique_by=lambda name: name.casefold()
)


@st.composite
def tables(draw, texts):
    columns = draw(NAMES)
    row = st.tuples(*(texts for _ in columns))
    return columns, draw(st.lists(row, min_size=1, max_size=8))


def read_back(path):
    table = open_table(str(path))
    return list(table.columns), [cells for batch in table.batches() for cells in batch]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


@pytest.mark.parametrize("ending", [".csv", ".tsv"])
@settings(deadline=None)
@given(table=tables(PLAIN_TEXTS))
@example(table=(["a"], [("",), ("x",)]))
@example(table=(["a;b", "c"], [("1,5", "2;3")]))
def test_write_table_text_comes_back(folder, ending, table):
    columns, rows = table
    write_table(str(folder / f"t{ending}"), columns, [rows])
    assert read_back(folder / f"t{ending}") == (columns, rows)


@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
@settings(deadline=None, max_examples=25)
@given(table=tables(TEXTS))
def test_write_table_any_text_comes_back(folder, ending, table):
    columns, rows = table
    write_table(str(folder / f"t{ending}"), columns, [rows[:3], rows[3:]])
    assert read_back(folder / f"t{ending}") == (columns, rows)


@pytest.mark.parametrize("ending", ENDINGS)
def test_write_table_kinds(tmp_path, ending):
    rows = [(True, 3, 0.5, None, "x"), (False, 4, 1e300, "y", "007"), (None, None, None, "", "z")]
    write_table(str(tmp_path / f"t{ending}"), ["b", "i", "f", "n", "s"], iter([rows]))
    _, read = read_back(tmp_path / f"t{ending}")
    assert read[0] == ("true", "3", "0.5", "", "x")
    assert read[1][:2] == ("false", "4")
    assert float(read[1][2]) == 1e300
    assert read[1][3:] == ("y", "007")
    assert read[2] == ("", "", "", "", "z")


def test_write_table_parquet_types(tmp_path):
    path = tmp_path / "t.parquet"
    rows = [(True, 1, 1, 1, 2**70, None), (None, 2, 0.5, "x", 1, None)]
    write_table(str(path), list("abcdef"), [rows])
    with duckdb.connect() as connection:
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        kept = connection.execute("SELECT e FROM read_parquet(?)", [str(path)]).fetchall()
    types = [row[1] for row in found]
    assert types == ["BOOLEAN", "BIGINT", "DOUBLE", "VARCHAR", "VARCHAR", "VARCHAR"]
    assert kept == [(str(2**70),), ("1",)]


def test_write_table_parquet_without_rows(tmp_path):
    write_table(str(tmp_path / "t.parquet"), ["a"], [])
    with duckdb.connect() as connection:
        count = connection.execute(f"SELECT count(*) FROM '{tmp_path}/t.parquet'").fetchone()
    assert count == (0,)


def test_write_table_parquet_long_text(tmp_path):
    long = "x" * 20_000_000  # more than DuckDB takes in one JSON object without being told
    write_table(str(tmp_path / "t.parquet"), ["a"], [[(long,)]])
    assert read_back(tmp_path / "t.parquet") == (["a"], [(long,)])


def test_write_table_excel_keeps_text_as_text(tmp_path):
    texts = ["=1+1", "+44", "-x", "@y", "http://a.b", "0012", "a\nb"]
    write_table(str(tmp_path / "t.xlsx"), ["=header"], [[(text,)] for text in texts])
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    cells = [sheet.cell(row, 1) for row in range(1, len(texts) + 2)]
    assert [cell.value for cell in cells] == ["=header", *texts]
    assert {cell.data_type for cell in cells} == {"s"}


def test_write_table_excel_long_number(tmp_path):
    write_table(str(tmp_path / "t.xlsx"), ["id"], [[(2**53 + 1,), (12,)]])
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert [sheet["A2"].value, sheet["A3"].value] == [str(2**53 + 1), 12]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("x" * EXCEL_TEXT_UNITS, True),
        ("x" * (EXCEL_TEXT_UNITS + 1), False),
        ("😀" * (EXCEL_TEXT_UNITS // 2 + 1), False),
    ],
)
def test_write_table_excel_text_limit(tmp_path, text, fits):
    target = tmp_path / "t.xlsx"
    if fits:
        write_table(str(target), ["a"], [[("ok",), (text,)]])
        assert read_back(target)[1][1] == (text,)
        return
    with pytest.raises(OutputError, match=r"row 3, column “a”.*\.csv") as caught:
        write_table(str(target), ["a"], [[("ok",), (text,)]])
    assert text[:10] not in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_write_table_excel_row_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("yousaid.reports.workbook.EXCEL_ROWS", 4)
    write_table(str(tmp_path / "t.xlsx"), ["a"], [[("1",)] * 3])
    with pytest.raises(OutputError, match="rows"):
        write_table(str(tmp_path / "t.xlsx"), ["a"], [[("2",)] * 4])
    assert read_back(tmp_path / "t.xlsx")[1] == [("1",)] * 3


def test_write_table_excel_column_limit(tmp_path):
    with pytest.raises(OutputError, match="16,384 columns"):
        write_table(str(tmp_path / "t.xlsx"), [str(n) for n in range(16_385)], [])


@pytest.mark.parametrize("ending", ENDINGS)
def test_write_table_failure_leaves_what_was_there(tmp_path, ending):
    def batches():
        yield [("x",)]
        raise RuntimeError("the source failed")

    target = tmp_path / f"t{ending}"
    target.write_bytes(b"before")
    with pytest.raises(RuntimeError, match="source failed"):
        write_table(str(target), ["a"], batches())
    assert os.listdir(tmp_path) == [target.name]
    assert target.read_bytes() == b"before"


def test_write_table_through_a_link(tmp_path):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_table(str(tmp_path / "link.csv"), ["a"], [[("1",)]])
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "a\n1\n"


def test_write_table_over_its_own_source(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 5000)
    table = open_table(str(path))
    write_table(str(path), table.columns, table.batches(100))
    assert path.read_text() == "a,b\n" + "1,2\n" * 5000


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_write_table_guard_formulas(tmp_path, start):
    rows = [(start + "x", -1.5)]
    write_table(str(tmp_path / "t.csv"), ["a", "b"], [rows], guard_formulas=True)
    write_table(str(tmp_path / "u.csv"), ["a", "b"], [rows])
    assert read_back(tmp_path / "t.csv")[1] == [("'" + start + "x", "-1.5")]
    assert read_back(tmp_path / "u.csv")[1] == [(start + "x", "-1.5")]


def test_write_table_standard_output(monkeypatch):
    held = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(held))
    write_table("-", ["a", "b"], [[("£", None)], [('"', 1)]])
    assert held.getvalue().decode() == 'a,b\n£,\n"""",1\n'


def test_write_table_narrow_row_is_our_mistake(tmp_path):
    with pytest.raises(AssertionError):
        write_table(str(tmp_path / "t.csv"), ["a", "b"], [[("1",)]])
    assert os.listdir(tmp_path) == []


def test_write_table_parquet_names_that_differ_in_capitals(tmp_path):
    with pytest.raises(OutputError, match="capitals"):
        write_table(str(tmp_path / "t.parquet"), ["Ward", "ward"], [])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("t.doc", r"Use one of \.csv"),
        ("t", "ending"),
        ("none/t.csv", "no folder"),
        ("folder.csv", "is a folder"),
        ("file.txt/t.csv", "no folder"),
    ],
)
def test_check_target_faults(tmp_path, name, words):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file.txt").touch()
    with pytest.raises(OutputError, match=words):
        check_target(str(tmp_path / name))
    with pytest.raises(OutputError, match=words):
        write_table(str(tmp_path / name), ["a"], iter(lambda: pytest.fail("read first"), 0))


def test_check_target_folder_without_permission():
    usual = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        try:
            if usual == 0:
                os.seteuid(65534)  # permissions do not hold the superuser
            with pytest.raises(OutputError, match="may not write"):
                check_target(f"{folder}/t.csv")
        finally:
            os.seteuid(usual)


@pytest.mark.parametrize("ending", ENDINGS)
def test_write_table_full_disk(tmp_path, ending):
    usual = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OutputError, match="space on the disk"):
            write_table(str(tmp_path / f"t{ending}"), ["a"], [[(os.urandom(9999).hex(),)]] * 9)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, usual)
    assert os.listdir(tmp_path) == []
