"""The encoder that fine-tuning starts from: where it is, and whether it is one that we can run."""

import json
from importlib.util import find_spec
from pathlib import Path

from yousaid.errors import InputError

# What our graph of an encoder (`encoder_graph.py`) takes for granted; another kind would train
# well and be run wrongly. A key that is not there has this value to transformers too.
_NEEDED = {"model_type": "bert", "hidden_act": "gelu", "layer_norm_eps": 1e-12}
# A window of a comment with the question before it; the usual number is 512.
_FEWEST_POSITIONS = 150
# What a base is made of, and what its identity is taken from.
BASE_FILES = ("config.json", "model.safetensors", "vocab.txt")


def find_base(base: str) -> Path:
    """The folder of a base encoder, named as in a configuration (`EncoderSettings`). Raises
    InputError where it is not there or of a kind that cannot be run."""
    folder = find_teacher(base)
    _check_kind(folder / "config.json")
    return folder


def find_teacher(base: str) -> Path:
    """The folder of a base that may be of any kind, as only training runs it. Raises InputError
    where it is not there."""
    folder = _find_in_package(base) if base.startswith("package:") else Path(base)
    if missing := [name for name in BASE_FILES if not (folder / name).is_file()]:
        raise InputError(f"The base encoder in {folder} lacks {', '.join(missing)}.")
    return folder


def _find_in_package(base: str) -> Path:
    package, _, inner = base.removeprefix("package:").partition("/")
    try:
        found = find_spec(package)  # runs nothing of the package
    except (ImportError, ValueError):
        found = None
    if found is None or not found.submodule_search_locations:
        raise InputError(f"The package “{package}” of the base encoder is not installed.")
    return Path(found.submodule_search_locations[0]) / inner


def _check_kind(path: Path) -> None:
    try:
        config = json.loads(path.read_text("utf-8"))
        faults = [
            f"“{key}” is not {needed}"
            for key, needed in _NEEDED.items()
            if config.get(key, needed) != needed
        ]
        if config.get("max_position_embeddings", _FEWEST_POSITIONS) < _FEWEST_POSITIONS:
            faults.append(f"it reads fewer than {_FEWEST_POSITIONS} word pieces at once")
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"{path} is not the configuration of an encoder.") from error
    if faults:
        raise InputError(
            f"The base encoder of {path} cannot be run: {', '.join(faults)}. "
            "Name one of the kind of all-MiniLM-L6-v2."
        )
