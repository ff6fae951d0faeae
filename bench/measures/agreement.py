"""How often intervals of agreement cover the truth."""

import numpy as np
from _tables import SEED, make_table, word

from yousaid.measures.agreement import Agreement, agree

TRIALS = 1000
SIZES = [100, 300]
# How much of all comments is about it; how often one who labels finds it there, and where it isn't.
SETTINGS = [(0.5, 0.9, 0.1), (0.2, 0.9, 0.03), (0.2, 0.7, 0.05), (0.05, 0.9, 0.01)]
PATTERNS = [(True, True), (True, False), (False, True), (False, False)]


def make_section() -> str:
    rows = []
    for part, finds, names in SETTINGS:
        chances = _get_chances(part, finds, names)
        truth = _repeat((np.array(chances) * 1_000_000).round().astype(int))
        for size in SIZES:
            drawn = np.random.default_rng(SEED).multinomial(size, chances, TRIALS)
            found = [_repeat(row) for row in drawn]
            covers = [_cover(found, truth, name) for name in ("alpha", "kappa", "ac1")]
            rows.append(
                [
                    *(word(one, 0) for one in (part, finds, names)),
                    f"{size}",
                    f"{truth.alpha.value:.2f}",
                    *covers,
                ]
            )
    head = ["about it", "each finds", "each wrongly names", "comments", "true alpha"]
    return "\n".join(
        [
            "## How far people agree",
            "",
            f"Two people label alike, apart from chance. How often the 95 % interval of each "
            f"coefficient covered the truth in {TRIALS} trials.",
            "",
            make_table([*head, "alpha", "kappa", "AC1"], rows),
        ]
    )


def _get_chances(part: float, finds: float, names: float) -> list[float]:
    return [
        part * one + (1 - part) * other
        for one, other in (
            (finds**2, names**2),
            (finds * (1 - finds), names * (1 - names)),
            (finds * (1 - finds), names * (1 - names)),
            ((1 - finds) ** 2, (1 - names) ** 2),
        )
    ]


def _repeat(times: np.ndarray) -> Agreement:
    return agree([row for row, n in zip(PATTERNS, times, strict=True) for _ in range(n)])


def _cover(found: list[Agreement], truth: Agreement, name: str) -> str:
    true = getattr(truth, name).value
    ends = [getattr(one, name) for one in found]
    return word(float(np.mean([one.low <= true <= one.high for one in ends])))
