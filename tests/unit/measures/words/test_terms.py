"""Words and phrases worth counting."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.measures.words import count_terms, list_terms

WORDS = ["the", "car", "park", "was", "full", "no", "thank", "you", "very", "much"]
parts = st.lists(st.lists(st.sampled_from(WORDS), max_size=8), max_size=4)


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("the car park was full", {"car", "park", "full", "car park", "park was full"}),
        ("no one told me", {"no"}),
        ("never told me why", {"never"}),
        (
            "not told about discharge",
            {"not", "discharge"},
        ),
        ("thank you very much", {"very"}),
        ("", set()),
    ],
)
def test_list_terms(words, terms):
    assert list_terms([words.split()]) == terms


def test_phrases_do_not_reach_over_the_end_of_a_part():
    assert list_terms([["car"], ["park"]]) == {"car", "park"}
    assert "car park" in list_terms([["car", "park"]])


def test_politeness_is_left_out_and_its_words_are_not():
    assert list_terms([["very", "good"]]) == {"very", "good"}


def test_a_term_counts_once_for_a_comment():
    found = count_terms([[["rude", "rude", "rude"], ["rude"]], [["kind"]], []])
    assert (found.comment_count, found.counts["rude"], found.counts["kind"]) == (3, 1, 1)
    assert count_terms([]).comment_count == 0


@given(st.lists(parts, max_size=6))
def test_count_terms_agrees_with_twin(comments):
    found = count_terms(comments)
    terms = {term for one in comments for term in list_terms(one)}
    assert found.comment_count == len(comments)
    assert found.counts == {
        term: sum(any(f" {term} " in f" {' '.join(words)} " for words in one) for one in comments)
        for term in terms
    }


@given(parts)
def test_terms_are_one_to_three_words_that_stand_there(one):
    for term in list_terms(one):
        assert 1 <= len(term.split()) <= 3
        assert any(f" {term} " in f" {' '.join(words)} " for words in one)


@pytest.mark.parametrize("name", ["stop_words.txt", "stop_phrases.txt"])
def test_lists_are_folded_and_without_repeats(name):
    lines = (files("yousaid.measures.words") / name).read_text("utf-8").splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    entries = listed if "phrases" in name else [word for line in listed for word in line.split()]
    assert len(set(entries)) == len(entries)
    assert all(entry == " ".join(entry.casefold().split()) for entry in entries)
    assert all(entry.replace(" ", "").isalnum() and entry.isascii() for entry in entries)


def test_what_turns_a_meaning_round_is_no_stop_word():
    text = (files("yousaid.measures.words") / "stop_words.txt").read_text("utf-8")
    listed = {w for line in text.splitlines() if not line.startswith("#") for w in line.split()}
    assert not listed & {"no", "not", "never", "nobody", "nothing", "without", "too", "very"}
