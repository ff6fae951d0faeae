"""An encoder's weights as an ONNX graph, in whole numbers of eight bits.

The graph is built node by node from the fused operations that ONNX Runtime has for this family of
encoders, so it is the same on every machine. Needs the extra `finetune`.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yousaid.errors import MissingExtraError
from yousaid.model.linear import Floats

# What the fused operations belong to, beside the standard ones.
_FUSED = "com.microsoft"
_STANDARD_VERSION, _FUSED_VERSION, _FORMAT_VERSION = 17, 1, 9
_EPSILON = 1e-12  # what the family was trained with in its layer norms


@dataclass(frozen=True, slots=True)
class EncoderWeights:
    """The arrays of a BERT encoder by their usual names, its number of attention heads, and the
    head on top: `head` is width × outputs, `head_bias` has one value an output."""

    arrays: Mapping[str, Floats]
    attention_heads: int
    head: Floats
    head_bias: Floats

    @property
    def layer_count(self) -> int:
        """How many layers the encoder has."""
        numbers = {name.split(".")[2] for name in self.arrays if name.startswith("encoder.layer.")}
        return len(numbers)


def make_graph(weights: EncoderWeights) -> bytes:
    """The graph in full precision: `ids` and `types` (texts × pieces) to `scores` (texts × pieces
    × outputs) and what they are made from, `hidden` (texts × pieces × width). Texts of one call
    must be equally long. Raises MissingExtraError without onnx."""
    return bytes(_Graph(weights).build().SerializeToString())


def quantise(graph: bytes) -> bytes:
    """The graph with its large weights in eight bits, each column by its own scale.

    A quarter of the size and twice the speed. Seven of the eight bits are used, as processors
    without the newer instructions overflow on the eighth."""
    try:
        import onnx
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError as error:
        raise MissingExtraError("finetune", "Training an encoder") from error
    with tempfile.TemporaryDirectory(prefix="yousaid-") as folder:
        source, target = Path(folder) / "full.onnx", Path(folder) / "small.onnx"
        source.write_bytes(graph)
        quantize_dynamic(
            source,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            op_types_to_quantize=["MatMul", "Attention", "EmbedLayerNormalization"],
            nodes_to_exclude=["head"],
            # The types of what fused operations give cannot be inferred; all of it is float.
            extra_options={"DefaultTensorType": 1},
        )
        model = onnx.load(target)
    # What was inferred on the way nobody needs, and `check_graph` would not let it through.
    del model.graph.value_info[:]
    return bytes(model.SerializeToString())


@dataclass
class _Graph:
    """Collects nodes and constants, then makes a model of them."""

    weights: EncoderWeights
    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            import onnx
        except ImportError as error:
            raise MissingExtraError("finetune", "Training an encoder") from error
        self._onnx = onnx

    def build(self) -> Any:
        hidden = self._embed()
        for number in range(self.weights.layer_count):
            prefix = f"encoder.layer.{number}."
            is_last = number == self.weights.layer_count - 1
            hidden = self._add_layer(
                hidden, prefix, "hidden" if is_last else f"{prefix}output.normal"
            )
        head = self._keep("head.weight", self.weights.head)
        product = self._node("MatMul", [hidden, head], "head")
        self._node("Add", [product, self._keep("head.bias", self.weights.head_bias)], "scores")
        return self._make_model()

    def _embed(self) -> str:
        names = ("word_embeddings", "position_embeddings", "token_type_embeddings", "LayerNorm")
        inputs = [self._weight(f"embeddings.{name}.weight") for name in names]
        inputs.append(self._weight("embeddings.LayerNorm.bias"))
        return self._node(
            "EmbedLayerNormalization",
            ["ids", "types", *inputs],
            "embedded",
            fused=True,
            extra_outputs=["mask"],
            epsilon=_EPSILON,
        )

    def _add_layer(self, hidden: str, prefix: str, output: str) -> str:
        attended = self._attend(hidden, prefix)
        part = f"{prefix}attention.output."
        hidden = self._add_and_normalise(attended, hidden, part, f"{part}normal")
        wide = self._multiply(hidden, f"{prefix}intermediate.dense")
        bias = self._weight(f"{prefix}intermediate.dense.bias")
        active = self._node("BiasGelu", [wide, bias], f"{prefix}active", fused=True)
        return self._add_and_normalise(active, hidden, f"{prefix}output.", output)

    def _attend(self, hidden: str, prefix: str) -> str:
        parts = [f"{prefix}attention.self.{name}" for name in ("query", "key", "value")]
        arrays = self.weights.arrays
        joined = np.concatenate([arrays[f"{part}.weight"].T for part in parts], axis=1)
        biases = np.concatenate([arrays[f"{part}.bias"] for part in parts])
        inputs = [hidden, self._keep(f"{prefix}qkv", joined), self._keep(f"{prefix}qkv.b", biases)]
        heads = self.weights.attention_heads
        return self._node("Attention", inputs, f"{prefix}attended", fused=True, num_heads=heads)

    def _add_and_normalise(self, new: str, old: str, prefix: str, output: str) -> str:
        names = ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")
        inputs = [self._multiply(new, f"{prefix}dense"), old]
        inputs += [self._weight(f"{prefix}{name}") for name in names]
        return self._node("SkipLayerNormalization", inputs, output, fused=True, epsilon=_EPSILON)

    def _multiply(self, left: str, name: str) -> str:
        right = self._keep(f"{name}.weight", self.weights.arrays[f"{name}.weight"].T)
        return self._node("MatMul", [left, right], f"{name}.product")

    def _weight(self, name: str) -> str:
        return self._keep(name, self.weights.arrays[name])

    def _keep(self, name: str, array: NDArray[Any]) -> str:
        whole = np.ascontiguousarray(array, np.float32)
        self.constants.append(self._onnx.numpy_helper.from_array(whole, name))
        return name

    def _node(
        self,
        operation: str,
        inputs: list[str],
        output: str,
        *,
        fused: bool = False,
        extra_outputs: list[str] | None = None,
        **attributes: Any,
    ) -> str:
        self.nodes.append(
            self._onnx.helper.make_node(
                operation,
                inputs,
                [output, *(extra_outputs or [])],
                name=output,
                domain=_FUSED if fused else "",
                **attributes,
            )
        )
        return output

    def _make_model(self) -> Any:
        helper, types = self._onnx.helper, self._onnx.TensorProto
        size = ["texts", "pieces"]
        inputs = [
            helper.make_tensor_value_info(name, types.INT32, size) for name in ("ids", "types")
        ]
        width, output_count = self.weights.head.shape
        outputs = [
            helper.make_tensor_value_info(name, types.FLOAT, [*size, count])
            for name, count in (("scores", output_count), ("hidden", width))
        ]
        graph = helper.make_graph(self.nodes, "encoder", inputs, outputs, self.constants)
        versions = [
            helper.make_opsetid("", _STANDARD_VERSION),
            helper.make_opsetid(_FUSED, _FUSED_VERSION),
        ]
        model = helper.make_model(graph, opset_imports=versions)
        model.ir_version = _FORMAT_VERSION
        return model
