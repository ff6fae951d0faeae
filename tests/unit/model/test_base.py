import json
from pathlib import Path

import pytest

from yousaid.errors import InputError
from yousaid.model.base import find_base, find_teacher

CONFIG = {"model_type": "bert", "hidden_act": "gelu", "layer_norm_eps": 1e-12}


def _make_base(folder: Path, config: str = json.dumps(CONFIG)) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(config)
    for name in ("model.safetensors", "vocab.txt"):
        (folder / name).write_bytes(b"")
    return folder


def test_find_base_folder(tmp_path: Path) -> None:
    folder = _make_base(tmp_path / ("a" * 100) / "minilm")
    assert find_base(str(folder)) == folder


def test_find_base_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _make_base(tmp_path / "some_base" / "inner")
    (tmp_path / "some_base" / "__init__.py").write_text("raise RuntimeError('was run')")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_base("package:some_base/inner") == folder


@pytest.mark.parametrize("name", ["", "/model", "nowhere_at_all", ".x", "json.decoder", "a b"])
def test_find_base_no_such_package(name: str) -> None:
    with pytest.raises(InputError, match="is not installed"):
        find_base(f"package:{name}")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "vocab.txt"])
def test_find_base_lacks_a_file(tmp_path: Path, name: str) -> None:
    (_make_base(tmp_path / "base") / name).unlink()
    with pytest.raises(InputError, match=f"lacks {name}"):
        find_base(str(tmp_path / "base"))


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (json.dumps(CONFIG | {"model_type": "roberta"}), "“model_type” is not bert"),
        (json.dumps(CONFIG | {"hidden_act": "gelu_new"}), "“hidden_act” is not gelu"),
        (json.dumps(CONFIG | {"layer_norm_eps": 1e-5}), "“layer_norm_eps” is not 1e-12"),
        (json.dumps(CONFIG | {"max_position_embeddings": 128}), "fewer than 150 word pieces"),
        (json.dumps(CONFIG | {"max_position_embeddings": "x"}), "not the configuration"),
        ("[]", "not the configuration of an encoder"),
        ("{", "not the configuration of an encoder"),
    ],
)
def test_find_base_of_another_kind(tmp_path: Path, config: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        find_base(str(_make_base(tmp_path / "base", config)))


def test_find_teacher_may_be_of_another_kind(tmp_path: Path) -> None:
    folder = _make_base(tmp_path / "base", json.dumps({"model_type": "mpnet"}))
    assert find_teacher(str(folder)) == folder
    (folder / "vocab.txt").unlink()
    with pytest.raises(InputError, match=r"lacks vocab\.txt"):
        find_teacher(str(folder))
