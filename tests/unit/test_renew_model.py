"""What tools/renew_model.py makes of models of today and of the format before."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest

from tests.unit.model.encoders import make_joined, make_weights
from yousaid.model.artefact import load_model, save_model
from yousaid.model.card import make_card
from yousaid.model.encoder_graph import make_graph, quantise
from yousaid.model.fit import Weights
from yousaid.model.joined import find_centre
from yousaid.model.labels import LabelledComment
from yousaid.model.train import Rows

ROOT = Path(__file__).parents[2]
GRAPHS = {"full": make_graph(make_weights()), "eight bits": quantise(make_graph(make_weights()))}
ROWS = Rows(
    tuple(LabelledComment(text, "why", {}, 1) for text in ("the food", "cold", "the food")),
    Weights(np.ones(3), np.ones(3)),
    np.ones(3, bool),
    np.arange(3),
)


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import renew_model

    return renew_model


def _leave_hidden_out(graph: bytes) -> bytes:
    """The graph as it was when its scores were all that it gave."""
    model = onnx.load_from_string(graph)
    name = "encoder.layer.1.output.normal"
    for node in model.graph.node:
        node.name = name if node.name == "hidden" else node.name
        for wires in (node.input, node.output):
            wires[:] = [name if wire == "hidden" else wire for wire in wires]
    del model.graph.output[1]
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("kind", GRAPHS)
def test_add_hidden_as_a_graph_of_today(tool: ModuleType, kind: str) -> None:
    graph = GRAPHS[kind]
    assert _leave_hidden_out(graph) != graph
    assert tool.add_hidden(_leave_hidden_out(graph)) == graph
    assert tool.add_hidden(graph) == graph


def test_add_hidden_leaves_the_shipped_graph(tool: ModuleType) -> None:
    graph = load_model("best").joined.encoder.graph
    assert tool.add_hidden(graph) == graph


def test_renew_changes_nothing_but_the_centre(tool: ModuleType, tmp_path: Path) -> None:
    joined = make_joined()
    model = replace(load_model("fast"), joined=joined, is_shipped=False)
    save_model(model, tmp_path, make_card(model))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    tool.renew(tmp_path, ROWS)
    found = load_model(str(tmp_path)).joined
    wanted = find_centre(joined.encoder, [("the food", "why"), ("cold", "why")])
    assert found.centre == pytest.approx(wanted, abs=1e-6)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name for name in after if after[name] != before.get(name)} == {
        "model.json",
        "weights.safetensors",
    }
