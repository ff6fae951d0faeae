"""The encoder of the `best` model: a small transformer, run on the processor by ONNX Runtime.

Every word piece of a text gets a score for every output, and an output of the text is the mean of
its pieces' scores. So each piece's share of an output is exact, as with the linear layer, though a
piece is read here in the light of its neighbours. What the scores are made from, the numbers that
the last layer holds for each piece, say by their mean where the text stands among others.

Each text is run by itself: what it gets does not depend on the texts that it came with.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from yousaid.errors import ModelError
from yousaid.model.batches import count_cores
from yousaid.model.graph_file import check_graph
from yousaid.model.linear import Floats
from yousaid.model.scores import OUTPUT_COUNT, TOPIC_COUNT, URGENCY, EncodedText
from yousaid.model.wordpiece import Pieces, WordPieces, read_vocabulary
from yousaid.records import QuestionKind, Span

# Behind the outputs that every model has: how each topic is felt about, by its own pieces.
ENCODER_OUTPUT_COUNT = OUTPUT_COUNT + TOPIC_COUNT
# Training reads no more at once either; a longer text is read in windows.
WINDOW = 120
# Behind about twelve pages nothing new is said; the layer reads on.
_MOST_WINDOWS = 50
# What the encoder is told about the question, as its first sentence.
QUESTIONS: dict[QuestionKind, str] = {
    "what_good": "what was good?",
    "could_improve": "what could be better?",
    "why": "why?",
}
# What a long text says as soon as one of its windows does.
_ANYWHERE = [*range(TOPIC_COUNT), URGENCY]


class _Window(NamedTuple):
    """What is said of the pieces of a window: `scores` (pieces × outputs), and what these are made
    from, `hidden` (pieces × width)."""

    scores: Floats
    hidden: Floats


class Encoder:
    """`width` is how many numbers the last layer holds for a piece. Raises ModelError where the
    graph or the vocabulary is not one of ours."""

    def __init__(self, graph: bytes, vocabulary: bytes) -> None:
        self.graph, self.vocabulary = graph, vocabulary
        pieces = read_vocabulary(vocabulary)
        self._pieces = WordPieces(pieces)
        self._questions = {kind: self._pieces.split(text).ids for kind, text in QUESTIONS.items()}
        self._session, self.width = _open_session(graph)
        self._probe(len(pieces))

    def _probe(self, piece_count: int) -> None:
        """Raise ModelError where the graph cannot do what one of ours does."""
        self._run([piece_count - 1] * WINDOW, "could_improve")

    def encode(self, texts: Sequence[str], kinds: Sequence[QuestionKind]) -> list[EncodedText]:
        """What is said of each text; texts that stand there twice are read once."""
        asked = list(zip(texts, kinds, strict=True))
        distinct = list(dict.fromkeys(asked))
        # The session lets go of Python's lock, so threads use every core.
        with ThreadPoolExecutor(count_cores()) as pool:
            found = dict(zip(distinct, pool.map(self._encode_pair, distinct), strict=True))
        return [found[pair] for pair in asked]

    def _encode_pair(self, pair: tuple[str, QuestionKind]) -> EncodedText:
        text, kind = pair
        pieces = _cap(self._pieces.split(text))
        if not pieces.ids:
            nothing = np.zeros(ENCODER_OUTPUT_COUNT, np.float32)
            outputs, feelings = np.split(nothing, [OUTPUT_COUNT])
            none = np.zeros((0, OUTPUT_COUNT), np.float32)
            hidden = np.zeros(self.width, np.float32)
            return EncodedText(outputs, feelings, (), none, none, hidden)
        windows = [self._run(ids, kind) for ids in _cut(pieces.ids)]
        return _pool(pieces, windows)

    def _run(self, ids: Sequence[int], kind: QuestionKind) -> _Window:
        """What is said of a window's pieces."""
        asked = [self._pieces.first, *self._questions[kind], self._pieces.between]
        whole = np.array([[*asked, *ids, self._pieces.between]], np.int32)
        types = np.ones_like(whole)
        types[0, : len(asked)] = 0
        try:
            scores, hidden = self._session.run(None, {"ids": whole, "types": types})
        except Exception as error:  # its errors share no class of their own
            raise ModelError("The encoder's graph and vocabulary do not fit together.") from error
        shapes = [(1, whole.size, count) for count in (ENCODER_OUTPUT_COUNT, self.width)]
        # Where something hidden is no number, no score is one.
        if [scores.shape, hidden.shape] != shapes or not np.isfinite(scores).all():
            raise ModelError("The encoder's graph gives no scores that training leaves behind.")
        own = slice(len(asked), -1)
        return _Window(scores[0, own], hidden[0, own])


