"""Training end to end on a little data: our own comments on the place."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from yousaid.errors import InputError
from yousaid.model.artefact import load_model, save_model
from yousaid.model.card import make_card
from yousaid.model.fit import Settings
from yousaid.model.reader import Reader
from yousaid.model.scores import OUTPUT_COUNT, TOPIC_COUNT
from yousaid.model.train import Source, decide_folds, read_configuration, train_model

ROOT = Path(__file__).parents[3]
PLACE = ROOT / "training" / "synthetic" / "place.csv"
CONFIGURATION = """
name = "small"
version = "1"
seed = 1
folds = 2
minimum_comment_count = 3
topic_regularisation = 10.0
topic_balance = 1.0
sentiment_regularisation = 5.0
sentiment_balance = 0.5
[[sources]]
files = "*.csv"
weight = 1.0
sentiment_weight = 1.0
scored = true
"""


def _configure(tmp_path: Path, text: str = CONFIGURATION) -> tuple[Settings, tuple[Source, ...]]:
    (tmp_path / "small.toml").write_text(text)
    (tmp_path / "data").mkdir(exist_ok=True)
    rows = PLACE.read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "data" / "some.csv").write_text("".join(rows[:250]), "utf-8")
    return read_configuration(tmp_path / "small.toml", tmp_path / "data")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory):
    settings, sources = _configure(tmp_path_factory.mktemp("train"))
    return settings, sources, *train_model(settings, sources)


def test_train_model_learns(trained) -> None:
    _, _, model, evaluation = trained
    assert evaluation.micro_f1.value > 0.3
    topics = {m.topic for m in Reader(model).read(["There was nowhere to park"])[0].mentions}
    assert "parking" in topics


def test_train_model_again_is_the_same(trained, tmp_path: Path) -> None:
    settings, sources, model, _ = trained
    again, _ = train_model(settings, sources)
    save_model(model, tmp_path / "one", make_card(model))
    save_model(again, tmp_path / "two", make_card(again))
    for name in ("weights.safetensors", "model.json", "CARD.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_train_model_card_is_loaded_and_told(trained, tmp_path: Path) -> None:
    _, sources, model, evaluation = trained
    save_model(model, tmp_path / "small", make_card(model))
    card = make_card(load_model(str(tmp_path / "small")))
    assert sources[0].digest[:16] in card
    assert f"{evaluation.macro_f1.value:.3f}" in card


def test_train_model_never_scores_what_is_not_scored(trained) -> None:
    settings, (source,), _, evaluation = trained
    unscored = dataclasses.replace(
        source, is_scored=False, comments=source.comments[:50], weight=0.5
    )
    _, both = train_model(settings, [source, unscored])
    assert both.row_count == evaluation.row_count


def test_train_model_outputs_are_finite(trained) -> None:
    layer = trained[2].layer
    assert np.isfinite(layer.weights).all()
    assert layer.weights.shape[1] == OUTPUT_COUNT


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "not a training configuration"),
        (CONFIGURATION.replace("seed = 1", "sed = 1"), "not a training configuration"),
        (CONFIGURATION.replace("*.csv", "none.csv"), "No file none.csv"),
    ],
)
def test_read_configuration_faults(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        _configure(tmp_path, text)


def test_read_configuration_files_beside_it_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(CONFIGURATION)
    rows = PLACE.read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "beside.csv").write_text("".join(rows[:9]), "utf-8")
    other = tmp_path / "other"
    other.mkdir()
    for data in (tmp_path, other):
        _, sources = read_configuration(tmp_path / "small.toml", data)
        assert [source.file_name for source in sources] == ["beside.csv"]
    (other / "theirs.csv").write_text("".join(rows[:5]), "utf-8")
    _, sources = read_configuration(tmp_path / "small.toml", other)
    assert [source.file_name for source in sources] == ["theirs.csv"]


def test_read_configuration_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_configuration(tmp_path / "none.toml", tmp_path)


def _drawn_outputs() -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray], np.ndarray]:
    random = np.random.default_rng(4)
    truth = random.random((300, TOPIC_COUNT)) < 0.2
    outputs = random.normal(0, 1, (300, OUTPUT_COUNT))
    outputs[:, :TOPIC_COUNT] += 2 * truth
    return outputs, (truth, np.ones_like(truth)), random.integers(0, 3, 300)


def test_decide_folds_learns_nothing_from_the_fold_itself() -> None:
    outputs, (truth, judged), folds = _drawn_outputs()
    told = decide_folds(outputs, (truth, judged), folds)
    changed = np.where((folds == 1)[:, None], ~truth, truth)
    again = decide_folds(outputs, (changed, judged), folds)
    assert (told.probabilities[folds == 1] == again.probabilities[folds == 1]).all()
    assert (told.decisions[folds == 1] == again.decisions[folds == 1]).all()
    assert (told.probabilities[folds == 2] != again.probabilities[folds == 2]).any()


def test_decide_folds_says_nothing_outside_folds() -> None:
    outputs, choice, folds = _drawn_outputs()
    told = decide_folds(outputs, choice, np.where(folds == 2, -1, folds))
    outside = folds == 2
    assert not told.decisions[outside].any()
    assert not told.levels[outside].any()
    assert told.decisions[~outside].any()
