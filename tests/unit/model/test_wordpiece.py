import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.implementations import BertWordPieceTokenizer

from yousaid.errors import ModelError
from yousaid.model.wordpiece import WordPieces, read_vocabulary

_WORDS = ["[UNK]", "[CLS]", "[SEP]", "park", "##ing", "##ed", "un", "##park", "nurse", "##s", "."]
VOCABULARY = [*_WORDS, *"abcdeprtu£!?&'-0129", *(f"##{letter}" for letter in "abcdeprtu0129")]
# Letters, signs, accents, spaces, ideographs, controls and marks that were assigned long ago: the
# reference follows an older edition of Unicode than Python does.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("abcdeprtuABCDE019 .!?&'-£\t\n"),
        st.sampled_from("éÉüñßİŐạ̈\u0301\u200b\u200d\ufeff\u202e\x00\ufffd中食 😀ﬁ"),
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def reference() -> BertWordPieceTokenizer:
    numbered = {piece: number for number, piece in enumerate(VOCABULARY)}
    return BertWordPieceTokenizer(numbered, lowercase=True)


@given(TEXTS)
def test_split_as_the_reference(reference: BertWordPieceTokenizer, text: str) -> None:
    found = WordPieces(VOCABULARY).split(text)
    wanted = reference.encode(text, add_special_tokens=False)
    assert found.ids == wanted.ids
    assert list(zip(found.starts, found.ends, strict=True)) == wanted.offsets


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_split_places_rise_and_stay_inside(text: str) -> None:
    found = WordPieces(VOCABULARY).split(text)
    assert len(found.ids) == len(found.starts) == len(found.ends)
    assert found.starts == sorted(found.starts)
    assert all(0 <= a < b <= len(text) for a, b in zip(found.starts, found.ends, strict=True))


def test_split_long_word_is_one_unknown() -> None:
    assert WordPieces(VOCABULARY).split("a" * 100_000).ids == [0]


def test_split_half_a_character() -> None:
    assert WordPieces(VOCABULARY).split("park\ud83ding").ids == [3, 4]


def test_read_vocabulary_cuts_at_line_ends_only() -> None:
    assert read_vocabulary("a\u2028b\r\nc\x85\n".encode()) == ["a\u2028b", "c\x85"]


def test_read_vocabulary_twice_the_same() -> None:
    with pytest.raises(ModelError, match="twice"):
        read_vocabulary(b"a\nb\na\n")


def test_wordpieces_mark_missing() -> None:
    with pytest.raises(ModelError, match=r"lacks \[CLS\], \[SEP\]"):
        WordPieces(["[UNK]", "park"])
