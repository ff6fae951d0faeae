from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest

from tests.unit.model.encoders import VOCABULARY, make_weights, run_slowly
from yousaid.errors import ModelError
from yousaid.model.encoder import QUESTIONS, WINDOW, EncodedText, Encoder
from yousaid.model.encoder_graph import EncoderWeights, make_graph, quantise
from yousaid.model.scores import OUTPUT_COUNT, TOPIC_COUNT
from yousaid.model.wordpiece import WordPieces
from yousaid.records import QuestionKind, Span

LINES = "\n".join(VOCABULARY).encode()


@pytest.fixture(scope="module")
def weights() -> EncoderWeights:
    return make_weights()


@pytest.fixture(scope="module")
def encoder(weights: EncoderWeights) -> Encoder:
    return Encoder(make_graph(weights), LINES)


def encode_slowly(
    weights: EncoderWeights, text: str, kind: QuestionKind
) -> tuple[np.ndarray, np.ndarray]:
    """The scores of a text's own pieces and what they are made from, by the slow twin."""
    splitter = WordPieces(VOCABULARY)
    asked = [splitter.first, *splitter.split(QUESTIONS[kind]).ids, splitter.between]
    own = splitter.split(text).ids
    ids = [*asked, *own, splitter.between]
    types = [0] * len(asked) + [1] * (len(own) + 1)
    scores, hidden = run_slowly(weights, ids, types)
    return scores[len(asked) : -1], hidden[len(asked) : -1]


def test_encode_as_the_slow_twin(encoder: Encoder, weights: EncoderWeights) -> None:
    (found,) = encoder.encode(["the food was cold."], ["why"])
    scores, hidden = encode_slowly(weights, "the food was cold.", "why")
    assert found.hidden == pytest.approx(hidden.mean(0), abs=1e-4)
    assert found.outputs == pytest.approx(scores[:, :OUTPUT_COUNT].mean(0), abs=1e-4)
    weight = np.exp(scores[:, :TOPIC_COUNT])
    feelings = (weight / weight.sum(0) * scores[:, OUTPUT_COUNT:]).sum(0)
    assert found.feelings == pytest.approx(feelings, abs=1e-4)


def test_encode_weighted_scores_sum_to_outputs(encoder: Encoder) -> None:
    for text in ("the food", "the food was cold. " * 100):
        (found,) = encoder.encode([text], ["why"])
        assert (found.scores * found.weights).sum(0) == pytest.approx(found.outputs, abs=1e-4)
        assert found.weights.sum(0) == pytest.approx(1, abs=1e-5)
        assert len(found.scores) == len(found.spans)


def test_encode_question_matters(encoder: Encoder) -> None:
    good, better = encoder.encode(["food", "food"], ["what_good", "could_improve"])
    assert not np.allclose(good.outputs, better.outputs)


def test_encode_batch_does_not_matter(encoder: Encoder) -> None:
    texts = ["the food", "cold", "the food was cold. " * 100, "cold"]
    together = encoder.encode(texts, ["why"] * 4)
    alone: list[EncodedText] = [encoder.encode([text], ["why"])[0] for text in texts]
    for one, other in zip(together, alone, strict=True):
        assert (one.outputs == other.outputs).all()
        assert (one.hidden == other.hidden).all()


