"""Fine-tuning the encoder of the `best` model. Needs the extra `finetune` (torch, transformers).

Every word piece learns to score every output, and the mean over a comment's pieces is what is held
against its labels, so that the pieces' shares mean something afterwards (`encoder.py`).
"""

import importlib.resources
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel

from yousaid.errors import InputError
from yousaid.frameworks import get_framework
from yousaid.model.encoder import ENCODER_OUTPUT_COUNT, QUESTIONS, WINDOW, Encoder
from yousaid.model.encoder_graph import EncoderWeights, make_graph, quantise
from yousaid.model.fit import Weights, make_mixed, make_praise, make_truth, make_urgency
from yousaid.model.labels import LabelledComment, normalise_text
from yousaid.model.scores import LEVELS, MIXED, OUTPUT_COUNT, PRAISE, TOPIC_COUNT, URGENCY
from yousaid.model.settings import EncoderSettings
from yousaid.model.wordpiece import WordPieces

# How much the smaller tasks weigh in the loss, beside topics and levels at 1.
_TASK_WEIGHT = 0.3
# A real comment's level says how its topics are felt about, but less surely than a sign of its own.
_LEVEL_AS_SIGN = 0.5
# Real comments teach the yes-or-no tasks that nobody labelled them for with this weight.
_BORROWED = 0.3
# Batches are drawn from so many batches of comments sorted by length: little padding, much chance.
_SORTED_BATCHES = 32
_RARE_TOPIC = -2.5  # the log-odds of a topic before anything is learnt

Progress = Callable[[str], None]
Reals = NDArray[np.float64]


@dataclass(frozen=True)
class _Targets:
    """What the outputs are held against: truth and weight of each (comments × outputs), 0 where
    nobody judged; levels 0…4 with their weights."""

    truth: Tensor
    weights: Tensor
    levels: Tensor
    level_weights: Tensor


def find_base(base: str) -> Path:
    """The folder of a base encoder. Raises InputError where it is not there."""
    package, _, inner = base.removeprefix("package:").partition("/")
    try:
        is_package = base.startswith("package:")
        folder = Path(str(importlib.resources.files(package))) / inner if is_package else Path(base)
    except ModuleNotFoundError as error:
        raise InputError(f"The package {package} of the base encoder is not installed.") from error
    if missing := [
        name
        for name in ("config.json", "model.safetensors", "vocab.txt")
        if not (folder / name).is_file()
    ]:
        raise InputError(f"The base encoder in {folder} lacks {', '.join(missing)}.")
    return folder


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
    InputError where the base encoder cannot be used.
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
    return Encoder(quantise(make_graph(run.network.get_weights())), vocabulary)


class _Network(nn.Module):
    """The encoder and, on each piece, one linear layer for all outputs."""

    def __init__(self, folder: Path, dropout: float) -> None:
        super().__init__()
        try:
            self.encoder = BertModel.from_pretrained(folder, add_pooling_layer=False)
        except (OSError, ValueError, RuntimeError) as error:
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
        self._pieces = _split(comments, vocabulary)
        self._targets = _make_targets(comments, weights, settings.sentiment_balance)
        usable = _cap_copies(comments, settings.most_copies)
        usable &= np.array([bool(pieces[1]) for pieces in self._pieces])
        has_topics = np.array([bool(comment.topics) for comment in comments])
        self._full = np.flatnonzero(usable & has_topics)
        self._extra = np.flatnonzero(usable & ~has_topics)
        self._optimiser = _make_optimiser(network, settings)
        steps = settings.epochs * len(self._draw_batches())
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimiser, lambda step: _rate(step / steps, settings.warm_up)
        )

    def run_epoch(self) -> float:
        """Learn from every comment once; the mean loss of the batches."""
        self.network.train()
        losses = []
        for rows in self._draw_batches():
            outputs = self.network(*_pad([self._pieces[row] for row in rows]))
            loss = _measure_loss(outputs, self._targets, torch.from_numpy(rows))
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
        state = torch.load(checkpoint, weights_only=True)
        self.network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["torch"])
        self._random.bit_generator.state = state["numpy"]
        return int(state["epoch"])


