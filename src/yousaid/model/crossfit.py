"""What an encoder says of labelled comments that it has not seen: one fine-tuning a fold."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yousaid.model.encoder import Encoder
from yousaid.model.finetune import EncoderSettings, fine_tune
from yousaid.model.fit import Weights
from yousaid.model.labels import LabelledComment
from yousaid.model.linear import Floats

Progress = Callable[[str], None]


def encode_unseen(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    folds: NDArray[np.int64],
    work: Path,
    progress: Progress = lambda _: None,
) -> tuple[Floats, Floats]:
    """Each comment's outputs and feelings (comments × outputs, comments × topics) from an encoder
    that saw no wording of its fold.

    What is done is kept in the folder `work`, which must exist, so a run that was stopped goes on
    where it was; what is there of other settings or comments is not taken.
    """
    found: list[tuple[NDArray[np.int64], Floats, Floats]] = []
    for fold in np.unique(folds).tolist():
        held = folds == fold
        said = _name_steps(progress, f"encoder, fold {fold + 1} of {folds.max() + 1}")
        outputs, feelings = _encode_fold(settings, comments, weights, held, work, said)
        found.append((np.flatnonzero(held), outputs, feelings))
    order = np.argsort(np.concatenate([rows for rows, _, _ in found]))
    outputs = np.concatenate([part for _, part, _ in found])[order]
    feelings = np.concatenate([part for _, _, part in found])[order]
    return outputs, feelings


def fit_whole(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    work: Path,
    progress: Progress = lambda _: None,
) -> Encoder:
    """The encoder fitted to all comments; resumed as `encode_unseen` is."""
    key = _make_key(settings, comments, weights)
    said = _name_steps(progress, "encoder, the whole")
    return fine_tune(settings, comments, weights, said, work / f"{key}.pt")


def _name_steps(progress: Progress, name: str) -> Progress:
    return lambda line: progress(f"{name}: {line}")


def _encode_fold(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    held: NDArray[np.bool_],
    work: Path,
    progress: Progress,
) -> tuple[Floats, Floats]:
    seen = [c for c, is_held in zip(comments, held, strict=True) if not is_held]
    unseen = [c for c, is_held in zip(comments, held, strict=True) if is_held]
    key = _make_key(settings, seen, weights.pick(~held))
    kept, checkpoint = work / f"{key}.npz", work / f"{key}.pt"
    if not kept.exists():
        encoder = fine_tune(settings, seen, weights.pick(~held), progress, checkpoint)
        encoded = encoder.encode([c.text for c in unseen], [c.kind for c in unseen])
        new = kept.with_suffix(".new.npz")
        np.savez(
            new,
            outputs=np.stack([text.outputs for text in encoded]),
            feelings=np.stack([text.feelings for text in encoded]),
        )
        os.replace(new, kept)
        checkpoint.unlink(missing_ok=True)
    with np.load(kept) as arrays:
        return arrays["outputs"], arrays["feelings"]


def _make_key(
    settings: EncoderSettings, comments: Sequence[LabelledComment], weights: Weights
) -> str:
    """A name for what is learnt from: another setting, comment or weight gives another."""
    digest = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode())
    for comment in comments:
        digest.update(repr(comment).encode("utf-8", "backslashreplace"))
    digest.update(weights.topics.tobytes() + weights.sentiment.tobytes())
    return digest.hexdigest()[:32]