@pytest.mark.parametrize("cores", [1, 2, 7])
def test_encode_cores_do_not_matter(
    weights: EncoderWeights, encoder: Encoder, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    texts = [f"the food {word}" for word in ("cold", "bad", "the food", "hot", "a", "b")] * 5
    usual = encoder.encode(texts, ["why"] * len(texts))
    monkeypatch.setattr("yousaid.model.encoder.count_cores", lambda: cores)
    other = Encoder(make_graph(weights), LINES)
    options = other._session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    # `check_graph` knows one format; a file can be made to look like another to the runtime.
    assert options.get_session_config_entry("session.load_model_format") == "ONNX"
    found = other.encode(texts, ["why"] * len(texts))
    for one, other in zip(usual, found, strict=True):
        assert (one.outputs == other.outputs).all()


def test_encode_long_text_topic_of_the_best_window(encoder: Encoder) -> None:
    text = "the food " * WINDOW  # two pieces each time: two windows
    (found,) = encoder.encode([text], ["why"])
    halves = encoder.encode([text[: len(text) // 2], text[len(text) // 2 :]], ["why"] * 2)
    best = np.max([half.outputs[:TOPIC_COUNT] for half in halves], axis=0)
    assert found.outputs[:TOPIC_COUNT] == pytest.approx(best, abs=1e-4)
    assert found.hidden == pytest.approx((halves[0].hidden + halves[1].hidden) / 2, abs=1e-4)


def test_encode_nothing_to_read(encoder: Encoder) -> None:
    for text in ("", " \n", "\u200b"):
        (found,) = encoder.encode([text], ["why"])
        assert found.spans == ()
        assert not found.outputs.any()
        assert not found.hidden.any()


def test_encode_spans_are_of_the_original(encoder: Encoder) -> None:
    (found,) = encoder.encode(["  The FOÓD"], ["why"])
    assert found.spans == (Span(2, 5), Span(6, 10))


def test_quantise_stays_near(weights: EncoderWeights, encoder: Encoder) -> None:
    small = Encoder(quantise(make_graph(weights)), LINES)
    texts = ["the food was cold", "a"]
    for one, other in zip(
        encoder.encode(texts, ["why"] * 2), small.encode(texts, ["why"] * 2), strict=True
    ):
        assert np.corrcoef(one.outputs, other.outputs)[0, 1] > 0.99


@pytest.mark.parametrize(
    ("graph", "vocabulary", "message"),
    [
        (b"", LINES, "damaged or no ONNX graph"),
        (b"\x08\x09 nonsense", LINES, "is damaged"),
        (None, b"\xff", "not text in UTF-8"),
        (None, b"the\nfood", r"lacks \[UNK\]"),
    ],
)
def test_encoder_refuses(
    weights: EncoderWeights, graph: bytes | None, vocabulary: bytes, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        Encoder(make_graph(weights) if graph is None else graph, vocabulary)


def test_encoder_refuses_other_outputs(weights: EncoderWeights) -> None:
    fewer = EncoderWeights(weights.arrays, 2, weights.head[:, :5], weights.head_bias[:5])
    with pytest.raises(ModelError, match="does not give 80 scores"):
        Encoder(make_graph(fewer), LINES)


def _leave_hidden_out(model: Any) -> None:
    del model.graph.output[1]


def _give_another_wire(model: Any) -> None:
    model.graph.output[1].name = "embedded"


def _give_it_twice(model: Any) -> None:
    model.graph.output.append(model.graph.output[1])


def _say_another_width(model: Any) -> None:
    model.graph.output[1].type.tensor_type.shape.dim[2].dim_value = 3


@pytest.mark.parametrize(
    "change", [_leave_hidden_out, _give_another_wire, _give_it_twice, _say_another_width]
)
def test_encoder_refuses_other_outputs_of_the_same_graph(
    weights: EncoderWeights, change: Callable[[Any], None]
) -> None:
    model = onnx.load_from_string(make_graph(weights))
    change(model)
    with pytest.raises(ModelError, match="encoder's graph"):
        Encoder(model.SerializeToString(), LINES)


def test_encoder_refuses_a_vocabulary_too_long(weights: EncoderWeights) -> None:
    with pytest.raises(ModelError, match="do not fit together"):
        Encoder(make_graph(weights), LINES + b"\nmore")


def test_encoder_refuses_scores_that_are_none(weights: EncoderWeights) -> None:
    broken = EncoderWeights(weights.arrays, 2, weights.head * np.nan, weights.head_bias)
    with pytest.raises(ModelError, match="no scores that training leaves"):
        Encoder(make_graph(broken), LINES)


def test_encode_stops_in_a_very_long_text(encoder: Encoder) -> None:
    (found,) = encoder.encode(["a " * 50_000], ["why"])
    assert len(found.spans) == WINDOW * 50
