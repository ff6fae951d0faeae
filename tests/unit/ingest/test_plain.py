"""How many rows a file has, where its bytes show it."""

import pytest

from yousaid.ingest.plain import count_plain_rows


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (b"a,b\n1,2\n", 2),
        (b"a,b\n1,2", 2),
        (b"a,b\r\n1,2\r\n", 2),
        (b'a,b\n"x\n\ny",2', 2),
        (b'a,b\r\n"x\ry\n\r\nz ""so""",2\r\n', 2),
        (b"\na,b\n1,2\n", None),
        (b"\r\na,b\r\n1,2\r\n", None),
        (b"a,b\n\n1,2\n", None),
        (b"a,b\r\n\r\n1,2\r\n", None),
        (b"a,b\n\r\n1,2\n", None),
        (b"a,b\n1,2\r\n", None),
        (b"a,b\r1,2\r", None),
        (b"a,b\n1,2\0\n", None),
        (b'a,b\n1,"2\n', None),
        (b'a,b\n1, "2"\n', None),
        (b'a,b\n"1" ,2\n', None),
        (b'a,b\n1"",2\n', None),
        (b'a,b\n"1";"2"\n', None),
        (b'a,b\n"",""', 2),
        (b'"a","b"\n"""1""","2"', 2),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 1 << 20])
def test_count_plain_rows(tmp_path, monkeypatch, content, count, size):
    monkeypatch.setattr("yousaid.ingest.plain.CHUNK_BYTES", size)
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with path.open("rb") as file:
        assert count_plain_rows(file, ",") == count
