"""The questions that a store answers. Each takes the scope first: there is none without one.

Answers are described in `yousaid.store.answers`.
"""

from yousaid.store.query.changes import (
    Measure,
    compare_periods,
    get_changes,
    standardise_difference,
)
from yousaid.store.query.choices import get_choices
from yousaid.store.query.comments import get_comment, get_comment_batches, get_comments
from yousaid.store.query.cross_tab import get_cross_tab
from yousaid.store.query.known import get_known
from yousaid.store.query.months import get_months
from yousaid.store.query.pairs import get_topic_pairs
from yousaid.store.query.similar import get_similar
from yousaid.store.query.suggestion import get_suggestion
from yousaid.store.query.texts import get_sample
from yousaid.store.query.totals import (
    get_comment_count,
    get_dates,
    get_topic_counts,
    get_totals,
)
from yousaid.store.query.uploads import get_models, get_uploads

__all__ = [
    "Measure",
    "compare_periods",
    "get_changes",
    "get_choices",
    "get_comment",
    "get_comment_batches",
    "get_comment_count",
    "get_comments",
    "get_cross_tab",
    "get_dates",
    "get_known",
    "get_models",
    "get_months",
    "get_sample",
    "get_similar",
    "get_suggestion",
    "get_topic_counts",
    "get_topic_pairs",
    "get_totals",
    "get_uploads",
    "standardise_difference",
]
