import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper, numpy_helper

from tests.unit.model.encoders import make_weights
from yousaid.errors import ModelError
from yousaid.model.artefact import load_model
from yousaid.model.encoder_graph import make_graph, quantise
from yousaid.model.graph_file import KNOWN, check_graph, describe_graph

GRAPH = make_graph(make_weights())


def test_check_graph_lets_ours_through() -> None:
    """Where this fails, graphs are made in another way than before: put what it says into KNOWN."""
    assert {describe_graph(GRAPH), describe_graph(quantise(GRAPH))} == KNOWN
    check_graph(load_model("best").joined.encoder.graph)


def _name_another_file(model: Any) -> None:
    onnx.external_data_helper.set_external_data(model.graph.initializer[0], "/etc/passwd")


def _say_it_is_elsewhere(model: Any) -> None:
    model.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL


def _loop(model: Any) -> None:
    body = helper.make_graph([], "body", [], [])
    model.graph.node.append(helper.make_node("Loop", [], ["x"], body=body))


def _give_one_of_ours_a_graph(model: Any) -> None:
    body = helper.make_graph([], "body", [], [])
    model.graph.node[-1].attribute.append(helper.make_attribute("body", body))


def _give_one_of_ours_an_array(model: Any) -> None:
    array = numpy_helper.from_array(np.zeros(1, np.float32))
    model.graph.node[-1].attribute.append(helper.make_attribute("value", array))


def _leave_an_operation_out(model: Any) -> None:
    model.graph.node[-1].ClearField("op_type")


def _add_a_function(model: Any) -> None:
    model.functions.append(helper.make_function("ours", "Add", [], [], [], []))


def _add_a_sparse_array(model: Any) -> None:
    model.graph.sparse_initializer.append(onnx.SparseTensorProto(dims=[1]))


def _compute_from_constants(model: Any) -> None:
    names = [constant.name for constant in model.graph.initializer[:2]]
    model.graph.node.append(helper.make_node("Mul", names, ["huge"]))


def _leave_the_bias_out(model: Any) -> None:
    del next(node for node in model.graph.node if node.op_type == "Attention").input[2:]


def _make_a_scalar(model: Any) -> None:
    del model.graph.initializer[-1].dims[:]


def _make_it_huge(model: Any) -> None:
    model.graph.initializer[-1].dims[0] = 2**40


def _have_many_heads(model: Any) -> None:
    node = next(node for node in model.graph.node if node.op_type == "Attention")
    node.attribute[0].i = 2**62


def _change_an_epsilon(model: Any) -> None:
    nodes = [node for node in model.graph.node if node.op_type == "SkipLayerNormalization"]
    nodes[0].attribute[0].f = 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_name_another_file, "no model of ours has"),
        (_say_it_is_elsewhere, "names other files"),
        (_loop, "no model of ours has"),
        (_give_one_of_ours_a_graph, "no model of ours has"),
        (_give_one_of_ours_an_array, "no model of ours has"),
        (_leave_an_operation_out, "not put together"),
        (_add_a_function, "no model of ours has"),
        (_add_a_sparse_array, "no model of ours has"),
        (_compute_from_constants, "not put together"),
        (_leave_the_bias_out, "not put together"),
        (_make_a_scalar, "not put together"),
        (_make_it_huge, "larger array"),
        (_have_many_heads, "number of heads"),
        (_change_an_epsilon, "not put together"),
    ],
)
def test_check_graph_refuses(change: Callable[[Any], None], message: str) -> None:
    model = onnx.load_from_string(GRAPH)
    change(model)
    with pytest.raises(ModelError, match=message):
        check_graph(model.SerializeToString())


def test_check_graph_refuses_what_only_the_runtime_would_read() -> None:
    """ONNX Runtime's parser keeps 32 bits of a field's key: with more set it is still 7."""
    graph = onnx.load_from_string(GRAPH).graph.SerializeToString()
    named = onnx.ModelProto(producer_name="x" * len(graph)).SerializeToString()
    size = named[1 : -len(graph)]
    hidden = b"\xba\x80\x80\x80\x10" + size + graph
    with pytest.raises(ModelError, match="no model of ours has"):
        check_graph(hidden)


def test_check_graph_refuses_a_second_operation_of_another_type() -> None:
    """A field of a wire type that it should not have is skipped by parsers, and not by a guard."""
    model = onnx.load_from_string(GRAPH)
    node = helper.make_node("Loop", ["ids"], ["x"]).SerializeToString() + b"\x25Cast"
    model.graph.node.append(onnx.NodeProto.FromString(node))
    with pytest.raises(ModelError, match="no model of ours has"):
        check_graph(model.SerializeToString())


def test_check_graph_refuses_two_graphs() -> None:
    """ONNX Runtime takes two fields of a graph for one."""
    model = onnx.load_from_string(GRAPH)
    more = onnx.ModelProto(graph=onnx.GraphProto(node=[helper.make_node("Neg", ["ids"], ["x"])]))
    with pytest.raises(ModelError, match="damaged or no ONNX graph"):
        check_graph(model.SerializeToString() + more.SerializeToString())


def test_check_graph_many_small_fields_end() -> None:
    with pytest.raises(ModelError, match="damaged"):
        check_graph(b"\x08\x00" * 5_000_000 + GRAPH)


@given(st.binary(max_size=60))
def test_check_graph_any_bytes_end(content: bytes) -> None:
    with contextlib.suppress(ModelError):
        check_graph(content)


@given(st.integers(0, len(GRAPH) - 1), st.integers(0, 255))
def test_check_graph_damaged_bytes_end(place: int, byte: int) -> None:
    damaged = GRAPH[:place] + bytes([byte]) + GRAPH[place + 1 :]
    with contextlib.suppress(ModelError):
        check_graph(damaged)
