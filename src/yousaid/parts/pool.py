"""Several processes that read parts, each loading the model once.

They are programs of their own and not copies of this one: a script needs no `if __name__ ==
"__main__"`, a notebook will do, and one that dies takes down the part that it was at and no other.
"""

import json
import os
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from yousaid.model.batches import count_cores
from yousaid.parts.folders import Part
from yousaid.parts.record import Plan

_COMMAND = (sys.executable, "-P", "-m", "yousaid.parts.worker")
_READ_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a part: rows of it were read, it is done, or it failed, and why.

    What is final stands in the way of every part.
    """

    part: Part
    row_count: int = 0
    is_done: bool = False
    failure: str | None = None
    is_final: bool = False


def read_parts(
    parts: Sequence[Part], plan: Plan, work: Path, worker_count: int
) -> Generator[Event, None, None]:
    """What happens while the parts are read, the largest first, until each is done or has failed.

    Closed early, the processes are ended. Raises RuntimeError where one cannot start.
    """
    todo = deque(sorted(parts, key=_get_size, reverse=True))
    worker_count = min(worker_count, len(todo))
    workers: set[_Worker] = set()
    with selectors.DefaultSelector() as selector:

        def start() -> None:
            worker = _Worker(plan, work, worker_count)
            workers.add(worker)
            selector.register(worker.descriptor, selectors.EVENT_READ, worker)

        try:
            for _ in range(worker_count):
                start()
            while workers:
                for key, _ in selector.select():
                    worker: _Worker = key.data
                    yield from worker.take(todo)
                    if worker.has_ended:
                        selector.unregister(key.fd)
                        workers.remove(worker)
                        if len(workers) < len(todo):
                            start()
        finally:
            for worker in workers:
                worker.end()


def _get_size(part: Part) -> int:
    try:
        return part.source.stat().st_size
    except OSError:
        return 0  # said when it is read


class _Worker:
    """A process, the part that it is at, and what it has said of it."""

    def __init__(self, plan: Plan, work: Path, worker_count: int) -> None:
        # Together they use every core once.
        threads = max(1, count_cores() // worker_count)
        self._process = subprocess.Popen(  # noqa: S603 (our own program)
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=os.environ
            | {
                "OMP_NUM_THREADS": str(threads),
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
        )
        assert self._process.stdout is not None
        self.descriptor = self._process.stdout.fileno()
        self.has_ended = False
        self._is_ready = False
        self._work = work
        self._part: Part | None = None
        self._heard = b""
        self._send(asdict(plan))

    def take(self, todo: deque[Part]) -> Iterator[Event]:
        """What it has said, or that it has died; and give it another part when it is done."""
        heard = os.read(self.descriptor, _READ_BYTES)
        if not heard:
            yield from self._bury()
            return
        *lines, self._heard = (self._heard + heard).split(b"\n")
        for line in lines:
            said = json.loads(line)
            if said["kind"] == "rows":
                assert self._part is not None
                yield Event(self._part, row_count=said["count"])
                continue
            if self._part is not None:
                failure = said.get("message")
                is_final = said.get("is_final", False)
                yield Event(self._part, 0, failure is None, failure, is_final)
            self._is_ready = True
            self._give(todo)

    def _give(self, todo: deque[Part]) -> None:
        self._part = todo.popleft() if todo else None
        if self._part is None:
            self.end()
            return
        part = self._part
        self._send([part.name, str(part.source), str(part.target), str(self._work)])

    def _send(self, said: object) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it died, which is seen when it is listened to
            self._process.stdin.write(json.dumps(said).encode() + b"\n")

    def _bury(self) -> Iterator[Event]:
        self.end()
        code = self._process.returncode
        if not self._is_ready:
            raise RuntimeError(f"a process that reads parts could not start (exit code {code})")
        if self._part is not None:
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            hint = " There may be too little memory: use fewer cores." if code == -9 else ""
            yield Event(
                self._part,
                failure=f"{self._part.name}: the process that read it died ({how}).{hint}",
            )

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.has_ended = True
        if self._process.poll() is None:
            self._process.kill()
        self._process.__exit__(None, None, None)
