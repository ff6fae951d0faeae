from dataclasses import replace

import numpy as np
import pytest

from tests.unit.model.encoders import WIDTH, make_joined
from yousaid.model.artefact import load_model
from yousaid.model.joined import FEELING_SHARE, JoinedEncoder, find_centre, join_scores
from yousaid.model.linear import LinearLayer
from yousaid.model.scores import TOPIC_COUNT, score_texts
from yousaid.records import QuestionKind

TEXTS = ["The food was cold. The nurses were kind.", "parking", ""]
KINDS: list[QuestionKind] = ["why", "could_improve", "why"]


@pytest.fixture(scope="module")
def layer() -> LinearLayer:
    return load_model("fast").layer


@pytest.fixture(scope="module")
def joined() -> JoinedEncoder:
    return make_joined(1)


def test_join_scores_adds_both(layer: LinearLayer, joined: JoinedEncoder) -> None:
    alone = score_texts(layer, TEXTS, KINDS)
    found = join_scores(joined, alone, TEXTS, KINDS)
    encoded = np.stack([text.outputs for text in joined.encoder.encode(TEXTS, KINDS)])
    wanted = alone.outputs * joined.layer_scale + encoded * joined.encoder_scale + joined.bias
    assert found.outputs == pytest.approx(wanted, abs=1e-4)


def test_join_scores_feelings_stay_inside(layer: LinearLayer, joined: JoinedEncoder) -> None:
    alone = score_texts(layer, TEXTS, KINDS)
    found = join_scores(joined, alone, TEXTS, KINDS)
    heard = np.tanh(joined.encoder.encode(TEXTS, KINDS)[1].feelings / 2)
    wanted = (1 - FEELING_SHARE) * alone.feelings[1] + FEELING_SHARE * heard
    assert found.feelings[1] == pytest.approx(wanted, abs=1e-6)
    assert (abs(found.feelings) <= 1).all()


def test_join_scores_pieces_are_of_both(layer: LinearLayer, joined: JoinedEncoder) -> None:
    alone = score_texts(layer, TEXTS, KINDS)
    found = join_scores(joined, alone, TEXTS, KINDS)
    spans, outputs = found.pieces[0]
    assert spans == alone.pieces[0][0]
    # Weighed by their word pieces, the encoder's parts of the pieces make up its whole.
    (encoded, *_) = joined.encoder.encode(TEXTS, KINDS)
    counts = [sum(s.start <= w.start < s.end for w in encoded.spans) for s in spans]
    parts = (outputs - joined.bias - alone.pieces[0][1] * joined.layer_scale) / joined.encoder_scale
    whole = (parts[:, :TOPIC_COUNT] * np.array(counts)[:, None]).sum(0) / sum(counts)
    assert whole == pytest.approx(encoded.outputs[:TOPIC_COUNT], abs=1e-3)


def test_join_scores_of_none(layer: LinearLayer, joined: JoinedEncoder) -> None:
    assert len(join_scores(joined, score_texts(layer, [], []), [], []).outputs) == 0


def test_join_scores_pieces_of_a_long_text(layer: LinearLayer, joined: JoinedEncoder) -> None:
    text = "The food was cold. " * 60 + "The nurses were kind."
    found = join_scores(joined, score_texts(layer, [text], ["why"]), [text], ["why"])
    alone = score_texts(layer, [text], ["why"]).pieces[0][1]
    heard = (found.pieces[0][1] - joined.bias - alone * joined.layer_scale) / joined.encoder_scale
    scores = joined.encoder.encode([text], ["why"])[0].scores
    assert heard.min() >= scores.min() - 1e-3
    assert heard.max() <= scores.max() + 1e-3
    assert heard[:, :TOPIC_COUNT].std(0).min() > 0


def test_find_centre_counts_each_wording_once(joined: JoinedEncoder) -> None:
    said: list[tuple[str, QuestionKind]] = [("the food", "why"), ("cold", "why")]
    first, second = joined.encoder.encode(["the food", "cold"], ["why", "why"])
    found = find_centre(joined.encoder, [*said, said[0], ("", "why")])
    assert found == pytest.approx((first.hidden + second.hidden) / 2, abs=1e-6)


def test_make_vector_points_away_from_the_centre(joined: JoinedEncoder) -> None:
    (encoded,) = joined.encoder.encode(["the food was cold"], ["why"])
    vector = np.frombuffer(joined.make_vector(encoded), np.int8).astype(float)
    away = (encoded.hidden - joined.centre).astype(float)
    assert (len(vector), np.abs(vector).max()) == (WIDTH, 127)
    assert vector / 127 * np.abs(away).max() == pytest.approx(away, abs=np.abs(away).max() / 250)


def test_make_vector_of_nothing_and_in_the_very_centre(joined: JoinedEncoder) -> None:
    nothing, food = joined.encoder.encode(["", "food"], ["why", "why"])
    assert joined.make_vector(nothing) == b""
    assert replace(joined, centre=food.hidden).make_vector(food) == bytes(WIDTH)
