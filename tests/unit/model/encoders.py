"""Small encoders with weights drawn by chance, and one slow reading of them for comparison."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from yousaid.model.artefact import Model, load_model
from yousaid.model.encoder import ENCODER_OUTPUT_COUNT, Encoder
from yousaid.model.encoder_graph import EncoderWeights, make_graph
from yousaid.model.joined import JoinedEncoder
from yousaid.model.scores import OUTPUT_COUNT

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz?.", "the", "food"]
VOCABULARY += [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
WIDTH, HEADS, LAYERS = 16, 2, 2

Reals = NDArray[np.float64]


def make_weights(seed: int = 1) -> EncoderWeights:
    """The weights of an encoder of two layers."""
    random = np.random.default_rng(seed)
    shapes = {
        "embeddings.word_embeddings.weight": (len(VOCABULARY), WIDTH),
        "embeddings.position_embeddings.weight": (160, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in range(LAYERS):
        sizes = {
            **{f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")},
            "attention.output.dense": (WIDTH, WIDTH),
            "intermediate.dense": (4 * WIDTH, WIDTH),
            "output.dense": (WIDTH, 4 * WIDTH),
        }
        for name, shape in sizes.items():
            shapes[f"encoder.layer.{layer}.{name}.weight"] = shape
            shapes[f"encoder.layer.{layer}.{name}.bias"] = shape[:1]
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"encoder.layer.{layer}.{name}.weight"] = (WIDTH,)
            shapes[f"encoder.layer.{layer}.{name}.bias"] = (WIDTH,)
    arrays = {
        name: random.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()
    }
    head = random.normal(0, 0.5, (WIDTH, ENCODER_OUTPUT_COUNT)).astype(np.float32)
    return EncoderWeights(arrays, HEADS, head, np.full(ENCODER_OUTPUT_COUNT, 0.1, np.float32))


def run_slowly(weights: EncoderWeights, ids: list[int], types: list[int]) -> tuple[Reals, Reals]:
    """The scores of one text's pieces (pieces × outputs) and what they are made from (pieces ×
    width), by the formulas of Devlin et al. 2019."""
    arrays = weights.arrays
    hidden = (
        arrays["embeddings.word_embeddings.weight"][ids]
        + arrays["embeddings.position_embeddings.weight"][: len(ids)]
        + arrays["embeddings.token_type_embeddings.weight"][types]
    )
    hidden = _normalise(weights, hidden, "embeddings.LayerNorm")
    for layer in range(weights.layer_count):
        prefix = f"encoder.layer.{layer}."
        added = _apply(weights, _attend(weights, hidden, prefix), f"{prefix}attention.output.dense")
        hidden = _normalise(weights, hidden + added, f"{prefix}attention.output.LayerNorm")
        wide = _apply(weights, hidden, f"{prefix}intermediate.dense")
        wide = wide * (1 + erf(wide / np.sqrt(2))) / 2
        added = _apply(weights, wide, f"{prefix}output.dense")
        hidden = _normalise(weights, hidden + added, f"{prefix}output.LayerNorm")
    return np.asarray(hidden @ weights.head + weights.head_bias), hidden


def _apply(weights: EncoderWeights, values: Reals, name: str) -> Reals:
    return np.asarray(values @ weights.arrays[f"{name}.weight"].T + weights.arrays[f"{name}.bias"])


def _normalise(weights: EncoderWeights, values: Reals, name: str) -> Reals:
    centred = values - values.mean(1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-12)
    return np.asarray(scaled * weights.arrays[f"{name}.weight"] + weights.arrays[f"{name}.bias"])


def _attend(weights: EncoderWeights, hidden: Reals, prefix: str) -> Reals:
    parts = [
        _apply(weights, hidden, f"{prefix}attention.self.{p}") for p in ("query", "key", "value")
    ]
    found = []
    for head in np.split(np.arange(WIDTH), HEADS):
        query, key, value = (part[:, head] for part in parts)
        raw = query @ key.T / np.sqrt(len(head))
        weight = np.exp(raw - raw.max(1, keepdims=True))
        found.append(weight / weight.sum(1, keepdims=True) @ value)
    return np.concatenate(found, axis=1)


def make_joined(seed: int = 2) -> JoinedEncoder:
    """A small encoder that joins a layer, each output weighed in its way."""
    encoder = Encoder(make_graph(make_weights()), "\n".join(VOCABULARY).encode())
    random = np.random.default_rng(seed)
    scales = random.uniform(0.2, 1, (4, OUTPUT_COUNT)).astype(np.float32)
    return JoinedEncoder(encoder, *scales, random.normal(0, 0.5, WIDTH).astype(np.float32))


def make_model_with_encoder() -> Model:
    """The shipped `fast` model with a small encoder beside it."""
    return replace(load_model("fast"), joined=make_joined())
