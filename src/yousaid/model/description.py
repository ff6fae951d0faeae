"""model.json: what it must hold, and the check that it does.

Whatever is read here may be damaged, foreign or made to harm, so every key and every value is
looked at before anything uses it, and a fault names the key and never shows what stood there.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn, TypeGuard

from yousaid.errors import ModelError
from yousaid.frameworks import get_framework
from yousaid.model.points import POINTS

# Raise the number when the same files would be read in another way.
FORMAT = "yousaid model 4"
WEIGHTS = "weights.safetensors"
GRAPH = "encoder.onnx"
VOCABULARY = "vocab.txt"
# The files that a model may be made of, and the most bytes that each may have: several times what
# the largest model has, and little enough to be read whole on an ordinary machine.
FILES = {WEIGHTS: 512_000_000, GRAPH: 512_000_000, VOCABULARY: 16_000_000}
MOST_DESCRIPTION_BYTES = 4_000_000
_LONGEST_NAME = 60
_KEYS = {
    *("format", "name", "version", "framework", "topics", "thresholds", "mixed_threshold"),
    *("files", "card", "sha256"),
}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FIGURES = (
    *("micro_f1", "macro_f1", "mean_average_precision", "exact_match"),
    *("sentiment_macro_f1", "sentiment_accuracy_3", "very_negative_recall"),
)
_MOST_COUNTED = 10**12

Description = dict[str, Any]


class _FaultError(Exception):
    """What is wrong with a description, in words that hold nothing of it."""


def is_name(text: object) -> bool:
    """Whether a model may be called so (its name or version): it stands in every output, so it is
    short, begins with a letter or digit, and holds nothing that does not print."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= _LONGEST_NAME
        and text[0].isalnum()
        and text.isprintable()
    )


def write_description(values: Mapping[str, Any]) -> str:
    """The JSON text of a description, with the digest of all that it holds."""
    whole = {**values, "sha256": _digest(values)}
    return json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def parse_description(content: bytes, shown: str) -> Description:
    """The description in a file's content; `shown` is how messages call the file.

    Raises ModelError unless every key is there, none is unknown, and every value is one that
    training leaves behind.
    """
    try:
        description = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
        _check_format(description)
        _check_values(description)
    except _FaultError as fault:
        raise ModelError(f"{shown} {fault}.") from None
    except (ValueError, RecursionError):
        # The error would quote the file.
        raise ModelError(f"{shown} is damaged: it is not JSON that yousaid wrote.") from None
    return dict(description)


def _refuse_constant(_: str) -> NoReturn:
    raise _FaultError("is damaged: it holds a number that is none")


