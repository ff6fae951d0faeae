"""Writes src/yousaid/model/english.txt: the words that English comments are full of.

python tools/make_english.py

They come from comments written for this project (training/synthetic and the sample), so that a
text made of them is known for English without asking a model of languages.
"""

import csv
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = (
    *sorted((ROOT / "training/synthetic").glob("*.csv")),
    ROOT / "src/yousaid/sample/sample.csv",
)
TEXT_COLUMNS = ("text", "What was good?", "What could we improve?")
TARGET = ROOT / "src/yousaid/model/english.txt"
# In fewer comments stand names, slips of the pen, and the foreign words that the sample holds.
FEWEST_COMMENTS = 8


def main() -> None:
    """Count in how many comments each word stands, and write those that stand in enough."""
    counts: Counter[str] = Counter()
    for source in SOURCES:
        with source.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                text = " ".join(row.get(column) or "" for column in TEXT_COLUMNS)
                counts.update(set(re.findall(r"[a-z']*[a-z]", text.lower().replace("’", "'"))))
    words = sorted(word.strip("'") for word, count in counts.items() if count >= FEWEST_COMMENTS)
    TARGET.write_text("\n".join(dict.fromkeys(words)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
