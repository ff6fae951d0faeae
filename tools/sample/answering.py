"""Decides what one person answers to the two questions, given how their visit went."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phrasing import Bank, Phrasebook, Writer, join_phrases, lower_first, soften, turn


@dataclass(frozen=True)
class Visit:
    """What a person brings to the form: a national score 1…6 and what happened around them.

    `happenings` are the rows of the plan that this person writes about; `muted` are topics such as
    "good.food" that they do not.
    """

    score: int
    happenings: Sequence[Mapping[str, Any]]
    muted: frozenset[str]


@dataclass(frozen=True)
class Banks:
    """The phrase banks, one per TOML file, and the plan's weights."""

    good: Bank
    bad: Bank
    ideas: Bank
    scraps: Bank
    happenings: Mapping[str, Mapping[str, str]]
    plan: Mapping[str, Any]


class Answerer:
    """Writes the two answers of one response; it never returns an empty one."""

    def __init__(self, rng: random.Random, book: Phrasebook, banks: Banks) -> None:
        self.rng, self.book, self.banks = rng, book, banks

    def good(self, visit: Visit, writer: Writer) -> str:
        """An answer to “What was good?”."""
        hit = next((h for h in visit.happenings if h["question"] == "good"), None)
        if hit:
            return self._happening(hit, visit, writer, "good")
        kind = self._kind(_GOOD_KINDS, visit.score)
        if kind == "mixed":
            praise = self._phrases("good", 1, visit, writer)
            return turn(self.rng, praise, self._phrases("bad", 1, visit, writer))
        if kind == "complaint":
            return self._phrases("bad", self._length(), visit, writer)
        if kind != "praise":
            return self._short(kind, writer)
        text = self._phrases("good", self._length(), visit, writer)
        return self._close(text, "thanks", 0.16 if visit.score == 1 else 0.05, writer)

    def bad(self, visit: Visit, writer: Writer) -> str:
        """An answer to “What could we improve?”."""
        hit = next((h for h in visit.happenings if h["question"] == "bad"), None)
        if hit:
            return self._happening(hit, visit, writer, "bad")
        kind = self._kind(_BAD_KINDS, visit.score)
        if kind == "nothing_but":
            praise = self._phrases("good", 1, visit, writer)
            return soften(self._short("nothing_but", writer), praise)
        if kind == "idea":
            return self.book.pick(self._lines(self.banks.ideas, "ideas", writer), writer)
        if kind == "softened":
            opener = self.book.pick(self._lines(self.banks.scraps, "softener", writer), writer)
            return soften(opener, self._phrases("bad", 1, visit, writer))
        if kind != "criticism":
            return self._short(kind, writer)
        text = self._phrases("bad", self._length(), visit, writer)
        return self._close(text, "grumble", 0.14 if visit.score > 2 else 0.03, writer)

    def _happening(self, hit: Mapping[str, Any], visit: Visit, writer: Writer, side: str) -> str:
        bank = self.banks.happenings[hit["bank"]]
        if self.rng.random() < 0.16:
            return self.book.scrap(bank["scraps"].strip().splitlines(), writer)
        if not hit.get("spares"):
            writer.topics.add(hit["topic"])
        text = self.book.pick(bank["phrases"].strip().splitlines(), writer)
        if side == "bad" and self.rng.random() < 0.25:
            return turn(self.rng, text, self._phrases("good", 1, visit, writer))
        more = self.rng.choices([0, 1, 2, 3], [52, 30, 12, 6])[0]
        if more:
            text = join_phrases(self.rng, [text, self._phrases(side, more, visit, writer)])
        return text

    def _phrases(self, side: str, count: int, visit: Visit, writer: Writer) -> str:
        chosen = []
        for _ in range(count):
            topic = self._topic(side, visit, writer)
            writer.topics.add(topic)
            bank = self.banks.good if side == "good" else self.banks.bad
            chosen.append(self.book.pick(self._lines(bank, topic, writer), writer))
        return join_phrases(self.rng, chosen)

    def _topic(self, side: str, visit: Visit, writer: Writer) -> str:
        bank = self.banks.good if side == "good" else self.banks.bad
        leaning = self.banks.plan["leanings"].get(writer.setting, {}).get(side, {})
        weights: dict[str, float] = {
            topic: weight
            * leaning.get(topic, 1)
            * min(1, len(self._lines(bank, topic, writer)) / 6)
            for topic, weight in self.banks.plan["weights"][side].items()
            if topic not in writer.topics
            and f"{side}.{topic}" not in visit.muted
            and self._lines(bank, topic, writer)
        }
        allowed = self._allowed(side, visit.score)
        if allowed is not None:
            weights = {t: w for t, w in weights.items() if t in allowed} or weights
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _allowed(self, side: str, score: int) -> Sequence[str] | None:
        """People who were pleased criticise mildly; people who were not praise grudgingly."""
        name = "mild" if side == "bad" and score == 1 else "grudging"
        if (side == "bad" and score == 1) or (side == "good" and 3 <= score <= 5):
            found: Sequence[str] = self.banks.plan[name]
            return found
        return None

    def _short(self, kind: str, writer: Writer) -> str:
        lines = self._lines(self.banks.scraps, kind, writer)
        if not kind.startswith("list"):
            return self.book.scrap(lines, writer)
        some = self.rng.sample(lines, min(len(lines), self.rng.choice([2, 2, 3, 3, 4])))
        words = [lower_first(self.book.fill(line, writer)) for line in some]
        text = self.rng.choice([", ", ", ", " and ", ". ", " + "]).join(words)
        return text[:1].upper() + text[1:]

    def _close(self, text: str, kind: str, chance: float, writer: Writer) -> str:
        if self.rng.random() >= chance:
            return text
        closer = self.book.pick(self._lines(self.banks.scraps, kind, writer), writer)
        return f"{text}{'' if text.endswith('!') else '.'} {closer}"

    def _kind(self, table: Mapping[str, Sequence[float]], score: int) -> str:
        weights = [row[min(score, 4) - 1 if score < 6 else 2] for row in table.values()]
        return self.rng.choices(list(table), weights)[0]

    def _length(self) -> int:
        return self.rng.choices([1, 2, 3, 4, 5], [38, 33, 17, 8, 4])[0]

    def _lines(self, bank: Bank, topic: str, writer: Writer) -> list[str]:
        return self.book.lines(bank, topic, writer.setting)


# Weights for scores: very good, good, neither or don't know, poor and very poor.
_GOOD_KINDS: Mapping[str, Sequence[float]] = {
    "praise": (74, 60, 32, 12),
    "good": (16, 19, 18, 10),
    "list_good": (5, 6, 3, 1),
    "mixed": (4, 13, 36, 28),
    "nothing_good": (0, 0.5, 9, 38),
    "complaint": (0.3, 0.5, 2, 11),
    "unreadable": (0.4, 0.6, 1, 0.5),
}
_BAD_KINDS: Mapping[str, Sequence[float]] = {
    "nothing_bad": (30, 12, 5, 0.5),
    "nothing_but": (12, 4, 0, 0),
    "idea": (16, 17, 8, 2),
    "softened": (12, 15, 6, 2),
    "bad": (13, 16, 12, 6),
    "list_bad": (3, 4, 4, 3),
    "criticism": (14, 32, 64, 86),
    "unreadable": (0.4, 0.6, 1, 0.5),
}
