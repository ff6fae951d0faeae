import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.store.search import fold, get_search_terms


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café, 2nd floor", " cafe 2nd floor "),
        ("STRASSE Straße", " strasse strasse "),
        ("don’t/DON'T", " don t don t "),
        ("ﬁve ＷＡＲＤ", " five ward "),
        (" … ", ""),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_fold_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("wait", (" wait",)),
        ("Wait  CAR", (" wait", " car")),
        ('"car park" wait', (" car park ", " wait")),
        ("“car park”", (" car park ",)),
        ('"car park', (" car park ",)),
        ("don't", (" don t",)),
        ("wait wait", (" wait",)),
        ("wait !", (" wait",)),
        ("", ()),
        ("  ", ()),
        ("!", None),
        ('""', None),
    ],
)
def test_get_search_terms(words, terms):
    assert get_search_terms(words) == terms


@pytest.mark.parametrize(
    ("words", "text", "is_found"),
    [
        ("wait", "Waiting room", True),
        ("wait", "await", False),
        ('"wait"', "waiting", False),
        ('"car park"', "The car-park.", True),
        ('"car park"', "car parking", False),
        ("cafe", "CAFÉ", True),
        ("park car", "car park", True),
    ],
)
def test_terms_find_what_is_meant(words, text, is_found):
    assert all(term in fold(text) for term in get_search_terms(words)) == is_found
