"""What is fine-tuned, and what is not fine-tuned again. The fine-tuning itself needs PyTorch, so a
record of what it was asked stands in for it; what encodes is real."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.unit.model.encoders import VOCABULARY, make_weights
from yousaid.errors import InputError, MissingExtraError
from yousaid.model.crossfit import check_can_fine_tune, encode_unseen, fit_whole
from yousaid.model.encoder import Encoder
from yousaid.model.encoder_graph import make_graph
from yousaid.model.fit import Weights
from yousaid.model.labels import LabelledComment
from yousaid.model.settings import EncoderSettings, TeacherSettings

SETTINGS = EncoderSettings("b", "B", "MIT", 1, 2, 8, 1e-4, 1e-3, 0.1, 0.1, 3, 0.25, 0.5)
TEACHER = TeacherSettings("bb", "T", "MIT", 2, 3, 8, 1e-4, 0.25, 0.5, 0.5)
COMMENTS = [
    LabelledComment(text, "why", {"food": True}, 4)
    for text in ("cold food", "the food", "warm", "cold food", "a", "no tea")
]
FOLDS = np.array([0, 1, 2, 0, 1, 2])
WEIGHTS = Weights(np.arange(1.0, 7), np.arange(2.0, 8))
FINE_TUNING = "yousaid.model.finetune"


class FineTuning(ModuleType):
    """Keeps what it was asked, and gives encoder after encoder, each with weights of its own."""

    def __init__(self) -> None:
        super().__init__(FINE_TUNING)
        self.seen: list[tuple[str, ...]] = []
        self.weights: list[Weights] = []
        self.encoders: list[Encoder] = []
        self.stop_at = -1

    def fine_tune(
        self,
        settings: EncoderSettings,
        comments: Sequence[LabelledComment],
        weights: Weights,
        progress: Callable[[str], None],
        checkpoint: Path | None = None,
    ) -> Encoder:
        self.seen.append(tuple(comment.text for comment in comments))
        self.weights.append(weights)
        progress("epoch 1")
        if checkpoint:
            checkpoint.write_bytes(b"an epoch")
        if len(self.seen) == self.stop_at:
            raise KeyboardInterrupt
        graph = make_graph(make_weights(len(self.seen)))
        self.encoders.append(Encoder(graph, "\n".join(VOCABULARY).encode()))
        return self.encoders[-1]


@pytest.fixture(autouse=True)
def base(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The base encoder that the settings name, beside another; only their content counts here."""
    place = tmp_path_factory.mktemp("bases")
    for folder in (place / SETTINGS.base, place / TEACHER.base, place / (2 * TEACHER.base)):
        folder.mkdir()
        (folder / "config.json").write_text('{"model_type": "bert"}')
        for name in ("model.safetensors", "vocab.txt"):
            (folder / name).write_bytes(b"one")
    monkeypatch.chdir(place)
    return place / SETTINGS.base


@pytest.fixture
def tuning(monkeypatch: pytest.MonkeyPatch) -> FineTuning:
    module = FineTuning()
    monkeypatch.setitem(sys.modules, FINE_TUNING, module)
    return module


def test_encode_unseen_no_wording_of_the_fold_is_seen(tuning: FineTuning) -> None:
    encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS)
    assert len(tuning.seen) == 3
    for fold, (seen, weights) in enumerate(zip(tuning.seen, tuning.weights, strict=True)):
        assert seen == tuple(COMMENTS[row].text for row in np.flatnonzero(fold != FOLDS))
        assert not set(seen) & {COMMENTS[row].text for row in np.flatnonzero(fold == FOLDS)}
        assert (weights.topics == WEIGHTS.topics[fold != FOLDS]).all()
        assert (weights.sentiment == WEIGHTS.sentiment[fold != FOLDS]).all()


def test_encode_unseen_some_are_never_asked_about(tuning: FineTuning) -> None:
    folds = np.array([0, 1, -1, -1, 1, -1])  # “cold food” of the third fold stands in the first
    found = encode_unseen(SETTINGS, COMMENTS, WEIGHTS, folds)
    assert tuning.seen == [
        ("the food", "warm", "a", "no tea"),
        ("cold food", "warm", "cold food", "no tea"),
    ]
    assert not found[folds < 0].any()
    assert found[folds >= 0].any(1).all()


def test_encode_unseen_outputs_are_in_their_rows(tuning: FineTuning, tmp_path: Path) -> None:
    for work in (None, tmp_path):
        tuning.encoders.clear()
        found = encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS, work)
        for row, comment in enumerate(COMMENTS):
            (told,) = tuning.encoders[FOLDS[row]].encode([comment.text], [comment.kind])
            assert (found[row] == told.outputs).all()


def test_encode_unseen_again_takes_what_was_kept(tuning: FineTuning, tmp_path: Path) -> None:
    work = tmp_path / "new" / "work"
    first = encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS, work)
    again = encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS, work)
    assert len(tuning.seen) == 3
    assert (first == again).all()
    assert [path.suffix for path in work.iterdir()] == [".npz"] * 3


def test_encode_unseen_stopped_goes_on(tuning: FineTuning, tmp_path: Path) -> None:
    tuning.stop_at = 2
    with pytest.raises(KeyboardInterrupt):
        encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS, tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".npz", ".pt"]
    stopped = tuning.seen[1]
    encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS, tmp_path)
    assert tuning.seen[2] == stopped
    assert len(tuning.seen) == 4
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"] * 3


