"""Why a disk refused, in words that hold nothing of what was being written."""

import errno
import os
import sqlite3

_CODES = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS),
    *(errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE, errno.ENOENT),
)


def say_reason(error: Exception) -> str:
    """The reason of the operating system or of SQLite; where there is none, the kind of error.

    DuckDB, Delta and PostgreSQL may quote the row that they stopped at, so that of their words only
    those of the operating system are passed on.
    """
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return str(cause)
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    said = str(cause)
    found = (os.strerror(code) for code in _CODES if os.strerror(code) in said)
    return next(found, type(cause).__name__)
