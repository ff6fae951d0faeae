"""The encoding rule: mark, then strict UTF-8, then Windows-1252."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.ingest.encoding import CHUNK_BYTES, find_encoding, open_text

TEXT = "Ward – “kind” café £5\r\nline\rend\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
def test_find_encoding_british_text(encoding, found):
    data = TEXT.encode(encoding)
    assert find_encoding(io.BytesIO(data)) == found
    assert open_text(io.BytesIO(data), found).read() == TEXT


def test_find_encoding_big_endian():
    data = "\ufeffé".encode("utf-16-be")
    assert find_encoding(io.BytesIO(data)) == "utf-16"
    assert open_text(io.BytesIO(data), "utf-16").read() == "é"


@pytest.mark.parametrize(("tail", "found"), [("’".encode(), "utf-8"), (b"\x92", "cp1252")])
@pytest.mark.parametrize("filler", [CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_find_encoding_beyond_first_chunk(filler, tail, found):
    assert find_encoding(io.BytesIO(b"a" * filler + tail + b"\n")) == found


def test_find_encoding_cut_character():
    assert find_encoding(io.BytesIO("é".encode()[:1])) == "cp1252"


def test_open_text_undefined_bytes():
    assert (
        open_text(io.BytesIO(b"a\x81\x8d\x8f\x90\x9db"), "cp1252").read()
        == "a" + "\ufffd" * 5 + "b"
    )


@given(st.binary(max_size=50))
def test_open_text_never_fails(data):
    encoding = find_encoding(io.BytesIO(data))
    assert isinstance(open_text(io.BytesIO(data), encoding).read(), str)
