"""One contender, in a process of its own, asked the questions of every row."""

import hashlib
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from questions import ROWS, SHARED, Question, list_questions

# Others work on the machine too, so each question is asked so often and its median counts.
ROUNDS = 3
# What the others may take for a row: they are asked its questions in turn until it is over.
SECONDS_A_ROW = 40
Figures = dict[str, Any]


class Contender(Protocol):
    def ask(self, question: Question) -> Any: ...


class Taken(NamedTuple):
    """How long a question took by the clock, how much processor all threads had, the answer."""

    seconds: float
    processor: float
    answer: Any


def ask_ours(folder: Path) -> Figures:
    """Every question, warm."""
    from ours import digest

    contender = make_contender("ours")(folder)
    warm_up(contender, tuple(ROWS))
    found: Figures = {}
    for row in ROWS:
        questions = list_questions(row)
        taken = [_time(contender, question) for question in questions]
        answers = [_hash(digest(q, t.answer)) for q, t in zip(questions, taken, strict=True)]
        rounds = [[one[:2] for one in taken]]
        # Nothing is kept of the answers, as no server would.
        del taken
        rounds += [[_time(contender, q)[:2] for q in questions] for _ in range(ROUNDS - 1)]
        found[row] = [
            {
                "kind": question.kind,
                "seconds": statistics.median(one[place][0] for one in rounds),
                "processor": statistics.median(one[place][1] for one in rounds),
                "answer": answers[place],
            }
            for place, question in enumerate(questions)
        ]
    return {"rows": found, "load": os.getloadavg()[0]}


def warm_up(contender: Contender, rows: tuple[str, ...], kinds: tuple[str, ...] = ()) -> None:
    """A dozen other questions of each row."""
    for row in rows:
        for question in list_questions(row, 12, seed=0):
            if not kinds or question.kind in kinds:
                contender.ask(question)


def fill_memory(name: str, folder: Path) -> Figures:
    """What a process has in memory that has answered questions of every kind."""
    warm_up(make_contender(name)(folder), tuple(ROWS), () if name == "ours" else SHARED)
    return read_memory()


def ask_other(name: str, folder: Path) -> Figures:
    """The questions that the others share, as many as there is time for."""
    contender = make_contender(name)(folder)
    warm_up(contender, ("filtered",), SHARED)
    found: Figures = {}
    for row, kinds in ROWS.items():
        if not set(kinds) & set(SHARED):
            continue
        end = time.perf_counter() + SECONDS_A_ROW
        found[row] = []
        for place, question in enumerate(list_questions(row)):
            if question.kind in SHARED and time.perf_counter() < end:
                taken = _time(contender, question)
                said = None if question.kind == "search" else _hash(taken.answer)
                figures = {"seconds": taken.seconds, "processor": taken.processor}
                found[row].append({"place": place, **figures, "answer": said})
    return {"rows": found}


def make_contender(name: str) -> Callable[[Path], Contender]:
    """What opens a folder for a contender, imported only now."""
    if name == "pandas":
        from in_pandas import InPandas

        return InPandas
    if name == "sqlite":
        from in_sqlite import InSqlite

        return InSqlite
    from ours import Ours

    return Ours


def _time(contender: Contender, question: Question) -> Taken:
    start, processor = time.perf_counter(), time.process_time()
    answer = contender.ask(question)
    return Taken(time.perf_counter() - start, time.process_time() - processor, answer)


def _hash(answer: Any) -> str | None:
    if answer is None:
        return None
    return hashlib.sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest()[:12]


def read_memory() -> dict[str, float]:
    """Megabytes of this process: all that is in memory, its own part, that of files, the peak."""
    with open("/proc/self/status", encoding="ascii") as file:
        lines = dict(line.split(":", 1) for line in file)
    names = {"all": "VmRSS", "own": "RssAnon", "files": "RssFile", "peak": "VmHWM"}
    return {name: int(lines[key].split()[0]) / 1024 for name, key in names.items()}
