"""What was typed, cut into tokens. Any string at all is taken, and the work is bounded."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from yousaid.store.search.query import Phrase, Prefix, Term, Word
from yousaid.store.search.words import split_words

# What one search may cost: nobody types more by hand.
MAX_LENGTH = 4_000
MAX_WORDS = 32
MAX_DEPTH = 8
# A beginning of two letters costs 20 to 60 ms a million comments, one of a single letter 200.
MIN_PREFIX_LENGTH = 2
MAX_PREFIXES = 4
DEFAULT_DISTANCE = 10
MAX_DISTANCE = 50

_QUOTES = '"“”„‟«»'
_TOKEN = re.compile(
    rf"[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)(?P<closed>[{_QUOTES}]?)(?P<star>\*?)"
    r"|(?P<bracket>[()])"
    # A comma parts words even where no space follows, but not within a number.
    rf"|(?P<loose>(?:[^\s(),;{_QUOTES}]|(?<=[0-9])[,;](?=[0-9]))+)"
)
_NEAR = re.compile(r"NEAR(?:/([0-9]{1,9}))?")
_MINUS = ("-", "−")
# What may stand after the star of a beginning: “wait*.”
_STOPS = ".:!?…'’"


@dataclass(frozen=True, slots=True)
class Operator:
    """AND, OR, NOT, NEAR or a bracket; the distance is NEAR's."""

    name: str
    distance: int = 0


Token: TypeAlias = Term | Operator


@dataclass(slots=True)
class Scan:
    """One pass over what was typed: its tokens, and notes on what was left out on the way."""

    tokens: list[Token] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    word_count: int = 0
    prefix_count: int = 0
    is_full: bool = False

    def note(self, note: str) -> None:
        self.notes[note] = None


def scan(typed: str) -> Scan:
    """The tokens of what was typed. Every bracket has its partner."""
    found = Scan()
    if len(typed) > MAX_LENGTH:
        typed = typed[:MAX_LENGTH]
        found.note(f"only the first {MAX_LENGTH:,} characters were read")
    for match in _TOKEN.finditer(typed):
        _take(found, match)
        if found.is_full:
            break
    found.tokens = list(_pair_brackets(found))
    return found


def _take(found: Scan, match: re.Match[str]) -> None:
    quoted, loose = match["quoted"], match["loose"]
    if match["bracket"]:
        found.tokens.append(Operator(match["bracket"]))
    elif loose is not None:
        _take_loose(found, match, loose)
    else:
        if not match["closed"]:
            found.note("a quotation mark without its partner was taken to run to the end")
        is_beginning = bool(match["star"]) or quoted.rstrip().endswith("*")
        _add_term(found, quoted, is_beginning=is_beginning, is_quoted=True)


def _take_loose(found: Scan, match: re.Match[str], loose: str) -> None:
    if loose in ("AND", "OR", "NOT"):
        found.tokens.append(Operator(loose))
    elif near := _NEAR.fullmatch(loose):
        distance = int(near[1]) if near[1] else DEFAULT_DISTANCE
        if distance > MAX_DISTANCE:
            found.note(f"NEAR reaches {MAX_DISTANCE} words at most")
        found.tokens.append(Operator("NEAR", min(distance, MAX_DISTANCE)))
    else:
        if _is_minus(match, loose):
            found.tokens.append(Operator("NOT"))
        is_beginning = loose.rstrip(_STOPS).endswith("*")
        _add_term(found, loose, is_beginning=is_beginning, is_quoted=False)


def _is_minus(match: re.Match[str], loose: str) -> bool:
    """Whether the token is a minus sign before a word, quotation or bracket: “-parking”."""
    typed, start, end = match.string, match.start(), match.end()
    before, after = typed[max(start - 1, 0) : start], typed[end : end + 1]
    if not loose.startswith(_MINUS) or not (before in ("", "(") or before.isspace()):
        return False
    if len(loose) == 1:
        return after == "(" or (after != "" and after in _QUOTES)
    return loose[1] not in _MINUS and bool(split_words(loose))


def _add_term(found: Scan, written: str, *, is_beginning: bool, is_quoted: bool) -> None:
    words = tuple(split_words(written))
    if not words:
        if any(unicodedata.category(sign) in ("So", "Cn", "Co") for sign in written):
            found.note("signs that are neither letters nor digits were left out")
        return
    room = MAX_WORDS - found.word_count
    if len(words) > room:
        words, is_beginning, found.is_full = words[:room], False, True
        found.note(f"only the first {MAX_WORDS} words were read")
    if not words:
        return
    found.word_count += len(words)
    shown = _show(written)
    if is_beginning and _may_begin(found, words):
        found.tokens.append(Prefix(words, shown))
    elif is_quoted or len(words) > 1:
        found.tokens.append(Phrase(words, shown))
    else:
        found.tokens.append(Word(words[0], shown))


def _may_begin(found: Scan, words: tuple[str, ...]) -> bool:
    if len(words[-1]) < MIN_PREFIX_LENGTH:
        found.note(f"a * needs {MIN_PREFIX_LENGTH} letters before it")
        return False
    if found.prefix_count == MAX_PREFIXES:
        found.note(f"only the first {MAX_PREFIXES} * were read")
        return False
    found.prefix_count += 1
    return True


def _show(written: str) -> str:
    """What was typed, fit to be said back: without signs at its ends and what cannot be seen."""
    seen = "".join(c if c.isprintable() else " " for c in written)
    return " ".join(seen.split()).strip(f"{_STOPS}*-−")


def _pair_brackets(found: Scan) -> Iterator[Token]:
    """The tokens less the brackets that are too deep or without a partner."""
    kept: list[bool] = []  # of each bracket that is open, whether it counts
    for token in found.tokens:
        if token == Operator("("):
            kept.append(sum(kept) < MAX_DEPTH)
            if not kept[-1]:
                found.note(f"brackets within {MAX_DEPTH} other brackets were left out")
        elif token == Operator(")") and not kept:
            found.note("a bracket without its partner was left out")
            continue
        if not (isinstance(token, Operator) and token.name in "()") or kept[-1]:
            yield token
        if token == Operator(")"):
            kept.pop()
    if kept:
        found.note("a bracket without its partner was taken to run to the end")
    yield from [Operator(")")] * sum(kept)
