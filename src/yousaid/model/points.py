"""The model that reads if nobody says, and operating points: one model, more or less cautious.

`balanced` says a topic where being right and finding all weigh alike (F1). `find_all` says it as
soon as that finds more than it spoils, finding counted twice (F2): for lists that people read
through, where a comment that was missed costs more than one that was not meant.
"""

from typing import Literal, get_args

OperatingPoint = Literal["balanced", "find_all"]
POINTS: tuple[OperatingPoint, ...] = get_args(OperatingPoint)
DEFAULT_POINT: OperatingPoint = "balanced"
DEFAULT_MODEL = "best"


def word_point(point: str) -> str:
    """The point as people read it: “find all”."""
    return point.replace("_", " ")
