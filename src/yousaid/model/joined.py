"""A layer and an encoder as one model: their outputs are added, each with a weight of its own.

Both are sums of what the words of a text say, so their sum is one too, and what each word adds
stays exact.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yousaid.model.encoder import Encoder
from yousaid.model.linear import Floats
from yousaid.model.scores import EncodedText, Outputs, Reals
from yousaid.records import QuestionKind, Span

# How much of the feeling about one topic is the encoder's (docs/decisions.md, 29).
FEELING_SHARE = 0.6
_LARGEST_BYTE = 127  # −128 would have no opposite
_LEAST_DISTANCE = 1e-6  # a text in the very centre is divided by it, and not by 0


@dataclass(frozen=True)
class JoinedEncoder:
    """An encoder, and how its outputs join those of a layer: the layer's times `layer_scale`, the
    encoder's times `encoder_scale`, and `bias` (one value an output each). `usual` is what the
    encoder says of the middle one of many comments: what its word pieces add is told against it.
    `centre` is the middle of where they stand (one value a dimension of the encoder's width).
    """

    encoder: Encoder
    layer_scale: Floats
    encoder_scale: Floats
    bias: Floats
    usual: Floats
    centre: Floats

    def get_shares(self, encoded: EncodedText, outputs: Sequence[int]) -> Reals:
        """What each word piece of a text adds to the outputs (outputs × word pieces), in log-odds.

        Their sum and `usual` times `encoder_scale` make up the encoder's part of the output.
        """
        chosen = list(outputs)
        told = (encoded.scores[:, chosen] - self.usual[chosen]) * encoded.weights[:, chosen]
        return np.asarray((told * self.encoder_scale[chosen]).T.astype(np.float64))

    def make_vector(self, encoded: EncodedText) -> bytes:
        """Which way from the centre a text stands: a signed byte a dimension of the encoder's
        width, the largest at its end. Empty where the text has no word pieces."""
        if not encoded.spans:
            return b""
        away = encoded.hidden - self.centre
        largest = max(float(np.abs(away).max()), _LEAST_DISTANCE)
        steps = np.rint(away * (_LARGEST_BYTE / largest)).astype(np.int8)
        return bytes(steps.tobytes())


def find_centre(encoder: Encoder, comments: Iterable[tuple[str, QuestionKind]]) -> Floats:
    """The middle of where comments stand, each that is said again counted once."""
    distinct = list(dict.fromkeys(comments))
    encoded = encoder.encode([text for text, _ in distinct], [kind for _, kind in distinct])
    found = [text.hidden for text in encoded if text.spans]
    return np.asarray(np.mean(found, 0, np.float64), np.float32)


def join_scores(
    joined: JoinedEncoder, scored: Outputs, texts: Sequence[str], kinds: Sequence[QuestionKind]
) -> Outputs:
    """What a layer scored, with what the encoder says of the same texts."""
    encoded = joined.encoder.encode(texts, kinds)
    if not encoded:
        return scored
    added = np.stack([text.outputs for text in encoded]) * joined.encoder_scale
    outputs = scored.outputs * joined.layer_scale + added + joined.bias
    pieces = {
        row: (spans, _join_pieces(joined, spans, scores, encoded[row]))
        for row, (spans, scores) in scored.pieces.items()
    }
    return replace(
        scored,
        outputs=outputs,
        feelings=join_feelings(scored.feelings, encoded),
        pieces=pieces,
        encoded=tuple(encoded),
    )


def _join_pieces(
    joined: JoinedEncoder, spans: Sequence[Span], scores: Floats, encoded: EncodedText
) -> Floats:
    """The outputs of a text's pieces (pieces × outputs): the encoder's for each piece is the mean
    over its word pieces; that for the whole, where it has none."""
    starts = [span.start for span in encoded.spans]
    edges = [(bisect_left(starts, span.start), bisect_left(starts, span.end)) for span in spans]
    means = np.array(
        [
            encoded.scores[first:last].mean(0) if first < last else encoded.outputs
            for first, last in edges
        ]
    )
    return np.asarray(scores * joined.layer_scale + means * joined.encoder_scale + joined.bias)


def join_feelings(feelings: Reals, encoded: Sequence[EncodedText]) -> Reals:
    """The feelings −1…1 about each topic (texts × topics), the encoder's worked in."""
    heard = np.tanh(np.stack([text.feelings for text in encoded]).astype(np.float64) / 2)
    return np.asarray((1 - FEELING_SHARE) * feelings + FEELING_SHARE * heard)
