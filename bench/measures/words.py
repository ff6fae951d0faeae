"""How many of the words that are said to mark something out do so by chance."""

import numpy as np
from _tables import SEED, make_table, word

from yousaid.measures.words import TermCount, find_marks

TRIALS = 100
TERM_COUNT = 5000
# Comments here and elsewhere, how many terms are truly more frequent here, and how many times.
SETTINGS = [
    (100, 2000, 0, 1),
    (500, 20_000, 0, 1),
    (5000, 20_000, 0, 1),
    (100, 2000, 50, 3),
    (500, 20_000, 50, 2),
    (5000, 20_000, 50, 1.5),
]


def make_section() -> str:
    rows = [_try(*setting) for setting in SETTINGS]
    head = [
        "comments here",
        "elsewhere",
        "truly more frequent",
        "of these found",
        "of all found by chance",
        "trials with any by chance",
    ]
    return "\n".join(
        [
            "## Words that mark something out",
            "",
            f"{TERM_COUNT:,} terms, one as frequent as twice the one of double its rank; "
            f"{TRIALS} trials. Of the terms found no more than 5 % should be chance; where none "
            "is truly more frequent no more than 5 % of trials should find any.",
            "",
            make_table(head, rows),
        ]
    )


def _try(here: int, elsewhere: int, true_count: int, times: float) -> list[str]:
    random = np.random.default_rng(SEED)
    rates = 0.3 / np.arange(1, TERM_COUNT + 1)
    # Truly more frequent are some of those frequent enough to be noticed.
    true = random.choice(np.arange(2, 100), true_count, replace=False)
    rates_here = rates.copy()
    rates_here[true] *= times
    found_true, found_false, any_false = 0, 0, 0
    for _ in range(TRIALS):
        counts = random.binomial(here, rates_here), random.binomial(elsewhere, rates)
        named = [{str(place): int(n) for place, n in enumerate(one)} for one in counts]
        marks = find_marks(TermCount(here, named[0]), TermCount(elsewhere, named[1])).marks
        wrong = sum(int(mark.term) not in set(true.tolist()) for mark in marks)
        found_false, found_true = found_false + wrong, found_true + len(marks) - wrong
        any_false += wrong > 0
    found = found_true + found_false
    return [
        f"{here:,}",
        f"{elsewhere:,}",
        f"{true_count}" if not true_count else f"{true_count}, {times:g} times",
        f"{found_true / TRIALS:.1f}",
        word(found_false / found) if true_count else "–",
        word(any_false / TRIALS, 0),
    ]
