"""Letters read in the wrong encoding are put back, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.ingest.column_map import ColumnMap, TextColumn
from yousaid.ingest.mending import mend_text
from yousaid.ingest.tables import open_table
from yousaid.ingest.upload import read_upload
from yousaid.reports.tables import write_table

# What people write beside ASCII: accents, quotation marks, dashes, money, degrees, pictures.
LETTERS = st.sampled_from([*"abc.,'éèüñçÖ£€’‘“”–—…•™½°😀❤👍", " "])
TEXTS = st.lists(LETTERS, max_size=12).map("".join)


def garble(text: str, encoding: str) -> str:
    # Five bytes mean nothing in Windows-1252; programs show them as Latin-1 does.
    made = text.encode("utf-8")
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in made)


@given(text=TEXTS, encoding=st.sampled_from(["cp1252", "latin-1"]), times=st.integers(1, 2))
def test_what_was_garbled_is_put_back(text, encoding, times):
    garbled = text
    for _ in range(times):
        garbled = garble(garbled, encoding)
    assert mend_text(garbled) == text


@given(text=TEXTS)
def test_what_is_whole_stays(text):
    assert mend_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "CAFÉ” was shut",
        "SÃO PAULO",
        "Âme",
        "a château…",
        "naïve “quote”",
        "ð and þ",
        "Ã",
        "â€",
        "â",
    ],
)
def test_what_only_looks_odd_stays(text):
    assert mend_text(text) == text


def test_comments_and_places_of_an_upload_are_mended_and_counted(tmp_path):
    path = str(tmp_path / "t.csv")
    rows = [("Donâ€™t wait", "CafÃ© ward"), ("Fine", "Elm"), ("Paid Â£4", "Elm")]
    write_table(path, ["Comments", "Ward"], [rows])
    column_map = ColumnMap((TextColumn("Comments"),), places=("Ward",))
    with read_upload(open_table(path), column_map) as upload:
        [comments] = upload.batches(10)
    assert [comment.text for comment in comments] == ["Don’t wait", "Fine", "Paid £4"]
    assert comments[0].unit == ("Café ward",)
    assert upload.mended_count == 2
