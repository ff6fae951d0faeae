"""What a model said of labelled comments that it had not seen, kept in a file.

Reports are made from such a file, so that nobody has to train again to ask one more question of
the same answers. It holds numbers and no comment:

    rows            where each comment stands among those of the labelled file, the first at 0
    folds           which fold held it while the others were learnt from
    probabilities   comments × topics, 0…1, framework order
    decisions       comments × topics, 1 where the topic is said
    levels          1…5, 0 where there is nothing to read

and, as text: the format, a title, the topics, the SHA-256 of the labelled file.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from yousaid.errors import InputError
from yousaid.frameworks import get_framework
from yousaid.model.evaluate import Predicted

FORMAT = "yousaid out of fold 1"


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """What a model said of some comments of one labelled file (row by row), `title` for people."""

    title: str
    digest: str
    rows: NDArray[np.int64]
    folds: NDArray[np.int64]
    predicted: Predicted


def save_out_of_fold(path: Path, found: OutOfFold) -> None:
    """Write the file, over one that is there."""
    arrays = {
        "rows": found.rows,
        "folds": found.folds,
        "probabilities": found.predicted.probabilities,
        "decisions": found.predicted.decisions,
        "levels": found.predicted.levels,
    }
    about = {
        "format": FORMAT,
        "title": found.title,
        "topics": " ".join(get_framework().topic_ids),
        "digest": found.digest,
    }
    save_file(arrays, path, metadata=about)


def load_out_of_fold(path: Path) -> OutOfFold:
    """The answers in a file. Raises InputError where it is missing, damaged, or of other topics."""
    try:
        with safe_open(path, framework="numpy") as file:
            about = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        _check(path, about)
        return OutOfFold(
            about["title"],
            about["digest"],
            arrays["rows"],
            arrays["folds"],
            Predicted(arrays["probabilities"], arrays["decisions"], arrays["levels"]),
        )
    except FileNotFoundError:
        raise InputError(f"{path} does not exist. Make it with tools/measure_reader.py.") from None
    except (SafetensorError, OSError, KeyError) as error:
        raise InputError(f"{path} is damaged ({error}). Make it again.") from error


def _check(path: Path, about: dict[str, str]) -> None:
    if about.get("format") != FORMAT:
        raise InputError(f"{path} is not a file of out-of-fold answers. Name another.")
    if about["topics"].split() != list(get_framework().topic_ids):
        raise InputError(f"{path} was made for other topics. Make it again.")
