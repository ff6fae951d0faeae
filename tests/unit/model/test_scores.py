"""Scores of pieces from the features of the whole, against each piece as a text of its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yousaid.model.artefact import load_model
from yousaid.model.features import make_features
from yousaid.model.linear import LinearLayer
from yousaid.model.scores import make_scores, score_texts
from yousaid.model.segment import split_segments
from yousaid.records import QUESTION_KINDS, QuestionKind

_SCRAPS = ["nurse", "kind ", "food ", "cold ", "parking ", "wait", "but ", "however ", "and ", " "]
_SCRAPS += [",", ", ", ". ", "!", "!", "?", "'", "’", "👍", "- ", "\n", ";", "_", "é", "\u200b"]
text = st.lists(st.sampled_from(_SCRAPS), max_size=15).map("".join) | st.text(max_size=20)
asked = st.lists(st.tuples(text, st.sampled_from(QUESTION_KINDS)), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def layer() -> LinearLayer:
    return load_model("fast").layer


@settings(max_examples=50)
@given(asked)
def test_score_texts_pieces_equal_texts_of_their_own(
    layer: LinearLayer, asked: list[tuple[str, QuestionKind]]
) -> None:
    scored = score_texts(layer, *zip(*asked, strict=True))
    several = {row: split_segments(text) for row, (text, _) in enumerate(asked)}
    several = {row: spans for row, spans in several.items() if len(spans) > 1}
    assert {row: spans for row, (spans, _) in scored.pieces.items()} == several
    for row, (spans, outputs) in scored.pieces.items():
        text, kind = asked[row]
        pieces = [text[span.start : span.end] for span in spans]
        alone = layer.score(make_features(pieces, [kind] * len(pieces)))
        np.testing.assert_allclose(outputs, alone, atol=2e-5)


@settings(max_examples=50)
@given(asked)
def test_score_texts_together_as_alone(
    layer: LinearLayer, asked: list[tuple[str, QuestionKind]]
) -> None:
    together = make_scores(score_texts(layer, *zip(*asked, strict=True)))
    for row, (text, kind) in enumerate(asked):
        alone = make_scores(score_texts(layer, [text], [kind]))
        for name in ("topics", "levels", "feelings", "mixed", "urgency"):
            np.testing.assert_allclose(
                getattr(alone, name)[0], getattr(together, name)[row], atol=1e-6
            )


def test_score_texts_nothing(layer: LinearLayer) -> None:
    assert score_texts(layer, [], []).outputs.shape == (0, len(layer.bias))
