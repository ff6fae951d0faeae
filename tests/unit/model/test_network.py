"""Networks of tiny encoders. `make test-finetune` installs what this needs."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra finetune is not installed")
transformers = pytest.importorskip("transformers", reason="the extra finetune is not installed")

from tests.unit.model.encoders import VOCABULARY  # noqa: E402
from yousaid.errors import InputError  # noqa: E402
from yousaid.model.encoder import ENCODER_OUTPUT_COUNT  # noqa: E402
from yousaid.model.labels import LabelledComment  # noqa: E402
from yousaid.model.network import Network, pad  # noqa: E402
from yousaid.model.targets import split_comments  # noqa: E402

LINES = "\n".join(VOCABULARY).encode()
SIZE = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
COMMENTS = [LabelledComment(text, "why", {}, None) for text in ("the food", "a", "food the the")]


def _make_mpnet(folder: Path, pieces: list[str]) -> Path:
    config = transformers.MPNetConfig(
        vocab_size=len(pieces), intermediate_size=32, max_position_embeddings=160, **SIZE
    )
    torch.manual_seed(1)
    transformers.MPNetModel(config, add_pooling_layer=False).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(pieces), "utf-8")
    return folder


def _ask(network: Network, comments: list[LabelledComment]) -> np.ndarray:
    network.eval()
    with torch.no_grad():
        return network(*pad(split_comments(comments, LINES))).cpu().numpy()


def test_network_pieces_have_the_numbers_of_its_own_vocabulary(tmp_path: Path) -> None:
    marks = ["<s>", "<pad>", "</s>"]
    plain = _make_mpnet(tmp_path / "one", [*marks, *VOCABULARY])
    turned = _make_mpnet(tmp_path / "other", [*marks, *reversed(VOCABULARY)])
    first, second = Network(plain, 0, LINES), Network(turned, 0, LINES)
    rows = [*range(3), *(3 + place for place in reversed(range(len(VOCABULARY))))]
    with torch.no_grad():
        words = first.encoder.embeddings.word_embeddings.weight
        second.encoder.embeddings.word_embeddings.weight.copy_(words[rows])
    second.head.load_state_dict(first.head.state_dict())
    assert _ask(first, COMMENTS) == pytest.approx(_ask(second, COMMENTS), abs=1e-5)


def test_network_padding_says_nothing(tmp_path: Path) -> None:
    folder = _make_mpnet(tmp_path / "base", ["<s>", "<pad>", "</s>", *VOCABULARY])
    network = Network(folder, 0.5, LINES)
    together = _ask(network, COMMENTS)
    assert together.shape == (3, ENCODER_OUTPUT_COUNT)
    for row, comment in enumerate(COMMENTS):
        assert _ask(network, [comment])[0] == pytest.approx(together[row], abs=1e-5)


def test_network_piece_that_the_other_lacks_is_unknown(tmp_path: Path) -> None:
    known = [piece for piece in VOCABULARY if piece != "food"]
    network = Network(_make_mpnet(tmp_path / "base", ["<s>", "<pad>", "</s>", *known]), 0, LINES)
    food, strange = (_ask(network, [LabelledComment(w, "why", {}, None)]) for w in ("food", "é ☃"))
    assert np.isfinite(food).all()
    assert (food == _ask(network, [LabelledComment("☃", "why", {}, None)])).all()
    assert (food != strange).any()


def test_network_folder_without_weights(tmp_path: Path) -> None:
    folder = _make_mpnet(tmp_path / "base", VOCABULARY)
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(InputError, match="cannot be loaded"):
        Network(folder, 0, LINES)


def test_pad_marks_the_question_the_comment_and_nothing(tmp_path: Path) -> None:
    ids, types, is_piece, is_text = pad([([1, 2], [7, 8, 9], [3]), ([1, 2], [7], [3])])
    assert ids.tolist() == [[1, 2, 7, 8, 9, 3], [1, 2, 7, 3, 0, 0]]
    assert types.tolist() == [[0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 0, 0]]
    assert is_piece.tolist() == [[1] * 6, [1, 1, 1, 1, 0, 0]]
    assert is_text.tolist() == [[0, 0, 1, 1, 1, 0], [0, 0, 1, 0, 0, 0]]
