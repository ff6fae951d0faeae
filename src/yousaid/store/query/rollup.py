# ruff: noqa: S608 (SQL is put together from named pieces of our own; every value is bound)
"""The same counts from the roll-up, where it holds what was asked: far fewer rows than facts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from yousaid.records import Scope
from yousaid.store.answers import Dimension, DimensionKind
from yousaid.store.filter import Filter, get_asked
from yousaid.store.query.axes import Axis
from yousaid.store.query.feelings import OF_COMMENT, OF_ROLLUP
from yousaid.store.query.select import Selection, select_rollup
from yousaid.store.query.tally import Table, Tally, list_codes, sum_counted, tally_comments
from yousaid.store.snapshot import Snapshot

_DIMENSIONS: set[DimensionKind] = {"month", "quarter", "topic", "kind", "sentiment"}
_FIELDS = {"kinds", "uploads", "first_date", "last_date"}


def can_roll_up(chosen: Filter, dimensions: Sequence[Dimension], *, with_responses: bool) -> bool:
    """Whether the roll-up, which is of all places, holds these counts.

    It does where no responses are counted; where the filter asks for kinds, uploads and whole
    months only; and where the dimensions are months, quarters, topics, kinds and sentiments, topics
    and sentiments not with each other: a comment may feel both ways about two topics.
    """
    kinds = {dimension.kind for dimension in dimensions}
    return (
        not with_responses
        and kinds <= _DIMENSIONS
        and not kinds >= {"topic", "sentiment"}
        and {field.name for field in get_asked(chosen)} <= _FIELDS
        and (chosen.first_date is None or chosen.first_date.day == 1)
        and (chosen.last_date is None or _is_month_end(chosen.last_date))
    )


def find_rollup(
    scope: Scope, snapshot: Snapshot, chosen: Filter, *dimensions: Dimension
) -> Selection | None:
    """The roll-up's rows where it holds the counts of comments by these dimensions."""
    # What is no scope is refused where the facts are looked at.
    is_everywhere = isinstance(scope, Scope) and scope.units is None
    if is_everywhere and can_roll_up(chosen, dimensions, with_responses=False):
        return select_rollup(scope, snapshot, chosen)
    return None


def count_mentions(rolled_up: Selection) -> dict[int, int]:
    """The comments with each mention, as `facts` codes it."""
    return dict(
        rolled_up.ask(
            "SELECT topic * 3 + sentiment + 1, sum(comment_count)::BIGINT AS n FROM selected "
            "WHERE topic >= 0 GROUP BY ALL HAVING n > 0"
        )
    )


def count_comments(rolled_up: Selection) -> int:
    """All comments."""
    [(count,)] = rolled_up.ask(
        "SELECT coalesce(sum(comment_count), 0)::BIGINT FROM selected WHERE topic = -1"
    )
    return int(count)


def _is_month_end(day: date) -> bool:
    return day == date.max or (day + timedelta(days=1)).day == 1


def tally_rollup(rolled_up: Selection, selected: Selection, axes: Sequence[Axis]) -> Table:
    """The counts by the axes, from the roll-up and, for comments without a topic, from facts."""
    table = sum_rollup(rolled_up, axes)
    has_topics = any(axis.kind == "topic" for axis in axes)
    return table | (_tally_topicless(selected, axes) if has_topics else {})


def sum_rollup(rolled_up: Selection, axes: Sequence[Axis]) -> Table:
    """The counts by the axes; of topics, those that comments have."""
    kinds = [axis.kind for axis in axes]
    # Here a topic is a column of its own.
    held = [replace(a, code=("topic", [])) if a.kind == "topic" else a for a in axes]
    codes, values = list_codes(held)
    sql = f"""
        , counted AS (
            SELECT {codes}sentiment AS feeling, sum(comment_count) AS n FROM selected
            WHERE topic {">= 0" if "topic" in kinds else "= -1"} GROUP BY ALL
        )"""
    table = sum_counted(rolled_up, axes, OF_ROLLUP, (sql, values))
    # Corrections come as counts to add and counts to take away, which may leave nothing.
    return {key: tally for key, tally in table.items() if tally.comment_count or not axes}


def _tally_topicless(selected: Selection, axes: Sequence[Axis]) -> Table:
    place = [axis.kind for axis in axes].index("topic")
    others = [axis for axis in axes if axis.kind != "topic"]
    table = tally_comments(selected, others, OF_COMMENT, ("topic_mask = 0", []))
    return {
        (*key[:place], None, *key[place:]): Tally(0, tally.comment_count, 0, 0, 0)
        for key, tally in table.items()
        if tally.comment_count
    }
