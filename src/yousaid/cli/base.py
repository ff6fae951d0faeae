"""What all commands share: the application, its streams, and common options.

Results go to standard output, messages to standard error.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Reads what patients write about their care. Nothing leaves this machine.",
)

ModelOption = Annotated[
    str, typer.Option("--model", help="A shipped model, or the folder of your own.")
]
PointOption = Annotated[
    str,
    typer.Option(help="balanced, or find_all: misses fewer comments, and is wrong more often."),
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", help="The sheet of a workbook, if not the first.")
]


def say(message: str) -> None:
    print(message, file=sys.stderr)  # noqa: T201 (the command line is where printing belongs)


@contextmanager
def show_progress(title: str) -> Iterator[Callable[[int], None]]:
    """A moving count on a terminal, nothing on a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    shown = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed:,.0f} comments"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with shown:
        task = shown.add_task(title, total=None)
        yield lambda count: shown.advance(task, count)
