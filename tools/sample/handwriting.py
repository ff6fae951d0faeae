"""Makes tidy text look typed by people in a hurry, on phones, or with poor spelling."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SMS_LENGTH = 160  # one text message; longer answers were lost by the sending company
FORM_LENGTH = 255  # a column of the old survey system


@dataclass(frozen=True)
class Hand:
    """How one person types; the same in both of their answers."""

    style: str
    misspells: bool
    slips: bool
    shortens: bool
    drops_apostrophes: bool
    likes_emoji: bool
    limit: int | None


def make_hand(rng: random.Random, mode: str, age: str) -> Hand:
    """A way of typing that suits the age band and how the form was filled in."""
    young = age in {"0-15", "16-24", "25-34", "35-44"}
    phone = mode in {"SMS", "Online"}
    style = rng.choices(
        ["tidy", "open", "lower", "bare", "capitals", "loud"],
        [36, 32, 15 if phone else 7, 9 if phone else 4, 2.5, 5],
    )[0]
    limit = None
    if mode == "SMS" and rng.random() < 0.45:
        limit = SMS_LENGTH
    elif rng.random() < 0.15:
        limit = FORM_LENGTH
    return Hand(
        style=style,
        misspells=rng.random() < 0.2,
        slips=rng.random() < (0.12 if phone else 0.05),
        shortens=mode == "SMS" and rng.random() < (0.2 if young else 0.05),
        drops_apostrophes=style in {"lower", "bare"} or rng.random() < 0.1,
        likes_emoji=rng.random() < (0.1 if young and phone else 0.02),
        limit=limit,
    )


def write(rng: random.Random, hand: Hand, habits: Mapping[str, Any], text: str, good: bool) -> str:
    """The text as this person would have typed it."""
    if hand.misspells:
        text = _misspell(rng, habits["misspelt"], text)
    if hand.shortens:
        text = _shorten(habits["short"], text)
    if hand.slips:
        text = _slip(rng, text)
    if hand.drops_apostrophes:
        text = text.replace("'", "")
    text = _style(rng, hand.style, text)
    if hand.likes_emoji:
        text = f"{text} {rng.choice(_emoji(habits, good))}"
    return text[: hand.limit].rstrip() if hand.limit else text


def _emoji(habits: Mapping[str, Any], good: bool) -> Sequence[str]:
    found: Sequence[str] = habits["emoji_good" if good else "emoji_bad"]
    return found


def _style(rng: random.Random, style: str, text: str) -> str:
    many = len(text.split()) > 4
    if style == "tidy":
        return text if text.endswith(("!", ".", "?")) or not many else text + "."
    if style == "lower":
        return text.lower()
    if style == "bare":
        return re.sub(r"\s+", " ", re.sub(r"[.,!;:]+(?=\s|$)| - ", " ", text)).strip().lower()
    if style == "capitals":
        return text.upper()
    if style == "loud":
        return text.rstrip(".") + rng.choice(["!", "!!", "!!!"])
    return text


def _misspell(rng: random.Random, misspelt: Mapping[str, list[str]], text: str) -> str:
    left = 2

    def wrong(match: re.Match[str]) -> str:
        nonlocal left
        options = misspelt.get(match[0].lower())
        if not options or not left or rng.random() > (0.6 if len(match[0]) > 5 else 0.12):
            return match[0]
        left -= 1
        word = rng.choice(options)
        return word.capitalize() if match[0][0].isupper() else word

    return re.sub(r"[A-Za-z']+", wrong, text)


def _shorten(short: Mapping[str, str], text: str) -> str:
    return re.sub(r"[A-Za-z]+", lambda m: short.get(m[0].lower(), m[0]), text)


def _slip(rng: random.Random, text: str) -> str:
    """One or two finger slips in longer words: letters swapped, lost or doubled."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    for at in rng.sample(long, min(len(long), rng.choice([1, 1, 2]))):
        word = words[at]
        cut = rng.randrange(1, len(word) - 2)
        words[at] = rng.choice(
            [
                word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :],
                word[:cut] + word[cut + 1 :],
                word[:cut] + word[cut] + word[cut:],
            ]
        )
    return " ".join(words)
