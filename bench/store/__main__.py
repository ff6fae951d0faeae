"""How quick the store is, beside pandas and SQLite with the same questions in the same run.

    python bench/store [--rows 100000 1000000] [--folder PLACE] [--again] [--people]
    python bench/store --write docs/why

For each number of answers: a store is made of an invented trust (kept in the folder for the next
time, unless --again), then each contender is asked, in a process of its own, alone:
  ours     200 questions of every row, three times; the median of each question counts
  pandas   as many of the same questions as it can answer in 40 s a row, of frames in memory
  sqlite   the same, of a database with an index for everything
Printed: how long the 95th of a hundred questions took, the bar, what the others took as a ratio,
the processor's share (on a busy machine the clock also counts who waits), whether all gave the same
answers; then opening, memory and disk. --people lets twenty people click on the real dashboard.
--write draws the page's tables and plot again from what was measured last, and measures nothing.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROWS = (100_000, 1_000_000)
PLACE = Path(tempfile.gettempdir()) / "yousaid-bench"
CONTENDERS = ("ours", "pandas", "sqlite")
Figures = dict[str, Any]


def run_role(role: str, contender: str, folder: Path, row_count: int) -> Figures:
    """One part of the bench, in this process."""
    from asking import ask_other, ask_ours, fill_memory
    from in_sqlite import make_database
    from load import make_store, time_index
    from opening import answer_first, time_opening
    from people import time_people
    from twins import write_plain

    def make_twins() -> Figures:
        write_plain(folder, folder.with_name("plain"))
        make_database(folder)
        return {}

    roles: dict[str, Callable[[], Figures]] = {
        "make": lambda: make_store(folder, row_count),
        "twins": make_twins,
        "index": lambda: time_index(folder),
        "ask": lambda: ask_ours(folder) if contender == "ours" else ask_other(contender, folder),
        "memory": lambda: fill_memory(contender, folder),
        "first": lambda: answer_first(folder, contender),
        "open": lambda: time_opening(folder, contender),
        "people": lambda: time_people(folder),
    }
    return roles[role]()


def run(role: str, folder: Path, row_count: int, contender: str = "ours") -> Figures:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--role", role, "--contender", contender]
    command += ["--folder", str(folder), "--rows", str(row_count)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def measure(place: Path, row_count: int, *, again: bool, with_people: bool) -> Figures:
    """All figures of one size; they are kept beside the store as well."""
    folder, kept = place / str(row_count) / "store", place / str(row_count) / "figures.json"
    figures: Figures = json.loads(kept.read_text()) if kept.exists() and not again else {}

    def keep(name: str, found: Figures) -> None:
        figures[name] = found
        kept.write_text(json.dumps(figures))
        print(f"{row_count:,}: {name}", file=sys.stderr)

    if "made" not in figures:
        made = run("make", folder, row_count)
        keep("made", made)
        keep("index", run("index", folder, row_count))
        run("twins", folder, row_count)
    for contender in CONTENDERS:
        keep(contender, run("ask", folder, row_count, contender))
        for role in ("memory", "open"):
            keep(f"{contender}_{role}", run(role, folder, row_count, contender))
    if with_people:
        keep("people", run("people", folder, row_count))
    return figures


def main(arguments: argparse.Namespace) -> None:
    from report import print_tables, write_page

    place = arguments.folder
    if not arguments.write:
        for row_count in arguments.rows:
            measure(place, row_count, again=arguments.again, with_people=arguments.people)
    found = {
        int(path.parent.name): json.loads(path.read_text())
        for path in place.glob("*/figures.json")
        if int(path.parent.name) in arguments.rows or arguments.write
    }
    if arguments.write:
        write_page(arguments.write, found)
    else:
        print_tables(found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=list(ROWS))
    parser.add_argument("--folder", type=Path, default=PLACE)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--people", action="store_true")
    parser.add_argument("--write", type=Path)
    # Of the processes that are started here: the folder is then that of a store.
    parser.add_argument("--role", help=argparse.SUPPRESS)
    parser.add_argument("--contender", default="ours", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.role:
        print(json.dumps(run_role(asked.role, asked.contender, asked.folder, asked.rows[0])))
    else:
        main(asked)
