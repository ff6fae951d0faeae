"""A model as a folder of data: numbers in safetensors, everything else in JSON.

    model.json            name, framework, thresholds, training, scores, SHA-256 of every part
    weights.safetensors   arrays only: loading runs no code
    encoder.onnx          only where the model has an encoder
    vocab.txt             the same
    CARD.md               its training and scores in plain words, for people

The folder is read whole and checked before anything is used, so a damaged or foreign file is a
clear error and never a wrong number.
"""

import errno
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from yousaid.errors import ModelError, OutputError
from yousaid.frameworks import get_framework
from yousaid.model.description import (
    FILES,
    FORMAT,
    GRAPH,
    MOST_DESCRIPTION_BYTES,
    VOCABULARY,
    WEIGHTS,
    parse_description,
    write_description,
)
from yousaid.model.encoder import Encoder
from yousaid.model.joined import JoinedEncoder
from yousaid.model.linear import LinearLayer, Vocabulary
from yousaid.model.points import DEFAULT_MODEL, DEFAULT_POINT, POINTS, OperatingPoint, word_point
from yousaid.model.scores import OUTPUT_COUNT

DESCRIPTION = "model.json"
_CARD = "CARD.md"
_SHOWN_DIGITS = 8
# Weights are far below it, and the sum of millions of numbers below it is far from infinite.
_LARGEST = 1e9
# The arrays by which an encoder joins a layer, in the order of the fields of `JoinedEncoder`.
_JOINED = ("layer_scale", "encoder_scale", "bias", "usual", "centre")


