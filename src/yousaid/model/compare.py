"""How much better one model reads than another, on the same comments."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from yousaid.model.evaluate import (
    BOOTSTRAP_ROUNDS,
    Figure,
    Predicted,
    draw_rounds,
    make_f1,
    make_figure,
    make_scored_truth,
    select_rows,
    split_cases,
)
from yousaid.model.labels import LabelledComment
from yousaid.records import SENTIMENT_LEVELS

Bools = NDArray[np.bool_]
Reals = NDArray[np.float64]


def compare(
    comments: Sequence[LabelledComment],
    first: Predicted,
    second: Predicted,
    *,
    seed: int = 0,
    rounds: int = BOOTSTRAP_ROUNDS,
) -> dict[str, Figure | None]:
    """How much higher the second scores (−1…1) in `micro_f1`, `macro_f1`, `sentiment_macro_f1`.

    The intervals are of the difference, by the same draws of comments for both: one that holds 0
    shows no difference. None where nothing can be scored.
    """
    rows = select_rows(comments)
    draws = draw_rounds(len(rows), rounds, seed)
    topics = make_scored_truth(comments, rows)
    levels = _find_levels(comments, rows)
    rated = levels[0].any(1, keepdims=True)
    found: dict[str, Figure | None] = {}
    ways: dict[str, Callable[[Predicted], Reals | None]] = {
        "micro_f1": lambda p: _score(topics, p.decisions[rows], draws, over_topics=True),
        "macro_f1": lambda p: _score(topics, p.decisions[rows], draws),
        "sentiment_macro_f1": lambda p: _score(levels, _spread(p.levels[rows]) & rated, draws),
    }
    for name, way in ways.items():
        before, after = way(first), way(second)
        both = before is not None and after is not None
        found[name] = make_figure(after - before) if both else None  # type: ignore[operator]
    return found


def _score(
    labels: tuple[Bools, NDArray[np.int64]], said: Bools, draws: Reals, *, over_topics: bool = False
) -> Reals | None:
    truth, scored = labels
    if not scored.size:
        return None
    cases = split_cases(truth[:, scored], said[:, scored])
    counts = [draws @ case.astype(np.float64) for case in cases]
    if over_topics:
        return make_f1(*(count.sum(1) for count in counts))
    return np.asarray(make_f1(*counts).mean(1))


def _find_levels(
    comments: Sequence[LabelledComment], rows: NDArray[np.int64]
) -> tuple[Bools, NDArray[np.int64]]:
    truth = _spread(np.array([comments[row].sentiment or 0 for row in rows], np.int64))
    return truth, np.flatnonzero(truth.any(0))


def _spread(levels: NDArray[np.int64]) -> Bools:
    return np.asarray(levels[:, None] == np.arange(1, len(SENTIMENT_LEVELS) + 1))