def _pool(pieces: Pieces, windows: list[_Window]) -> EncodedText:
    """One text's outputs from those of its windows: a topic or urgency is that of the window which
    shows it best, anything else the mean of all pieces."""
    scores = np.concatenate([window.scores for window in windows])
    weights = np.full((len(scores), OUTPUT_COUNT), 1 / len(scores), np.float32)
    if len(windows) > 1:
        weights[:, _ANYWHERE] = _weigh_best_windows([window.scores for window in windows])
    return EncodedText(
        (scores[:, :OUTPUT_COUNT] * weights).sum(0),
        _pool_feelings(scores),
        tuple(Span(*place) for place in zip(pieces.starts, pieces.ends, strict=True)),
        scores[:, :OUTPUT_COUNT],
        weights,
        np.concatenate([window.hidden for window in windows]).mean(0),
    )


def _weigh_best_windows(windows: list[Floats]) -> Floats:
    """The weight of each piece in what any window may show: alike within the best window."""
    means = np.array([window[:, _ANYWHERE].mean(0) for window in windows])
    is_best = means.argmax(0) == np.arange(len(windows))[:, None]
    return np.concatenate(
        [
            np.tile(best / len(window), (len(window), 1))
            for best, window in zip(is_best, windows, strict=True)
        ]
    ).astype(np.float32)


def _pool_feelings(scores: Floats) -> Floats:
    """The feeling about each topic: that of the pieces which show it, weighed by how they do."""
    topics = scores[:, :TOPIC_COUNT]
    weights = np.exp(topics - topics.max(0))
    weighed: Floats = (weights * scores[:, OUTPUT_COUNT:]).sum(0) / weights.sum(0)
    return weighed


def _cap(pieces: Pieces) -> Pieces:
    most = WINDOW * _MOST_WINDOWS
    return Pieces(pieces.ids[:most], pieces.starts[:most], pieces.ends[:most])


def _cut(ids: list[int]) -> Iterator[list[int]]:
    """The windows of a text, of one length but for rounding: no window is a mere rest."""
    count = -(-len(ids) // WINDOW)
    edges = [len(ids) * edge // count for edge in range(count + 1)]
    return (ids[start:end] for start, end in pairwise(edges))


def _open_session(graph: bytes) -> tuple[Any, int]:
    """What runs the graph, and its width."""
    import onnxruntime

    check_graph(graph)
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    # One core a text: texts are many and short, and sums are taken in one order on any machine.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Lengths differ from text to text, so a plan of memory would be made anew each time.
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    # Or the runtime would look for a format of its own, which nobody has looked into.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    try:
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no class of their own
        raise ModelError("The encoder's graph is damaged or no ONNX graph.") from error
    inputs = [(value.name, value.type) for value in session.get_inputs()]
    outputs = [(value.name, value.type, len(value.shape)) for value in session.get_outputs()]
    if inputs != [("ids", "tensor(int32)"), ("types", "tensor(int32)")]:
        raise ModelError("The encoder's graph does not take ids and types.")
    if outputs != [("scores", "tensor(float)", 3), ("hidden", "tensor(float)", 3)]:
        raise ModelError("The encoder's graph does not give scores and what they are made from.")
    score_count, width = (value.shape[2] for value in session.get_outputs())
    if score_count != ENCODER_OUTPUT_COUNT:
        raise ModelError(f"The encoder's graph does not give {ENCODER_OUTPUT_COUNT} scores.")
    return session, width