def _double(settings: Any, name: str) -> Any:
    return replace(settings, **{name: getattr(settings, name) * 2})


TAUGHT = replace(SETTINGS, teacher=TEACHER)
OTHERS = {
    **{f.name: _double(TAUGHT, f.name) for f in fields(EncoderSettings) if f.name != "teacher"},
    **{
        f"teacher's {f.name}": replace(TAUGHT, teacher=_double(TEACHER, f.name))
        for f in fields(TeacherSettings)
    },
    "no teacher": SETTINGS,
}


@pytest.mark.parametrize("name", OTHERS)
def test_encode_unseen_other_settings_are_not_taken(
    tuning: FineTuning, tmp_path: Path, name: str
) -> None:
    for settings in (TAUGHT, OTHERS[name]):
        encode_unseen(settings, COMMENTS, WEIGHTS, FOLDS, tmp_path)
    assert len(tuning.seen) == 6


def test_encode_unseen_other_weights_or_labels_are_not_taken(
    tuning: FineTuning, tmp_path: Path
) -> None:
    topics, sentiment = WEIGHTS.topics.copy(), WEIGHTS.sentiment.copy()
    topics[0] = sentiment[0] = 9
    relabelled = [replace(COMMENTS[0], sentiment=5), *COMMENTS[1:]]
    encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS, tmp_path)
    for comments, weights in (
        (COMMENTS, Weights(topics, WEIGHTS.sentiment)),
        (COMMENTS, Weights(WEIGHTS.topics, sentiment)),
        (relabelled, WEIGHTS),
    ):
        tuning.seen.clear()
        encode_unseen(SETTINGS, comments, weights, FOLDS, tmp_path)
        # The fold that holds the changed comment out learns from what it learnt from before.
        assert len(tuning.seen) == 2


def test_encode_unseen_other_base_is_not_taken(
    tuning: FineTuning, tmp_path: Path, base: Path
) -> None:
    for content in (b"one", b"one", b"two"):
        (base / "model.safetensors").write_bytes(content)
        encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS, tmp_path / "work")
    assert len(tuning.seen) == 6


def test_encode_unseen_other_words_are_asked_again(tuning: FineTuning, tmp_path: Path) -> None:
    mended = [replace(COMMENTS[0], text="cold tea"), *COMMENTS[1:]]
    encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS, tmp_path / "work")
    found = encode_unseen(SETTINGS, mended, WEIGHTS, FOLDS, tmp_path / "work")
    assert len(tuning.seen) == 6  # the other two folds learnt from the comment, and learn again
    (told,) = tuning.encoders[3].encode(["cold tea"], ["why"])
    assert (found[0] == told.outputs).all()


def test_encode_unseen_other_teacher_is_not_taken(
    tuning: FineTuning, tmp_path: Path, base: Path
) -> None:
    for content in (b"one", b"one", b"two"):
        (base.parent / TEACHER.base / "model.safetensors").write_bytes(content)
        encode_unseen(TAUGHT, COMMENTS, WEIGHTS, FOLDS, tmp_path / "work")
    assert len(tuning.seen) == 6


def test_encode_unseen_leaves_nothing_of_teachers(tuning: FineTuning, tmp_path: Path) -> None:
    tuning.stop_at = 1
    with pytest.raises(KeyboardInterrupt):
        encode_unseen(TAUGHT, COMMENTS, WEIGHTS, FOLDS, tmp_path)
    (begun,) = tmp_path.iterdir()
    begun.with_suffix(".told.npz").write_bytes(b"what teachers told")
    encode_unseen(TAUGHT, COMMENTS, WEIGHTS, FOLDS, tmp_path)
    assert sorted(path.name.count(".") for path in tmp_path.iterdir()) == [1] * 3


def test_encode_unseen_says_which_fold(tuning: FineTuning) -> None:
    said: list[str] = []
    encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS, None, said.append)
    assert said == [f"encoder, fold {fold} of 3: epoch 1" for fold in (1, 2, 3)]


def test_fit_whole_sees_every_comment(tuning: FineTuning, tmp_path: Path) -> None:
    encoder = fit_whole(SETTINGS, COMMENTS, WEIGHTS, tmp_path)
    assert encoder is tuning.encoders[0]
    assert tuning.seen == [tuple(comment.text for comment in COMMENTS)]


@pytest.mark.parametrize("missing", [FINE_TUNING, "onnx"])
def test_check_can_fine_tune_without_the_extra(
    tuning: FineTuning, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match="finetune"):
        check_can_fine_tune(SETTINGS)
    with pytest.raises(MissingExtraError, match="finetune"):
        encode_unseen(SETTINGS, COMMENTS, WEIGHTS, FOLDS)
    assert tuning.seen == []


def test_check_can_fine_tune_without_a_base(tuning: FineTuning, tmp_path: Path) -> None:
    teacher = replace(TEACHER, base=str(tmp_path))
    for settings in (replace(SETTINGS, base=str(tmp_path)), replace(SETTINGS, teacher=teacher)):
        with pytest.raises(InputError, match=r"lacks config\.json"):
            check_can_fine_tune(settings)
