"""The command line as a whole: streams, signals, and errors as messages and exit codes.

An error that is the user's to put right is one line and exit code 2; anything else is our mistake
and shows its traceback.
"""

import errno
import os
import signal
import sys
from typing import NoReturn, cast

import typer

from yousaid.cli import app, say
from yousaid.errors import OutputError, YousaidError

# Every fault in how a command was called; typer names only the most common kind of it.
_UsageError = cast("type[Exception]", typer.BadParameter.__base__)
# Why a stream refuses what is written: full, closed, broken, over its limit.
_REFUSALS = frozenset({errno.ENOSPC, errno.EBADF, errno.EIO, errno.EFBIG, errno.EDQUOT})


def main() -> None:
    """Run the command line; the one place where our errors become messages and exit codes."""
    _open_closed_streams()
    # Asked to stop, we clear away what is half-written, as with Ctrl+C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
        sys.stdout.flush()
    except YousaidError as error:
        _stop(str(error), error.exit_code)
    except _UsageError as error:
        _stop(_word_usage_error(error), YousaidError.exit_code)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:
        _leave_closed_pipe()
    except SystemExit as left:
        # Typer leaves with 1, the code of our own mistakes.
        if isinstance(left.__context__, BrokenPipeError):
            _leave_closed_pipe()
        raise
    except OSError as error:
        if error.filename is not None or error.errno not in _REFUSALS:
            raise
        # What could not be written would be tried again, and fail again, as Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _stop(f"Standard output cannot be written ({error.strerror}).", OutputError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


def _stop(message: str, exit_code: int) -> NoReturn:
    say(f"yousaid: {message}")
    sys.exit(exit_code)


def _leave_closed_pipe() -> NoReturn:
    """The reader of our output has gone (“| head”): nothing is left to say to anyone."""
    sys.stderr.close()
    sys.exit(141)


def _open_closed_streams() -> None:
    """Give what was started without a stream (“<&-”, “>&-”) one that is empty or refuses."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 (open until the end)
    if sys.stdout is None:  # not writable, so that lost results are an error and not a silence
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _word_usage_error(error: Exception) -> str:
    """What is wrong with the words of a command, in one line, and where its help is."""
    message = " ".join(getattr(error, "format_message", error.__str__)().split())
    context = getattr(error, "ctx", None)
    command = context.command.name if context and context.parent else None
    message += "" if message.endswith((".", "?")) else "."
    return f"{message} See {' '.join(filter(None, ('yousaid', command)))} --help."


if __name__ == "__main__":
    main()
