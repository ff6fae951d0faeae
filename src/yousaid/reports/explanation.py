"""An explanation as lines for a terminal or a pipe.

Signs carry everything (`[+park]` speaks for a topic, `[−lovely]` against it) and colour only
repeats them, so that nothing is lost on a pipe, without colours, or to those who cannot tell red
from green.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from yousaid.frameworks import get_framework
from yousaid.frameworks.languages import LANGUAGES
from yousaid.records import (
    SENTIMENT_LEVELS,
    Explanation,
    NotPossibleRule,
    Piece,
    Reading,
    Span,
    TopicExplanation,
    Word,
)
from yousaid.store.filter import KIND_NAMES

_RULES: dict[NotPossibleRule, str] = {
    "no_words": "There is nothing to read: a rule finds no letter, digit or emoji in it.",
    "other_language": "It is not read: a rule takes it for a language other than English",
    "non_answer": "There is nothing to read: a rule knows these words as no answer (like “n/a”).",
    "surest": "“Labelling not possible” is surer than every topic, and is then said alone.",
}
_SAID_ALONE = "“Labelling not possible” is said alone or not at all"

# Enough to see what carries a topic; the rest of a long comment is counted.
_MOST_WORDS = 5
_MOST_PIECES = 3
_LONGEST_WORD = 60
# A piece is quoted when its probability is this share of the best piece's.
_NEAR_BEST = 0.5
# A word that moves the odds by less than a fifth says little by itself.
_LEAST_FACTOR = 1.2
_MOST_FACTOR = 1000
_LONGEST_QUOTE = 240

# Commands to a terminal, halves of characters, line ends, and the marks that turn the direction of
# what stands behind them and so can forge what a line says.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_LINE_ENDS = "\t\n\r\x85\u2028\u2029"

_FOR, _AGAINST = "green", "red"


class Line(NamedTuple):
    """A line and by how many columns it is indented, also where it goes on in a second row."""

    indent: int
    text: Text


class _Moved(NamedTuple):
    """The words that move a topic most: (wording, how often it is there, sum of its shares)."""

    pro: list[tuple[str, int, float]]
    contra: list[tuple[str, int, float]]


def write_explanation(explanation: Explanation, console: Console) -> None:
    """Print an explanation: wrapped to the width of a terminal, one line each on a pipe."""
    for indent, text in describe_explanation(explanation):
        rows = (
            text.wrap(console, max(console.width - indent, 20)) if console.is_terminal else [text]
        )
        for row in rows:
            row.rstrip()
            console.print(Text(" " * indent if row else "") + row, soft_wrap=True)


def describe_explanation(explanation: Explanation) -> list[Line]:
    """An explanation in plain words; nothing in it can steer a terminal."""
    reading, rule = explanation.reading, explanation.rule
    asked = KIND_NAMES[explanation.question]
    lines = [f"Read by {make_printable(reading.model)} as an answer to “{asked}”."]
    if explanation.unread_count:
        read_count = len(explanation.text) - explanation.unread_count
        lines.append(
            f"Only its first {read_count:,} characters were read, the longest that is; "
            f"{explanation.unread_count:,} were not."
        )
    lines += [_describe_overall(reading)] if reading.sentiment else []
    lines += [_describe_rule(rule, reading)] if rule else []
    lines += ["No topic is sure enough to be said."] if not reading.mentions else []
    found = [Line(0, Text(line)) for line in lines]
    if rule not in (None, "surest"):
        return found
    text = make_printable(explanation.text)
    for topic in explanation.topics:
        found += [Line(0, Text()), *_describe_topic(text, topic)]
    legend = "×2: the word makes the odds of the topic twice as high; ÷2: half as high."
    return [*found, Line(0, Text()), Line(0, Text(legend, "dim"))]


def make_printable(text: str) -> str:
    """The text with a harmless sign for each character that could steer a terminal, tabs and line
    ends as spaces. It is as long as before, so offsets stay true.

    >>> make_printable("red\\x1b[31m\\nflag")
    'red␛[31m flag'
    """
    return _STEERING.sub(lambda found: _get_sign(found[0]), text)


def _get_sign(character: str) -> str:
    if character in _LINE_ENDS:
        return " "
    return chr(0x2400 + ord(character)) if ord(character) < 32 else "\ufffd"


def _describe_rule(rule: NotPossibleRule, reading: Reading) -> str:
    if rule != "other_language":
        return _RULES[rule]
    name = LANGUAGES.get(reading.language or "")
    return f"{_RULES[rule]} ({name})." if name else f"{_RULES[rule]}."


def _describe_overall(reading: Reading) -> str:
    level = SENTIMENT_LEVELS[(reading.sentiment or 0) - 1]
    score = f"{reading.sentiment_score:+.2f}".replace("-", "−")
    mixed = "both praise and criticism (mixed)" if reading.mixed else "not mixed"
    return f"Overall: {level} ({score} from −1 to +1); {mixed}; urgency {reading.urgency:.2f} of 1."


def _describe_topic(text: str, topic: TopicExplanation) -> Iterator[Line]:
    name = get_framework().by_id[topic.topic].name
    if topic.is_said:
        yield Line(0, Text(f"SAID: {name}, {topic.sentiment}", "bold"))
    else:
        yield Line(0, Text(f"NOT SAID: {name} (would be {topic.sentiment})", "dim"))
    yield Line(4, Text(_describe_certainty(topic)))
    moved = _find_moved(text, topic.words)
    yield Line(4, _list_words("Words for it: ", moved.pro, _FOR))
    yield Line(4, _list_words("Words against it: ", moved.contra, _AGAINST))
    styles = {word: _FOR for word, _, _ in moved.pro}
    styles |= {word: _AGAINST for word, _, _ in moved.contra}
    marked = [word for word in topic.words if _get_wording(text, word) in styles]
    by_chance = sorted(topic.pieces, key=lambda piece: -piece.probability)
    shown = [p for p in by_chance if p.probability >= _NEAR_BEST * by_chance[0].probability]
    shown = shown[:_MOST_PIECES]
    for piece in sorted(shown, key=lambda piece: piece.span.start):
        yield Line(4, _quote(text, piece, marked, styles))
    if rest := by_chance[len(shown) :]:
        most = _describe_chance(rest[0].probability)
        yield Line(4, Text(f"Other pieces of the comment: {len(rest):,}, none surer than {most}"))


def _describe_certainty(topic: TopicExplanation) -> str:
    before = 1 / (1 + math.exp(-topic.base))
    said = "said from" if topic.is_said else "would be said from"
    alone = (
        f" ({_SAID_ALONE})" if not topic.is_said and topic.probability >= topic.threshold else ""
    )
    return (
        f"Probability {_describe_chance(topic.probability)}; {said} {topic.threshold:.2f}{alone}; "
        f"{_describe_chance(before)} before any word is read"
    )


def _describe_chance(probability: float) -> str:
    if probability > 0.99:
        return "over 0.99"
    return "under 0.01" if probability < 0.01 else f"{probability:.2f}"


def _get_wording(text: str, word: Word) -> str:
    return text[word.span.start : word.span.end].casefold()


def _find_moved(text: str, words: tuple[Word, ...]) -> _Moved:
    counts: defaultdict[str, int] = defaultdict(int)
    sums: defaultdict[str, float] = defaultdict(float)
    for word in words:
        counts[_get_wording(text, word)] += 1
        sums[_get_wording(text, word)] += word.share
    least = math.log(_LEAST_FACTOR)
    moved = [(word, counts[word], share) for word, share in sums.items() if abs(share) >= least]
    moved.sort(key=lambda found: -abs(found[2]))
    pro = [found for found in moved if found[2] > 0]
    return _Moved(pro[:_MOST_WORDS], [found for found in moved if found[2] < 0][:_MOST_WORDS])


def _shorten(word: str) -> str:
    # A “word” can be as long as a comment.
    return word if len(word) <= _LONGEST_WORD else word[:_LONGEST_WORD] + "…"


def _list_words(heading: str, words: list[tuple[str, int, float]], style: str) -> Text:
    line = Text(heading)
    for place, (word, count, share) in enumerate(words):
        line.append(", " if place else "")
        line.append(_shorten(word), style)
        line.append(f" ({count:,} times)" if count > 1 else "")
        line.append(f" {_describe_factor(share)}")
    return line if words else line.append("none")


def _describe_factor(share: float) -> str:
    sign = "×" if share > 0 else "÷"
    if abs(share) >= math.log(_MOST_FACTOR):
        return f"{sign}{_MOST_FACTOR:,}+"
    factor = math.exp(abs(share))
    return f"{sign}{factor:.1f}" if factor < 10 else f"{sign}{factor:.0f}"


def _quote(text: str, piece: Piece, marked: list[Word], styles: dict[str, str]) -> Text:
    """The piece with its words marked; of a long one the part about its strongest word."""
    inside = [w for w in marked if piece.span.start <= w.span.start < piece.span.end]
    part = _cut(piece.span, max(inside, key=lambda w: abs(w.share), default=None))
    line = Text(f"{_describe_chance(piece.probability)} in: ")
    line.append("…" if part.start > piece.span.start else "")
    at = part.start
    for word in inside:
        if part.start <= word.span.start and word.span.end <= part.end:
            style = styles[_get_wording(text, word)]
            line.append(text[at : word.span.start])
            shown = _shorten(text[word.span.start : word.span.end])
            line.append(f"[{'+' if style == _FOR else '−'}{shown}]", style)
            at = word.span.end
    line.append(text[at : part.end])
    line.append("…" if part.end < piece.span.end else "")
    line.rstrip()
    return line


def _cut(span: Span, about: Word | None) -> Span:
    if span.end - span.start <= _LONGEST_QUOTE:
        return span
    middle = about.span.start if about else span.start
    start = max(min(middle - _LONGEST_QUOTE // 2, span.end - _LONGEST_QUOTE), span.start)
    return Span(start, start + _LONGEST_QUOTE)
