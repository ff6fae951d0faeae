"""Fine-tuning a tiny encoder for real. `make test-finetune` installs what this needs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra finetune is not installed")
transformers = pytest.importorskip("transformers", reason="the extra finetune is not installed")

from tests.unit.model.encoders import VOCABULARY  # noqa: E402
from yousaid.errors import InputError  # noqa: E402
from yousaid.model import finetune  # noqa: E402
from yousaid.model.encoder import Encoder  # noqa: E402
from yousaid.model.fit import Weights  # noqa: E402
from yousaid.model.labels import LabelledComment  # noqa: E402
from yousaid.model.settings import EncoderSettings  # noqa: E402

SAID = {"the food a": ("food", 1), "the food b": ("food", 2), "a car": ("parking", 4)}
COMMENTS = [
    LabelledComment(
        f"{text} {chr(97 + n)}",
        "why",
        {"food": topic == "food", "parking": topic == "parking"},
        level,
    )
    for n in range(8)
    for text, (topic, level) in SAID.items()
]
WEIGHTS = Weights(np.ones(len(COMMENTS)), np.ones(len(COMMENTS)))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> EncoderSettings:
    folder = tmp_path_factory.mktemp("base")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=160,
    )
    transformers.BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), "utf-8")
    return EncoderSettings(str(folder), "tiny", "MIT", 1, 3, 8, 3e-3, 3e-2, 0.1, 0.1, 3, 0.25, 0.5)


@pytest.fixture(scope="module")
def tuned(settings: EncoderSettings) -> tuple[Encoder, list[str]]:
    said: list[str] = []
    return finetune.fine_tune(settings, COMMENTS, WEIGHTS, said.append), said


def test_fine_tune_loss_falls(tuned: tuple[Encoder, list[str]]) -> None:
    losses = [float(line.rpartition(" ")[2]) for line in tuned[1]]
    assert len(losses) == 3
    assert losses[2] < losses[1] < losses[0]


def test_fine_tune_again_is_the_same(
    settings: EncoderSettings, tuned: tuple[Encoder, list[str]]
) -> None:
    assert finetune.fine_tune(settings, COMMENTS, WEIGHTS).graph == tuned[0].graph
    other = finetune.fine_tune(replace(settings, seed=2), COMMENTS, WEIGHTS)
    assert other.graph != tuned[0].graph


def test_fine_tune_goes_on_where_it_was_stopped(
    settings: EncoderSettings, tuned: tuple[Encoder, list[str]], tmp_path: Path
) -> None:
    checkpoint = tmp_path / "run.pt"
    first: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        finetune.fine_tune(settings, COMMENTS, WEIGHTS, _stop_at_epoch(2, first), checkpoint)
    rest: list[str] = []
    encoder = finetune.fine_tune(settings, COMMENTS, WEIGHTS, rest.append, checkpoint)
    # It was stopped before the second epoch was kept, so that one is run again.
    assert (first, rest) == (tuned[1][:2], tuned[1][1:])
    assert encoder.graph == tuned[0].graph
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def _stop_at_epoch(epoch: int, said: list[str]) -> Callable[[str], None]:
    def say(line: str) -> None:
        said.append(line)
        if len(said) == epoch:
            raise KeyboardInterrupt

    return say


def test_fine_tune_a_graph_that_is_wrong_is_noticed(
    settings: EncoderSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = finetune.make_graph
    monkeypatch.setattr(
        finetune, "make_graph", lambda w: right(replace(w, head_bias=w.head_bias + 0.01))
    )
    with pytest.raises(AssertionError, match="away from its network"):
        finetune.fine_tune(replace(settings, epochs=1), COMMENTS, WEIGHTS)


@pytest.mark.parametrize(
    "comment",
    [LabelledComment(" ", "why", {"food": True}, 4), LabelledComment("food", "why", {}, 4)],
)
def test_fine_tune_nothing_to_learn_from(
    settings: EncoderSettings, comment: LabelledComment
) -> None:
    with pytest.raises(InputError, match="nothing to learn from"):
        finetune.fine_tune(settings, [comment], Weights(np.ones(1), np.ones(1)))


def test_fine_tune_damaged_base(settings: EncoderSettings, tmp_path: Path) -> None:
    for name in ("config.json", "vocab.txt"):
        (tmp_path / name).write_bytes((Path(settings.base) / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(InputError, match="cannot be loaded"):
        finetune.fine_tune(replace(settings, base=str(tmp_path)), COMMENTS, WEIGHTS)


def test_fine_tune_damaged_checkpoint(settings: EncoderSettings, tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.pt"
    checkpoint.write_bytes(b"not what was kept")
    with pytest.raises(InputError, match=r"run\.pt cannot be read.*Delete it"):
        finetune.fine_tune(settings, COMMENTS, WEIGHTS, checkpoint=checkpoint)
