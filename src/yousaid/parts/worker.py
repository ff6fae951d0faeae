"""A process that reads parts: python -m yousaid.parts.worker

A line of JSON each way. In: the plan, then the parts, one when the last is done. Out: that it is
ready; for each part, the rows as they are read, then that it is done or why it is not. It ends with
its input, and says no more than a traceback where the mistake is ours.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from yousaid.errors import ModelError, OutputError, YousaidError
from yousaid.model.reader import Reader
from yousaid.parts.folders import Part
from yousaid.parts.read import read_part
from yousaid.parts.record import Plan


def serve(asked: TextIO, answers: TextIO) -> None:
    """Read the parts that are asked for until there are no more."""

    def answer(**fields: object) -> None:
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    plan = Plan(**json.loads(asked.readline()))
    reader = Reader(plan.model, plan.operating_point)
    if reader.model.label != plan.model_label:
        raise ModelError(f"The model {plan.model} changed while it was read from.")
    answer(kind="ready")
    for line in asked:
        name, source, target, folder = json.loads(line)
        part = Part(name, Path(source), Path(target))
        try:
            with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as work:
                read_part(part, plan, reader, Path(work), lambda n: answer(kind="rows", count=n))
        except YousaidError as error:
            is_final = isinstance(error, OutputError)
            answer(kind="failed", message=str(error), is_final=is_final)
        else:
            answer(kind="done")


def main() -> None:
    """Serve on the standard streams."""
    # Ctrl+C reaches every process of the terminal; the one that asks for parts decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library may print must not be taken for an answer.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(sys.stdin, answers)
    except BrokenPipeError:
        os._exit(1)  # who asked has gone


if __name__ == "__main__":
    main()