def _digest(values: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in values.items() if key != "sha256"}
    plain = json.dumps(rest, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()


def _check_format(description: Any) -> None:
    if not isinstance(description, dict) or "format" not in description:
        raise _FaultError("is damaged or not a model of ours: it does not say its format")
    found = description["format"]
    if found != FORMAT:
        said = f"“{found}”" if is_name(found) else "none that we know"
        raise _FaultError(f"is in the format {said}; this version reads “{FORMAT}”")
    if missing := sorted(_KEYS - description.keys()):
        raise _FaultError(f"is damaged: it lacks “{missing[0]}”")
    if description.keys() - _KEYS:
        raise _FaultError("is damaged or not a model of ours: it holds a key that we do not know")
    if description["sha256"] != _digest(description):
        raise _FaultError("is damaged or was changed by hand: its SHA-256 is not the one in it")


def _check_values(description: Description) -> None:
    _need(is_name(description["name"]), "name")
    _need(is_name(description["version"]), "version")
    framework = get_framework()
    theirs = description["framework"], description["topics"]
    ours = {"name": framework.name, "version": framework.version}, list(framework.topic_ids)
    if theirs != ours:
        raise _FaultError(
            "was trained for other topics or another version than framework "
            f"{framework.name} {framework.version}. Train it again"
        )
    _check_thresholds(description["thresholds"], len(ours[1]))
    _need(_is_share(description["mixed_threshold"]), "mixed_threshold")
    files = description["files"]
    _need(isinstance(files, dict) and WEIGHTS in files and files.keys() <= FILES.keys(), "files")
    _need((GRAPH in files) == (VOCABULARY in files), "files")
    _need(all(_is_digest(digest) for digest in files.values()), "files")
    _check_card(description["card"])


def _check_thresholds(thresholds: Any, topic_count: int) -> None:
    _need(isinstance(thresholds, dict) and thresholds.keys() == set(POINTS), "thresholds")
    for values in thresholds.values():
        _need(isinstance(values, list) and len(values) == topic_count, "thresholds")
        _need(all(map(_is_share, values)), "thresholds")
    pairs = zip(thresholds["find_all"], thresholds["balanced"], strict=True)
    _need(all(low <= high for low, high in pairs), "thresholds")


def _check_card(card: Any) -> None:
    """What others read of a card must be there; it may hold more."""
    _need(isinstance(card, dict) and _is_list_of_objects(card.get("sources")), "card")
    for source in card["sources"]:
        _need(is_text(source.get("file")) and _is_digest(source.get("sha256")), "sources")
        _need(_is_count(source.get("comment_count")), "sources")
        _need(_is_count(source.get("synthetic_count")), "sources")
        _need(isinstance(source.get("is_scored"), bool), "sources")
        _need(is_number(source.get("weight")), "sources")
        _need(is_text(source.get("about", "")), "sources")
    _need(isinstance(card.get("settings"), dict), "settings")
    _need(_is_count(card["settings"].get("folds")), "settings")
    _check_scores(card.get("scores"))
    _check_scores(card.get("find_all_scores"))
    points = card.get("operating_points")
    _need(isinstance(points, dict) and points.keys() == set(POINTS), "operating_points")
    for figures in points.values():
        _need(isinstance(figures, dict), "operating_points")
        _need(figures.keys() == {"micro_precision", "micro_recall"}, "operating_points")
        _need(all(map(_is_figure, figures.values())), "operating_points")
    _need(is_text(card.get("licence")), "licence")
    _need(is_text(card.get("trained_on", "")), "trained_on")
    for name in ("base_model", "teacher"):
        base = card.get(name)
        known = isinstance(base, dict) and base.keys() == {"name", "licence"}
        _need(base is None or (known and all(map(is_text, base.values()))), name)


def _check_scores(scores: Any) -> None:
    _need(isinstance(scores, dict) and _is_list_of_objects(scores.get("topics")), "scores")
    _need(_is_count(scores.get("row_count")), "scores")
    _need(_is_count(scores.get("sentiment_row_count")), "scores")
    _need(all(name in scores and _is_figure(scores[name]) for name in _FIGURES), "scores")
    for row in scores["topics"]:
        _need(row.get("topic") in get_framework().topic_ids, "scores")
        _need(_is_count(row.get("test_count")), "scores")
        _need(all(_is_share(row.get(name)) for name in ("precision", "recall")), "scores")
        _need(row.get("f1") is not None and _is_figure(row["f1"]), "scores")


def _need(is_so: bool, key: str) -> None:
    if not is_so:
        raise _FaultError(f"is damaged or not a model of ours: “{key}” is not what it should be")


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a finite number, and none that no count or score comes near."""
    # True is an int to Python, and 1e999 is read as infinity.
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) <= _MOST_COUNTED


def _is_share(value: object) -> bool:
    return is_number(value) and 0 <= value <= 1


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MOST_COUNTED


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and bool(_DIGEST.fullmatch(value))


def is_text(value: object) -> bool:
    """Whether it is one line of text, of moderate length."""
    return isinstance(value, str) and len(value) <= 1000 and value.isprintable()


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_figure(value: object) -> bool:
    """A score with its interval, or None where nothing could be scored."""
    keys = ("value", "low", "high")
    return value is None or (
        isinstance(value, dict) and all(_is_share(value.get(key)) for key in keys)
    )
