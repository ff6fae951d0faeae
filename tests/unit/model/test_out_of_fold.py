from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from yousaid.errors import InputError
from yousaid.frameworks import get_framework
from yousaid.model.evaluate import Predicted
from yousaid.model.out_of_fold import OutOfFold, load_out_of_fold, save_out_of_fold

TOPICS = get_framework().topic_ids


def _answers(count: int = 5) -> OutOfFold:
    random = np.random.default_rng(0)
    chances = random.random((count, len(TOPICS)))
    predicted = Predicted(chances, chances > 0.5, random.integers(0, 6, count))
    return OutOfFold("all of it", "abc", np.arange(count), random.integers(0, 3, count), predicted)


def test_load_out_of_fold_gives_back_what_was_saved(tmp_path: Path) -> None:
    saved = _answers()
    save_out_of_fold(tmp_path / "some.safetensors", saved)
    loaded = load_out_of_fold(tmp_path / "some.safetensors")
    assert (loaded.title, loaded.digest) == ("all of it", "abc")
    for name in ("rows", "folds"):
        assert (getattr(loaded, name) == getattr(saved, name)).all()
    for name in ("probabilities", "decisions", "levels"):
        before, after = getattr(saved.predicted, name), getattr(loaded.predicted, name)
        assert (before == after).all()
        assert before.dtype == after.dtype


def test_load_out_of_fold_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_out_of_fold(tmp_path / "none.safetensors")


@pytest.mark.parametrize("content", [b"", b"text", b"\x10\0\0\0\0\0\0\0{"])
def test_load_out_of_fold_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some.safetensors").write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        load_out_of_fold(tmp_path / "some.safetensors")


def test_load_out_of_fold_of_another_kind(tmp_path: Path) -> None:
    save_file({"rows": np.arange(3)}, tmp_path / "some.safetensors")
    with pytest.raises(InputError, match="not a file of out-of-fold answers"):
        load_out_of_fold(tmp_path / "some.safetensors")


def test_load_out_of_fold_of_other_topics(tmp_path: Path) -> None:
    path = tmp_path / "some.safetensors"
    save_out_of_fold(path, _answers())
    about = {"format": "yousaid out of fold 1", "topics": "food parking", "digest": "", "title": ""}
    save_file(load_file(path), path, metadata=about)
    with pytest.raises(InputError, match="other topics"):
        load_out_of_fold(path)
