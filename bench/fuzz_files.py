"""Reads thousands of damaged files as the dashboard would, and counts what became of them.

    python bench/fuzz_files.py [--count 10000] [--seed 1]

Each is one of a dozen layouts with bytes changed, cut out, doubled or put in. It has to be
understood or refused with an InputError of one line, within ten seconds and a gigabyte of memory;
anything else is printed with the number that makes it again.
"""

import argparse
import io
import json
import random
import resource
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import duckdb
import xlsxwriter

from yousaid.errors import InputError
from yousaid.ingest.tables import open_table
from yousaid.ingest.upload import try_out
from yousaid.pipeline import guess_columns

SECONDS = 10
BYTES = 1 << 30
_PUT_IN = (b"\x00", b'"', b"\n", b",", b"\xff\xfe", b"=1+1", b"PK")
_NAMES = ("Response ID", "Date", "Ward", "How was it overall?", "What was good?")
_ROWS = [
    (str(n), f"{n % 28 + 1:02}/03/2026", f"Ward {n % 7}", ("Very good", "Good", "Poor")[n % 3],
     ("Kind nurses, £3 parking", "“Lovely” food\nand tea", "N/A", "")[n % 4])
    for n in range(60)
]  # fmt: skip


def make_layouts(folder: Path) -> dict[str, bytes]:
    """A dozen files that are read without a fault, by name."""
    found = {
        f"{name}.{ending}": _write_delimited(delimiter).encode(encoding)
        for name, ending, delimiter, encoding in (
            ("plain", "csv", ",", "utf-8"),
            ("marked", "csv", ",", "utf-8-sig"),
            ("old", "csv", ";", "cp1252"),
            ("wide", "txt", "\t", "utf-16"),
            ("tabs", "tsv", "\t", "utf-8"),
        )
    }
    found["titled.csv"] = b"FFT report,,,,\n,,,,\n" + _write_delimited(",").encode()
    found["lines.jsonl"] = "\n".join(
        json.dumps(dict(zip(_NAMES, row, strict=True))) for row in _ROWS
    ).encode()
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as workbook:
        for sheet in ("Notes", "Data"):
            written = workbook.add_worksheet(sheet)
            for place, row in enumerate([_NAMES, *_ROWS] if sheet == "Data" else [("About",)]):
                written.write_row(place, 0, row)
    found["book.xlsx"] = book.getvalue()
    target = folder / "made.parquet"
    columns = ", ".join(f'column{n} AS "{name}"' for n, name in enumerate(_NAMES))
    (folder / "made.csv").write_text(_write_delimited(","))
    duckdb.sql(
        f"COPY (SELECT {columns} FROM read_csv('{folder / 'made.csv'}', header=false, skip=1, "
        f"all_varchar=true, names={[f'column{n}' for n in range(len(_NAMES))]})) TO '{target}'"
    )
    found["table.parquet"] = target.read_bytes()
    return found


def _write_delimited(delimiter: str) -> str:
    def quote(cell: str) -> str:
        has_mark = any(mark in cell for mark in (delimiter, "\n", '"'))
        return '"' + cell.replace('"', '""') + '"' if has_mark else cell

    return "\n".join(delimiter.join(map(quote, row)) for row in (_NAMES, *_ROWS)) + "\n"


def damage(data: bytes, draw: random.Random) -> bytes:
    """The file with up to eight things wrong with it."""
    found = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        place = draw.randrange(len(found) + 1)
        size = draw.choice((1, 2, 5, 40, 400))
        kind = draw.randrange(5)
        if kind == 0:
            found[place : place + size] = draw.randbytes(size)
        elif kind == 1:
            del found[place : place + size]
        elif kind == 2:
            found[place:place] = found[place : place + size] * draw.choice((1, 3, 50))
        elif kind == 3:
            found[place:place] = draw.choice(
                (b"\x00", b'"', b"\n", b",", b"\xff\xfe", b"=1+1", b"PK")
            )
        else:
            del found[place:]
    return bytes(found)


def read(path: Path) -> str:
    try:
        table = open_table(str(path))
        read = try_out(table, guess_columns(table))
    except InputError as error:
        return "refused" if "\n" not in str(error) else "refused in several lines"
    return "read" if read.comments else "read, and empty"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    found: Counter[str] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        layouts = make_layouts(folder)
        for layout, data in layouts.items():
            (folder / layout).write_bytes(data)
            assert read(folder / layout) == "read", layout
        resource.setrlimit(resource.RLIMIT_AS, (BYTES + (3 << 30), BYTES + (3 << 30)))
        for number in range(asked.count):
            draw = random.Random(f"{asked.seed} {number}")
            layout = draw.choice(sorted(layouts))
            path = folder / f"damaged{Path(layout).suffix}"
            path.write_bytes(damage(layouts[layout], draw))
            start = time.perf_counter()
            signal.alarm(SECONDS)
            try:
                found[read(path)] += 1
            except Exception as error:
                found["wrong"] += 1
                print(f"{number} {layout}: {type(error).__name__}: {str(error)[:80]}", flush=True)
            finally:
                signal.alarm(0)
            slowest = max(slowest, time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{dict(found)}; slowest {slowest:.2f} s; {peak:,.0f} MB at most")


if __name__ == "__main__":
    main()
