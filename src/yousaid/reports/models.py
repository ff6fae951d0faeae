"""The models there are, as text for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_SHOWN_DIGITS = 12
_SCORE_NAMES = {
    "micro_f1": "topics, micro F1",
    "macro_f1": "topics, macro F1",
    "mean_average_precision": "topics, mean average precision",
    "sentiment_macro_f1": "sentiment, 5 levels, macro F1",
    "sentiment_accuracy_3": "sentiment, 3 levels, accuracy",
}
_WIDTH = max(map(len, _SCORE_NAMES.values()))


def describe_models(models: Sequence[Mapping[str, Any]]) -> str:
    """A paragraph for each model; the facts are those of `model.inventory.list_models`."""
    return "\n\n".join("\n".join(_describe_model(model)) for model in models)


def _describe_model(model: Mapping[str, Any]) -> Iterator[str]:
    if model["fault"]:
        yield f"{_show(model['place'])}  damaged or missing"
        yield f"  {model['fault']}"
        return
    shipped = "shipped" if model["is_shipped"] else _show(model["place"])
    yield f"{model['label']}  ({shipped}, {model['size_bytes'] / 1_000_000:.1f} MB)"
    rated = f"{model['sentiment_row_count']:,} of them for sentiment"
    yield _line("scored on", f"{model['row_count']:,} comments, {rated}")
    for key, name in _SCORE_NAMES.items():
        yield _line(name, _write_figure(model["scores"][key]))
    for point, figures in model["operating_points"].items():
        name = point.replace("_", " ")
        yield _line(f"{name}, right", _write_figure(figures["micro_precision"]))
        yield _line(f"{name}, found", _write_figure(figures["micro_recall"]))
    yield _line("trained on", model["trained_on"] or "no date recorded")
    for source in model["sources"]:
        scored = ", scored" if source["is_scored"] else ""
        digest = source["sha256"][:_SHOWN_DIGITS]
        yield f"    {digest}  {source['file']} ({source['comment_count']:,} comments{scored})"
    yield _line("licence", model["licence"])
    base = model["base_model"]
    yield _line("base model", f"{base['name']} (licence: {base['licence']})" if base else "none")


def _line(name: str, value: str) -> str:
    return f"  {name:<{_WIDTH}}  {value}"


def _write_figure(figure: Mapping[str, float] | None) -> str:
    if figure is None:
        return "not measured"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def _show(place: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in place)
