"""Reads and writes a store from several processes at once, for as long as it is told.

    PYTHONPATH=. .venv/bin/python bench/race_store.py --rounds 20

Each answer must agree with itself and be of a version that was once the store's; at the end of each
round the store must be whole. Prints one line for each round; stops at the first that went wrong.
"""

import argparse
import tempfile
from pathlib import Path

from tests.unit.store.racing import check_race, race
from tests.unit.store.writers import make_two


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--rounds", type=int, default=5)
    wanted.add_argument("--readers", type=int, default=3)
    wanted.add_argument("--writers", type=int, default=2)
    wanted.add_argument("--writes", type=int, default=40, help="of each writer in a round")
    wanted.add_argument("--kills", action="store_true", help="kill other writers all along")
    wanted.add_argument("--seed", type=int, default=1)
    asked = wanted.parse_args()
    for number in range(asked.rounds):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            make_two(home)
            read, written = race(
                home,
                reader_count=asked.readers,
                writer_count=asked.writers,
                write_count=asked.writes,
                with_erasing=number % 2 == 1,
                with_kills=asked.kills,
                seed=asked.seed + 1000 * number,
            )
            told = check_race(home, read, written)
        content_count = len({content for seen, *_ in (*read, *written) for content in seen})
        print(
            f"round {number + 1}: {sum(count for *_, count in read):,} pages of {content_count} "
            f"contents, {sum(len(messages) for _, messages, *_ in read)} told to ask again",
            *sorted(told),
            sep="\n    ",
            flush=True,
        )


if __name__ == "__main__":
    main()
