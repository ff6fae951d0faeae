"""The columns that reading adds to a table, whatever kind of table it is: the output contract."""

from collections.abc import Sequence

from yousaid.errors import InputError
from yousaid.frameworks import get_framework

# Four places tell apart whatever the model can; more would differ between machines.
DECIMALS = 4
READING_COLUMNS = (
    *("topics", "sentiment", "sentiment_score", "mixed", "urgency"),
    # Many files have a column “language” of their own: the one in which the person was asked.
    *("comment_language", "model"),
)
PROBABILITY_PREFIX = "p: "


def get_probability_columns() -> tuple[str, ...]:
    """The names of the columns of probabilities, in the order of the framework."""
    return tuple(f"{PROBABILITY_PREFIX}{topic.name}" for topic in get_framework().topics)


def check_free(added: Sequence[str], columns: Sequence[str], table: str) -> None:
    """Raise InputError where one of the columns to be added is there already; `table` is how the
    message calls the table, at the beginning of a sentence."""
    if clash := [name for name in added if name in columns]:
        raise InputError(
            f"{table} already has a column “{clash[0]}”, which would be added. Rename it."
        )
