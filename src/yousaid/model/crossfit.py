"""What an encoder says of labelled comments that it has not seen: one fine-tuning a fold."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yousaid.errors import MissingExtraError
from yousaid.model.base import BASE_FILES, find_base, find_teacher
from yousaid.model.encoder import Encoder
from yousaid.model.fit import Weights
from yousaid.model.labels import LabelledComment, normalise_text
from yousaid.model.linear import Floats
from yousaid.model.scores import OUTPUT_COUNT
from yousaid.model.settings import EncoderSettings

Progress = Callable[[str], None]
# Raise it when fine-tuning is changed: what was kept of the old way is then not taken.
_RECIPE = b"2"


def check_can_fine_tune(settings: EncoderSettings) -> None:
    """Raise MissingExtraError where what fine-tunes is not installed, InputError where the base
    encoder or that of its teachers cannot be used. Training takes hours: this is asked before, and
    takes seconds."""
    _import_fine_tune()
    _find_bases(settings)


def encode_unseen(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    folds: NDArray[np.int64],
    work: Path | None = None,
    progress: Progress = lambda _: None,
) -> Floats:
    """Each comment's outputs (comments × outputs) from an encoder that saw no wording of its fold;
    0 for comments of folds below 0, which are learnt from and never asked about.

    What is done is kept in the folder `work`, which is made where it is missing, so a run that was
    stopped goes on where it was; what is there of other settings or comments is not taken. Raises
    MissingExtraError where what fine-tunes is not installed.
    """
    found = np.zeros((len(comments), OUTPUT_COUNT), np.float32)
    wordings = np.array([normalise_text(comment.text) for comment in comments])
    for fold in np.unique(folds[folds >= 0]).tolist():
        held = folds == fold
        taught = ~held & ~np.isin(wordings, wordings[held])
        said = _name_steps(progress, f"encoder, fold {fold + 1} of {folds.max() + 1}")
        found[held] = _encode_fold(settings, comments, weights, held, taught, work, said)
    return found


def fit_whole(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    work: Path | None = None,
    progress: Progress = lambda _: None,
) -> Encoder:
    """The encoder fitted to all comments; resumed as `encode_unseen` is."""
    said = _name_steps(progress, "encoder, the whole")
    return _fit(settings, comments, weights, work, said)


def _fit(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    work: Path | None,
    progress: Progress,
) -> Encoder:
    fine_tune = _import_fine_tune()
    if work is None:
        return fine_tune(settings, comments, weights, progress)
    work.mkdir(parents=True, exist_ok=True)
    checkpoint = work / f"{_make_key(settings, comments, weights)}.pt"
    return fine_tune(settings, comments, weights, progress, checkpoint)


def _import_fine_tune() -> Callable[..., Encoder]:
    try:
        import onnx  # noqa: F401 — the graph is made when training is done: hours too late to ask

        from yousaid.model.finetune import fine_tune
    except ImportError as error:
        raise MissingExtraError("finetune", "Training an encoder") from error
    return fine_tune


def _find_bases(settings: EncoderSettings) -> list[Path]:
    teacher = settings.teacher
    return [find_base(settings.base), *([find_teacher(teacher.base)] if teacher else [])]


def _name_steps(progress: Progress, name: str) -> Progress:
    return lambda line: progress(f"{name}: {line}")


def _encode_fold(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    held: NDArray[np.bool_],
    taught: NDArray[np.bool_],
    work: Path | None,
    progress: Progress,
) -> Floats:
    seen = [comments[row] for row in np.flatnonzero(taught).tolist()]
    unseen = [comments[row] for row in np.flatnonzero(held).tolist()]
    kept = work and _name_kept(work, _make_key(settings, seen, weights.pick(taught)), unseen)
    if kept and kept.exists():
        with np.load(kept) as arrays:
            return np.asarray(arrays["outputs"])
    encoder = _fit(settings, seen, weights.pick(taught), work, progress)
    encoded = encoder.encode([c.text for c in unseen], [c.kind for c in unseen])
    outputs = np.stack([text.outputs for text in encoded])
    if kept:
        new = kept.with_suffix(".new.npz")
        np.savez(new, outputs=outputs)
        os.replace(new, kept)
        for done in kept.parent.glob(f"{kept.stem.partition('-')[0]}.*"):
            done.unlink()
    return outputs


def _name_kept(work: Path, key: str, asked: Sequence[LabelledComment]) -> Path:
    """The file of what an encoder said. What it was asked is part of the name, or an answer to
    other words would be taken for theirs."""
    words = repr([(comment.text, comment.kind) for comment in asked])
    digest = hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()
    return work / f"{key}-{digest[:8]}.npz"


def _make_key(
    settings: EncoderSettings, comments: Sequence[LabelledComment], weights: Weights
) -> str:
    """A name for what is learnt from: another setting, comment, weight or base gives another."""
    digest = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode())
    digest.update(_RECIPE)
    for folder in _find_bases(settings):
        for name in BASE_FILES:
            digest.update((folder / name).read_bytes())
    for comment in comments:
        digest.update(repr(comment).encode("utf-8", "backslashreplace"))
    digest.update(weights.topics.tobytes() + weights.sentiment.tobytes())
    return digest.hexdigest()[:32]
