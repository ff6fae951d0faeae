"""Writes a model in the format of today, without training: it reads as it did, to the last bit.

    python tools/renew_model.py src/yousaid/models/best training/best.toml --data FOLDER

A model of “yousaid model 3” whose encoder does not say where comments stand is taught to: its graph
gives what its scores are made from, and the middle of the comments that it learnt from, those of
the configuration, is put beside it. A model of today comes out as it went in.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from safetensors.numpy import load

from yousaid.model.artefact import DESCRIPTION, Model, save_model
from yousaid.model.card import make_card
from yousaid.model.description import GRAPH, VOCABULARY, WEIGHTS
from yousaid.model.encoder import Encoder
from yousaid.model.joined import JoinedEncoder, find_centre
from yousaid.model.linear import LinearLayer, Vocabulary
from yousaid.model.points import POINTS
from yousaid.model.settings import read_configuration
from yousaid.model.train import Rows, gather_rows

SCALES = ("layer_scale", "encoder_scale", "bias", "usual")


def add_hidden(graph: bytes) -> bytes:
    """The graph with what its scores are made from as an output, as `make_graph` builds it."""
    model = onnx.load_from_string(graph)
    (head,) = (node for node in model.graph.node if node.name == "head")
    last, weight = head.input
    for node in model.graph.node:
        if node.name == last:
            node.name = "hidden"
        for wires in (node.input, node.output):
            wires[:] = ["hidden" if wire == last else wire for wire in wires]
    (width,) = (array.dims[0] for array in model.graph.initializer if array.name == weight)
    hidden = onnx.helper.make_tensor_value_info(
        "hidden", onnx.TensorProto.FLOAT, ["texts", "pieces", width]
    )
    del model.graph.output[1:]
    model.graph.output.append(hidden)
    return bytes(model.SerializeToString())


def renew(folder: Path, rows: Rows) -> None:
    """Write the model in the folder again; `rows` are the comments that it learnt from."""
    description = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    arrays = load((folder / WEIGHTS).read_bytes())
    vocabulary = Vocabulary(arrays["hashes"], arrays["idf"])
    model = Model(
        description["name"],
        description["version"],
        LinearLayer(vocabulary, arrays["weights"].astype(np.float32), arrays["bias"]),
        {point: tuple(description["thresholds"][point]) for point in POINTS},
        description["mixed_threshold"],
        description["card"],
        _join(folder, arrays, rows) if GRAPH in description["files"] else None,
    )
    save_model(model, folder, make_card(model))


def _join(folder: Path, arrays: dict[str, Any], rows: Rows) -> JoinedEncoder:
    graph = add_hidden((folder / GRAPH).read_bytes())
    encoder = Encoder(graph, (folder / VOCABULARY).read_bytes())
    centre = find_centre(encoder, ((comment.text, comment.kind) for comment in rows.comments))
    return JoinedEncoder(encoder, *(arrays[f"joined.{name}"] for name in SCALES), centre)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("configuration", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    _, sources = read_configuration(arguments.configuration, arguments.data)
    renew(arguments.model, gather_rows(sources))
