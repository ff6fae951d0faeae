"""Delimiters found from the first lines, and rows that cannot be read."""

import io

import pytest

from yousaid.errors import InputError
from yousaid.ingest.delimited import (
    LONGEST_CELL_CHARACTERS,
    NO_DELIMITER,
    Dialect,
    find_delimiter,
    find_dialect,
    read_delimited,
)


def read(data, delimiter=None):
    dialect = find_dialect(lambda: io.BytesIO(data), "t.csv", delimiter)
    return list(read_delimited(lambda: io.BytesIO(data), "t.csv", dialect)())


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb, c\n1\t2, or 3\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('"a;x",b\n"1;2",3\n', ","),
        ('a,"b\n;c;d;"\n1,2\n', ","),
        ("Date;Comment, in full\n1;Good, kind\n2;Slow\n", ";"),
        ("a,b,c\n1,2\n1,2,3\n", ","),
        ("Comment\nGood\nGood, kind\nSlow; late; rude\n", NO_DELIMITER),
        ("Comment\nGood\n", NO_DELIMITER),
        ("Report for May\nDate,Ward\n1,A\n2,B\n3,C\n", ","),
        ("", NO_DELIMITER),
    ],
)
def test_find_delimiter(sample, delimiter):
    assert find_delimiter(sample) == delimiter


def test_read_delimited_rows_are_numbered_as_a_spreadsheet_does():
    assert read(b'a,b\n\n"1\n2",3\r\n\r\n4\n') == [
        (1, ["a", "b"]),
        (3, ["1\n2", "3"]),
        (5, ["4"]),
    ]


def test_read_delimited_old_line_ends():
    assert read(b"a,b\r1,2\r") == [(1, ["a", "b"]), (2, ["1", "2"])]


def test_read_delimited_more_than_once():
    rows = read_delimited(lambda: io.BytesIO(b"a,b\n1,2\n"), "t.csv", Dialect("utf-8", ","))
    assert list(rows()) == list(rows())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'a,b\n1,2\n"3,4\n5,6\n', "t.csv, row 3: a quotation mark is never closed"),
        (b'a,b\n1,"he said "no" again"\n', "row 2: a quotation mark"),
        (b"a,b\n" + b"1,2\n" * 40_000 + b"1,\x002\n", "line 40002: there are bytes"),
        (
            b"a\n" + b"x" * (LONGEST_CELL_CHARACTERS + 5),
            "line 2: the line is longer than 10,000,000",
        ),
        (
            b'a\n"' + b"Why not?\n" * (LONGEST_CELL_CHARACTERS // 9 + 5),
            "row 2: a cell is longer than 10,000,000",
        ),
    ],
)
def test_read_delimited_bad_rows(data, words):
    with pytest.raises(InputError, match=words) as caught:
        read(data)
    assert "\n" not in str(caught.value)
    assert "he said" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04" + b"x" * 50, "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"a,b\n1,\x00\n", "does not hold text"),
        ("a,b\n1,2\n".encode("utf-16-le"), "does not hold text"),
        (bytes(range(1, 256)) * 9, "does not hold text"),
    ],
)
def test_read_delimited_not_text(data, words):
    with pytest.raises(InputError, match=words):
        read(data)


def test_read_delimited_few_control_characters_pass():
    assert read(b"a,b\n1,x\x0by" + b"z" * 60 + b"\n")[1] == (2, ["1", "x\x0by" + "z" * 60])
