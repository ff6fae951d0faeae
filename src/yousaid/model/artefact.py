"""A model as a folder of data: numbers in safetensors, everything else in JSON.

    model.json            name, framework, thresholds, training, scores, SHA-256 of the weights
    weights.safetensors   arrays only: loading runs no code
    CARD.md               its training and scores in plain words, for people

The folder is read whole and checked before anything is used, so a damaged or foreign file is a
clear error and never a wrong number.
"""

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from yousaid.errors import ModelError, OutputError
from yousaid.frameworks import get_framework
from yousaid.model.linear import LinearLayer, Vocabulary
from yousaid.model.scores import OUTPUT_COUNT

FORMAT = "yousaid linear model 1"
DEFAULT_MODEL = "fast"
_DESCRIPTION = "model.json"
_WEIGHTS = "weights.safetensors"
_CARD = "CARD.md"


@dataclass(frozen=True)
class Model:
    """A trained model. `thresholds` holds for each topic, in framework order, the probability
    from which the topic is said, `mixed_threshold` that from which a comment is called mixed;
    `card` is what the model says of its training and scores."""

    name: str
    version: str
    layer: LinearLayer
    thresholds: tuple[float, ...]
    mixed_threshold: float
    card: dict[str, Any]

    @property
    def label(self) -> str:
        """Name and version, as they stand in every output."""
        return f"{self.name} {self.version}"


def check_model_target(folder: Path) -> None:
    """Raise OutputError if a model cannot be written into that folder, made where it is missing.

    Training takes minutes: this is asked before, and leaves nothing behind.
    """
    there = folder.absolute()
    while not os.path.lexists(there):
        there = there.parent
    if not there.is_dir():
        raise OutputError(f"{folder}: {there} is not a folder. Choose another place.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: you may not write in {there}. Choose another place.")


def save_model(model: Model, folder: Path, card_text: str) -> None:
    """Write the model and its card (Markdown) into the folder, which is made where it is missing.

    Every file is whole before the first takes its place, and the description goes last: a model
    that was there before is replaced, or left as it was, or (if the machine stops in between)
    refused as damaged by `load_model`. Raises OutputError where the folder cannot be written.
    """
    weights = _pack_weights(model)
    contents = {
        _WEIGHTS: weights,
        _CARD: card_text.encode(),
        _DESCRIPTION: _describe(model, hashlib.sha256(weights).hexdigest()).encode(),
    }
    check_model_target(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".yousaid-", dir=folder) as made:
            for name, content in contents.items():
                (Path(made) / name).write_bytes(content)
            for name in contents:
                os.replace(Path(made) / name, folder / name)
    except OSError as error:
        raise OutputError(
            f"The model could not be written in {folder} ({error.strerror}). Check the space on "
            "the disk and the permissions of the folder."
        ) from error


def _pack_weights(model: Model) -> bytes:
    arrays: dict[str, NDArray[Any]] = {
        "hashes": model.layer.vocabulary.hashes,
        "idf": model.layer.vocabulary.idf,
        # Half precision moves no probability by more than 0.001 (tested) and halves the file.
        "weights": model.layer.weights.astype(np.float16),
        "bias": model.layer.bias,
    }
    return bytes(save(arrays))


def _describe(model: Model, digest: str) -> str:
    framework = get_framework()
    description = {
        "format": FORMAT,
        "name": model.name,
        "version": model.version,
        "framework": {"name": framework.name, "version": framework.version},
        "topics": list(framework.topic_ids),
        "thresholds": list(model.thresholds),
        "mixed_threshold": model.mixed_threshold,
        "files": {_WEIGHTS: digest},
        "card": model.card,
    }
    return json.dumps(description, indent=1, ensure_ascii=False) + "\n"


def get_model_folder(name: str) -> Path:
    """The folder of a model: one that is shipped, by name, or any other, by its path."""
    shipped = Path(str(files("yousaid.models")))
    if (shipped / name / _DESCRIPTION).is_file() and "/" not in name:
        return shipped / name
    if (Path(name) / _DESCRIPTION).is_file():
        return Path(name)
    names = sorted(path.parent.name for path in shipped.glob(f"*/{_DESCRIPTION}"))
    raise ModelError(
        f"There is no model “{name}”. Installed: {', '.join(names) or 'none'}; "
        f"or give the path of a folder that holds a {_DESCRIPTION}."
    )


def load_model(name: str = DEFAULT_MODEL) -> Model:
    """The model of that name or path. Raises ModelError where it is missing, damaged or foreign."""
    folder = get_model_folder(name)
    description = _read_description(folder / _DESCRIPTION)
    arrays = _read_weights(folder / _WEIGHTS, description["files"][_WEIGHTS])
    vocabulary = Vocabulary(arrays["hashes"], arrays["idf"])
    layer = LinearLayer(vocabulary, arrays["weights"].astype(np.float32), arrays["bias"])
    thresholds = tuple(float(value) for value in description["thresholds"])
    return Model(
        str(description["name"]),
        str(description["version"]),
        layer,
        thresholds,
        float(description["mixed_threshold"]),
        dict(description["card"]),
    )


def _read_description(path: Path) -> dict[str, Any]:
    try:
        description = json.loads(path.read_text("utf-8"))
        found = description["format"]
        topics = tuple(description["topics"])
        sizes = len(description["thresholds"]), len(description["files"][_WEIGHTS])
        named = description["name"], description["version"], dict(description["card"])
        float(description["mixed_threshold"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is damaged or not a model of ours: {error!r}.") from error
    if found != FORMAT or not all(named[:2]):
        raise ModelError(f"{path} is in the format “{found}”; this version reads “{FORMAT}”.")
    if topics != get_framework().topic_ids or sizes[0] != len(topics):
        raise ModelError(
            f"{path} was trained for other topics than framework {get_framework().name} "
            f"{get_framework().version}. Train it again."
        )
    return dict(description)


def _read_weights(path: Path, digest: str) -> dict[str, Any]:
    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ModelError(f"{path} is damaged: its SHA-256 is not the one in {_DESCRIPTION}.")
        arrays = load(content)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path} cannot be read: {error}.") from error
    _check_arrays(path, arrays)
    return arrays


def _check_arrays(path: Path, arrays: dict[str, Any]) -> None:
    size = len(arrays["hashes"]) if "hashes" in arrays else 0
    wanted = {
        "hashes": ((size,), np.uint64),
        "idf": ((size,), np.float32),
        "weights": ((size, OUTPUT_COUNT), np.float16),
        "bias": ((OUTPUT_COUNT,), np.float32),
    }
    for name, (shape, dtype) in wanted.items():
        array = arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            raise ModelError(f"{path} does not hold “{name}” as {shape} {np.dtype(dtype)}.")
    finite = all(np.isfinite(arrays[name]).all() for name in ("idf", "weights", "bias"))
    hashes = arrays["hashes"]
    if not finite or not (hashes[1:] > hashes[:-1]).all():
        raise ModelError(f"{path} holds numbers that no training leaves behind.")