@dataclass(frozen=True)
class Model:
    """A trained model, at one of its operating points.

    `points` holds for each point and each topic, in framework order, the probability from which
    the topic is said; `mixed_threshold` is that from which a comment is called mixed. `card` is
    what the model says of its training and scores; `joined` is its encoder, where it has one. A
    shipped model is one that came with yousaid.
    """

    name: str
    version: str
    layer: LinearLayer
    points: Mapping[OperatingPoint, tuple[float, ...]]
    mixed_threshold: float
    card: dict[str, Any]
    joined: JoinedEncoder | None = None
    point: OperatingPoint = DEFAULT_POINT
    is_shipped: bool = False

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The thresholds of the operating point, by topic in framework order."""
        return self.points[self.point]

    @property
    def label(self) -> str:
        """Who read: name and version; the digest, where it is not a shipped model; the operating
        point, where it is not the balanced one. It stands in every output."""
        own = "" if self.is_shipped else f" ({self.digest})"
        point = "" if self.point == DEFAULT_POINT else f", {word_point(self.point)}"
        return f"{self.name} {self.version}{own}{point}"

    @cached_property
    def digest(self) -> str:
        """Eight hexadecimal digits of all numbers that decide a reading: two models that read
        differently differ in it, whatever they are called."""
        digests = {name: _hash(content) for name, content in _pack(self).items()}
        decisive = json.dumps([digests, self.points, self.mixed_threshold], sort_keys=True)
        return _hash(decisive.encode())[:_SHOWN_DIGITS]

    def at_point(self, point: str) -> "Model":
        """The same model at another operating point. Raises ModelError where it has none such."""
        for known in POINTS:
            if known == point:
                return replace(self, point=known)
        raise ModelError(
            f"There is no operating point “{show(point)}”. Choose one of {', '.join(POINTS)}."
        )


def show(text: object) -> str:
    """A path or name as a message may show it: in one line, and not without end."""
    return "".join(c if c.isprintable() else "�" for c in str(text))[:300]


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
    contents = {
        **_pack(model),
        _CARD: card_text.encode(),
        DESCRIPTION: _describe(model).encode(),
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


def _pack(model: Model) -> dict[str, bytes]:
    """The files that make up a model, by name."""
    arrays: dict[str, NDArray[Any]] = {
        "hashes": model.layer.vocabulary.hashes,
        "idf": model.layer.vocabulary.idf,
        # Half precision moves no probability by more than 0.001 (tested) and halves the file.
        "weights": model.layer.weights.astype(np.float16),
        "bias": model.layer.bias,
    }
    if model.joined is None:
        return {WEIGHTS: bytes(save(arrays))}
    arrays |= {f"joined.{name}": getattr(model.joined, name) for name in _JOINED}
    encoder = model.joined.encoder
    return {
        WEIGHTS: bytes(save(arrays)),
        GRAPH: encoder.graph,
        VOCABULARY: encoder.vocabulary,
    }


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _describe(model: Model) -> str:
    framework = get_framework()
    return write_description(
        {
            "format": FORMAT,
            "name": model.name,
            "version": model.version,
            "framework": {"name": framework.name, "version": framework.version},
            "topics": list(framework.topic_ids),
            "thresholds": {point: list(model.points[point]) for point in POINTS},
            "mixed_threshold": model.mixed_threshold,
            "files": {name: _hash(content) for name, content in _pack(model).items()},
            "card": model.card,
        }
    )


def _get_shipped_folder() -> Path:
    return Path(str(files("yousaid.models")))


def get_shipped_names() -> list[str]:
    """The names of the models that came with yousaid, in alphabetical order."""
    return sorted(path.parent.name for path in _get_shipped_folder().glob(f"*/{DESCRIPTION}"))


def get_model_folder(name: str) -> Path:
    """The folder of a model: one that is shipped, by name, or any other, by its path."""
    shipped = get_shipped_names()
    if name in shipped:
        return _get_shipped_folder() / name
    if name and os.path.lexists(_join(name)):
        return Path(name)
    raise ModelError(
        f"There is no model “{show(name)}”. Installed: {', '.join(shipped) or 'none'}; "
        f"or give the path of a folder that holds a {DESCRIPTION}."
    )


def _join(name: str) -> str:
    # No path holds this character, and the system's functions choke on it.
    return os.path.join(name.replace("\0", "�"), DESCRIPTION)


def load_model(name: str = DEFAULT_MODEL) -> Model:
    """The model of that name or path. Raises ModelError where it is missing, damaged or foreign."""
    folder = get_model_folder(name)
    # A package may be installed as links to a cache; in a folder of the user's own a link is not
    # the file that was given.
    is_shipped = folder.absolute().parent == _get_shipped_folder().absolute()
    path = folder / DESCRIPTION
    description = parse_description(
        _read(path, MOST_DESCRIPTION_BYTES, may_be_link=is_shipped), show(path)
    )
    parts = {
        part: _read_part(folder / part, digest, may_be_link=is_shipped)
        for part, digest in description["files"].items()
    }
    encoder = _open_encoder(folder, parts)
    arrays = _parse_weights(folder / WEIGHTS, parts[WEIGHTS], encoder)
    vocabulary = Vocabulary(arrays["hashes"], arrays["idf"])
    layer = LinearLayer(vocabulary, arrays["weights"].astype(np.float32), arrays["bias"])
    return Model(
        description["name"],
        description["version"],
        layer,
        {point: tuple(map(float, description["thresholds"][point])) for point in POINTS},
        float(description["mixed_threshold"]),
        description["card"],
        JoinedEncoder(encoder, *(arrays[f"joined.{name}"] for name in _JOINED))
        if encoder
        else None,
        is_shipped=is_shipped,
    )


def _open_encoder(folder: Path, parts: Mapping[str, bytes]) -> Encoder | None:
    if GRAPH not in parts:
        return None
    try:
        return Encoder(parts[GRAPH], parts[VOCABULARY])
    except ModelError as error:
        raise ModelError(f"{show(folder)}: {error}") from None


def _read_part(path: Path, digest: str, *, may_be_link: bool) -> bytes:
    content = _read(path, FILES[path.name], may_be_link=may_be_link)
    if _hash(content) != digest:
        raise ModelError(f"{show(path)} is damaged: its SHA-256 is not the one in {DESCRIPTION}.")
    return content


def _read(path: Path, most_bytes: int, *, may_be_link: bool) -> bytes:
    """The content of a plain file of no more than so many bytes. Raises ModelError."""
    try:
        with _open(path, may_be_link) as file:
            content = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        raise ModelError(f"{show(path)} cannot be read ({reason}).") from None
    if len(content) > most_bytes:
        raise ModelError(f"{show(path)} is damaged: it is larger than {most_bytes:,} bytes.")
    return content


def _open(path: Path, may_be_link: bool) -> BinaryIO:
    # Without O_NONBLOCK a pipe would be waited for. A link is refused by the system itself.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if may_be_link else os.O_NOFOLLOW)
    handle = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a plain file")
    return os.fdopen(handle, "rb")


def _parse_weights(path: Path, content: bytes, encoder: Encoder | None) -> dict[str, NDArray[Any]]:
    try:
        arrays = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError):
        # The error would quote the file.
        raise ModelError(f"{show(path)} is not a file of arrays that yousaid wrote.") from None
    _check_arrays(path, arrays, encoder)
    return arrays


def _check_arrays(path: Path, arrays: dict[str, Any], encoder: Encoder | None) -> None:
    size = len(arrays["hashes"]) if "hashes" in arrays and arrays["hashes"].ndim else 0
    wanted = {
        "hashes": ((size,), np.uint64),
        "idf": ((size,), np.float32),
        "weights": ((size, OUTPUT_COUNT), np.float16),
        "bias": ((OUTPUT_COUNT,), np.float32),
    }
    if encoder:
        wanted |= {f"joined.{name}": ((OUTPUT_COUNT,), np.float32) for name in _JOINED}
        wanted["joined.centre"] = ((encoder.width,), np.float32)
    for name, (shape, dtype) in wanted.items():
        array = arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            raise ModelError(f"{show(path)} does not hold “{name}” as {shape} {np.dtype(dtype)}.")
    moderate = all(_is_moderate(arrays[name]) for name in wanted if name != "hashes")
    hashes = arrays["hashes"]
    rising = bool((hashes[1:] > hashes[:-1]).all())
    if arrays.keys() != wanted.keys() or not moderate or not rising or (arrays["idf"] <= 0).any():
        raise ModelError(f"{show(path)} holds numbers that no training leaves behind.")


def _is_moderate(array: NDArray[Any]) -> bool:
    # No number is over or under one that is none.
    return float(array.max(initial=0)) < _LARGEST and float(array.min(initial=0)) > -_LARGEST
