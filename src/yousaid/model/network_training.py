"""One training of a network: what it learns from, in which order, and how far it has come."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from yousaid.errors import InputError
from yousaid.model.fit import Weights
from yousaid.model.labels import LabelledComment
from yousaid.model.network import DEVICE, Network, pad
from yousaid.model.scores import LEVELS
from yousaid.model.settings import EncoderSettings
from yousaid.model.targets import (
    Targets,
    Told,
    blend,
    cap_copies,
    get_rate,
    make_targets,
    split_comments,
)

# Batches are drawn from so many batches of comments sorted by length: little padding, much chance.
_SORTED_BATCHES = 32

Progress = Callable[[str], None]


def train_network(
    settings: EncoderSettings,
    network: Network,
    comments: Sequence[LabelledComment],
    weights: Weights,
    vocabulary: bytes,
    progress: Progress,
    checkpoint: Path | None,
    told: Told | None = None,
) -> None:
    """Fit the network to the comments, and to what teachers told of them where there are any.

    With a checkpoint, each epoch is kept there, and a run that was stopped goes on behind the last
    one. Raises InputError where no comment can be learnt from."""
    run = _Run(settings, network, comments, weights, vocabulary, told)
    first = run.resume(checkpoint) if checkpoint and checkpoint.exists() else 0
    for epoch in range(first, settings.epochs):
        loss = run.run_epoch()
        progress(f"epoch {epoch + 1} of {settings.epochs}, loss {loss:.3f}")
        if checkpoint:
            run.keep(checkpoint, epoch + 1)


class _Run:
    def __init__(
        self,
        settings: EncoderSettings,
        network: Network,
        comments: Sequence[LabelledComment],
        weights: Weights,
        vocabulary: bytes,
        told: Told | None,
    ) -> None:
        self._settings, self._network = settings, network
        self._random = np.random.default_rng(settings.seed)
        self._pieces = split_comments(comments, vocabulary)
        targets = make_targets(comments, weights, settings.sentiment_balance)
        if told and settings.teacher:
            targets = blend(targets, told, settings.teacher.share, settings.teacher.untold_weight)
        self._targets = _move(targets)
        usable = cap_copies(comments, settings.most_copies)
        usable &= np.array([bool(pieces[1]) for pieces in self._pieces])
        has_topics = np.array([bool(comment.topics) for comment in comments])
        self._full = np.flatnonzero(usable & has_topics)
        self._extra = np.flatnonzero(usable & ~has_topics)
        self._optimiser = _make_optimiser(network, settings)
        batches = self._draw_batches()
        if not batches:
            raise InputError(
                "No comment of the sources has both topics and words that the encoder reads: there "
                "is nothing to learn from. Fill in the column of topics."
            )
        steps = settings.epochs * len(batches)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda step: get_rate(step / steps, settings.warm_up)
        )

    def run_epoch(self) -> float:
        """Learn from every comment once; the mean loss of the batches."""
        self._network.train()
        losses = []
        for rows in self._draw_batches():
            outputs = self._network(*pad([self._pieces[row] for row in rows]))
            loss = _measure_loss(outputs, self._targets, rows)
            self._optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
            self._optimiser.step()
            self._schedule.step()
            losses.append(loss.detach())
        return float(torch.stack(losses).mean())

    def _draw_batches(self) -> list[NDArray[np.int64]]:
        count = round(self._settings.sentiment_share * len(self._extra))
        extra = self._random.choice(self._extra, count, replace=False)
        rows = self._random.permutation(np.concatenate([self._full, extra]))
        size = self._settings.batch_size
        lengths = np.array([len(pieces[1]) for pieces in self._pieces])
        batches = []
        for start in range(0, len(rows), size * _SORTED_BATCHES):
            drawn = rows[start : start + size * _SORTED_BATCHES]
            drawn = drawn[np.argsort(lengths[drawn], kind="stable")]
            batches += [drawn[at : at + size] for at in range(0, len(drawn), size)]
        return [batches[at] for at in self._random.permutation(len(batches))]

    def keep(self, checkpoint: Path, epoch: int) -> None:
        """Write how far the run has come, whole or not at all."""
        state = {
            "epoch": epoch,
            "network": self._network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict(),
            "torch": torch.get_rng_state(),
            "cards": torch.cuda.get_rng_state_all(),
            "numpy": self._random.bit_generator.state,
        }
        new = checkpoint.with_suffix(".new")
        torch.save(state, new)
        os.replace(new, checkpoint)

    def resume(self, checkpoint: Path) -> int:
        """Go on from what was kept; the number of epochs that are done."""
        try:
            state = torch.load(checkpoint, weights_only=True)
        except (OSError, RuntimeError, EOFError, UnpicklingError) as error:
            raise InputError(
                f"{checkpoint} cannot be read, so training cannot go on from it. Delete it, and "
                "this encoder is fine-tuned from its beginning."
            ) from error
        self._network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["torch"])
        torch.cuda.set_rng_state_all(state["cards"])
        self._random.bit_generator.state = state["numpy"]
        return int(state["epoch"])


def _make_optimiser(network: Network, settings: EncoderSettings) -> torch.optim.Optimizer:
    plain: list[Tensor] = []
    shrunk: list[Tensor] = []
    for name, parameter in network.encoder.named_parameters():
        if parameter.requires_grad:
            is_plain = "bias" in name or "LayerNorm" in name
            (plain if is_plain else shrunk).append(parameter)
    groups = [
        {"params": shrunk, "lr": settings.learning_rate, "weight_decay": 0.01},
        {"params": plain, "lr": settings.learning_rate, "weight_decay": 0.0},
        {
            "params": list(network.head.parameters()),
            "lr": settings.head_learning_rate,
            "weight_decay": 0.01,
        },
    ]
    return torch.optim.AdamW(groups, fused=True)


def _move(targets: Targets) -> tuple[Tensor, ...]:
    arrays = targets.truth, targets.weights, targets.levels, targets.level_weights
    return tuple(torch.from_numpy(values).to(DEVICE) for values in arrays)


def _measure_loss(outputs: Tensor, targets: tuple[Tensor, ...], rows: NDArray[np.int64]) -> Tensor:
    """The mean loss of a batch: yes-or-no outputs by their log-odds, levels against each other."""
    chosen = torch.from_numpy(rows).to(DEVICE, non_blocking=True)
    truth, weights, levels, level_weights = (values[chosen] for values in targets)
    # No level is a yes or no: there the weights are 0.
    yes_or_no = functional.binary_cross_entropy_with_logits(
        outputs, truth, weight=weights, reduction="sum"
    )
    rated = functional.cross_entropy(outputs[:, LEVELS], levels, reduction="none")
    return (yes_or_no + (rated * level_weights).sum()) / len(rows)
