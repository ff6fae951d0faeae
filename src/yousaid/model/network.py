"""An encoder as PyTorch trains it: word pieces of texts in, the outputs of each text out."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers import AutoModel

from yousaid.errors import InputError
from yousaid.model.encoder import ENCODER_OUTPUT_COUNT
from yousaid.model.encoder_graph import EncoderWeights
from yousaid.model.scores import OUTPUT_COUNT, TOPIC_COUNT
from yousaid.model.targets import SplitComment
from yousaid.model.wordpiece import BETWEEN, FIRST, UNKNOWN, read_vocabulary

_RARE_TOPIC = -2.5  # the log-odds of a topic before anything is learnt
_PADDING = "[PAD]"
# What those of the MPNet family call the marks of BERT's.
_OTHER_NAMES = {FIRST: "<s>", BETWEEN: "</s>", _PADDING: "<pad>"}

# A graphics card where there is one: many times faster; it learns in 16 bits.
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Network(nn.Module):
    """The encoder and, on each piece, one linear layer for all outputs."""

    def __init__(self, folder: Path, dropout: float, vocabulary: bytes) -> None:
        """`vocabulary` is that of the ids which come in; the encoder may have one of its own.
        Raises InputError where its folder holds no encoder."""
        super().__init__()
        try:
            self.encoder = AutoModel.from_pretrained(
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
        own = (folder / "vocab.txt").read_bytes()
        self._numbers = None if own == vocabulary else _translate(vocabulary, own).to(DEVICE)
        self.to(DEVICE)

    def forward(self, ids: Tensor, types: Tensor, is_piece: Tensor, is_text: Tensor) -> Tensor:
        """The outputs of each text, its feelings behind them; `is_text` marks the pieces of the
        comment itself, without the question."""
        is_short = self.training and DEVICE.type == "cuda"
        with torch.autocast(DEVICE.type, torch.bfloat16, enabled=is_short):
            hidden = self._encode(ids, types, is_piece)
        scores = self.head(self.dropout(hidden.float()))
        counted = is_text[..., None].float()
        outputs = (scores[..., :OUTPUT_COUNT] * counted).sum(1) / counted.sum(1)
        topics = scores[..., :TOPIC_COUNT].masked_fill(~is_text[..., None], -1e4)
        feelings = (torch.softmax(topics, 1) * scores[..., OUTPUT_COUNT:]).sum(1)
        return torch.cat([outputs, feelings], 1)

    def _encode(self, ids: Tensor, types: Tensor, is_piece: Tensor) -> Tensor:
        if self._numbers is not None:
            ids = self._numbers[ids]
        asked = {"input_ids": ids, "attention_mask": is_piece}
        if self.encoder.config.model_type == "bert":
            asked["token_type_ids"] = types
        found: Tensor = self.encoder(**asked).last_hidden_state
        return found

    def get_weights(self) -> EncoderWeights:
        """The weights as plain arrays."""
        return EncoderWeights(
            {name: value.cpu().numpy() for name, value in self.encoder.state_dict().items()},
            self.encoder.config.num_attention_heads,
            self.head.weight.detach().cpu().numpy().T,
            self.head.bias.detach().cpu().numpy(),
        )


def _translate(vocabulary: bytes, other: bytes) -> Tensor:
    """The number in another vocabulary of each piece of this one."""
    theirs = {piece: number for number, piece in enumerate(read_vocabulary(other))}
    # The other family keeps BERT's marks too, unused: its own come first.
    names = ([_OTHER_NAMES.get(piece), piece, UNKNOWN] for piece in read_vocabulary(vocabulary))
    return torch.tensor([next(theirs[n] for n in found if n in theirs) for found in names])


def pad(pieces: Sequence[SplitComment]) -> tuple[Tensor, ...]:
    """Ids, types, and which pieces are there and are the comment's own (texts × pieces)."""
    wholes = [[*asked, *own, *end] for asked, own, end in pieces]
    longest = max(map(len, wholes))
    ids = torch.tensor([whole + [0] * (longest - len(whole)) for whole in wholes])
    place = torch.arange(longest)
    first = torch.tensor([[len(asked)] for asked, _, _ in pieces])
    behind = first + torch.tensor([[len(own)] for _, own, _ in pieces])
    ends = torch.tensor([[len(whole)] for whole in wholes])
    is_piece = place < ends
    types = (place >= first) & is_piece
    found = (ids, types.long(), is_piece.long(), (place >= first) & (place < behind))
    return tuple(part.to(DEVICE, non_blocking=True) for part in found)
