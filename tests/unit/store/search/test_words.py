import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.store.search import fold
from yousaid.store.search.words import MAX_WORD_LENGTH, find_words, split_words


def fold_slowly(text):
    """The whole text at once, as the table cannot."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (c for c in decomposed.casefold() if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in kept).split()
    return [word[:MAX_WORD_LENGTH] for word in words]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café, 2nd floor", " cafe 2nd floor "),
        ("STRASSE Straße", " strasse strasse "),
        ("don’t/DON'T", " don t don t "),
        ("ﬁve ＷＡＲＤ", " five ward "),
        ("a\x00b \ud800", " a b "),
        (" … ", ""),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_fold_as_the_slow_twin(text):
    assert split_words(text) == fold_slowly(text)
    assert fold(fold(text)) == fold(text)


def test_fold_every_character_as_the_slow_twin():
    for start in range(0, 0x110000, 0x1000):
        text = " ".join(f"a{chr(code)}b" for code in range(start, start + 0x1000))
        assert split_words(text) == fold_slowly(text)


def test_split_words_cuts_long_words():
    assert split_words("ab" + "c" * 100 + " d") == ["ab" + "c" * (MAX_WORD_LENGTH - 2), "d"]
    assert [len(word) for word in split_words("ﷲ" * 40)] == [MAX_WORD_LENGTH]


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_find_words_has_the_words_and_where_they_are(text):
    places = list(find_words(text))
    assert [place.word for place in places] == split_words(text)
    for place in places:
        assert 0 <= place.start < place.end <= len(text)
        assert place.word in fold(text[place.start : place.end])
    assert all(one.start <= other.start for one, other in pairwise(places))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Café, 2nd", ["Café", "2nd"]),
        ("cafe\u0301s “x”", ["cafe\u0301s", "x"]),
        ("cafe\u0301.", ["cafe\u0301"]),
        ("😡Straße😡", ["Straße"]),
        ("1½", ["1½", "½"]),
        ("👩‍⚕️ kind", ["kind"]),
    ],
)
def test_find_words_in_the_text_as_written(text, parts):
    assert [text[place.start : place.end] for place in find_words(text)] == parts
