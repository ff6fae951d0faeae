"""What the invented people write: sentences of our own, put together anew for each comment.

The sentences are those of training/synthetic and, for every other one, a stock phrase of the sort
that real answers are full of: “staff” is in a third of them, “nurse” and the forms of “wait” in a
sixth each. Names that hardly anyone shares and slips of the finger make the tail of rare words.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yousaid.frameworks import get_framework

SYNTHETIC = Path(__file__).parents[2] / "training" / "synthetic"
TOPICS = get_framework().topic_ids
SIGNS = {"-": 0, "=": 1, "+": 2}
MOST_LABELS = 2
# Most frequent first.
STOCK = {
    "+": """
        The staff were friendly and helpful. / staff_manner
        Staff very kind and caring. / staff_manner
        Excellent care. / positive_experience
        The nurses were lovely. / staff_manner
        Friendly staff, good service. / staff_manner positive_experience
        Everything was good. / positive_experience
        Seen on time, no waiting. / timeliness
        Very professional and polite. / staff_manner
        The nurse explained everything. / information_from_staff
        All staff were amazing. / staff_manner
        I was well looked after. / positive_experience
        The doctor listened to me. / listening
        Nurses and doctors were brilliant. / staff_manner competence
        Lovely nurse, very gentle. / staff_manner
        Very quick and efficient. / timeliness
        I did not have to wait long. / timeliness
        The ward was clean and tidy. / cleanliness
        Put me at ease. / feeling_safe
        Great team. / staff_manner
        The food was good. / food
        Easy to park. / parking
        The staff kept me informed. / kept_informed""",
    "-": """
        Waiting time. / timeliness
        Waited over two hours to be seen. / timeliness
        More staff needed. / staffing_levels
        Staff were too busy. / staffing_levels
        Long wait. / timeliness
        Better communication. / kept_informed
        Not enough nurses on the ward. / staffing_levels
        Parking is a nightmare. / parking
        The staff did not listen. / listening
        The food was cold. / food
        Had to wait for my medication. / medication timeliness
        One nurse was quite rude. / staff_manner
        Nobody told me what was going on. / kept_informed
        Too noisy at night. / environment
        I was left waiting in the corridor. / timeliness environment
        The appointment was cancelled. / appointment_arrangements""",
    "=": """
        Nothing. / not_possible
        No. / not_possible
        All ok. / positive_experience
        Not sure. / not_possible
        Average. / positive_experience""",
}
STOCK_SHARE = 0.62
SYLLABLES = [f"{consonant}{vowel}" for consonant in "bcdfghjklmnprstvw" for vowel in "aeio"]
NAMED = ("Thank you %.", "Sister % was there for us.", "Ask for %.", "Dr % saw me.", "Ward of %.")
NAMED_SHARE = 0.12
SLIP_SHARE = 0.15
# The rank of a name falls off as its frequency does; the millionth is still met.
NAME_EXPONENT, MOST_NAMES = 1.25, 3_000_000
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Sentences:
    """Sentences with their labels (topic × 3 + sign; −1 for none) and, for each sign, the places
    to draw from with the weights added up."""

    texts: Any
    lengths: Numbers
    labels: Numbers
    is_urgent: Numbers
    pools: dict[int, tuple[Numbers, Numbers]]


def read_sentences() -> Sentences:
    """The stock phrases and the sentences of training/synthetic."""
    rows = [*_list_stock(), *_list_synthetic()]
    labels = np.full((len(rows), MOST_LABELS), -1, np.int16)
    for place, (_, found, _, _) in enumerate(rows):
        labels[place, : len(found)] = found
    weights = np.array([weight for _, _, _, weight in rows])
    signs = labels[:, 0] % 3
    pools = {
        sign: (np.flatnonzero(signs == sign), np.cumsum(weights[signs == sign]))
        for sign in SIGNS.values()
    }
    texts = [text for text, _, _, _ in rows]
    return Sentences(
        pa.array(texts),
        np.array([len(text) for text in texts], np.int32),
        labels,
        np.array([is_urgent for _, _, is_urgent, _ in rows]),
        {sign: (places, sums / sums[-1]) for sign, (places, sums) in pools.items()},
    )


Row = tuple[str, list[int], bool, float]


def _list_stock() -> list[Row]:
    rows: list[Row] = []
    for sign, written in STOCK.items():
        lines = [line.strip().split(" / ") for line in written.strip().splitlines()]
        weights = 1 / np.arange(2, len(lines) + 2)
        weights *= STOCK_SHARE / weights.sum()
        for (text, topics), weight in zip(lines, weights, strict=True):
            codes = [TOPICS.index(topic) * 3 + SIGNS[sign] for topic in topics.split()]
            rows.append((text, codes, False, float(weight)))
    return rows


def _list_synthetic() -> list[Row]:
    found: list[tuple[str, list[int], bool]] = []
    for path in sorted(SYNTHETIC.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                pairs = [label.split(":") for label in row["topics"].split()[:MOST_LABELS]]
                codes = [TOPICS.index(topic) * 3 + SIGNS[sign] for topic, sign in pairs]
                if codes:
                    found.append((_close(row["text"]), codes, row["urgent"] == "1"))
    # Zipf over the topics of each sign, in the order of how often they were written about.
    firsts = np.array([codes[0] for _, codes, _ in found])
    weights = np.zeros(len(found))
    for sign in SIGNS.values():
        topics, counts = np.unique(firsts[firsts % 3 == sign], return_counts=True)
        for rank, place in enumerate(np.argsort(-counts, kind="stable"), start=2):
            weights[firsts == topics[place]] = 1 / rank / counts[place]
        weights[firsts % 3 == sign] *= (1 - STOCK_SHARE) / weights[firsts % 3 == sign].sum()
    return [(*row, float(weight)) for row, weight in zip(found, weights, strict=True)]


def _close(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def draw(sentences: Sentences, signs: Numbers, random: np.random.Generator) -> Numbers:
    """A sentence of each sign; −1 where the sign is."""
    chosen = np.full(signs.shape, -1, np.int32)
    for sign, (places, sums) in sentences.pools.items():
        at = signs == sign
        chosen[at] = places[np.searchsorted(sums, random.random(int(at.sum())))]
    return chosen


def write_texts(sentences: Sentences, chosen: Numbers, random: np.random.Generator) -> Any:
    """Texts of so many sentences (texts × places), an empty one where there is none."""
    parts = [sentences.texts.take(pa.array(column, mask=column < 0)) for column in chosen.T]
    # Arrow 26 drops a row of which every part is missing.
    parts[0] = parts[0].fill_null("")
    has_name = (chosen[:, 0] >= 0) & (random.random(len(chosen)) < NAMED_SHARE)
    parts.append(_name_someone(has_name, random))
    joined = pc.binary_join_element_wise(*parts, " ", null_handling="skip")
    return _slip(joined, random)


def _name_someone(has_name: Numbers, random: np.random.Generator) -> Any:
    count = len(has_name)
    # Drawn from a power law by its inverse; its endless tail is spread over all names.
    drawn = (1 - random.random(count)) ** (-1 / (NAME_EXPONENT - 1))
    drawn = np.where(drawn < MOST_NAMES, drawn, random.integers(1, MOST_NAMES, count))
    ranks = drawn.astype(np.int64) + len(SYLLABLES)
    syllables = pa.array(SYLLABLES)
    parts = []
    for _ in range(4):
        ranks, digit = np.divmod(ranks, len(SYLLABLES))
        parts.append(syllables.take(pa.array(digit, mask=(ranks == 0) & (digit == 0))))
    name = pc.utf8_capitalize(pc.binary_join_element_wise(*parts, "", null_handling="skip"))
    around = [phrase.partition("%") for phrase in NAMED]
    which = pa.array(random.integers(0, len(NAMED), count), mask=~has_name)
    before, after = (pa.array([one[side] for one in around]).take(which) for side in (0, 2))
    return pc.binary_join_element_wise(before, name, after, "")


def _slip(texts: Any, random: np.random.Generator) -> Any:
    """The texts, some with two letters of a word swapped."""
    _, offsets_buffer, letters_buffer = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32)[: len(texts) + 1]
    letters = np.frombuffer(letters_buffer, np.uint8).copy()
    sizes = np.diff(offsets)
    slips = np.flatnonzero((random.random(len(texts)) < SLIP_SHARE) & (sizes > 3))
    at = offsets[slips] + (random.random(len(slips)) * (sizes[slips] - 1)).astype(np.int32)
    is_letter = (letters >= ord("a")) & (letters <= ord("z"))
    at = at[is_letter[at] & is_letter[at + 1]]
    letters[at], letters[at + 1] = letters[at + 1], letters[at].copy()
    return pa.StringArray.from_buffers(len(texts), offsets_buffer, pa.py_buffer(letters))
