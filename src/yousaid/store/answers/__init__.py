"""What the store answers with: plain frozen values, some for each question in `query`."""

from yousaid.store.answers.changes import (
    Change,
    Comparison,
    Period,
    PeriodCounts,
    TopicComparison,
)
from yousaid.store.answers.choices import Choices, Upload
from yousaid.store.answers.comments import (
    ORDERS,
    CommentPage,
    Order,
    ReadComment,
    ResponseComment,
    SimilarComments,
    SuggestedWords,
)
from yousaid.store.answers.counts import MonthCount, TopicCount, Totals
from yousaid.store.answers.cross_tab import (
    DIMENSION_KINDS,
    Counts,
    CrossTab,
    Dimension,
    DimensionKind,
    TopicPair,
    Value,
)

__all__ = [
    "DIMENSION_KINDS",
    "ORDERS",
    "Change",
    "Choices",
    "CommentPage",
    "Comparison",
    "Counts",
    "CrossTab",
    "Dimension",
    "DimensionKind",
    "MonthCount",
    "Order",
    "Period",
    "PeriodCounts",
    "ReadComment",
    "ResponseComment",
    "SimilarComments",
    "SuggestedWords",
    "TopicComparison",
    "TopicCount",
    "TopicPair",
    "Totals",
    "Upload",
    "Value",
]
