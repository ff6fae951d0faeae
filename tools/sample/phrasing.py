"""Turns the phrase banks into answers.

A bank maps a topic to headings and a heading to lines; a heading is a setting or a group of
settings (plan.toml). Lines are picked so that one just used, or used before on the same ward,
rarely comes again: repetition is what gives a made-up data set away.
"""

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Bank = Mapping[str, Mapping[str, str]]
Words = Mapping[str, list[str] | Mapping[str, list[str]]]

REST = 110  # answers before a line may come again, where the bank is large enough to allow it
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_WORD = re.compile(r"\{(\w+)\}")
_VOWEL = re.compile(r"\b([Aa])(?= (?!one|uni|use|US)[aeiou])")
_FEMALE = {"mum", "mother", "wife", "nan", "gran", "aunt"}
_GIRLS = {"daughter", "little girl", "granddaughter"}
_NEVER_LOWER = re.compile(r"^(I\b|[A-Z&]{2}|Parkinson|Polish|Christmas|Saturday|A&E)")


@dataclass
class Writer:
    """The person who answers: what they call people stays the same in both answers."""

    setting: str
    relative: str
    child: str
    topics: set[str] = field(default_factory=set)

    def pronouns(self, rng: random.Random) -> dict[str, str]:
        """The words that must agree with the relative, the child and the member of staff."""
        she, girl = self.relative in _FEMALE, self.child in _GIRLS
        return {
            "mum": self.relative,
            "child": self.child,
            "mhe": "she" if she else "he",
            "mhim": "her" if she else "him",
            "mhis": "her" if she else "his",
            "che": "she" if girl else "he",
            "chim": "her" if girl else "him",
            "ohis": rng.choice(["his", "her"]),
        }


@dataclass
class Phrasebook:
    """Every bank, and the memory of which lines have been used where."""

    rng: random.Random
    groups: Mapping[str, Sequence[str]]
    words: Words
    clock: int = 0
    _lines: dict[tuple[int, str, str], list[str]] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)
    _uses: Counter[str] = field(default_factory=Counter)
    _uses_here: Counter[tuple[str, str]] = field(default_factory=Counter)

    def lines(self, bank: Bank, topic: str, setting: str) -> list[str]:
        """The lines on a topic that suit a setting; empty where there is none."""
        key = (id(bank), topic, setting)
        if key not in self._lines:
            self._lines[key] = [
                line
                for heading, text in bank.get(topic, {}).items()
                if setting == heading or setting in self.groups.get(heading, ())
                for line in text.strip().splitlines()
            ]
        return self._lines[key]

    def pick(self, lines: Sequence[str], writer: Writer) -> str:
        """One line of several, filled in; the less it has been used, the likelier."""
        rested = [line for line in lines if self.clock - self._last.get(line, -REST) >= REST]
        pool = rested or lines
        weights = [
            1 / ((1 + self._uses_here[line, writer.setting]) ** 3 * (1 + self._uses[line]))
            for line in pool
        ]
        line = self.rng.choices(pool, weights)[0]
        self._last[line] = self.clock
        self._uses[line] += 1
        self._uses_here[line, writer.setting] += 1
        return self.fill(line, writer)

    def scrap(self, lines: Sequence[str], writer: Writer) -> str:
        """One line of several, as likely as any other: short answers do repeat in life."""
        return self.fill(self.rng.choice(lines), writer)

    def fill(self, line: str, writer: Writer) -> str:
        """A line with its choices made and its words put in, starting with a capital."""
        line = _CHOICE.sub(lambda m: self.rng.choice(m[1].split("|")), line)
        fixed = writer.pronouns(self.rng)
        seen: set[str] = set()
        text = _WORD.sub(lambda m: fixed.get(m[1]) or self._word(m[1], writer, seen), line)
        text = _VOWEL.sub(r"\1n", re.sub(r"\s+", " ", text).strip())
        starts_with_word = line.startswith(("{", "["))
        return text[:1].upper() + text[1:] if starts_with_word else text

    def _word(self, name: str, writer: Writer, seen: set[str]) -> str:
        found = self.words[name]
        options = found if isinstance(found, list) else found[writer.setting]
        fresh = [word for word in options if word not in seen] or options
        word = self.rng.choice(fresh)
        seen.add(word)
        return word


def join_phrases(rng: random.Random, phrases: Sequence[str]) -> str:
    """Phrases on one side of the matter as one text, without a final stop."""
    text = phrases[0]
    for phrase in phrases[1:]:
        link = rng.choices([". ", ", ", " and ", "! ", " - ", ". Also "], [56, 13, 15, 4, 3, 6])[0]
        text = _link(text, link, phrase)
    return text


def turn(rng: random.Random, first: str, second: str) -> str:
    """Two phrases that pull apart, joined by a “but”."""
    links = [", but ", " but ", ". But ", ". However ", ". Shame ", " although ", ". Mind you "]
    return _link(first, rng.choices(links, [30, 30, 14, 10, 4, 6, 5])[0], second)


def soften(opener: str, phrase: str) -> str:
    """A criticism after a disarming opener."""
    return f"{opener} {lower_first(phrase)}"


def lower_first(text: str) -> str:
    """The text with a small first letter, unless the first word keeps its capital."""
    return text if _NEVER_LOWER.match(text) else text[:1].lower() + text[1:]


def _link(text: str, link: str, phrase: str) -> str:
    if text.endswith(("!", "?", ".")):
        return f"{text} {phrase}"
    starts_new = link in {". ", "! "}
    return text + link + (phrase if starts_new else lower_first(phrase))
