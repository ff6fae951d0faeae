"""Where the names of the columns stand: mostly first, sometimes below a title and some notes."""

from collections.abc import Sequence
from statistics import median

from yousaid.ingest.columns import is_name_of_a_kind, is_name_of_comments

# Rows that are looked at, and how many of them may stand above the names.
ROWS_LOOKED_AT = 60
_MOST_ABOVE = 30
_LONGEST_NAME = 150
# A comment that was cut at its commas may hold one word that we know.
_LEAST_KNOWN = 2


def count_rows_above(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first rows stand above the names of the columns.

    None unless the first row has cells for a third of the columns at most, which a row of names
    never has, and a later one has names for nearly all, of which we know some. A row of a file that
    only seems to have columns, because comments have commas in them, has no such names.

    >>> count_rows_above([["FFT report"], ["Date", "Ward", "Comments"], ["1/2/26", "7", "Kind"]])
    1
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows[:ROWS_LOOKED_AT]]
    # One column of comments without quotation marks seems to have more columns than names.
    if len(filled) < 3 or any(map(is_name_of_comments, rows[0])):
        return 0
    for place in range(1, min(_MOST_ABOVE, len(filled) - 1) + 1):
        usual = median(filled[place + 1 :] or filled[place:])
        if usual < 3 or any(count > usual / 3 for count in filled[:place]):
            return 0
        if filled[place] >= 0.8 * usual and _are_names(rows[place]):
            return place
    return 0


def _are_names(cells: Sequence[str]) -> bool:
    names = [cell.strip() for cell in cells if cell.strip()]
    return (
        len({name.casefold() for name in names}) == len(names)
        and all(len(name) <= _LONGEST_NAME for name in names)
        and not any(_is_number(name) for name in names)
        and sum(map(is_name_of_a_kind, names)) >= _LEAST_KNOWN
    )


def _is_number(cell: str) -> bool:
    return cell.replace(".", "").replace(",", "").replace("/", "").replace("-", "").isdecimal()
