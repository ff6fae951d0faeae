"""A figure that may be hidden, and what counts as small."""

from collections.abc import Sequence
from enum import Enum
from numbers import Integral
from typing import Final

# NHS England hides the answers behind 1 to 4 responses in the Friends and Family Test's workbooks
# (their Notes sheet). Nought tells of nobody and stays.
SMALLEST_SHOWN = 5


class Suppressed(Enum):
    """What stands in the place of a hidden figure. It says “*”, as in NHS England's workbooks."""

    SUPPRESSED = "*"

    def __str__(self) -> str:
        return self.value


SUPPRESSED: Final = Suppressed.SUPPRESSED
Figure = int | Suppressed


def is_small(count: int) -> bool:
    """Whether a count is 1 to 4."""
    return 0 < count < SMALLEST_SHOWN


def check_counts(counts: Sequence[int]) -> None:
    """Raises ValueError for anything but whole numbers from 0 on."""
    for count in counts:
        # NumPy's whole numbers are welcome; NaN, halves and hidden figures are not.
        if not isinstance(count, Integral) or count < 0:
            raise ValueError(f"{count} is no count")


def hide_small(count: int) -> Figure:
    """The count, or SUPPRESSED where it is 1 to 4; for one count without totals or neighbours.

    Counts that add up to anything shown go through `suppress_tables` or `suppress_units`.
    Raises ValueError for a negative count.

    >>> [str(hide_small(count)) for count in (0, 1, 4, 5)]
    ['0', '*', '*', '5']
    """
    check_counts([count])
    return SUPPRESSED if is_small(count) else count


def round_percent(count: Figure, out_of: Figure) -> float | Suppressed | None:
    """The percentage that may be shown, to one decimal: SUPPRESSED where either count is hidden.

    None where `out_of` is 0. One decimal of a hidden count is as good as the count up to a
    thousand responses, which is why a percentage is never shown without both.

    >>> [str(round_percent(*pair)) for pair in ((1, 8), (SUPPRESSED, 8), (0, 0))]
    ['12.5', '*', 'None']
    """
    if isinstance(count, Suppressed) or isinstance(out_of, Suppressed):
        return SUPPRESSED
    return round(100 * count / out_of, 1) if out_of else None
