"""Why a model says what it says of one comment.

A topic's score is a sum of what its words add, so nothing here is sampled or approximated: what a
topic has before any word is read and the shares of the words add up to its score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yousaid.frameworks import NOT_POSSIBLE, get_framework
from yousaid.frameworks.languages import is_english
from yousaid.model.artefact import Model
from yousaid.model.explain import WordShares, place_shares
from yousaid.model.features import make_features
from yousaid.model.joined import join_scores
from yousaid.model.linear import LinearLayer
from yousaid.model.non_answers import is_non_answer
from yousaid.model.scores import (
    NOT_POSSIBLE_AT,
    PIECE_SHARE,
    Outputs,
    Reals,
    find_readable,
    name_feeling,
    score_texts,
    sigmoid,
)
from yousaid.model.segment import split_segments
from yousaid.records import (
    Explanation,
    NotPossibleRule,
    Piece,
    QuestionKind,
    Reading,
    Span,
    TopicExplanation,
    TopicSentiment,
    Word,
)

# The rules by which a text is not read at all.
_UNREAD = ("no_words", "other_language", "non_answer")
# Topics that are not said and are shown beside those that are: what nearly was.
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class WeighedWords:
    """What each word of a text adds to the scores of some topics, in log-odds.

    `shares` is topics × words; `bases` has for each topic what no word carries. A row of shares
    and its base add up to the topic's score.
    """

    words: tuple[Span, ...]
    shares: Reals
    bases: Reals


def make_explanation(
    model: Model, text: str, read_text: str, kind: QuestionKind, reading: Reading
) -> Explanation:
    """Why the model's reading of a text is what it is; `read_text` is the part that was read."""
    scored = score_texts(model.layer, [read_text], [kind])
    rule = _find_rule(scored, read_text, reading)
    unread = len(text) - len(read_text)
    if rule in _UNREAD:
        return Explanation(text, kind, reading, (), rule, unread)
    if model.joined:
        scored = join_scores(model.joined, scored, [read_text], [kind])
    topics = _choose_topics(model, reading, rule)
    weighed = weigh_words(model, read_text, kind, scored, topics)
    explained = (
        _explain_topic(model, read_text, scored, reading, weighed, place, topic)
        for place, topic in enumerate(topics)
    )
    return Explanation(text, kind, reading, tuple(explained), rule, unread)


def weigh_words(
    model: Model, text: str, kind: QuestionKind, scored: Outputs, topics: Sequence[int]
) -> WeighedWords:
    """What each word of a text adds to the scores of the topics (positions in the framework).

    This is the one place that knows what a model's scores are made of.
    """
    weighed = _weigh_by_layer(model.layer, text, kind, topics)
    if model.joined is None:
        return weighed
    joined, (encoded,), chosen = model.joined, scored.encoded, list(topics)
    heard = joined.get_shares(encoded, chosen)
    placed, rest = place_shares(weighed.words, encoded.spans, heard)
    if encoded.spans:
        rest = rest + joined.usual[chosen] * joined.encoder_scale[chosen]
    scale = joined.layer_scale[chosen].astype(np.float64)
    return WeighedWords(
        weighed.words,
        weighed.shares * scale[:, None] + placed,
        weighed.bases * scale + joined.bias[chosen] + rest,
    )


def _weigh_by_layer(
    layer: LinearLayer, text: str, kind: QuestionKind, topics: Sequence[int]
) -> WeighedWords:
    scored = score_texts(layer, [text], [kind])
    whole = WordShares(layer, scored.features, [(0, topic) for topic in topics])
    words, shares = whole.get_words(0, text), np.array(whole.shares)
    bases = layer.bias[list(topics)].astype(np.float64)
    if 0 not in scored.pieces:
        return WeighedWords(words, shares, bases)
    # The score is that of the whole, drawn towards that of the best piece: so are the shares.
    shares *= 1 - PIECE_SHARE
    pieces, outputs = scored.pieces[0]
    best = [pieces[at] for at in outputs[:, list(topics)].argmax(0).tolist()]
    parts = [text[piece.start : piece.end] for piece in best]
    features = make_features(parts, [kind] * len(parts))
    inside = WordShares(layer, features, list(enumerate(topics)))
    for place, (piece, part) in enumerate(zip(best, parts, strict=True)):
        found = inside.get_words(place, part)
        moved = [Span(word.start + piece.start, word.end + piece.start) for word in found]
        placed, rest = place_shares(words, moved, PIECE_SHARE * inside.shares[place][None])
        shares[place] += placed[0]
        bases[place] += rest[0]
    return WeighedWords(words, shares, bases)


def _find_rule(scored: Outputs, text: str, reading: Reading) -> NotPossibleRule | None:
    if not reading.mentions or reading.mentions[0].topic != NOT_POSSIBLE:
        return None
    if not find_readable(scored.features.folded)[0]:
        return "no_words"
    if not is_english(reading.language):
        return "other_language"
    return "non_answer" if is_non_answer(text) else "surest"


def _choose_topics(model: Model, reading: Reading, rule: NotPossibleRule | None) -> list[int]:
    """The positions of the topics that are said and of those that nearly are."""
    ids = get_framework().topic_ids
    said = [ids.index(mention.topic) for mention in reading.mentions]
    if rule not in (None, "surest"):
        return said
    margins = _log_odds(np.array(reading.probabilities)) - _log_odds(np.array(model.thresholds))
    nearest = [topic for topic in np.argsort(-margins, kind="stable").tolist() if topic not in said]
    return said + nearest[:_NEAREST]


def _log_odds(probabilities: Reals) -> Reals:
    inside = np.clip(probabilities, 1e-12, 1 - 1e-12)
    return np.asarray(np.log(inside / (1 - inside)))


def _explain_topic(
    model: Model,
    text: str,
    scored: Outputs,
    reading: Reading,
    weighed: WeighedWords,
    place: int,
    topic: int,
) -> TopicExplanation:
    name = get_framework().topic_ids[topic]
    sentiment: TopicSentiment = "neutral"
    if topic != NOT_POSSIBLE_AT:
        sentiment = name_feeling(float(scored.feelings[0, topic]))
    return TopicExplanation(
        topic=name,
        probability=reading.probabilities[topic],
        threshold=model.thresholds[topic],
        is_said=any(mention.topic == name for mention in reading.mentions),
        sentiment=sentiment,
        base=float(weighed.bases[place]),
        words=tuple(map(Word, weighed.words, weighed.shares[place].tolist())),
        pieces=_make_pieces(text, scored, topic, reading.probabilities[topic]),
    )


def _make_pieces(text: str, scored: Outputs, topic: int, probability: float) -> tuple[Piece, ...]:
    if 0 not in scored.pieces:
        return tuple(Piece(span, probability) for span in split_segments(text))
    spans, outputs = scored.pieces[0]
    chances = sigmoid(outputs[:, topic].astype(np.float64)).tolist()
    return tuple(map(Piece, spans, chances))
