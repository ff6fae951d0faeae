from pathlib import Path

import pytest

from yousaid.errors import InputError
from yousaid.model.labels import normalise_text, read_labelled

V6 = (
    "Trust,FFT question,FFT answer,Comment sentiment,Parking,Staff responsiveness,"
    "Number & deployment of staff,Not assigned\n"
)


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "labelled.csv"
    path.write_text(text, "utf-8")
    return path


def test_read_labelled_v6_ticks_and_merges(tmp_path: Path) -> None:
    row = "T1,How could we improve?,More nurses,4,,1,1,1\n"
    (comment,) = read_labelled(_write(tmp_path, V6 + row))
    assert comment.labels == {"staffing_levels"}
    assert comment.topics == {"parking": False, "staffing_levels": True}
    assert (comment.kind, comment.sentiment, comment.source) == ("could_improve", 4, "T1")


def test_read_labelled_v6_without_sentiment(tmp_path: Path) -> None:
    (comment,) = read_labelled(_write(tmp_path, V6 + "T1,FFT Why?,No spaces,,1,,,\n"))
    assert comment.sentiment is None


def test_read_labelled_phase1_sentiment_only(tmp_path: Path) -> None:
    rows = "feedback,code,criticality\nAwful,ef,-4\nFine,ef,0\nLovely,ef,3\nOdd,ef,-o\n"
    comments = read_labelled(_write(tmp_path, rows))
    assert [c.sentiment for c in comments] == [5, None, 1, None]
    assert not any(c.topics for c in comments)


def test_read_labelled_synthetic_signs(tmp_path: Path) -> None:
    rows = "text,question,topics,sentiment,urgent\nNo beds,why,food:+ parking:-,3,1\n"
    (comment,) = read_labelled(_write(tmp_path, rows))
    assert comment.topic_signs == {"food": 1, "parking": -1}
    assert (comment.labels, comment.urgent) == ({"food", "parking"}, True)


def test_read_labelled_synthetic_names_every_fault(tmp_path: Path) -> None:
    rows = "text,question,topics,sentiment,urgent\na,why,nosuch:+,3,0\nb,what,food:+,3,0\n"
    with pytest.raises(InputError, match=r"row 2.*nosuch.*row 3"):
        read_labelled(_write(tmp_path, rows))


def test_read_labelled_unknown_layout(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of the layouts"):
        read_labelled(_write(tmp_path, "a,b\n1,2\n"))


def test_read_labelled_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_labelled(tmp_path / "none.csv")


def test_normalise_text_letters_only() -> None:
    assert normalise_text("The Food!! 2") == "thefood"
