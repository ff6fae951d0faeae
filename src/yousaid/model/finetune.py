"""Fine-tuning the encoder of the `best` model. Needs the extra `finetune` (torch, transformers).

Every word piece learns to score every output, and the mean over a comment's pieces is what is held
against its labels, so that the pieces' shares mean something afterwards (`encoder.py`).
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from yousaid.model.base import find_base
from yousaid.model.encoder import Encoder
from yousaid.model.encoder_graph import make_graph, quantise
from yousaid.model.fit import Weights
from yousaid.model.labels import LabelledComment
from yousaid.model.network import Network, pad
from yousaid.model.network_training import train_network
from yousaid.model.settings import EncoderSettings
from yousaid.model.targets import split_comments
from yousaid.model.teachers import ask_teachers

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

    With a checkpoint, each epoch is kept there and what teachers tell beside it, and a run that was
    stopped goes on behind the last one; whoever calls sees to it that the file belongs to these
    settings and comments. Raises InputError where the base encoder cannot be used or no comment can
    be learnt from.
    """
    folder = find_base(settings.base)
    vocabulary = (folder / "vocab.txt").read_bytes()
    told = ask_teachers(settings, comments, weights, vocabulary, progress, checkpoint)
    torch.manual_seed(settings.seed)
    network = Network(folder, settings.dropout, vocabulary)
    train_network(settings, network, comments, weights, vocabulary, progress, checkpoint, told)
    graph = make_graph(network.get_weights())
    _check_graph(network, Encoder(graph, vocabulary))
    return Encoder(quantise(graph), vocabulary)


def _check_graph(network: Network, encoder: Encoder) -> None:
    """Hold the graph against the network that it was made from: it is built by hand, and one that
    says something else would be wrong in every word after hours of training."""
    network.eval()
    with torch.no_grad():
        wanted = network(*pad(split_comments(_COMPARED, encoder.vocabulary))).cpu().numpy()
    found = encoder.encode([c.text for c in _COMPARED], [c.kind for c in _COMPARED])
    for told, right in zip(found, wanted, strict=True):
        distance = np.abs(np.concatenate([told.outputs, told.feelings]) - right).max()
        assert distance < _ROUNDING, f"the graph is {distance:.1e} away from its network"
