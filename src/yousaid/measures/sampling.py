"""How many comments people should label, and which: see `prevalence` for what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil
from numbers import Integral

from yousaid.measures.intervals import wilson
from yousaid.measures.prevalence import MINIMUM_AUDIT, MINIMUM_FOUND


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """How many of so many comments to label, and in a sentence what for."""

    size: int
    comment_count: int
    sentence: str


def plan_audit(comment_count: int, points: float, percent: float = 50) -> AuditPlan:
    """How many of these comments to label so that the interval reaches `points` to either side.

    `percent` is the share that is expected; 50 is the hardest, and does for any. It is the fewest
    of which Wilson's interval is no wider, but MINIMUM_AUDIT at least, and as many as should hold
    MINIMUM_FOUND comments that are about it. The reader's help, which makes the interval narrower,
    is not counted on.

    Half of 93 is known to within z ÷ (2 √(93 + z²)) = 1.96 ÷ 19.67, a little less than 10 points;
    of 5 % a hundred are needed for there to be five:

    >>> plan_audit(10_000, 10).size, plan_audit(10_000, 10, percent=5).size
    (93, 100)

    Raises ValueError for points that are not within 0 … 50, a percentage not within 0 … 100, and
    fewer than one comment or a part of one.
    """
    if not 0 < points <= 50:
        raise ValueError(f"an interval cannot reach {points} points to either side")
    if not 0 < percent < 100:
        raise ValueError(f"{percent} % is not something that an audit could find")
    if comment_count < 1:
        raise ValueError("there are no comments to label")
    if not isinstance(comment_count, Integral):
        raise ValueError(f"{comment_count} is no number of comments")
    rarer = min(percent, 100 - percent) / 100
    least = max(MINIMUM_AUDIT, ceil(MINIMUM_FOUND / rarer))
    size = min(max(_find_size(rarer, points), least), comment_count)
    if size == comment_count:
        sentence = f"Label all {comment_count:,} comments: fewer would not say enough."
    else:
        sentence = (
            f"Label {size:,} of {comment_count:,} comments, drawn at random: what is about "
            f"{percent:g} % is then known to within {points:g} points."
        )
    return AuditPlan(size, comment_count, sentence)


def _find_size(rate: float, points: float) -> int:
    """The fewest of which half the width of Wilson's interval is no more than so many points."""
    low, high = 1, 1
    while _reach(rate, high) > points:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if _reach(rate, middle) > points:
            low = middle + 1
        else:
            high = middle
    return low


def _reach(rate: float, size: int) -> float:
    low, high = wilson(rate, size)
    return 50 * (high - low)


def draw_audit(comment_ids: Sequence[str], size: int, name: str) -> tuple[str, ...]:
    """So many of the comments, drawn at random, in the order in which to label them.

    `name` tells this draw from others, such as “January 2026”. The same name and comments give the
    same draw, in whatever order they come and on whatever machine, so that anybody can check that
    nobody chose. A larger draw begins with the smaller one, so more can be labelled later, and one
    can stop at any of them. Each id is put through a keyed hash (BLAKE2, RFC 7693); the smallest
    are drawn.

    >>> draw_audit(["1", "2", "3", "4", "5"], 2, "January")
    ('5', '1')

    Raises ValueError for ids that come twice, and for more than there are or fewer than none.
    """
    if len(set(comment_ids)) < len(comment_ids):
        raise ValueError("an id is there more than once")
    if not 0 <= size <= len(comment_ids):
        raise ValueError(f"{size} of {len(comment_ids)} comments cannot be drawn")
    key = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=32).digest()

    def place(comment_id: str) -> bytes:
        return blake2b(
            comment_id.encode("utf-8", "surrogatepass"), key=key, digest_size=16
        ).digest()

    return tuple(sorted(comment_ids, key=place)[:size])
