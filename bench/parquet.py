"""How much quicker several processes read a folder of Parquet files, in the same run.

    python bench/parquet.py [--model fast] [--parts 8] [--rows 10000] [--rounds 5]

The contenders read the same folder into a new one, each in a process of its own, in turn, round by
round; the time is from the first import to the last file in its place, loading the model included:
  loop      what a person would write: for each file, DuckDB gives the table, `Reader.read_table`
            reads it, DuckDB writes it. One process, no safety: a stop leaves half a file. With
            `best` its threads use every core, so more processes gain little over it
  one       `classify_parquet` with one process that may use one core alone
  all       `classify_parquet` with one process for each core, as the command does
Comments are those of the sample, each with a number behind it, so that no wording is read once for
all. Printed: the median rate of each by the clock and by the seconds of processor it took (what
one core would do on a quiet machine), its peak memory, and the ratios by the clock to those above
it, round by round. On a machine that others use too, `all` finds no second core to use: its ratio
by the clock then says how busy the machine was, and only the processor seconds say what it costs.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONTENDERS = ("loop", "one", "all")
COLUMN = "What could we improve?"


def write_folder(folder: Path, part_count: int, row_count: int) -> None:
    import duckdb

    from yousaid.sample import sample_path

    with duckdb.connect() as duck:
        duck.execute(
            f"CREATE TABLE said AS SELECT *, row_number() OVER () - 1 AS row FROM "
            f"read_csv('{sample_path()}', all_varchar = true) WHERE \"{COLUMN}\" IS NOT NULL"
        )
        for part in range(part_count):
            duck.execute(
                f'COPY (SELECT * REPLACE ("{COLUMN}" || \' \' || n AS "{COLUMN}") FROM '
                f"range({part * row_count}, {(part + 1) * row_count}) numbers(n), said "
                "WHERE row = n % (SELECT count(*) FROM said) ORDER BY n) "
                f"TO '{folder}/{part}.parquet' (FORMAT parquet, COMPRESSION zstd)"
            )


def read_in_a_loop(source: Path, target: Path, model: str) -> None:
    import duckdb

    from yousaid import Reader

    reader = Reader(model)
    target.mkdir()
    for path in sorted(source.glob("*.parquet")):
        with duckdb.connect() as read, duckdb.connect() as write:
            table = reader.read_table(read.read_parquet(str(path)), COLUMN, "could_improve")
            write.from_arrow(table).write_parquet(str(target / path.name), compression="zstd")


def run_one(contender: str, source: Path, target: Path, model: str) -> None:
    start = time.perf_counter()
    if contender == "loop":
        read_in_a_loop(source, target, model)
    else:
        from yousaid import ReadingOptions, classify_parquet

        options = ReadingOptions(COLUMN, "could_improve", model)
        classify_parquet(source, target, options, workers=1 if contender == "one" else None)
    seconds = time.perf_counter() - start
    ours, workers = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    measured = {
        "seconds": seconds,
        "cpu_seconds": sum(used.ru_utime + used.ru_stime for used in (ours, workers)),
        "peak_mb": (ours if contender == "loop" else workers).ru_maxrss / 1024,
    }
    print(json.dumps(measured))


def compare(model: str, part_count: int, row_count: int, rounds: int) -> None:
    found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
    with tempfile.TemporaryDirectory() as work:
        source = Path(work, "in")
        source.mkdir()
        write_folder(source, part_count, row_count)
        for round_number in range(rounds):
            for name in CONTENDERS:
                target = Path(work, f"{name}-{round_number}")
                command = [sys.executable, __file__, "--model", model, "--only", name]
                alone = os.environ | ({"OMP_NUM_THREADS": "1"} if name == "one" else {})
                done = subprocess.run(
                    [*command, "--folders", str(source), str(target)],
                    capture_output=True,
                    text=True,
                    check=True,
                    env=alone,
                )
                found[name].append(json.loads(done.stdout))
    comment_count = part_count * row_count
    print(f"{model}: {part_count} parts of {row_count:,}, {rounds} rounds, medians (range)")
    for name in CONTENDERS:
        rate, cpu_rate = (
            comment_count / statistics.median(one[kind] for one in found[name])
            for kind in ("seconds", "cpu_seconds")
        )
        peak = max(one["peak_mb"] for one in found[name])
        print(
            f"  {name:<5} {rate:>8,.0f} comments/s, {cpu_rate:>8,.0f} a processor second, "
            f"peak of a process {peak:,.0f} MB",
            end="",
        )
        for other in CONTENDERS[: CONTENDERS.index(name)]:
            pairs = zip(found[other], found[name], strict=True)
            ratios = [theirs["seconds"] / ours["seconds"] for theirs, ours in pairs]
            middle = statistics.median(ratios)
            print(f", {middle:.2f} × {other} ({min(ratios):.2f} to {max(ratios):.2f})", end="")
        print()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="fast")
    parser.add_argument("--parts", type=int, default=8)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=CONTENDERS)
    parser.add_argument("--folders", nargs=2, type=Path)
    arguments = parser.parse_args()
    if arguments.only:
        run_one(arguments.only, *arguments.folders, arguments.model)
    else:
        compare(arguments.model, arguments.parts, arguments.rows, arguments.rounds)
