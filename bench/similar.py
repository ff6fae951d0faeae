"""How well “more like this comment” finds the comments that are most like one.

    python bench/similar.py FOLDER      (that of fft_v6_dev.csv and phase1_dev.csv)

Printed, for vectors with and without the centre taken off: how many of the ten nearest by the exact
cosine of what the encoder holds are found by bytes alone, and by the first so many by signs and
then by bytes; among the comments of the files, and among a hundred thousand and a million that are
made from them, each between a comment and one of its ten nearest and a little off the line. Then
whether the nearest are about the same, beside what chance gives. No comment is printed.
"""

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yousaid.model.artefact import load_model
from yousaid.model.joined import JoinedEncoder
from yousaid.model.labels import LabelledComment, normalise_text, read_labelled
from yousaid.store.vectors import find_nearest, make_many_signs

SEED, ASKED, NEAREST = 1, 300, 10
FIRSTS = (200, 400, 1000, 2000, 4000)
MADE = (100_000, 1_000_000)
# Of the usual distance between a comment and its nearest: how far off the line one is made.
OFF_THE_LINE = 0.3
AT_ONCE = 20_000
Array = NDArray[Any]


@dataclass(frozen=True)
class Comments:
    """Comments, each wording once, with what the encoder holds for each (comments × width)."""

    comments: list[LabelledComment]
    codes: list[str]
    hidden: Array


def read(folder: Path, joined: JoinedEncoder) -> Comments:
    phase1 = folder / "phase1_dev.csv"
    found: dict[str, tuple[LabelledComment, str]] = {}
    for comment in read_labelled(folder / "fft_v6_dev.csv"):
        found.setdefault(normalise_text(comment.text), (comment, ""))
    with phase1.open(encoding="utf-8-sig", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    for comment, code in zip(read_labelled(phase1), codes, strict=True):
        found.setdefault(normalise_text(comment.text), (comment, code))
    found.pop("", None)
    comments = [comment for comment, _ in found.values()]
    encoded = joined.encoder.encode([c.text for c in comments], [c.kind for c in comments])
    return Comments(comments, [code for _, code in found.values()], _stack(encoded))


def _stack(encoded: Sequence[Any]) -> Array:
    return np.array([text.hidden for text in encoded])


def make_more(hidden: Array, count: int, random: np.random.Generator) -> Array:
    """So many made between the comments and their neighbours."""
    near = np.concatenate(
        [find_true(hidden, rows, 0) for rows in np.array_split(np.arange(len(hidden)), 20)]
    )
    off = OFF_THE_LINE * (hidden - hidden[near[:, 0]]).std()
    made = np.empty((count, hidden.shape[1]), np.float32)
    for start in range(0, count, AT_ONCE):
        one = random.integers(0, len(hidden), AT_ONCE)
        other = near[one, random.integers(0, NEAREST, AT_ONCE)]
        share = random.random((AT_ONCE, 1), np.float32)
        between = hidden[one] * share + hidden[other] * (1 - share)
        drawn = random.standard_normal(between.shape, np.float32)
        made[start : start + AT_ONCE] = (between + off * drawn)[: count - start]
    return made


def find_true(hidden: Array, rows: Array, centre: Array | int) -> Array:
    """The nearest by exact cosine, nearest first (rows × nearest)."""
    asked = hidden[rows] - centre
    likeness = np.empty((len(rows), len(hidden)), np.float32)
    for start in range(0, len(hidden), AT_ONCE):
        away = hidden[start : start + AT_ONCE] - centre
        likeness[:, start : start + AT_ONCE] = asked @ (away / _length(away)).T
    likeness[np.arange(len(rows)), rows] = -np.inf
    found = np.argpartition(-likeness, NEAREST, axis=1)[:, :NEAREST]
    order = np.argsort(-np.take_along_axis(likeness, found, 1), axis=1)
    return np.take_along_axis(found, order, 1)


def _length(rows: Array) -> Array:
    return np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def measure_recall(hidden: Array, joined: JoinedEncoder, random: np.random.Generator) -> list[str]:
    """The shares of the ten nearest that are found: by bytes, where that is no matter of hours, and
    by the first so many by signs."""
    (like,) = joined.encoder.encode(["a"], ["why"])
    vectors = [joined.make_vector(replace(like, hidden=row)) for row in hidden]
    signs = np.array(make_many_signs(vectors)).view(np.uint64)
    rows = random.choice(len(hidden), ASKED, replace=False)
    true = find_true(hidden, rows, joined.centre)
    hits = dict.fromkeys(["bytes", *FIRSTS], 0)
    for row, wanted in zip(rows.tolist(), true.tolist(), strict=True):
        differing = np.bitwise_count(signs ^ signs[row]).sum(1, dtype=np.int16)
        order = np.argsort(differing, kind="stable")
        order = order[order != row]
        for first in FIRSTS:
            chosen = order[:first].tolist()
            near = find_nearest(vectors[row], [vectors[place] for place in chosen], NEAREST)
            hits[first] += len({chosen[n.place] for n in near} & set(wanted))
        if len(hidden) < MADE[0]:
            others = [b"" if place == row else vector for place, vector in enumerate(vectors)]
            near = find_nearest(vectors[row], others, NEAREST)
            hits["bytes"] += len({n.place for n in near} & set(wanted))
    return [f"{hit / ASKED / NEAREST:.3f}" if hit else "" for hit in hits.values()]


def measure_sense(found: Comments, centre: Array, random: np.random.Generator) -> None:
    """Print whether the nearest of a comment are about the same as it."""
    sides = [c.sentiment and (c.sentiment > 3) - (c.sentiment < 3) for c in found.comments]
    tests = {
        "share a topic that coders gave": ([c.labels for c in found.comments], set.intersection),
        "have the one code that coders gave": ([{c} - {""} for c in found.codes], set.intersection),
        "are on its side of neutral": ([{s} - {None} for s in sides], set.intersection),
    }
    for name, (labels, both) in tests.items():
        known = np.array([place for place, label in enumerate(labels) if label])
        rows = random.choice(len(known), 1000, replace=False)
        near = known[find_true(found.hidden[known], rows, centre)]
        drawn = random.choice(known, near.shape)
        shares = [
            np.mean(
                [
                    bool(both(set(labels[row]), labels[other]))
                    for row, others in zip(known[rows].tolist(), group.tolist(), strict=True)
                    for other in others
                ]
            )
            for group in (near, drawn)
        ]
        print(f"| {name} | {shares[0]:.3f} | {shares[1]:.3f} |")


def main(folder: Path) -> None:
    joined = load_model("best").joined
    assert joined is not None
    found = read(folder, joined)
    plain = replace(joined, centre=np.zeros_like(joined.centre))
    print("| comments | vectors | bytes |", " | ".join(f"{first:,}" for first in FIRSTS), "|")
    for count in (len(found.hidden), *MADE):
        hidden = found.hidden
        if count > len(hidden):
            hidden = make_more(hidden, count, np.random.default_rng(SEED))
        for name, one in (("plain", plain), ("centred", joined)):
            cells = measure_recall(hidden, one, np.random.default_rng(SEED))
            print(f"| {count:,} | {name} |", " | ".join(cells), "|", flush=True)
    measure_sense(found, joined.centre, np.random.default_rng(SEED))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    main(parser.parse_args().folder)
