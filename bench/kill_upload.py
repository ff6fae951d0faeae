"""Kills the bringing in of a file through the dashboard's jobs, at moments of chance.

    python bench/kill_upload.py [--kills 200]

A file is kept as a job and started as the page does it; its process is killed with SIGKILL at some
moment between its start and when it would have ended. Then the store must open and hold all of the
file or none of it, the folder that it worked in must go with the next start, and the same job, or
where it was whole another, must bring the file in. Prints at which share of the kills all and none
was held; ends with 1 where anything was wrong.
"""

import argparse
import io
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from yousaid.jobs import Job, discard_job, find_job, is_held, keep_file, list_jobs, start_job
from yousaid.records import EVERYWHERE
from yousaid.store.filter import EVERYTHING
from yousaid.store.layout import Store, create_store
from yousaid.store.query import get_totals, get_uploads
from yousaid.store.snapshot import open_snapshot
from yousaid.store.write import undo_upload

ROW_COUNT = 60
CONTENT = "Id,Date,Ward,Comments\n" + "".join(
    f"{n},0{n % 9 + 1}/03/2026,Ward {n % 4},Kind staff and a long wait number {n}\n"
    for n in range(ROW_COUNT)
)
LONGEST_SECONDS = 120
WAIT_SECONDS = 0.002


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    wanted.add_argument("--kills", type=int, default=200)
    asked = wanted.parse_args()
    chance = random.Random(3)
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = str(Path(folder) / "tmp")
        (Path(folder) / "tmp").mkdir()
        store = create_store(Path(folder) / "store")
        run_whole(store, make_job(store))
        undo_all(store)
        seconds = run_whole(store, make_job(store))
        undo_all(store)
        for number in range(asked.kills):
            # Every other one late, where the store is written.
            moment = seconds * chance.uniform(0.6 * (number % 2), 1.02)
            try:
                outcomes[try_kill(store, moment)] += 1
            except Exception as error:
                # Whatever it is, the other kills are tried too.
                outcomes["wrong"] += 1
                print(f"kill {number} after {moment:.3f} s: {type(error).__name__}: {error}")
                undo_all(store)
    print(f"{asked.kills} kills within {seconds:.1f} s:", dict(outcomes))
    return 1 if outcomes["wrong"] else 0


def make_job(store: Store) -> Job:
    return keep_file(store, "t.csv", io.BytesIO(CONTENT.encode()), now=datetime.now(UTC))


def run_whole(store: Store, job: Job) -> float:
    start = time.monotonic()
    start_job(store, job)
    while is_held(job):
        time.sleep(WAIT_SECONDS)
        assert time.monotonic() - start < LONGEST_SECONDS, "it never ended"
    seconds = time.monotonic() - start
    found = find_job(store, job.job_id)
    assert found is not None
    assert found.state == "done", found.said
    assert count(store) == ROW_COUNT
    return seconds


def try_kill(store: Store, moment: float) -> str:
    job = make_job(store)
    start = time.monotonic()
    start_job(store, job)
    process = find_process(job)
    time.sleep(max(0.0, start + moment - time.monotonic()))
    os.kill(process, signal.SIGKILL)
    while is_held(job):
        time.sleep(WAIT_SECONDS)
    held = count(store)
    assert held in (0, ROW_COUNT), f"{held} responses"
    if held:
        undo_all(store)
        job = make_job(store)
    run_whole(store, job)
    undo_all(store)
    left = list(Path(os.environ["TMPDIR"]).glob("yousaid-*"))
    assert not left, left
    return "all" if held else "none"


def find_process(job: Job) -> int:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            is_it = job.job_id.encode() in path.read_bytes()
        except OSError:
            continue  # gone meanwhile
        if is_it:
            return int(path.parent.name)
    raise AssertionError("there is no process")


def count(store: Store) -> int:
    with open_snapshot(store) as snapshot:
        return get_totals(EVERYWHERE, snapshot, EVERYTHING).response_count


def undo_all(store: Store) -> None:
    with open_snapshot(store) as snapshot:
        uploads = get_uploads(EVERYWHERE, snapshot)
    for upload in uploads:
        undo_upload(store, upload.upload_id, now=datetime.now(UTC))
    # Or after twenty no more are taken.
    for job in list_jobs(store):
        discard_job(job)


if __name__ == "__main__":
    sys.exit(main())
