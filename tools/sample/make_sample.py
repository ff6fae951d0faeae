"""Writes src/yousaid/sample/sample.csv, the invented data that ships with the package.

    python tools/sample/make_sample.py

The trust, its places, its patients and their words are made up. The same files beside this one
give the same bytes each time: the only chance is a seeded generator. What happens over the three
years, and so what a reader should be able to find, is written in plan.toml.
"""

import csv
import io
import math
import random
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from answering import Answerer, Banks, Visit
from handwriting import Hand, make_hand, write
from phrasing import Phrasebook, Writer

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "src" / "yousaid" / "sample" / "sample.csv"
SEED = 20231001

HEADER = [
    "Response ID",
    "Date",
    "Hospital",
    "Ward or clinic",
    "Overall experience",
    "What was good?",
    "What could we improve?",
    "Age band",
    "Gender",
    "Ethnic group",
    "How completed",
]
SCORES = ["Very good", "Good", "Neither good nor poor", "Poor", "Very poor", "Don't know"]
# Cuts of a standard normal mood for the first four scores: about 89 in 100 fall above the second.
CUTS = (-0.36, -1.34, -1.68, -2.1)
BLANK_SHARE = 0.088
TRIES = 40


@dataclass
class Slot:
    """One response to be written: when, where, and the story it carries if it carries one."""

    day: date
    ward: Mapping[str, Any]
    story: Mapping[str, Any] | None = None


@dataclass
class Memory:
    """What has been written already, so that long answers never come twice."""

    seen: Counter[str] = field(default_factory=Counter)

    def accepts(self, text: str) -> bool:
        """Whether the text may be written; if so it is remembered."""
        words = "".join(c for c in text.casefold() if c.isalnum() or c == " ").split()
        key = " ".join(words)
        most = 1 if len(words) >= 7 else 2 if len(words) > 5 else math.inf
        if self.seen[key] >= most:
            return False
        self.seen[key] += 1
        return True


