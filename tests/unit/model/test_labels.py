from pathlib import Path

import pytest

from yousaid.errors import InputError
from yousaid.model.labels import normalise_text, read_labelled

V6 = (
    "Trust,FFT question,FFT answer,Comment sentiment,Parking,Staff responsiveness,"
    "Number & deployment of staff,Not assigned\n"
)
PHASE1 = "feedback,code,criticality\n"
SYNTHETIC = "text,question,topics,sentiment,urgent\n"


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "labelled.csv"
    path.write_text(text, "utf-8")
    return path


def test_read_labelled_v6_ticks_and_merges(tmp_path: Path) -> None:
    row = "T1,How could we improve?,More nurses,4,,1,1,1\n"
    (comment,) = read_labelled(_write(tmp_path, V6 + row))
    assert comment.labels == {"staffing_levels"}
    assert comment.topics == {"parking": False, "staffing_levels": True}
    assert (comment.kind, comment.sentiment) == ("could_improve", 4)


def test_read_labelled_v6_without_sentiment(tmp_path: Path) -> None:
    (comment,) = read_labelled(_write(tmp_path, V6 + "T1,FFT Why?,No spaces,,1,,,\n"))
    assert comment.sentiment is None


def test_read_labelled_phase1_sentiment_only(tmp_path: Path) -> None:
    rows = "Awful,ef,-4\nFine,ef,0\nLovely,ef,3\nOdd,ef,-o\n"
    comments = read_labelled(_write(tmp_path, PHASE1 + rows))
    assert [c.sentiment for c in comments] == [5, None, 1, None]
    assert not any(c.topics for c in comments)


def test_read_labelled_synthetic_signs(tmp_path: Path) -> None:
    (comment,) = read_labelled(_write(tmp_path, SYNTHETIC + "No beds,why,food:+ parking:-,3,1\n"))
    assert comment.topic_signs == {"food": 1, "parking": -1}
    assert (comment.labels, comment.urgent) == ({"food", "parking"}, True)


def test_read_labelled_synthetic_not_possible_needs_no_sentiment(tmp_path: Path) -> None:
    (comment,) = read_labelled(_write(tmp_path, SYNTHETIC + "x,why,not_possible:=,,0\n"))
    assert (comment.labels, comment.sentiment) == ({"not_possible"}, None)


@pytest.mark.parametrize(
    ("header", "rows", "says"),
    [
        (V6, ("T1,Why?,Secret,bad,,,,", "T1,Why?,Secret,9,,,,"), "“Comment sentiment” is not"),
        (V6, ("T1,Why?,Secret", "T1,Why?,Secret,1,,,,,and more"), "does not have 8 cells"),
        (PHASE1, ("Secret", "Secret,ef"), "does not have 3 cells"),
        (SYNTHETIC, ("Secret,why,food:+,,0", "Secret,why,,,0"), "“sentiment” is empty"),
        (SYNTHETIC, ("Secret,why,food:+,45,0", "Secret,why,food:+,0,0"), "“sentiment” is not"),
        (SYNTHETIC, ("Secret,why,nosuch:+,3,0", "Secret,why,food,3,0"), "entry 1, is no topic"),
        (SYNTHETIC, ("Secret,what,food:+,3,0", "Secret,,food:+,3,0"), "“question” is not one of"),
        (SYNTHETIC, ("Secret,why,food:+,3,yes", "Secret,why,food:+,3,"), "“urgent” is not 0 or 1"),
        (SYNTHETIC, ("Secret,why,food:+,3", "Secret"), "does not have 5 cells"),
    ],
)
def test_read_labelled_names_every_fault(
    tmp_path: Path, header: str, rows: tuple[str, str], says: str
) -> None:
    with pytest.raises(InputError, match=f"row 2: .*{says}.*row 3: .*{says}") as raised:
        read_labelled(_write(tmp_path, header + "\n".join(rows) + "\n"))
    assert "Secret" not in str(raised.value)


def test_read_labelled_unknown_layout(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of the layouts"):
        read_labelled(_write(tmp_path, "a,b\n1,2\n"))


def test_read_labelled_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_labelled(tmp_path / "none.csv")


def test_read_labelled_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_labelled(tmp_path)


def test_normalise_text_letters_only() -> None:
    assert normalise_text("The Food!! 2") == "thefood"
