"""How often corrected shares cover the truth, over sizes, prevalences and readers."""

from collections.abc import Callable, Sequence

import numpy as np
from _tables import SEED, make_table, word

from yousaid.measures.intervals import share
from yousaid.measures.prevalence import (
    Labelled,
    correct,
    difference_corrected,
    estimate_by_audit,
    why_no_audit,
    why_no_correction,
)

TRIALS = 2000
# How much of what is there a reader finds, and of what is not it names: a good topic, a middling
# one, one that it hardly knows.
READERS = [(0.85, 0.02), (0.7, 0.05), (0.5, 0.02)]
PARTS = [0.02, 0.05, 0.2, 0.5]
SIZES = [100, 400, 3000]
TESTED = 4000
AUDITED = [50, 100, 300]


def make_section() -> str:
    head = ["truth", "reader finds", "wrongly names", "comments"]
    rows = [
        [
            word(part, 0),
            word(finds, 0),
            word(names, 0),
            f"{size:,}",
            *_try(part, finds, names, size),
        ]
        for part in PARTS
        for finds, names in READERS
        for size in SIZES
    ]
    audits = [f"audit of {size}" for size in AUDITED]
    table = make_table([*head, "counted", "corrected", "difference", *audits], rows)
    return "\n".join(
        [
            "## How many comments are about something",
            "",
            f"How often the 95 % interval covered the truth in {TRIALS:,} trials: of what the "
            f"reader counted, of the count corrected by its errors on {TESTED:,} tested comments, "
            "of the difference between two such counts (one truth half the other), and of an "
            "audit of so many of the comments. Only what would be shown counts: “–” is where it "
            "was in fewer than half of the trials.",
            "",
            table,
        ]
    )


def _try(part: float, finds: float, names: float, size: int) -> list[str]:
    random = np.random.default_rng(SEED)
    counted, others, tests = (
        random.multinomial(n, _get_cells(p, finds, names), TRIALS)
        for n, p in ((size, part), (size, part / 2), (TESTED, part))
    )
    shares = [share(int(both + only), size) for both, only, _, _ in counted]
    other_shares = [share(int(both + only), size) for both, only, _, _ in others]
    tested = [Labelled(*map(int, row)) for row in tests]
    can_correct = [not why_no_correction(one) for one in tested]
    answers = [
        _cover(
            [True] * TRIALS,
            lambda n: (shares[n].low or 0, shares[n].high or 0),
            100 * part,
        ),
        _cover(can_correct, lambda n: _ends(correct(shares[n], tested[n])), 100 * part),
        _cover(
            can_correct,
            lambda n: _ends(difference_corrected(shares[n], other_shares[n], tested[n])),
            50 * part,
        ),
    ]
    for audit_size in AUDITED:
        if audit_size > size:
            answers.append("")
            continue
        rows = [random.multivariate_hypergeometric(row, audit_size) for row in counted]
        audits = [Labelled(*map(int, row)) for row in rows]
        answers.append(_try_audit(audits, shares, 100 * part))
    return answers


def _try_audit(audits: Sequence[Labelled], shares: Sequence[object], truth: float) -> str:
    can_show = [not why_no_audit(*pair) for pair in zip(shares, audits, strict=True)]
    return _cover(can_show, lambda n: _ends(estimate_by_audit(shares[n], audits[n])), truth)


def _get_cells(part: float, finds: float, names: float) -> list[float]:
    return [part * finds, (1 - part) * names, part * (1 - finds), (1 - part) * (1 - names)]


def _ends(found: object) -> tuple[float, float]:
    return found.low, found.high


def _cover(
    shown: Sequence[bool], get_ends: Callable[[int], tuple[float, float]], truth: float
) -> str:
    numbers = [number for number, is_shown in enumerate(shown) if is_shown]
    if len(numbers) < len(shown) / 2:
        return "–"
    hits = [low - 1e-9 <= truth <= high + 1e-9 for low, high in map(get_ends, numbers)]
    return word(float(np.mean(hits)))
