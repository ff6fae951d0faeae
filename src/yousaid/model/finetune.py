"""Fine-tuning the encoder of the `best` model. Needs the extra `finetune` (torch, transformers).

Every word piece learns to score every output, and the mean over a comment's pieces is what is held
against its labels, so that the pieces' shares mean something afterwards (`encoder.py`).
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from yousaid.errors import InputError
from yousaid.model.base import find_base
from yousaid.model.encoder import ENCODER_OUTPUT_COUNT, Encoder
from yousaid.model.encoder_graph import EncoderWeights, make_graph, quantise
from yousaid.model.fit import Weights
from yousaid.model.labels import LabelledComment
from yousaid.model.scores import LEVELS, OUTPUT_COUNT, TOPIC_COUNT
from yousaid.model.settings import EncoderSettings
from yousaid.model.targets import (
    SplitComment,
    Targets,
    cap_copies,
    get_rate,
    make_targets,
    split_comments,
)

# Batches are drawn from so many batches of comments sorted by length: little padding, much chance.
_SORTED_BATCHES = 32
_RARE_TOPIC = -2.5  # the log-odds of a topic before anything is learnt

# On these a graph is compared with its network; in 32 bits the two part by some 1e-5.
_COMPARED = (
    LabelledComment("The food was cold, but the nurses were lovely.", "why", {}, None),
    LabelledComment("parking", "could_improve", {}, None),
    LabelledComment("I was told everything twice, and nobody rushed me.", "what_good", {}, None),
)
_ROUNDING = 1e-3

Progress = Callable[[str], None]


def fine_tune(
    settings: EncoderSettings,
    comments: Sequence[LabelledComment],
    weights: Weights,
    progress: Progress = lambda _: None,
    checkpoint: Path | None = None,
) -> Encoder:
    """An encoder fitted to the comments, in eight bits, as it will be used.

    With a checkpoint, each epoch is kept there, and a run that was stopped goes on behind the last
    one; whoever calls sees to it that the file belongs to these settings and comments. Raises
    InputError where the base encoder cannot be used or no comment can be learnt from.
    """
    folder = find_base(settings.base)
    vocabulary = (folder / "vocab.txt").read_bytes()
    torch.manual_seed(settings.seed)
    run = _Run(settings, _Network(folder, settings.dropout), comments, weights, vocabulary)
    first = run.resume(checkpoint) if checkpoint and checkpoint.exists() else 0
    for epoch in range(first, settings.epochs):
        loss = run.run_epoch()
        progress(f"epoch {epoch + 1} of {settings.epochs}, loss {loss:.3f}")
        if checkpoint:
            run.keep(checkpoint, epoch + 1)
    graph = make_graph(run.network.get_weights())
    _check_graph(run.network, Encoder(graph, vocabulary))
    return Encoder(quantise(graph), vocabulary)


def _check_graph(network: "_Network", encoder: Encoder) -> None:
    """Hold the graph against the network that it was made from: it is built by hand, and one that
    says something else would be wrong in every word after hours of training."""
    network.eval()
    with torch.no_grad():
        wanted = network(*_pad(split_comments(_COMPARED, encoder.vocabulary))).numpy()
    found = encoder.encode([c.text for c in _COMPARED], [c.kind for c in _COMPARED])
    for told, right in zip(found, wanted, strict=True):
        distance = np.abs(np.concatenate([told.outputs, told.feelings]) - right).max()
        assert distance < _ROUNDING, f"the graph is {distance:.1e} away from its network"


class _Network(nn.Module):
    """The encoder and, on each piece, one linear layer for all outputs."""

    def __init__(self, folder: Path, dropout: float) -> None:
        super().__init__()
        try:
            self.encoder = BertModel.from_pretrained(
                folder, add_pooling_layer=False, local_files_only=True
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise InputError(f"The base encoder in {folder} cannot be loaded.") from error
        # Words that training lacks keep their place among those that it has.
        self.encoder.embeddings.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.encoder.config.hidden_size, ENCODER_OUTPUT_COUNT)
        with torch.no_grad():
            self.head.weight.mul_(0.5)
            self.head.bias[:TOPIC_COUNT] = _RARE_TOPIC

    def forward(self, ids: Tensor, types: Tensor, is_piece: Tensor, is_text: Tensor) -> Tensor:
        """The outputs of each text, its feelings behind them; `is_text` marks the pieces of the
        comment itself, without the question."""
        hidden = self.encoder(
            input_ids=ids, token_type_ids=types, attention_mask=is_piece
        ).last_hidden_state
        scores = self.head(self.dropout(hidden))
        counted = is_text[..., None].float()
        outputs = (scores[..., :OUTPUT_COUNT] * counted).sum(1) / counted.sum(1)
        topics = scores[..., :TOPIC_COUNT].masked_fill(~is_text[..., None], -1e4)
        feelings = (torch.softmax(topics, 1) * scores[..., OUTPUT_COUNT:]).sum(1)
        return torch.cat([outputs, feelings], 1)

    def get_weights(self) -> EncoderWeights:
        """The weights as plain arrays."""
        return EncoderWeights(
            {name: value.numpy() for name, value in self.encoder.state_dict().items()},
            self.encoder.config.num_attention_heads,
            self.head.weight.detach().numpy().T,
            self.head.bias.detach().numpy(),
        )


class _Run:
    """One training run: what is learnt from, in which order, and how far it has come."""

    def __init__(
        self,
        settings: EncoderSettings,
        network: _Network,
        comments: Sequence[LabelledComment],
        weights: Weights,
        vocabulary: bytes,
    ) -> None:
        self._settings, self.network = settings, network
        self._random = np.random.default_rng(settings.seed)
        self._pieces = split_comments(comments, vocabulary)
        self._targets = make_targets(comments, weights, settings.sentiment_balance)
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
        self.network.train()
        losses = []
        for rows in self._draw_batches():
            outputs = self.network(*_pad([self._pieces[row] for row in rows]))
            loss = _measure_loss(outputs, self._targets, rows)
            self._optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self._optimiser.step()
            self._schedule.step()
            losses.append(float(loss.detach()))
        return float(np.mean(losses))

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
            "network": self.network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "schedule": self._schedule.state_dict(),
            "torch": torch.get_rng_state(),
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
        self.network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["torch"])
        self._random.bit_generator.state = state["numpy"]
        return int(state["epoch"])


def _pad(pieces: Sequence[SplitComment]) -> tuple[Tensor, ...]:
    """Ids, types, and which pieces are there and are the comment's own (texts × pieces)."""
    longest = max(sum(map(len, parts)) for parts in pieces)
    ids = torch.zeros(len(pieces), longest, dtype=torch.long)
    types, is_piece = torch.zeros_like(ids), torch.zeros_like(ids)
    is_text = torch.zeros_like(ids, dtype=torch.bool)
    for row, (asked, own, end) in enumerate(pieces):
        whole = [*asked, *own, *end]
        ids[row, : len(whole)] = torch.tensor(whole)
        types[row, len(asked) : len(whole)] = 1
        is_piece[row, : len(whole)] = 1
        is_text[row, len(asked) : len(asked) + len(own)] = True
    return ids, types, is_piece, is_text


def _make_optimiser(network: _Network, settings: EncoderSettings) -> torch.optim.Optimizer:
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


def _measure_loss(outputs: Tensor, targets: Targets, rows: NDArray[np.int64]) -> Tensor:
    """The mean loss of a batch: yes-or-no outputs by their log-odds, levels against each other."""
    truth, weights, wanted, level_weights = (
        torch.from_numpy(values[rows])
        for values in (targets.truth, targets.weights, targets.levels, targets.level_weights)
    )
    is_level = torch.zeros(ENCODER_OUTPUT_COUNT, dtype=torch.bool)
    is_level[LEVELS] = True
    yes_or_no = functional.binary_cross_entropy_with_logits(
        outputs[:, ~is_level],
        truth[:, ~is_level],
        weight=weights[:, ~is_level],
        reduction="sum",
    )
    levels = functional.cross_entropy(outputs[:, LEVELS], wanted, reduction="none")
    return (yes_or_no + (levels * level_weights).sum()) / len(rows)
