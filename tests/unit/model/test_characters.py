from hypothesis import given
from hypothesis import strategies as st

from yousaid.model.characters import BOUNDARY, SYMBOL_FLAG, fold_texts

texts = st.lists(st.text(st.characters()), max_size=6)


def _words(text: str) -> list[str]:
    codes = fold_texts([text]).codes
    letters = "".join(chr(code & ~SYMBOL_FLAG) for code in codes.tolist())
    return letters.split(" ")[1:-1]


def test_fold_texts_case_accents_and_apostrophes() -> None:
    assert _words("Didn’t CAFÉ") == ["didnt", "cafe"]


def test_fold_texts_long_runs() -> None:
    assert _words("sooooo good!!!!") == ["soo", "good", "!", "!"]


def test_fold_texts_digits_are_one() -> None:
    assert _words("waited 45 mins") == ["waited", "0", "mins"]


def test_fold_texts_symbols_are_words() -> None:
    assert _words("great👍🏽£5") == ["great", "👍", "£", "0"]


def test_fold_texts_zero_width_and_lone_surrogate() -> None:
    assert _words("pain\u200bful \ud800end") == ["painful", "end"]


def test_fold_texts_blank() -> None:
    folded = fold_texts(["", "  ", "a"])
    assert folded.starts.tolist() == [0, 1, 2, 5]


def test_fold_texts_nothing() -> None:
    assert fold_texts([]).starts.tolist() == [0]


@given(texts)
def test_fold_texts_begin_and_end_with_boundary(found: list[str]) -> None:
    folded = fold_texts(found)
    for start, end in zip(folded.starts[:-1], folded.starts[1:], strict=True):
        assert folded.codes[start] == BOUNDARY
        assert folded.codes[end - 1] == BOUNDARY


@given(texts)
def test_fold_texts_places_rise_within_their_text(found: list[str]) -> None:
    folded = fold_texts(found)
    for text, start, end in zip(found, folded.starts[:-1], folded.starts[1:], strict=True):
        places = folded.places[start:end].tolist()
        assert places == sorted(places)
        assert all(0 <= place <= len(text) for place in places)


@given(texts)
def test_fold_texts_one_by_one_is_the_same(found: list[str]) -> None:
    together = fold_texts(found)
    alone = [fold_texts([text]).codes.tolist() for text in found]
    assert together.codes.tolist() == [code for codes in alone for code in codes]
