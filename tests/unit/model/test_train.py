"""Training end to end on a little data: our own comments on the place."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from yousaid.errors import InputError
from yousaid.frameworks import get_framework
from yousaid.model.artefact import load_model, save_model
from yousaid.model.card import make_card
from yousaid.model.fit import Weights
from yousaid.model.labels import LabelledComment
from yousaid.model.reader import Reader
from yousaid.model.scores import OUTPUT_COUNT, TOPIC_COUNT
from yousaid.model.settings import (
    EncoderSettings,
    Settings,
    Source,
    TeacherSettings,
    read_configuration,
)
from yousaid.model.train import Rows, decide_folds, join_folds, train_model

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
ENCODER = """
encoder_share = 0.5
[encoder]
base = "minilm"
base_name = "MiniLM"
base_licence = "MIT"
seed = 1
epochs = 2
batch_size = 8
learning_rate = 1e-4
head_learning_rate = 1e-3
warm_up = 0.1
dropout = 0.1
most_copies = 3
sentiment_share = 0.25
sentiment_balance = 0.5
[[sources]]
"""
TEACHER = """
[encoder.teacher]
base = "mpnet"
base_name = "MPNet"
base_licence = "MIT"
folds = 2
epochs = 3
batch_size = 4
learning_rate = 1e-4
sentiment_share = 0.25
share = 0.5
untold_weight = 0.4
[[sources]]
"""
WITH_ENCODER = CONFIGURATION.replace("\n[[sources]]\n", ENCODER)
WITH_TEACHER = WITH_ENCODER.replace("\n[[sources]]\n", TEACHER)


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
        (CONFIGURATION.replace("seed = 1", "sed = 1"), "“seed” is missing; “sed” is no setting"),
        (CONFIGURATION.split("[[")[0], "names no sources"),
        (f"encoder = 3{CONFIGURATION}", "of the encoder is not a table"),
        (CONFIGURATION.replace("*.csv", "none.csv"), "No file none.csv"),
        (CONFIGURATION.replace('"small"', '"a\\nb"'), "“name” is not a short name"),
        (CONFIGURATION.replace("folds = 2", "folds = 1"), "“folds” is not a whole number from 2"),
        (CONFIGURATION.replace("seed = 1", "seed = true"), "“seed” is not a whole number"),
        (CONFIGURATION.replace("10.0", "nan"), "“topic_regularisation” is not a number above 0"),
        (CONFIGURATION.replace("balance = 1.0", "balance = 2"), "“topic_balance” is not a number"),
        (CONFIGURATION.replace("\nweight = 1.0", "\nweight = -1"), "a weight is not a number"),
        (f"encoder_share = 0.5{CONFIGURATION}", "belong together"),
        (WITH_ENCODER.replace("encoder_share = 0.5\n", ""), "belong together"),
        (WITH_ENCODER.replace("encoder_share = 0.5", "encoder_share = 2"), "“encoder_share” is"),
    ],
)
def test_read_configuration_faults(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        _configure(tmp_path, text)


ENCODER_FAULTS = {
    "base": ('""', '"a\\nb"', "3", f'"{"a" * 1001}"'),
    "base_name": ('""', '"a\\nb"', f'"{"a" * 61}"'),
    "base_licence": ('""', "3"),
    "seed": ("-1", "1.5", "true"),
    "epochs": ("0", "2.0"),
    "batch_size": ("0", "2.5"),
    "learning_rate": ("-1e-4", "1.5", "nan"),
    "head_learning_rate": ("2", '"fast"'),
    "warm_up": ("1", "-0.1"),
    "dropout": ("0.95", "false"),
    "most_copies": ("0", "inf"),
    "sentiment_share": ("1.1", "-1"),
    "sentiment_balance": ("2", "nan"),
}


def test_read_configuration_faults_of_every_encoder_setting_are_here() -> None:
    names = {field.name for field in dataclasses.fields(EncoderSettings)}
    assert ENCODER_FAULTS.keys() == names - {"teacher"}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in ENCODER_FAULTS for value in ENCODER_FAULTS[name]]
)
def test_read_configuration_faults_of_the_encoder(tmp_path: Path, name: str, value: str) -> None:
    before, _, table = WITH_ENCODER.partition("[encoder]")
    changed = re.sub(rf"(?m)^{name} = .*$", lambda _: f"{name} = {value}", table)
    with pytest.raises(InputError, match=f"“{name}”.* is not "):
        _configure(tmp_path, f"{before}[encoder]{changed}")


TEACHER_FAULTS = {
    "base": ('""', "3"),
    "base_name": ('""', '"a\\nb"'),
    "base_licence": ('""', "3"),
    "folds": ("1", "2.5"),
    "epochs": ("0", "true"),
    "batch_size": ("0", '"all"'),
    "learning_rate": ("-1", "nan"),
    "sentiment_share": ("1.5", "-1"),
    "share": ("1.1", "-0.1"),
    "untold_weight": ("2", "inf"),
}


def test_read_configuration_faults_of_every_teacher_setting_are_here() -> None:
    assert TEACHER_FAULTS.keys() == {field.name for field in dataclasses.fields(TeacherSettings)}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name in TEACHER_FAULTS for value in TEACHER_FAULTS[name]]
)
def test_read_configuration_faults_of_the_teacher(tmp_path: Path, name: str, value: str) -> None:
    before, _, table = WITH_TEACHER.partition("[encoder.teacher]")
    changed = re.sub(rf"(?m)^{name} = .*$", lambda _: f"{name} = {value}", table)
    with pytest.raises(InputError, match=f"“{name}” of the teacher is not "):
        _configure(tmp_path, f"{before}[encoder.teacher]{changed}")


def test_read_configuration_teacher(tmp_path: Path) -> None:
    settings, _ = _configure(tmp_path, WITH_TEACHER)
    assert settings.encoder is not None
    assert settings.encoder.teacher == TeacherSettings(
        "mpnet", "MPNet", "MIT", 2, 3, 4, 1e-4, 0.25, 0.5, 0.4
    )


def test_read_configuration_teacher_is_no_table(tmp_path: Path) -> None:
    text = WITH_ENCODER.replace('base = "minilm"', 'base = "minilm"\nteacher = 3')
    with pytest.raises(InputError, match="of the teacher is not a table"):
        _configure(tmp_path, text)


def test_read_configuration_empty_encoder_names_what_is_missing(tmp_path: Path) -> None:
    head, _, table = WITH_ENCODER.partition("[encoder]")
    with pytest.raises(InputError) as caught:
        _configure(tmp_path, f"{head}[encoder]\n[[sources]]{table.partition('[[sources]]')[2]}")
    for name in ENCODER_FAULTS:
        assert f"“{name}” of the encoder is missing" in str(caught.value)


@pytest.mark.parametrize("base", ["/data/minilm", "package:a/b", f"/data/{'a' * 200}"])
def test_read_configuration_base_as_it_was_written(tmp_path: Path, base: str) -> None:
    settings, _ = _configure(tmp_path, WITH_ENCODER.replace('"minilm"', f'"{base}"'))
    assert settings.encoder is not None
    assert settings.encoder.base == base


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


HEADER = "text,question,topics,sentiment,urgent\n"
TOO_LITTLE = {
    "no rows": ("", "nothing to learn from"),
    "no words": (" ,why,food:-,4,0\n" * 30, "nothing to learn from"),
    "one wording": ("cold food,why,food:-,4,0\n" * 30, "1 differently worded"),
    "no sentiment": ("%s,why,not_possible:=,,0\n", "No comment of the sources has a sentiment"),
    "all different": ("%s,why,food:-,4,0\n", "Nothing stands in 3"),
}


@pytest.mark.parametrize("case", TOO_LITTLE)
def test_train_model_too_little_to_learn_from(tmp_path: Path, case: str) -> None:
    row, says = TOO_LITTLE[case]
    # Each row a character of its own script page, so that no two share a piece of a word.
    rows = "".join(row % chr(0x4E00 + n) for n in range(2)) if "%s" in row else row
    (tmp_path / "few.csv").write_text(HEADER + rows, "utf-8")
    (tmp_path / "small.toml").write_text(CONFIGURATION)
    settings, sources = read_configuration(tmp_path / "small.toml", tmp_path)
    with pytest.raises(InputError, match=says):
        train_model(settings, sources)


@pytest.mark.parametrize("levels", [(4,), (4, 5), (1, 4, 5)])
def test_train_model_few_levels_of_sentiment(tmp_path: Path, levels: tuple[int, ...]) -> None:
    words = {1: "grey", 4: "green", 5: "blue"}
    rows = [
        f"the {words[level]} soup was {chr(97 + n)},why,food:-,{level},0\n"
        for n in range(12)
        for level in levels
    ]
    (tmp_path / "few.csv").write_text(HEADER + "".join(rows), "utf-8")
    (tmp_path / "small.toml").write_text(CONFIGURATION)
    model, _ = train_model(*read_configuration(tmp_path / "small.toml", tmp_path))
    texts = [f"the {words[level]} soup was z" for level in levels]
    assert tuple(reading.sentiment for reading in Reader(model).read(texts)) == levels


def test_train_model_folder_named_for_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_configuration(tmp_path, tmp_path)


def test_decide_folds_find_all_says_what_balanced_says_and_more() -> None:
    outputs, choice, folds = _drawn_outputs()
    balanced = decide_folds(outputs, choice, folds).decisions
    eager = decide_folds(outputs, choice, folds, "find_all").decisions
    assert (eager | ~balanced).all()
    assert eager.sum() > balanced.sum()


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


def test_join_folds_scaling_is_learnt_from_the_other_folds_alone() -> None:
    outputs, (truth, _), folds = _drawn_outputs()
    folds = np.where(folds == 2, -1, folds)
    ids = get_framework().topic_ids
    comments = tuple(
        LabelledComment("x" * (row + 1), "why", dict(zip(ids, said.tolist(), strict=True)), 1)
        for row, said in enumerate(truth)
    )
    ones = np.ones(len(folds))
    rows = Rows(comments, Weights(ones, ones), ones > 0, np.arange(len(folds)))
    told = join_folds(rows, outputs, np.zeros_like(outputs), folds, 0.5)
    assert told.keys() == {0, 1}
    changed = np.where((folds == 0)[:, None], outputs, 9 - 2 * outputs)
    again = join_folds(rows, changed, np.zeros_like(outputs), folds, 0.5)
    # Fold 1 is scaled by fold 0, which is as it was; fold 0 by fold 1, which is not.
    assert (told[1][folds == 0] == again[1][folds == 0]).all()
    assert (told[0][folds == 0] != again[0][folds == 0]).any()
