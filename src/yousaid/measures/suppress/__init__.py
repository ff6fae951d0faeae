"""Small numbers: the one place where a count is hidden before it leaves the building.

What is shown is an answer to everyone at once, so hiding a count is not enough: a total less its
neighbours must not bring it back. `suppress_tables` does it for two-way tables, `suppress_units`
for places that add up to places. What they return holds no hidden count, so that a page or a file
made of it cannot let one slip.
"""

from yousaid.measures.suppress.figures import (
    SMALLEST_SHOWN,
    SUPPRESSED,
    Figure,
    Suppressed,
    hide_small,
    round_percent,
)
from yousaid.measures.suppress.tables import (
    SuppressedTable,
    Table,
    suppress_table,
    suppress_tables,
)
from yousaid.measures.suppress.units import SuppressedUnit, Unit, suppress_units

__all__ = [
    "SMALLEST_SHOWN",
    "SUPPRESSED",
    "Figure",
    "Suppressed",
    "SuppressedTable",
    "SuppressedUnit",
    "Table",
    "Unit",
    "hide_small",
    "round_percent",
    "suppress_table",
    "suppress_tables",
    "suppress_units",
]
