"""Whisper's encoder as a graph that ONNX Runtime runs.

The graph computes what ``whisper.model.AudioEncoder`` does, of as many frames as it is given.
`transcribe.engines.encoder` runs it. It lies in two files: the operations in ``encoder.onnx``,
the numbers in ``encoder.bin``, which is mapped when it is loaded.

In int8 each row of what goes into a product is brought to -1 … 1 before it is quantized, and its
scale put back afterwards: a single loud frame doesn't coarsen all the others. Each column of the
weights has a scale of its own. The convolutions and the attention are computed in float32.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnx
from onnx import helper

from transcribe.tensors import Checkpoint, Tensor

NAME = "encoder.onnx"
"""The graph's file, in its folder. Input ``mel``: float32 of shape (batch, mels, frames), frames
even, at most 3,000; output ``encoded``: float32 of shape (batch, frames / 2, states)."""

_NUMBERS = "encoder.bin"
_PAGE = 4096  # that a mapped tensor may begin at
_OPSET, _IR_VERSION = 17, 8
_FUSED = "com.microsoft"  # ONNX Runtime's own operators: attention without its square of scores
_SMALLEST = np.float32(1e-12)  # a row that is all zeros is divided by it
_EPSILON = 1e-5  # torch.nn.LayerNorm's


def write(held: Checkpoint, folder: Path, *, is_int8: bool) -> None:
    """Write a checkpoint's encoder.

    Args:
        held: The checkpoint.
        folder: Where the files are made.
        is_int8: Whether the weights of the products are quantized, or float32.

    Raises:
        OSError: The disk refuses.
    """
    dims = held.dims
    with (folder / _NUMBERS).open("wb") as numbers:
        graph = _Graph(held.tensors, numbers, is_int8=is_int8)
        hidden = graph.stem("mel")
        for number in range(dims["n_audio_layer"]):
            hidden = graph.block(hidden, f"encoder.blocks.{number}", heads=dims["n_audio_head"])
        graph.add("Identity", graph.norm(hidden, "encoder.ln_post"), to="encoded")
    model = graph.model(mels=dims["n_mels"], states=dims["n_audio_state"])
    (folder / NAME).write_bytes(model.SerializeToString())


class _Graph:
    """A graph that is being made. Its methods take and give the names of values."""

    def __init__(self, state: dict[str, Tensor], numbers: BinaryIO, *, is_int8: bool) -> None:
        self._state, self._numbers, self._is_int8 = state, numbers, is_int8
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: list[onnx.TensorProto] = []

    def model(self, *, mels: int, states: int) -> onnx.ModelProto:
        """What was made, whole."""
        real = onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info("mel", real, ["batch", mels, "frames"])],
            [helper.make_tensor_value_info("encoded", real, ["batch", "positions", states])],
            self._tensors,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)

    def stem(self, mel: str) -> str:
        """The convolutions, and the positions of as many frames as there are."""
        hidden = mel
        for number, stride in ((1, 1), (2, 2)):
            weights = [self._of(f"encoder.conv{number}.{part}") for part in ("weight", "bias")]
            hidden = self.add("Conv", hidden, *weights, pads=[1, 1], strides=[stride])
            hidden = self._gelu(hidden)
        hidden = self.add("Transpose", hidden, perm=[0, 2, 1])
        zero, one = (self._constant(np.array([value], np.int64)) for value in (0, 1))
        count = self.add("Shape", hidden, start=1, end=2)
        positions = self._of("encoder.positional_embedding")
        return self.add("Add", hidden, self.add("Slice", positions, zero, count, zero, one))

    def block(self, hidden: str, name: str, *, heads: int) -> str:
        """A layer: attention, then two products, each beside what comes in."""
        before = self.norm(hidden, f"{name}.attn_ln")
        parts = ("query", "key", "value")
        asked = self._linear(before, *(f"{name}.attn.{part}" for part in parts))
        each = [f"{name}.{part}" for part in parts]
        self._nodes.append(helper.make_node("Split", [asked], each, axis=-1))
        heard = self.add("MultiHeadAttention", *each, domain=_FUSED, num_heads=heads)
        hidden = self.add("Add", hidden, self._linear(heard, f"{name}.attn.out"))
        before = self.norm(hidden, f"{name}.mlp_ln")
        inner = self._gelu(self._linear(before, f"{name}.mlp.0"))
        return self.add("Add", hidden, self._linear(inner, f"{name}.mlp.2"))

    def norm(self, hidden: str, name: str) -> str:
        """A layer's normalization."""
        weights = [self._of(f"{name}.{part}") for part in ("weight", "bias")]
        return self.add("LayerNormalization", hidden, *weights, axis=-1, epsilon=_EPSILON)

    def add(self, operator: str, *inputs: str, to: str = "", domain: str = "", **how: Any) -> str:
        """Add an operation; the name of its value is `to`, or made up."""
        to = to or f"{operator}.{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [to], domain=domain, **how))
        return to

    def _gelu(self, hidden: str) -> str:
        return self.add("Gelu", hidden, domain=_FUSED)

    def _linear(self, hidden: str, *names: str) -> str:
        """The product of one layer or of several side by side; a missing bias (the key's) is 0."""
        weights = np.concatenate([self._state[f"{name}.weight"] for name in names])
        biases = [
            self._state.get(f"{name}.bias", np.zeros(len(self._state[f"{name}.weight"])))
            for name in names
        ]
        columns = np.ascontiguousarray(weights.T, np.float32)
        make = self._by_int8 if self._is_int8 else self._by_float32
        bias = self._constant(np.concatenate(biases).astype(np.float32))
        return self.add("Add", make(hidden, columns), bias)

    def _by_float32(self, hidden: str, columns: Tensor) -> str:
        return self.add("MatMul", hidden, self._constant(columns))

    def _by_int8(self, hidden: str, columns: Tensor) -> str:
        scales = np.maximum(np.abs(columns).max(axis=0) / 127, _SMALLEST)
        quantized = np.round(columns / scales).astype(np.int8)
        held = (quantized, scales.astype(np.float32), np.zeros(len(scales), np.int8))
        ends = [self.add(f"Reduce{end}", hidden, axes=[-1], keepdims=1) for end in ("Max", "Min")]
        smallest = self._constant(np.array(_SMALLEST))
        largest = self.add("Max", ends[0], self.add("Neg", ends[1]), smallest)
        product = self.add(
            "DynamicQuantizeMatMul",
            self.add("Div", hidden, largest),
            *map(self._constant, held),
            domain=_FUSED,
        )
        return self.add("Mul", product, largest)

    def _of(self, name: str) -> str:
        """A tensor of the checkpoint, in float32."""
        return self._constant(np.asarray(self._state[name], np.float32))

    def _constant(self, array: Tensor) -> str:
        """Write numbers down; the name of their value."""
        name = f"constant.{len(self._tensors)}"
        offset = -(-self._numbers.tell() // _PAGE) * _PAGE
        self._numbers.seek(offset)
        self._numbers.write(np.ascontiguousarray(array).data)
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        tensor = onnx.TensorProto(name=name, dims=array.shape, data_type=kind)
        tensor.data_location = onnx.TensorProto.EXTERNAL
        where = {"location": _NUMBERS, "offset": str(offset), "length": str(array.nbytes)}
        for key, value in where.items():
            tensor.external_data.add(key=key, value=value)
        self._tensors.append(tensor)
        return name
