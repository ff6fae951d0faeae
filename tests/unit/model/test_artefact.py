import dataclasses
import hashlib
import json
import os
import struct
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from tests.unit.model.encoders import make_joined
from yousaid.errors import ModelError, OutputError
from yousaid.frameworks import get_framework
from yousaid.model.artefact import Model, check_model_target, load_model, save_model
from yousaid.model.description import FORMAT, write_description
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
    balanced = random.random(len(get_framework().topics))
    points = {"balanced": tuple(balanced.tolist()), "find_all": tuple((balanced / 2).tolist())}
    return Model("tiny", "3", layer, points, 0.5, load_model("fast").card)


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    save_model(model, tmp_path / "new" / "tiny", "# The card\n")
    return tmp_path / "new" / "tiny"


def _rewrite(folder: Path, **changes: Any) -> None:
    """Change the description, and its digest with it."""
    path = folder / "model.json"
    path.write_text(write_description({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def _put_weights(folder: Path, content: bytes) -> None:
    """Put other weights in place, with their digest."""
    (folder / "weights.safetensors").write_bytes(content)
    _rewrite(folder, files={"weights.safetensors": hashlib.sha256(content).hexdigest()})


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
    assert (found.label, found.points, found.card) == (model.label, model.points, model.card)


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
    _rewrite(folder, topics=[*reversed(get_framework().topic_ids)])
    with pytest.raises(ModelError, match="other topics"):
        load_model(str(folder))


def test_load_model_other_format(folder: Path) -> None:
    path = folder / "model.json"
    path.write_text(path.read_text().replace(FORMAT, "yousaid model 9"))
    with pytest.raises(ModelError, match="yousaid model 9"):
        load_model(str(folder))


@pytest.mark.parametrize("name", ["model.json", "weights.safetensors"])
@pytest.mark.parametrize("put", ["link", "folder", "pipe"])
def test_load_model_no_plain_file(folder: Path, name: str, put: str) -> None:
    content = folder / name
    content.rename(folder / "elsewhere")
    if put == "link":
        content.symlink_to(folder / "elsewhere")
    elif put == "folder":
        content.mkdir()
    else:
        os.mkfifo(content)
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(str(folder))


@pytest.mark.parametrize(
    ("name", "size"), [("model.json", 10**9), ("weights.safetensors", 600_000_000)]
)
def test_load_model_too_large_is_not_read(folder: Path, name: str, size: int) -> None:
    os.truncate(folder / name, size)  # holes: takes no room on the disk
    with pytest.raises(ModelError, match="larger than"):
        load_model(str(folder))


def _pack_arrays(model: Model, **changes: np.ndarray) -> bytes:
    layer = model.layer
    arrays = {
        "hashes": layer.vocabulary.hashes,
        "idf": layer.vocabulary.idf,
        "weights": layer.weights.astype(np.float16),
        "bias": layer.bias,
    }
    return save({**arrays, **changes})


BAD_ARRAYS = {
    "one more": {"more": np.zeros(3)},
    "other shape": {"bias": np.zeros(3, np.float32)},
    "no shape": {"hashes": np.array(3, np.uint64)},
    "other type": {"bias": np.zeros(OUTPUT_COUNT)},
    "not a number": {"bias": np.full(OUTPUT_COUNT, np.nan, np.float32)},
    "so large that sums are infinite": {"bias": np.full(OUTPUT_COUNT, 3e38, np.float32)},
}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_load_model_bad_arrays(model: Model, folder: Path, case: str) -> None:
    _put_weights(folder, _pack_arrays(model, **BAD_ARRAYS[case]))
    with pytest.raises(ModelError, match=r"weights\.safetensors (does not hold|holds numbers)"):
        load_model(str(folder))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        struct.pack("<Q", 2**40) + b"{}",
        struct.pack("<Q", 100_000) + b"[" * 100_000,
        struct.pack("<Q", 71)
        + b'{"hashes":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}'.ljust(71)
        + b"x",
    ],
    ids=["empty", "no length", "header longer than the file", "deep header", "other numbers"],
)
def test_load_model_header_made_to_harm(folder: Path, content: bytes) -> None:
    _put_weights(folder, content)
    with pytest.raises(ModelError, match=r"weights\.safetensors") as caught:
        load_model(str(folder))
    assert len(str(caught.value)) < 250 + len(str(folder))


@pytest.mark.parametrize("name", ["", "a\0b", "a\nb", "x" * 5000, "\ud800", ".", "/dev"])
def test_load_model_names_that_are_none(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_model(name)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


@pytest.fixture(scope="module")
def joined(model: Model) -> Model:
    """The model with a small encoder."""
    return dataclasses.replace(model, joined=make_joined())


def test_load_model_encoder_is_what_was_saved(joined: Model, tmp_path: Path) -> None:
    save_model(joined, tmp_path, "# The card\n")
    found = load_model(str(tmp_path)).joined
    assert found
    assert joined.joined
    assert found.encoder.graph == joined.joined.encoder.graph
    assert found.encoder.vocabulary == joined.joined.encoder.vocabulary
    for name in ("layer_scale", "encoder_scale", "bias", "usual", "centre"):
        assert (getattr(found, name) == getattr(joined.joined, name)).all()


def test_load_model_centre_of_another_width(joined: Model, tmp_path: Path) -> None:
    assert joined.joined
    other = dataclasses.replace(joined.joined, centre=np.zeros(3, np.float32))
    save_model(dataclasses.replace(joined, joined=other), tmp_path, "# The card\n")
    with pytest.raises(ModelError, match=r"does not hold “joined\.centre”"):
        load_model(str(tmp_path))


@pytest.mark.parametrize("name", ["encoder.onnx", "vocab.txt"])
def test_load_model_encoder_damaged(joined: Model, tmp_path: Path, name: str) -> None:
    save_model(joined, tmp_path, "# The card\n")
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-1])
    with pytest.raises(ModelError, match=f"{name} is damaged"):
        load_model(str(tmp_path))


