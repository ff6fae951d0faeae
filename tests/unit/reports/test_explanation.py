"""What people read of an explanation, in colour and without."""

import io
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from yousaid.records import Explanation, Piece, Reading, Span, TopicExplanation, Word
from yousaid.reports.explanation import describe_explanation, make_printable, write_explanation

TEXT = "Nowhere to park, lovely nurses"
READING = Reading((), 4, -0.5, True, 0.25, (), "fast 1")


def _make_topic(
    words: tuple[Word, ...], *, is_said: bool = True, probability: float = 0.8
) -> TopicExplanation:
    pieces = (Piece(Span(0, 15), 0.9), Piece(Span(17, 30), 0.1))
    return TopicExplanation("parking", probability, 0.4, is_said, "negative", -2.0, words, pieces)


WORDS = (
    Word(Span(0, 7), math.log(3)),
    Word(Span(8, 10), 0.01),
    Word(Span(11, 15), math.log(2000)),
    Word(Span(24, 30), -math.log(20)),
)


def _explain(text: str = TEXT, *topics: TopicExplanation, unread: int = 0) -> Explanation:
    return Explanation(text, "could_improve", READING, topics, None, unread)


def _write(explanation: Explanation, **options: bool | int) -> str:
    file = io.StringIO()
    write_explanation(explanation, Console(file=file, highlight=False, _environ={}, **options))
    return file.getvalue()


def test_describe_words_and_pieces() -> None:
    written = _write(_explain(TEXT, _make_topic(WORDS)))
    assert "SAID: Parking, negative\n" in written
    assert "Probability 0.80; said from 0.40; 0.12 before any word is read" in written
    assert "Words for it: park ×1,000+, nowhere ×3.0\n" in written
    assert "Words against it: nurses ÷20\n" in written
    assert "0.90 in: [+Nowhere] to [+park]\n" in written
    assert "Other pieces of the comment: 1, none surer than 0.10" in written


def test_describe_overall() -> None:
    written = _write(_explain())
    assert "as an answer to “what could improve”" in written
    assert "Overall: negative (−0.50 from −1 to +1); both praise and criticism" in written
    assert "urgency 0.25 of 1" in written
    assert "No topic is sure enough to be said." in written


def test_describe_not_said() -> None:
    near = _write(_explain(TEXT, _make_topic(WORDS, is_said=False, probability=0.3)))
    assert "NOT SAID: Parking (would be negative)" in near
    assert "would be said from 0.40; " in near
    overruled = _write(_explain(TEXT, _make_topic(WORDS, is_said=False, probability=0.5)))
    assert "0.40 (“Labelling not possible” is said alone or not at all)" in overruled


def test_describe_word_that_is_there_often() -> None:
    words = tuple(Word(Span(at, at + 4), math.log(2)) for at in (0, 5, 10))
    topic = _make_topic(words)
    assert "Words for it: park (3 times) ×8.0" in _write(_explain("Park park PARK, " * 2, topic))


def test_describe_unread() -> None:
    assert "Only its first 20 characters were read" in _write(_explain(TEXT, unread=10))


@pytest.mark.parametrize("rule", ["no_words", "non_answer"])
def test_describe_nothing_to_read_is_said_once(rule: str) -> None:
    reading = Reading((), None, None, False, 0.0, (), "fast 1")
    explanation = Explanation("n/a", "why", reading, (_make_topic(()),), rule, 0)
    lines = [line.text.plain for line in describe_explanation(explanation)]
    assert any("nothing to read: a rule" in line for line in lines)
    assert not any("Parking" in line for line in lines)


def test_describe_language_is_named_where_it_is_known() -> None:
    for language, said in (("pl", "other than English (Polish)."), ("und", "than English.")):
        reading = Reading((), None, None, False, 0.0, (), "fast 1", language)
        assert said in _write(Explanation("x", "why", reading, (), "other_language", 0))


def test_long_piece_is_quoted_about_its_strongest_word() -> None:
    text = "a " * 500 + "park" + " b" * 500
    topic = TopicExplanation(
        "parking", 0.8, 0.4, True, "negative", 0.0, (Word(Span(1000, 1004), 2.0),),
        (Piece(Span(0, len(text)), 0.8),),
    )  # fmt: skip
    quote = next(line for line in _write(_explain(text, topic)).split("\n") if " in: " in line)
    assert "…" in quote[:15]
    assert "[+park]" in quote
    assert quote.endswith("…")
    assert len(quote) < 280


def test_colour_only_repeats_the_signs() -> None:
    explanation = _explain(TEXT, _make_topic(WORDS))
    shown = _write(explanation, force_terminal=True, width=500, color_system="standard")
    assert "\x1b[32m[+park]\x1b[0m" in shown
    assert "\x1b[31mnurses\x1b[0m" in shown
    assert re.sub(r"\x1b\[\d*m", "", shown) == _write(explanation)
    plain = _write(explanation, force_terminal=True, width=500, no_color=True)
    assert not re.search(r"\x1b\[3\d", plain)


def test_terminal_lines_keep_to_its_width() -> None:
    shown = _write(_explain(TEXT, _make_topic(WORDS)), force_terminal=True, width=40)
    rows = re.sub(r"\x1b\[\d*m", "", shown).split("\n")
    assert max(map(len, rows)) <= 40
    assert "    Probability 0.80; said from 0.40;" in rows
    assert "    0.12 before any word is read" in rows


@given(st.text(st.characters()))
def test_make_printable_keeps_offsets_and_cannot_steer(text: str) -> None:
    printable = make_printable(text)
    assert len(printable) == len(text)
    printable.encode("utf-8")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", printable)


@pytest.mark.parametrize("text", ["e\u0301", "שלום", "👩\u200d⚕️", "[red]café[/red] :smile:"])
def test_make_printable_leaves_what_people_write(text: str) -> None:
    assert make_printable(text) == text
    piece = Piece(Span(0, len(text)), 0.9)
    topic = TopicExplanation("parking", 0.9, 0.4, True, "neutral", 0.0, (), (piece,))
    assert f"0.90 in: {text}\n" in _write(_explain(text, topic))
