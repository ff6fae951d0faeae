"""What the sections share: a seed, and how tables are written."""

from collections.abc import Sequence

SEED = 20_260_101


def make_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown, its first column to the left and the others to the right."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def word(part: float, figures: int = 1) -> str:
    """A share from 0 to 1 in percent."""
    return f"{100 * part:.{figures}f} %"
