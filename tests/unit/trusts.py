"""A labelled file of two trusts, made of comments that were written for this project."""

import csv
from pathlib import Path

PLACE = Path(__file__).parents[2] / "training" / "synthetic" / "place.csv"


def write_two_trusts(path: Path, count: int) -> Path:
    """The first so many comments, in turn of trust A and trust B."""
    with PLACE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:count]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "Trust"])
        writer.writeheader()
        writer.writerows({**row, "Trust": "AB"[at % 2]} for at, row in enumerate(rows))
    return path
