"""What larger encoders tell of comments, for the encoder to learn from (Hinton et al. 2015).

A label says yes or no; a teacher says how nearly, and speaks of comments that nobody labelled. It
is asked about what it did not learn, since of the rest it would only say the labels again.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from yousaid.model.base import find_teacher
from yousaid.model.calibrate import make_folds
from yousaid.model.encoder import ENCODER_OUTPUT_COUNT
from yousaid.model.fit import Weights
from yousaid.model.labels import LabelledComment
from yousaid.model.linear import Floats
from yousaid.model.network import Network, pad
from yousaid.model.network_training import train_network
from yousaid.model.settings import EncoderSettings, TeacherSettings
from yousaid.model.targets import SplitComment, Told, join_told, split_comments

_AT_ONCE = 256
Progress = Callable[[str], None]


def ask_teachers(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    vocabulary: bytes,
    progress: Progress,
    checkpoint: Path | None,
) -> Told | None:
    """What the teachers of an encoder tell of the comments that it learns from; None where it has
    no teachers.

    With a checkpoint, what they told is kept beside it, and not asked again. Raises InputError
    where the base of a teacher cannot be used.
    """
    teacher = settings.teacher
    if teacher is None:
        return None
    kept = checkpoint and checkpoint.with_suffix(".told.npz")
    if kept and kept.exists():
        with np.load(kept) as arrays:
            return Told(arrays["topics"], arrays["levels"])
    folds = make_folds([comment.text for comment in comments], teacher.folds, settings.seed)
    pieces = split_comments(comments, vocabulary)
    found = []
    for fold in range(teacher.folds):
        own = checkpoint and checkpoint.with_suffix(f".teacher{fold}.pt")
        taught = folds != fold
        network = _train(
            _make_settings(settings, teacher),
            [comments[row] for row in np.flatnonzero(taught).tolist()],
            weights.pick(taught),
            vocabulary,
            _name_steps(progress, fold + 1),
            own,
        )
        found.append(ask_network(network, pieces))
    told = join_told(found, folds, comments)
    if kept:
        np.savez(kept, topics=told.topics, levels=told.levels)
    return told


def _name_steps(progress: Progress, number: int) -> Progress:
    return lambda line: progress(f"teacher {number}, {line}")


def _make_settings(settings: EncoderSettings, teacher: TeacherSettings) -> EncoderSettings:
    return replace(
        settings,
        base=teacher.base,
        epochs=teacher.epochs,
        batch_size=teacher.batch_size,
        learning_rate=teacher.learning_rate,
        sentiment_share=teacher.sentiment_share,
        teacher=None,
    )


def _train(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    vocabulary: bytes,
    progress: Progress,
    checkpoint: Path | None,
) -> Network:
    torch.manual_seed(settings.seed)
    network = Network(find_teacher(settings.base), settings.dropout, vocabulary)
    train_network(settings, network, comments, weights, vocabulary, progress, checkpoint)
    return network


def ask_network(network: Network, pieces: Sequence[SplitComment]) -> Floats:
    """The network's outputs for each comment (comments × outputs of an encoder); 0 for a comment
    without word pieces."""
    network.eval()
    lengths = np.array([len(own) for _, own, _ in pieces])
    order = np.argsort(lengths, kind="stable")[(lengths == 0).sum() :]
    found = np.zeros((len(pieces), ENCODER_OUTPUT_COUNT), np.float32)
    with torch.no_grad():
        for start in range(0, len(order), _AT_ONCE):
            rows = order[start : start + _AT_ONCE]
            found[rows] = network(*pad([pieces[row] for row in rows])).cpu().numpy()
    return found
