"""What is said of the reasons adds up to what is said of the comment."""

import math
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.model.encoders import make_model_with_encoder
from yousaid.frameworks import NOT_POSSIBLE
from yousaid.model.explain import place_shares
from yousaid.model.reader import LONGEST_TEXT, Reader
from yousaid.records import QUESTION_KINDS, Explanation, Span, TopicExplanation

SENTENCES = [
    "The nurses were lovely",
    "the food was COLD",
    ", but ",
    ". ",
    "nowhere to park!!",
    "\n",
    "caf\u0065\u0301 \u202eshut\u202c",
    " 👩\u200d⚕️👍🏽 ",
    "الطعام بارد",
    "\x1b[31m\ud800",
    "soooooo slow’",
    "No comment",
]
texts = st.lists(st.sampled_from(SENTENCES) | st.text(st.characters(), max_size=8), max_size=8).map(
    "".join
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader("fast")


@pytest.fixture(scope="module", params=["fast", "with encoder"])
def any_reader(request: pytest.FixtureRequest) -> Reader:
    return Reader("fast" if request.param == "fast" else make_model_with_encoder())


def _sum(topic: TopicExplanation) -> float:
    return topic.base + sum(word.share for word in topic.words)


def _get_topic(explanation: Explanation, name: str) -> TopicExplanation:
    return next(topic for topic in explanation.topics if topic.topic == name)


def _get_strongest(explanation: Explanation, name: str) -> str:
    span, _ = max(_get_topic(explanation, name).words, key=lambda word: word.share)
    return explanation.text[span.start : span.end]


@settings(max_examples=60)
@given(texts, st.sampled_from(QUESTION_KINDS))
def test_explain_shares_add_up(any_reader: Reader, text: str, kind: str) -> None:
    for topic in any_reader.explain(text, kind).topics:
        assert 1 / (1 + math.exp(-_sum(topic))) == pytest.approx(topic.probability, abs=1e-5)
        odds = topic.probability / max(1 - topic.probability, 1e-12)
        assert _sum(topic) == pytest.approx(math.log(odds), abs=1e-3) or odds > 1e9


@settings(max_examples=40)
@given(texts)
def test_explain_spans_are_words_of_the_text(reader: Reader, text: str) -> None:
    for topic in reader.explain(text).topics:
        for spans in ([word.span for word in topic.words], [piece.span for piece in topic.pieces]):
            ends = [0, *(span.end for span in spans)]
            pairs = zip(ends, spans, strict=False)
            assert all(end <= span.start < span.end <= len(text) for end, span in pairs)
        for word, _ in topic.words:
            assert not unicodedata.combining(text[word.start])
            assert word.end == len(text) or not unicodedata.combining(text[word.end])


@settings(max_examples=30)
@given(texts)
def test_explain_agrees_with_read(reader: Reader, text: str) -> None:
    explanation = reader.explain(text)
    assert explanation.reading == reader.read([text])[0]
    said = [topic for topic in explanation.topics if topic.is_said]
    mentions = explanation.reading.mentions if explanation.rule in (None, "surest") else ()
    assert [(t.topic, t.probability, t.sentiment) for t in said] == [
        (m.topic, m.probability, m.sentiment) for m in mentions
    ]


def test_explain_puts_shares_on_the_words_that_carry_them(reader: Reader) -> None:
    text = "The nurses were lovely, but e\u0301 the FOOD was cold. 👍 Nowhere to park!"
    explanation = reader.explain(text, "why")
    assert _get_strongest(explanation, "food") == "FOOD"
    assert _get_strongest(explanation, "parking") == "park"
    assert _get_strongest(explanation, "staff_manner") in ("nurses", "lovely")


def test_explain_pieces_show_their_topics(reader: Reader) -> None:
    text = "The nurses were lovely but nowhere to park"
    parking = _get_topic(reader.explain(text), "parking")
    best = max(parking.pieces, key=lambda piece: piece.probability).span
    assert text[best.start : best.end] == "but nowhere to park"
    assert len(parking.pieces) == 2


def test_explain_one_piece_is_as_sure_as_the_whole(reader: Reader) -> None:
    topic = reader.explain("Nowhere to park").topics[0]
    assert [piece.probability for piece in topic.pieces] == [topic.probability]


def test_explain_nearest_are_not_said(reader: Reader) -> None:
    explanation = reader.explain("The food was cold")
    nearest = [topic for topic in explanation.topics if not topic.is_said]
    assert len(nearest) == 3
    assert all(topic.probability < topic.threshold for topic in nearest)
    assert all(t.probability >= t.threshold for t in explanation.topics if t.is_said)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (None, "no_words"),
        ("", "no_words"),
        ("?!", "no_words"),
        ("\u200b\ud800", "no_words"),
        ("n/a", "non_answer"),
        ("Die Krankenschwestern waren sehr freundlich und geduldig", "other_language"),
        ("The food was cold", None),
    ],
)
def test_explain_names_the_rule(reader: Reader, text: str | None, rule: str | None) -> None:
    explanation = reader.explain(text)
    assert explanation.rule == rule
    if rule:
        assert explanation.topics == ()
        assert [m.topic for m in explanation.reading.mentions] == [NOT_POSSIBLE]


def test_explain_surest_is_said_alone(reader: Reader) -> None:
    explanation = reader.explain("Not sure")
    said = [topic.topic for topic in explanation.topics if topic.is_said]
    assert (explanation.rule == "surest") == (said == [NOT_POSSIBLE])
    assert len(explanation.topics) > len(said)


def test_explain_says_what_was_not_read(reader: Reader) -> None:
    text = "x" * LONGEST_TEXT + " the food was cold"
    explanation = reader.explain(text)
    assert explanation.unread_count == len(text) - LONGEST_TEXT
    assert all(w.span.end <= LONGEST_TEXT for topic in explanation.topics for w in topic.words)
    assert reader.explain("x").unread_count == 0


def test_explanation_does_not_show_its_text(reader: Reader) -> None:
    assert "food" not in repr(reader.explain("Lovely food"))[:60]
    assert "Lovely" not in repr(reader.explain("Lovely food"))


spans = st.lists(st.integers(0, 40), unique=True, max_size=20).map(
    lambda ends: [Span(a, b) for a, b in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False)]
)


@given(spans, st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.floats(-9, 9))))
def test_place_shares_equals_slow_sum(
    words: list[Span], parts: list[tuple[int, int, float]]
) -> None:
    shares = np.array([[share for _, _, share in parts]])
    placed, rest = place_shares(words, [Span(at, at + size) for at, size, _ in parts], shares)
    expected = np.zeros(len(words))
    for at, size, share in parts:
        common = [len({*range(at, at + size)} & {*range(w.start, w.end)}) for w in words]
        if sum(common):
            expected += share * np.array(common) / sum(common)
    np.testing.assert_allclose(placed[0], expected, atol=1e-9)
    assert placed.sum() + rest[0] == pytest.approx(shares.sum())
