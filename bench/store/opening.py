"""A folder opened cold: a new process, from before it opens anything to its first answer."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

TRIES = 5
MAIN = str(Path(__file__).with_name("__main__.py"))
Figures = dict[str, Any]


def time_opening(folder: Path, contender: str) -> Figures:
    """Medians in seconds: with the files in the system's memory and without, from before
    `open_store` (what is imported is imported) and from before the process."""
    found: Figures = {}
    for name, is_warm in (("warm", True), ("cold", False)):
        runs = []
        for _ in range(TRIES):
            if not is_warm:
                forget_files(folder.parent)
            command = [sys.executable, MAIN, "--role", "first", "--contender", contender]
            start = time.perf_counter()
            done = subprocess.run(
                [*command, "--folder", str(folder)], stdout=subprocess.PIPE, text=True, check=True
            )
            runs.append((json.loads(done.stdout)["seconds"], time.perf_counter() - start))
        found[name] = statistics.median(opened for opened, _ in runs)
        found[f"{name}_process"] = statistics.median(whole for _, whole in runs)
    return found


def answer_first(folder: Path, contender: str) -> Figures:
    """The first answer of this process, and how long it took since all was imported."""
    from asking import make_contender
    from questions import Question

    from yousaid.records import EVERYWHERE
    from yousaid.store.filter import EVERYTHING

    make, question = make_contender(contender), Question("totals", EVERYWHERE, EVERYTHING)
    start = time.perf_counter()
    make(folder).ask(question)
    return {"seconds": time.perf_counter() - start}


def forget_files(folder: Path) -> None:
    """Ask the system to drop what it remembers of these files."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
