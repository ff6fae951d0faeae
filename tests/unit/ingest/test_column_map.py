"""The map of columns as a file: round trip, faults, and what it says."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yousaid.errors import InputError
from yousaid.ingest.column_map import (
    ON_BAD,
    ColumnMap,
    TextColumn,
    check_map,
    describe_map,
    read_map,
    write_map,
)

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def column_maps(draw):
    names = draw(st.lists(NAMES, min_size=12, max_size=12, unique=True))
    texts = draw(
        st.sampled_from(
            [
                (TextColumn(names[0]),),
                (TextColumn(names[0], question_column=names[1]),),
                (TextColumn(names[0], question=draw(NAMES)), TextColumn(names[1])),
            ]
        )
    )
    return ColumnMap(
        texts,
        date=draw(st.sampled_from([None, names[2]])),
        score=draw(st.sampled_from([None, names[3]])),
        best_score=draw(st.sampled_from([None, 1, 5])),
        places=tuple(names[4 : draw(st.integers(4, 7))]),
        response_id=draw(st.sampled_from([None, names[8]])),
        demographics=tuple(names[9 : draw(st.integers(9, 12))]),
        on_bad_score=draw(st.sampled_from(ON_BAD)),
        on_bad_date=draw(st.sampled_from(ON_BAD)),
        source=draw(st.sampled_from([None, names[2]])),
    )


@settings(deadline=None)
@given(column_map=column_maps())
def test_write_map_round_trip(tmp_path_factory, column_map):
    path = tmp_path_factory.getbasetemp() / "map.toml"
    path.write_bytes(write_map(column_map).encode())
    assert read_map(str(path)) == column_map


def test_write_map_reads_as_toml():
    column_map = ColumnMap((TextColumn('a "b" \\ c'),), date="Date", best_score=5, places=("W",))
    assert tomllib.loads(write_map(column_map)) == {
        "date": "Date",
        "best_score": 5,
        "on_bad_score": "stop",
        "on_bad_date": "stop",
        "staff_names": "keep",
        "places": ["W"],
        "demographics": [],
        "texts": [{"column": 'a "b" \\ c'}],
    }


def test_read_map_least(tmp_path):
    (tmp_path / "map.toml").write_text('[[texts]]\ncolumn = "Comment"\n')
    assert read_map(str(tmp_path / "map.toml")) == ColumnMap((TextColumn("Comment"),))


def test_read_map_lists_every_fault(tmp_path):
    (tmp_path / "map.toml").write_text(
        'date = 3\nbest_score = 2\nplaces = "Ward"\non_bad_date = "skip"\nword = "x"\n'
        '[[texts]]\nquestion = "Why?"\n[[texts]]\ncolumn = "a"\nkind = "why"\n'
    )
    with pytest.raises(InputError) as caught:
        read_map(str(tmp_path / "map.toml"))
    for words in (
        "map.toml",
        "date is not text",
        "best_score is neither 1 nor 5",
        "places is not a list",
        "on_bad_date is none of",
        "word is not known here",
        "number 1 of [[texts]] has no column",
        "kind is not known under [[texts]]",
    ):
        assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column of comments"),
        ("texts = 3", "texts is not a list of tables"),
        ("texts = [3]", "texts is not a list of tables"),
        ("best_score = true\n[[texts]]\ncolumn = 'a'", "best_score"),
        ("best_score = 5.5\n[[texts]]\ncolumn = 'a'", "best_score"),
        ("date = x\n", "line 1, column 8"),
        ("places = ['a', 'a']\n[[texts]]\ncolumn = 'b'", "“a” is in places twice"),
        ("demographics = ['a']\n[[texts]]\ncolumn = 'a'", "“a” holds comments and is named a"),
        ("[[texts]]\ncolumn = 'a'\n[[texts]]\ncolumn = 'a'", "named a second time"),
        ("[[texts]]\ncolumn = 'a'\nquestion = 'b'\nquestion_column = 'c'", "has both"),
        ("x = " + "[" * 9999, "cannot be read as a map"),
    ],
)
def test_read_map_refuses(tmp_path, text, words):
    (tmp_path / "map.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        read_map(str(tmp_path / "map.toml"))
    assert words in str(caught.value)


def test_read_map_unreadable_file(tmp_path):
    (tmp_path / "map.toml").write_bytes(b"\xff\xfe\x00")
    for path, words in (
        (tmp_path / "map.toml", "not a file of text"),
        (tmp_path / "none.toml", "No such file"),
        (tmp_path, "directory"),
    ):
        with pytest.raises(InputError, match=words):
            read_map(str(path))


def test_check_map_names_what_is_missing():
    column_map = ColumnMap((TextColumn("a", None, "q"),), date="d", places=("w",), best_score=5)
    check_map(column_map, ["w", "d", "q", "a", "other"], "t.csv")
    with pytest.raises(
        InputError, match=r"t\.csv: there is no column “q”, “w”; there are “a”, “d”"
    ):
        check_map(column_map, ["a", "d"], "t.csv")


def test_check_map_of_our_own_making():
    column_map = ColumnMap((TextColumn("a"),), best_score=3, on_bad_date="skip")  # type: ignore
    with pytest.raises(InputError, match="best_score is neither 1 nor 5; on_bad_date is none of"):
        check_map(column_map, ["a"], "t.csv")


def test_check_map_wide_table():
    with pytest.raises(InputError, match=r"“29” and 10,000 in all\. Correct"):
        check_map(ColumnMap((TextColumn("a"),)), [str(n) for n in range(10_000)], "t.csv")


def test_describe_map_everything():
    column_map = ColumnMap(
        (TextColumn("Good"), TextColumn("Other", "Why?"), TextColumn("T", None, "Q")),
        date="Date",
        score="FFT",
        best_score=5,
        places=("Site", "Ward"),
        response_id="Id",
        demographics=("Age", "Sex"),
    )
    assert describe_map(column_map) == (
        "Comments come from “Good” and “Other”, answering “Why?” and “T”, answering the question "
        "in “Q”; the date from “Date”, day before month; the score from “FFT”, where 5 is very "
        "good; the place from “Site” › “Ward”; one person's answers share “Id”; kept with each "
        "comment: “Age”, “Sex”."
    )


def test_describe_map_score_in_words():
    column_map = ColumnMap((TextColumn("Comment"),), score="FFT")
    assert "“FFT”, in words (for numbers, say whether 1 or 5" in describe_map(column_map)


def test_describe_map_little():
    column_map = ColumnMap((TextColumn("Comment"),))
    assert describe_map(column_map) == "Comments come from “Comment”; no date; no score."
