"""How quickly a CSV file is read, beside DuckDB's own reader, and how much memory it takes.

    python bench/ingest.py [--rows 1000000] [--rounds 5]

An invented export (a response a row: number, date, two places, score, two comments, two
characteristics) is read into Parquet twice over, in turn: by DuckDB's `read_csv`, which finds the
types of the columns; and as an upload, which tells what each cell means, which rows are one
response and what cannot be read. Printed: the median seconds of each with the least and the most,
how many times as long the upload takes, and the most memory that it used, in a process of its own.
Masking and the model come after that, see bench/masking.py and bench/classify.py.
"""

import argparse
import csv
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from yousaid.ingest.columns import guess_map
from yousaid.ingest.encoding import find_encoding
from yousaid.ingest.tables import open_table
from yousaid.ingest.upload import read_upload

VOCABULARY = """
    the nurses were lovely but we waited four hours and car park was full staff kind food cold
    ward clean doctor explained everything clearly bell never answered thank you all pain relief
    quick discharge letter medication pharmacy long time appointment cancelled twice"""
WORDS = VOCABULARY.split()
SCORES = (*("Very good",) * 6, "Good", "Good", "Neither good nor poor", "Poor", "Very poor")
COLUMNS = (
    "Response ID", "Date of response", "Site", "Ward", "Overall experience", "What was good?",
    "What could we improve?", "Age group", "Gender",
)  # fmt: skip
FIRST_DAY = date(2023, 1, 1)
BLANK_SHARE = 0.25
MOST_WORDS = 45


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only is not None:
        read_ours(asked.only, asked.only.parent)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return
    with tempfile.TemporaryDirectory() as folder:
        for kind, newline in (("plain", " "), ("paragraphs, Windows-1252", "\n\n")):
            path = Path(folder) / "export.csv"
            write_export(path, asked.rows, newline)
            print(f"{asked.rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB, {kind}")
            report(path, Path(folder), asked.rounds)


def report(path: Path, folder: Path, rounds: int) -> None:
    ways = {"DuckDB read_csv": read_theirs, "an upload": read_ours}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, read in ways.items():
            seconds[name].append(measure(lambda read=read: read(path, folder)))  # type: ignore[misc]
    for name, taken in seconds.items():
        print(f"  {name}: {statistics.median(taken):.2f} s ({min(taken):.2f} to {max(taken):.2f})")
    pairs = zip(seconds["an upload"], seconds["DuckDB read_csv"], strict=True)
    print(f"  times as long: {statistics.median(ours / theirs for ours, theirs in pairs):.2f}")
    done = subprocess.run(
        [sys.executable, __file__, "--only", str(path)], check=True, capture_output=True, text=True
    )
    print(f"  memory of an upload: {int(done.stdout) / 1000:,.0f} MB")


def measure(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def read_theirs(path: Path, folder: Path) -> None:
    with duckdb.connect() as duck:
        # Windows-1252 it cannot read without an extension: what is nearest, and as quick.
        encoding = "utf-8" if is_utf8(path) else "latin-1"
        duck.execute(
            f"COPY (FROM read_csv('{path}', encoding = '{encoding}')) "
            f"TO '{folder}/theirs.parquet' (FORMAT parquet)"
        )


def is_utf8(path: Path) -> bool:
    with path.open("rb") as file:
        return find_encoding(file) == "utf-8"


def read_ours(path: Path, folder: Path) -> None:
    del folder
    table = open_table(str(path))
    column_map = guess_map(table.columns, next(table.batches(1000)), table.name)
    with read_upload(table, column_map) as upload:
        assert upload.response_count


def write_export(path: Path, count: int, newline: str) -> None:
    chance = random.Random(7)
    encoding = "utf-8" if newline == " " else "cp1252"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(count):
            day = FIRST_DAY + timedelta(days=chance.randrange(1200))
            ages = chance.randrange(2, 9)
            writer.writerow([
                f"R{number:08d}", day.strftime("%d/%m/%Y"), f"Hospital {number % 3}",
                f"Ward {chance.randrange(80)}", chance.choice(SCORES),
                invent(chance, newline), invent(chance, newline),
                f"{ages}0-{ages}9", chance.choice(("Male", "Female", "Prefer not to say")),
            ])  # fmt: skip


def invent(chance: random.Random, newline: str) -> str:
    if chance.random() < BLANK_SHARE:
        return ""
    words = chance.choices(WORDS, k=chance.randint(3, MOST_WORDS))
    end = "" if newline == " " else f"{newline}Cost \xa34"
    return " ".join(words) + (end if len(words) % 5 == 0 else "")


if __name__ == "__main__":
    main()
