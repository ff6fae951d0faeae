"""Twenty people clicking at once: seeded sessions against the real server in its own process."""

import http.client
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from figures import summarise
from questions import list_questions
from trust import SEED

from yousaid.store.filter import Filter, to_query

PEOPLE = 20
SECONDS = 60
THINK_SECONDS = (1.0, 3.0)
# Longer than any page may take; a page that takes longer is an error.
TIMEOUT_SECONDS = 10
_COMMENT = re.compile(r'href="(/comments/[^"?#]+)"')
Figures = dict[str, Any]


def time_people(folder: Path, seconds: float = SECONDS) -> Figures:
    """How long pages took, by kind, and how many were none."""
    command = [sys.executable, "-m", "yousaid", "serve", str(folder), "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        port = int(re.search(r":(\d+)/", server.stderr.readline())[1])  # type: ignore[index]
        threading.Thread(target=server.stderr.read, daemon=True).start()
        _Person(port, 0).get("overview", "/")
        people = [_Person(port, number) for number in range(1, PEOPLE + 1)]
        end = time.perf_counter() + seconds
        threads = [threading.Thread(target=person.click, args=[end]) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        memory = _read_memory(server.pid)
    finally:
        server.terminate()
        server.wait(10)
    return _sum_up([page for person in people for page in person.pages]) | {"memory": memory}


def _sum_up(pages: list[tuple[str, float, int]]) -> Figures:
    kinds = sorted({kind for kind, _, _ in pages})
    taken = {kind: [took for one, took, _ in pages if one == kind] for kind in kinds}
    return {
        "people": PEOPLE,
        "all": summarise([took for _, took, _ in pages]),
        "kinds": {kind: summarise(times) for kind, times in taken.items()},
        "errors": sum(status != 200 for _, _, status in pages),
    }


class _Person:
    """One person with a browser: a session after another, thinking between the pages."""

    def __init__(self, port: int, number: int) -> None:
        self._draw = random.Random(f"{SEED} {number}")
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        self._filters = [question.chosen for question in list_questions("page", 40, number)]
        self._searches = [question.chosen for question in list_questions("search", 40, number)]
        self.pages: list[tuple[str, float, int]] = []

    def click(self, end: float) -> None:
        time.sleep(self._draw.uniform(0, THINK_SECONDS[1]))
        while time.perf_counter() < end:
            for kind, address in self._walk():
                self.get(kind, address)
                time.sleep(self._draw.uniform(*THINK_SECONDS))
                if time.perf_counter() > end:
                    return

    def _walk(self) -> Iterator[tuple[str, str]]:
        """A session: what one sees leads to where one goes."""
        draw = self._draw
        yield "overview", "/"
        chosen = draw.choice(self._filters)
        yield "overview", _write("/", chosen)
        if draw.random() < 0.5:
            chosen = replace(chosen, urgent=False, sentiments=("negative",))
            yield "overview", _write("/", chosen)
        yield "comments", _write("/comments", chosen)
        if found := _COMMENT.findall(self._seen):
            yield "comment", draw.choice(found)
        if draw.random() < 0.4:
            order = draw.choice(["most_negative", "most_urgent"])
            yield "comments", _write("/comments", chosen, order=order)
        words = draw.choice(self._searches)
        yield "search", _write("/comments", words)
        if found := _COMMENT.findall(self._seen):
            yield "comment", draw.choice(found)
        yield "search", _write("/", words)
        if draw.random() < 0.1:
            yield "about", "/about"

    def get(self, kind: str, address: str) -> None:
        start = time.perf_counter()
        try:
            self._connection.request("GET", address)
            answer = self._connection.getresponse()
            self._seen, status = answer.read().decode(), answer.status
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._seen, status = "", 0
        self.pages.append((kind, time.perf_counter() - start, status))


def _write(path: str, chosen: Filter, **extras: str) -> str:
    pairs = [*to_query(chosen), *extras.items()]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _read_memory(process_id: int) -> float:
    with open(f"/proc/{process_id}/status", encoding="ascii") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["VmHWM"].split()[0]) / 1024
