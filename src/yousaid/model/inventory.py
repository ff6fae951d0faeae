"""What models there are, and what each says of itself."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from yousaid.errors import ModelError
from yousaid.model.artefact import get_model_folder, get_shipped_names, load_model
from yousaid.model.points import POINTS

SCORES = (
    "micro_f1",
    "macro_f1",
    "mean_average_precision",
    "sentiment_macro_f1",
    "sentiment_accuracy_3",
)


def list_models(folders: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The facts of each shipped model by name, then of the model in each of the folders.

    Plain values, as JSON can hold them. Each has `place` (the name or folder that was asked for)
    and `fault`; where the fault is not None the model cannot be used and nothing more is said of
    it. Sizes are in bytes; a score is None where nothing could be scored, or its `value` with the
    ends of its 95 % interval, `low` and `high`.
    """
    return [_describe_model(name) for name in (*get_shipped_names(), *folders)]


def get_shipped_cards() -> dict[str, dict[str, Any]]:
    """The cards of the shipped models at each operating point, by the label that readings bear;
    `scores` are those of the point, and `at_point` its share right and found. A damaged model has
    none."""
    cards = {}
    for name in get_shipped_names():
        with suppress(ModelError):
            model = load_model(name)
            scores = {"balanced": "scores", "find_all": "find_all_scores"}
            for point in POINTS:
                cards[model.at_point(point).label] = {
                    **model.card,
                    "scores": model.card[scores[point]],
                    "at_point": model.card["operating_points"][point],
                }
    return cards


def _describe_model(name: str) -> dict[str, Any]:
    try:
        model = load_model(name)
        size = _measure(get_model_folder(name))
    except ModelError as error:
        return {"place": name, "fault": str(error)}
    card = model.card
    return {
        "place": name,
        "fault": None,
        "name": model.name,
        "version": model.version,
        "label": model.label,
        "is_shipped": model.is_shipped,
        "size_bytes": size,
        "trained_on": card.get("trained_on") or None,
        "sources": [
            {key: source[key] for key in ("file", "sha256", "comment_count", "is_scored")}
            for source in card["sources"]
        ],
        "row_count": card["scores"]["row_count"],
        "sentiment_row_count": card["scores"]["sentiment_row_count"],
        "scores": {score: card["scores"][score] for score in SCORES},
        "operating_points": card["operating_points"],
        "licence": card["licence"],
        "base_model": card.get("base_model"),
    }


def _measure(folder: Path) -> int:
    try:
        return sum(path.lstat().st_size for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise ModelError(f"The folder of the model cannot be listed ({error.strerror}).") from None
