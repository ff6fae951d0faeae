"""Kills every kind of write of a store, at every line of its code and at moments of chance.

    PYTHONPATH=. .venv/bin/python bench/kill_store.py --every 4 --moments 30

After each kill the store must open, answer as before the write or as after it, take the same write
again or another, and then have no fault and no trace of what did not count. Prints one line for
each kind; ends with 1 where anything was wrong. All of it (`--every 1`) takes some hours.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.unit.store.killing import Expected, check_whole, kill, list_steps, prepare
from tests.unit.store.writers import KINDS, Step


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("kinds", nargs="*", default=list(KINDS), help="all where none is named")
    wanted.add_argument("--every", type=int, default=8, help="kill at each n-th line")
    wanted.add_argument("--moments", type=int, default=20, help="kills of each kind by chance")
    wanted.add_argument("--seed", type=int, default=1)
    asked = wanted.parse_args()
    failure_count = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind in asked.kinds:
            expected = prepare(kind, Path(folder))
            steps = list_steps(expected, Path(folder) / "killed")
            at_random = random.Random(f"{asked.seed} {kind}")
            chosen = steps[at_random.randrange(asked.every) :: asked.every]
            failure_count += try_kind(expected, chosen, asked.moments, at_random, Path(folder))
    return 1 if failure_count else 0


def try_kind(
    expected: Expected, steps: list[Step], moment_count: int, at_random: random.Random, folder: Path
) -> int:
    """Kill one kind of write, print how it went, and return how often it went wrong."""
    started = time.monotonic()
    kill(expected, folder / "killed", at=("no such step", 0, 0))
    seconds = time.monotonic() - started
    shutil.rmtree(folder / "killed")
    failures: list[str] = []
    killed_count = 0
    moments = [at_random.uniform(0, seconds) for _ in range(moment_count)]
    for number, when in enumerate([*steps, *moments]):
        home = folder / "killed"
        if isinstance(when, float):
            killed_count += kill(expected, home, after_seconds=when)
        else:
            killed_count += kill(expected, home, at=when)
        try:
            check_whole(expected, home, with_another=number % 2 == 0)
        except Exception as error:
            # Whatever it is, the other kills are tried too.
            failures.append(f"    {when}: {type(error).__name__}: {str(error)[:200]}")
        shutil.rmtree(home)
    print(
        f"{expected.kind}: {len(steps)} steps and {moment_count} moments, {killed_count} killed, "
        f"{len(failures)} wrong",
        *failures,
        sep="\n",
        flush=True,
    )
    return len(failures)


if __name__ == "__main__":
    sys.exit(main())
