import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yousaid.errors import ModelError, OutputError
from yousaid.frameworks import get_framework
from yousaid.model.artefact import Model, check_model_target, load_model, save_model
from yousaid.model.features import make_features
from yousaid.model.linear import LinearLayer, Vocabulary
from yousaid.model.scores import OUTPUT_COUNT, make_scores, score_texts

TEXTS = ["The food was cold", "no parking", "kind nurses"]


@pytest.fixture(scope="module")
def model() -> Model:
    features = make_features(TEXTS, ["why"] * 3)
    known = np.unique(np.concatenate([f.hashes for f in features.families]))
    random = np.random.default_rng(0)
    outputs = OUTPUT_COUNT
    layer = LinearLayer(
        Vocabulary(known, random.uniform(1, 5, len(known)).astype(np.float32)),
        random.normal(size=(len(known), outputs)).astype(np.float32),
        random.normal(size=outputs).astype(np.float32),
    )
    thresholds = tuple(random.random(len(get_framework().topics)).tolist())
    return Model("tiny", "3", layer, thresholds, 0.5, {"sources": [], "note": "made for a test"})


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    save_model(model, tmp_path / "new" / "tiny", "# The card\n")
    return tmp_path / "new" / "tiny"


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_save_model_three_files_and_nothing_else(folder: Path) -> None:
    assert sorted(_contents(folder)) == ["CARD.md", "model.json", "weights.safetensors"]
    assert (folder / "CARD.md").read_text("utf-8") == "# The card\n"


def test_save_model_stopped_leaves_the_old_one(
    model: Model, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _contents(folder)
    write = Path.write_bytes

    def fill_up(path: Path, content: bytes) -> int:
        if path.name == "model.json":
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    with pytest.raises(OutputError, match="No space left"):
        save_model(dataclasses.replace(model, version="4"), folder, "# Another\n")
    assert _contents(folder) == before


def test_check_model_target_leaves_nothing_behind(tmp_path: Path) -> None:
    check_model_target(tmp_path / "models" / "mine")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("below", ["", "mine", "models/mine"])
def test_check_model_target_file_in_the_way(tmp_path: Path, below: str) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match="is not a folder"):
        check_model_target(tmp_path / "taken" / below)


def test_check_model_target_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests may run as root, who may write everywhere.
    monkeypatch.setattr("os.access", lambda place, mode: Path(place) != tmp_path)
    with pytest.raises(OutputError, match="you may not write"):
        check_model_target(tmp_path / "mine")


def test_load_model_says_what_was_saved(model: Model, folder: Path) -> None:
    found = load_model(str(folder))
    assert (found.label, found.thresholds, found.card) == ("tiny 3", model.thresholds, model.card)


def test_load_model_probabilities_within_a_thousandth(model: Model, folder: Path) -> None:
    layers = (model.layer, load_model(str(folder)).layer)
    before, after = (make_scores(score_texts(layer, TEXTS, ["why"] * 3)).topics for layer in layers)
    assert np.abs(before - after).max() < 0.001


def test_load_model_missing() -> None:
    with pytest.raises(ModelError, match="no model “nowhere”"):
        load_model("nowhere")


def test_load_model_weights_changed(folder: Path) -> None:
    weights = folder / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        load_model(str(folder))


def test_load_model_weights_missing(folder: Path) -> None:
    (folder / "weights.safetensors").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(str(folder))


def test_load_model_other_topics(folder: Path) -> None:
    path = folder / "model.json"
    description = json.loads(path.read_text())
    description["topics"].reverse()
    path.write_text(json.dumps(description))
    with pytest.raises(ModelError, match="other topics"):
        load_model(str(folder))


def test_load_model_other_format(folder: Path) -> None:
    path = folder / "model.json"
    path.write_text(path.read_text().replace("linear model 1", "linear model 9"))
    with pytest.raises(ModelError, match="linear model 9"):
        load_model(str(folder))


@given(st.data())
def test_load_model_description_cut_or_changed(data: st.DataObject) -> None:
    import tempfile

    whole = json.dumps({"format": "yousaid linear model 1", "name": "x", "topics": []})
    cut = data.draw(st.integers(0, len(whole)))
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "model.json").write_text(whole[:cut] + data.draw(st.text(max_size=5)))
        with pytest.raises(ModelError):
            load_model(name)
