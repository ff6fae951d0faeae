"""Shares set right by how the reader erred where it was tested, from its own account of itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from yousaid.measures.intervals import Share
from yousaid.measures.prevalence import Labelled, estimate
from yousaid.web.presenters.overview import Figure
from yousaid.web.presenters.words import word_percent

_LABEL = "Set right by the reader's errors"


def read_tested(
    models: Sequence[str], cards: Mapping[str, Mapping[str, Any]], topic_id: str
) -> Labelled | None:
    """How the reader and people labelled the comments that it was tested on, for one topic; None
    where several models read the comments, or nobody told us how this one did."""
    if len(models) != 1:
        return None
    scores = cards.get(models[0], {}).get("scores") or {}
    row = next((row for row in scores.get("topics", ()) if row["topic"] == topic_id), None)
    if row is None:
        return None
    about = int(row["test_count"])
    both = round(row["recall"] * about)
    named = round(both / row["precision"]) if row["precision"] else 0
    neither = int(scores["row_count"]) - about - (named - both)
    # An account that does not add up is none.
    return Labelled(both, named - both, about - both, neither) if neither >= 0 else None


def make_corrected_figure(counted: Share, tested: Labelled | None) -> Figure:
    """The share of comments that are truly about a topic, as far as can be told; without a value
    where nothing better than the reader's count can be said, and why."""
    if not counted.can_show:
        return Figure(_LABEL, "", "Too few comments to say.")
    found = estimate(counted, tested)
    if found.basis == "counted" or found.percent is None:
        return Figure(_LABEL, "", f"Not done, since {found.why_not}.")
    assert found.low is not None
    assert found.high is not None
    return Figure(
        _LABEL,
        word_percent(found.percent),
        found.sentence,
        f"95% interval {word_percent(found.low)} to {word_percent(found.high)}",
    )
