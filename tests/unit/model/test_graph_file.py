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
from yousaid.model.encoder_graph import make_graph, quantise
from yousaid.model.graph_file import check_graph

GRAPH = make_graph(make_weights())


def test_check_graph_lets_ours_through() -> None:
    check_graph(GRAPH)
    check_graph(quantise(GRAPH))


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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_name_another_file, "names other files"),
        (_say_it_is_elsewhere, "names other files"),
        (_loop, "values that no model"),
        (_give_one_of_ours_a_graph, "values that no model"),
        (_give_one_of_ours_an_array, "values that no model"),
        (_leave_an_operation_out, "operations that no model"),
        (_add_a_function, "functions"),
        (_add_a_sparse_array, "sparse arrays"),
    ],
)
def test_check_graph_refuses(change: Callable[[Any], None], message: str) -> None:
    model = onnx.load_from_string(GRAPH)
    change(model)
    with pytest.raises(ModelError, match=message):
        check_graph(model.SerializeToString())


@pytest.mark.parametrize(
    "operation", ["If", "Scan", "Constant", "Expand", "ConstantOfShape", "Tile"]
)
def test_check_graph_refuses_other_operations(operation: str) -> None:
    model = onnx.load_from_string(GRAPH)
    model.graph.node.append(helper.make_node(operation, [], ["x"]))
    with pytest.raises(ModelError, match="operations that no model"):
        check_graph(model.SerializeToString())


@given(st.binary(max_size=60))
def test_check_graph_any_bytes_end(content: bytes) -> None:
    with contextlib.suppress(ModelError):
        check_graph(content)


@given(st.integers(0, len(GRAPH) - 1), st.integers(0, 255))
def test_check_graph_damaged_bytes_end(place: int, byte: int) -> None:
    damaged = GRAPH[:place] + bytes([byte]) + GRAPH[place + 1 :]
    with contextlib.suppress(ModelError):
        check_graph(damaged)