def read_toml(name: str) -> dict[str, Any]:
    """A phrase bank or table beside this file."""
    with (HERE / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def make_slots(rng: random.Random, plan: Mapping[str, Any]) -> list[Slot]:
    """Who answers on which day, in date order, before anything is written."""
    slots = []
    for month, factor in enumerate(plan["month_factor"]):
        first = date(2023 + (9 + month) // 12, (9 + month) % 12 + 1, 1)
        for ward in plan["wards"]:
            count = _count(rng, ward, first, factor)
            slots += [Slot(_day(rng, first, ward["setting"]), ward) for _ in range(count)]
    slots.sort(key=lambda slot: slot.day)
    return slots


def place_stories(rng: random.Random, slots: list[Slot], stories: Sequence[Any]) -> None:
    """Gives each story a response of its own that fits its ward and its time."""
    for story in stories:
        fits = [
            slot
            for slot in slots
            if slot.story is None
            and slot.ward["setting"] == story["setting"]
            and slot.ward["hospital"] == story.get("hospital", slot.ward["hospital"])
            and story.get("first", date.min) <= slot.day <= story.get("last", date.max)
        ]
        rng.choice(fits).story = story


def make_rows(seed: int = SEED) -> Iterator[list[str]]:
    """The header and every row of the sample, in date order."""
    rng = random.Random(seed)
    plan, people, habits = read_toml("plan"), read_toml("people"), read_toml("handwriting")
    book = Phrasebook(rng, plan["groups"], read_toml("words"))
    banks = Banks(
        good=read_toml("praise"),
        bad=read_toml("criticism"),
        ideas=read_toml("suggestions"),
        scraps=read_toml("scraps"),
        happenings=read_toml("happenings"),
        plan=plan,
    )
    slots = make_slots(rng, plan)
    place_stories(rng, slots, read_toml("serious")["stories"] + read_toml("stories")["stories"])
    answerer, memory, number = Answerer(rng, book, banks), Memory(), 41_000
    yield HEADER
    for slot in slots:
        number += rng.choice([1, 1, 1, 2, 3])
        age, gender, ethnic, mode = _person(rng, people, slot)
        hand = make_hand(rng, mode, age)
        score, good, bad = _respond(answerer, memory, slot, hand, habits)
        place = [slot.ward["hospital"], slot.ward["name"]]
        yield [
            f"KV{number}", f"{slot.day:%d/%m/%Y}", *place, SCORES[score - 1], good, bad,
            age, gender, ethnic, mode,
        ]  # fmt: skip


def make_csv(seed: int = SEED) -> str:
    """The whole file as text, with \\n at line ends."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(make_rows(seed))
    return out.getvalue()


def _count(rng: random.Random, ward: Mapping[str, Any], first: date, factor: float) -> int:
    month = f"{first:%Y-%m}"
    if month < ward.get("opens", month) or month in ward.get("quiet_months", []):
        return 0
    mean = ward["per_month"] * factor
    return max(0, round(rng.gauss(mean, 0.75 * math.sqrt(mean))))


def _day(rng: random.Random, first: date, setting: str) -> date:
    """A day of the month; clinics keep office hours, the others answer less at weekends."""
    after = (first + timedelta(days=32)).replace(day=1)
    days = [first + timedelta(days=n) for n in range((after - first).days)]
    weekend = 0.9 if setting == "ae" else 0.55
    if setting in {"outpatient", "eye", "imaging", "day", "dental"}:
        weekend = 0.05
    return rng.choices(days, [1 if day.weekday() < 5 else weekend for day in days])[0]


def _person(rng: random.Random, people: Mapping[str, Any], slot: Slot) -> tuple[str, str, str, str]:
    setting = slot.ward["setting"]

    def draw(options: Sequence[str], shares: str) -> str:
        table = people[shares]
        return rng.choices(options, table.get(setting, table["usual"]))[0]

    age = draw(people["ages"], "age_shares")
    gender = draw(people["genders"], "gender_shares")
    ethnic = people["ethnic_shares"]
    mode = draw(people["modes"], "mode_shares")
    if slot.story:
        age = slot.story.get("age", age)
        mode = "Online" if mode == "SMS" else mode  # nobody types a long story into a text message
    return age, gender, rng.choices(list(ethnic), list(ethnic.values()))[0], mode


def _respond(
    answerer: Answerer, memory: Memory, slot: Slot, hand: Hand, habits: Mapping[str, Any]
) -> tuple[int, str, str]:
    rng, book = answerer.rng, answerer.book
    book.clock += 1
    if slot.story:
        return _respond_with_story(answerer, slot, slot.story, hand, habits)
    blank = rng.random() < BLANK_SHARE
    visit = _visit(rng, answerer.banks.plan, slot, blank)
    asked = set() if blank else _asked(rng, visit)
    relative, child = rng.choice(_list(book, "mum")), rng.choice(_list(book, "child"))
    topics: set[str] = set()
    answers = {"good": "", "bad": ""}
    for side in ("good", "bad"):
        for _ in range(TRIES if side in asked else 0):
            writer = Writer(slot.ward["setting"], relative, child, set(topics))
            text = answerer.good(visit, writer) if side == "good" else answerer.bad(visit, writer)
            text = write(rng, hand, habits, text, _cheerful(side, visit))
            if memory.accepts(text):
                answers[side], topics = text, writer.topics
                break
    return visit.score, answers["good"], answers["bad"]


def _respond_with_story(
    answerer: Answerer,
    slot: Slot,
    story: Mapping[str, Any],
    hand: Hand,
    habits: Mapping[str, Any],
) -> tuple[int, str, str]:
    """The story as it stands, and now and then a word in answer to the other question."""
    rng, score = answerer.rng, int(story["score"])
    writer = Writer(slot.ward["setting"], "mum", "son")
    other = ""
    if rng.random() < 0.4:
        kind = "good" if story["question"] == "bad" else "nothing_bad"
        if score > 3:
            kind = "nothing_good" if story["question"] == "bad" else "bad"
        lines = answerer.book.lines(answerer.banks.scraps, kind, writer.setting)
        other = write(rng, hand, habits, answerer.book.scrap(lines, writer), score < 3)
    if story["question"] == "good":
        return score, story["text"], other
    return score, other, story["text"]


def _visit(rng: random.Random, plan: Mapping[str, Any], slot: Slot, blank: bool) -> Visit:
    now = [h for h in plan["happenings"] if _touches(h, slot)]
    hits = [] if blank else [h for h in now if rng.random() < h["share"]]
    mood = rng.gauss(0, 1) + 0.6 * slot.ward["warm"]
    mood += sum(-0.6 if h["question"] == "bad" else 0.4 for h in hits)
    score = 1 + sum(mood < cut for cut in CUTS)
    if rng.random() < 0.008:
        score = 6
    return Visit(score, hits, frozenset(topic for h in now for topic in h["mutes"]))


def _touches(happening: Mapping[str, Any], slot: Slot) -> bool:
    return bool(
        happening["first"] <= slot.day <= happening["last"]
        and happening.get("ward", slot.ward["name"]) == slot.ward["name"]
        and happening.get("hospital", slot.ward["hospital"]) == slot.ward["hospital"]
    )


def _asked(rng: random.Random, visit: Visit) -> set[str]:
    """Which of the two boxes this person fills in."""
    pleased = visit.score <= 2
    weights = [48, 37, 15] if pleased else [46, 10, 44]
    both, good, bad = {"good", "bad"}, {"good"}, {"bad"}
    asked = rng.choices([both, good, bad], weights)[0]
    return asked | {str(h["question"]) for h in visit.happenings}


def _cheerful(side: str, visit: Visit) -> bool:
    hit = any(h["question"] == "bad" for h in visit.happenings)
    return visit.score <= 2 and (side == "good" or not hit)


def _list(book: Phrasebook, name: str) -> list[str]:
    found = book.words[name]
    assert isinstance(found, list)
    return found


def main() -> None:
    """Write the sample into the package."""
    text = make_csv()
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
    print(f"{TARGET}: {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main()
