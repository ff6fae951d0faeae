"""Reads what patients write about their care.

>>> from yousaid import Reader
>>> comment = "The nurses were lovely but I waited four hours and the car park is a disgrace"
>>> for mention in Reader().read([comment])[0].mentions:
...     print(mention.topic, mention.sentiment)
parking negative
timeliness negative
staff_manner positive
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yousaid.model.reader import Reader
    from yousaid.parts.classify import classify_parquet
    from yousaid.parts.record import ReadingOptions

__version__ = "0.1.0"
__all__ = ["Reader", "ReadingOptions", "__version__", "classify_parquet"]

_HOMES = {
    "Reader": "yousaid.model.reader",
    "ReadingOptions": "yousaid.parts.record",
    "classify_parquet": "yousaid.parts.classify",
}


def __getattr__(name: str) -> Any:
    # The reader brings SciPy; the command line should not wait for it to print its help.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
