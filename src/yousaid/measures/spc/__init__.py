"""Control charts as in NHS England's Making Data Count."""

from yousaid.measures.spc.chart import (
    SETTLED_POINTS,
    Assurance,
    Chart,
    ChartOptions,
    Direction,
    Kind,
    Point,
    Variation,
)
from yousaid.measures.spc.kinds import (
    LEAST_EXPECTED,
    make_g,
    make_p,
    make_p_prime,
    make_t,
    make_xmr,
)
from yousaid.measures.spc.many import (
    FALSE_SIGNAL_RATE,
    add_up_months,
    choose_months,
    expect_false_signals,
    find_holding,
)
from yousaid.measures.spc.rules import Cause

__all__ = [
    "FALSE_SIGNAL_RATE",
    "LEAST_EXPECTED",
    "SETTLED_POINTS",
    "Assurance",
    "Cause",
    "Chart",
    "ChartOptions",
    "Direction",
    "Kind",
    "Point",
    "Variation",
    "add_up_months",
    "choose_months",
    "expect_false_signals",
    "find_holding",
    "make_g",
    "make_p",
    "make_p_prime",
    "make_t",
    "make_xmr",
]