def test_label_tells_own_models_and_points_apart(model: Model) -> None:
    shipped = load_model("fast")
    assert (shipped.label, shipped.at_point("find_all").label) == ("fast 3", "fast 3, find all")
    own = dataclasses.replace(model, name="fast", version="3")
    assert own.label == f"fast 3 ({own.digest})"
    other = dataclasses.replace(own, mixed_threshold=0.25)
    assert other.label != own.label


def test_label_is_the_same_before_and_after_saving(model: Model, folder: Path) -> None:
    assert load_model(str(folder)).label == model.label


def test_at_point_unknown(model: Model) -> None:
    with pytest.raises(ModelError, match="Choose one of balanced, find_all"):
        model.at_point("find\nnone")


@pytest.fixture(scope="module")
def saved(model: Model, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("saved")
    save_model(model, folder, "# The card\n")
    return _contents(folder)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["model.json", "weights.safetensors", "CARD.md"]), st.data())
def test_load_model_damage_is_told_or_harmless(
    model: Model, saved: dict[str, bytes], name: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(saved[name]) - 1))
    flipped = data.draw(st.integers(0, 255))  # 0 cuts the file off instead
    content = bytearray(saved[name])
    content[at] ^= flipped
    with tempfile.TemporaryDirectory() as folder:
        for file, whole in saved.items():
            (Path(folder) / file).write_bytes(whole)
        (Path(folder) / name).write_bytes(content if flipped else content[:at])
        try:
            found = load_model(folder)
        except ModelError as error:
            assert str(error).isprintable()  # noqa: PT017 (either outcome is right)
            return
    # The digest covers weights and thresholds: the same one reads the same.
    assert (found.label, found.card) == (model.label, model.card)
    assert (found.layer.bias == model.layer.bias).all()