def _split(
    comments: Sequence[LabelledComment], vocabulary: bytes
) -> list[tuple[list[int], list[int], list[int]]]:
    """For each comment the ids before its own, its own, and the one behind."""
    splitter = WordPieces(vocabulary.decode("utf-8").splitlines())
    asked = {
        kind: [splitter.first, *splitter.split(text).ids, splitter.between]
        for kind, text in QUESTIONS.items()
    }
    return [
        (asked[comment.kind], splitter.split(comment.text).ids[:WINDOW], [splitter.between])
        for comment in comments
    ]


def _pad(pieces: Sequence[tuple[list[int], list[int], list[int]]]) -> tuple[Tensor, ...]:
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


def _cap_copies(comments: Sequence[LabelledComment], most: int) -> NDArray[np.bool_]:
    """Which comments count: a form's stock answer stands in a thousand rows and teaches little."""
    seen: Counter[tuple[str, str, bool]] = Counter()
    kept = np.zeros(len(comments), bool)
    for row, comment in enumerate(comments):
        key = normalise_text(comment.text), comment.kind, comment.is_synthetic
        seen[key] += 1
        kept[row] = seen[key] <= most
    return kept


def _make_targets(
    comments: Sequence[LabelledComment], weights: Weights, sentiment_balance: float
) -> _Targets:
    truth = np.zeros((len(comments), ENCODER_OUTPUT_COUNT))
    counted = np.zeros_like(truth)
    truth[:, :TOPIC_COUNT], judged = make_truth(comments)
    counted[:, :TOPIC_COUNT] = judged * weights.topics[:, None]
    is_synthetic = np.array([comment.is_synthetic for comment in comments])
    for output, (is_so, is_judged) in (
        (PRAISE, make_praise(comments)),
        (MIXED, make_mixed(comments)),
        (URGENCY, make_urgency(comments)),
    ):
        truth[:, output] = is_so
        counted[:, output] = _TASK_WEIGHT * is_judged * np.where(is_synthetic, 1, _BORROWED)
    signs, sign_weights = _make_signs(comments)
    truth[:, OUTPUT_COUNT:], counted[:, OUTPUT_COUNT:] = (signs + 1) / 2, sign_weights
    levels = np.array([comment.sentiment or 0 for comment in comments])
    level_weights = np.where(levels > 0, weights.sentiment, 0.0)
    totals = np.bincount(levels, level_weights, minlength=6)[1:]
    rarity = (totals.sum() / len(totals) / np.maximum(totals, 1)) ** sentiment_balance
    return _Targets(
        torch.tensor(truth, dtype=torch.float32),
        torch.tensor(counted, dtype=torch.float32),
        torch.tensor(np.maximum(levels - 1, 0)),
        torch.tensor(level_weights * rarity[levels - 1], dtype=torch.float32),
    )


def _make_signs(comments: Sequence[LabelledComment]) -> tuple[Reals, Reals]:
    """The sign −1…1 of each topic (comments × topics), and how much it counts."""
    ids = get_framework().topic_ids
    signs = np.zeros((len(comments), TOPIC_COUNT))
    counted = np.zeros_like(signs)
    for row, comment in enumerate(comments):
        for topic, sign in comment.topic_signs.items():
            signs[row, ids.index(topic)] = sign
            counted[row, ids.index(topic)] = _TASK_WEIGHT
        if not comment.topic_signs and comment.sentiment not in (None, 3):
            for topic in comment.labels:
                signs[row, ids.index(topic)] = 1 if (comment.sentiment or 0) < 3 else -1
                counted[row, ids.index(topic)] = _TASK_WEIGHT * _LEVEL_AS_SIGN
    return signs, counted


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


def _rate(done: float, warm_up: float) -> float:
    """The share of the full learning rate when that share of the steps is done: up, then down."""
    return done / warm_up if done < warm_up else max(0.0, (1 - done) / (1 - warm_up))


def _measure_loss(outputs: Tensor, targets: _Targets, rows: Tensor) -> Tensor:
    """The mean loss of a batch: yes-or-no outputs by their log-odds, levels against each other."""
    is_level = torch.zeros(ENCODER_OUTPUT_COUNT, dtype=torch.bool)
    is_level[LEVELS] = True
    yes_or_no = functional.binary_cross_entropy_with_logits(
        outputs[:, ~is_level],
        targets.truth[rows][:, ~is_level],
        weight=targets.weights[rows][:, ~is_level],
        reduction="sum",
    )
    levels = functional.cross_entropy(outputs[:, LEVELS], targets.levels[rows], reduction="none")
    return (yes_or_no + (levels * targets.level_weights[rows]).sum()) / len(rows)
