"""Everything that can go wrong and is the user's to put right.

    YousaidError            say the message, show no traceback
    ├── InputError          a file, column or value that cannot be used
    │   └── NothingNewError a file whose responses are all there already
    ├── OutputError         a place that cannot be written
    ├── ModelError          a model that is damaged, foreign or missing
    ├── StoreError          a folder that is not a store, or is too new
    ├── FilterError         a question that cannot be asked (a bad address in the dashboard)
    ├── ServeError          the dashboard cannot start (a port in use)
    └── MissingExtraError   a part of the product that was not installed

A message says what is wrong, where (file, row, column) and what to do next, and never holds the
text of a comment. Anything else that is raised is our mistake and keeps its traceback.
"""


class YousaidError(Exception):
    """Base of every error that is told to the user in one line, without a traceback."""

    exit_code = 2


class InputError(YousaidError):
    """A file, column or value that cannot be used."""


class NothingNewError(InputError):
    """A file whose responses are all there already."""


class OutputError(YousaidError):
    """A file or folder that cannot be written."""


class ModelError(YousaidError):
    """A model that is damaged, foreign or missing."""


class StoreError(YousaidError):
    """A folder that is not a store of ours, or was written by a newer version."""


class FilterError(YousaidError):
    """A question that cannot be asked: an unknown topic, a date that is none."""


class ServeError(YousaidError):
    """The dashboard cannot start."""


class MissingExtraError(YousaidError):
    """A part of the product that was not installed."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the extra “{extra}”: pip install 'yousaid[{extra}]'")
