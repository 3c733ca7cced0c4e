"""A network as ONNX, written node by node from the plan, with the values of a state_dict.

torch's own exporter traces the module, which takes 10 s for ResNet-110 and over ten minutes for
ResNet-1202, and names nodes by number. The plan has every layer in the order of the calls: each
becomes a node under torchvision's name, in milliseconds. A test holds the file against the module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bytes_text
from resnet_explorer.network.layers import Block, Layer, Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec, title
from resnet_explorer.network.spec_code import encode_spec
from resnet_explorer.network.table_rows import BYTES_PER_NUMBER
from resnet_explorer.weights.description import Weights, to_metadata
from resnet_explorer.weights.recognition.infer_spec import COUNTER

if TYPE_CHECKING:
    import onnx

    from resnet_explorer.weights.tensors import State

MAX_BYTES: Final = 512 * 2**20
"""Of a file: as large as a file that is read here may be, and far below the 2 GB of the format."""

OPSET: Final = 17
IR_VERSION: Final = 8
"""Of 2022: what every runtime in use reads, and all that is needed."""

EPSILON: Final = 1e-5
"""What torch's nn.BatchNorm2d adds to a variance."""

_TO_THE_END: Final = 2**63 - 1


def check_size(spec: ResNetSpec) -> None:
    """Refuse a network that is too large for a file.

    Raises:
        ValueError: in one sentence, with its size.
    """
    size = BYTES_PER_NUMBER * plan(spec, spec.natural_size).params
    if size > MAX_BYTES:
        raise ValueError(
            t(
                "As ONNX this network would be a file of {size}, and up to {max_bytes} are written; "
                "model.py builds it all the same."
            ).format(size=bytes_text(size), max_bytes=bytes_text(MAX_BYTES))
        )


def onnx_file(spec: ResNetSpec, state: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> bytes:
    """The ONNX file of a network: any batch, height and width; the output is "logits" or "features".

    Args:
        spec: the network.
        state: its values by torchvision's names, as arrays or tensors of float32.
        metadata: what to say of it beside its spec, text by name.

    Raises:
        ValueError: if it would be too large.
    """
    import onnx

    check_size(spec)
    p = plan(spec, spec.natural_size)
    graph = _Graph(state)
    last = graph.network(p)
    output = "logits" if spec.include_top else "features"
    graph.node("Identity", output, [last], output)
    batch_and_size = ("batch", spec.in_channels, "height", "width")
    out_shape = ("batch", spec.num_classes) if spec.include_top else ("batch", p.output_shape[0], None, None)
    value = onnx.helper.make_tensor_value_info
    model = onnx.helper.make_model(
        onnx.helper.make_graph(
            graph.nodes,
            encode_spec(spec),
            [value("image", onnx.TensorProto.FLOAT, batch_and_size)],
            [value(output, onnx.TensorProto.FLOAT, out_shape)],
            graph.values,
        ),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="ResNet Explorer",
        doc_string=title(spec),
    )
    onnx.helper.set_model_props(model, dict(metadata or {}))
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def initial_onnx(spec: ResNetSpec, seed: int) -> bytes:
    """The ONNX file of a network as `torch.manual_seed(seed)` and `build(spec)` make it.

    Raises:
        ValueError: if it would be too large.
    """
    from resnet_explorer.model.resnet import build_seeded

    check_size(spec)  # before anything is built
    return onnx_file(spec, build_seeded(spec, seed).state_dict())


def trained_onnx(weights: Weights, state: State) -> bytes:
    """The ONNX file of a trained network, which puts out the module's logits in evaluation mode.

    Its metadata has what a safetensors file of this library has: label, spec, classes, preprocessing.

    Args:
        weights: what the network is.
        state: its values by torchvision's names; those of float16 become float32.

    Raises:
        ValueError: if it would be too large.
    """
    check_size(weights.spec)
    values = {
        name: tensor.detach().cpu().float() for name, tensor in state.items() if not name.endswith(COUNTER)
    }
    return onnx_file(weights.spec, values, to_metadata(weights))


class _Graph:
    """Nodes and values, as they come. What a node gives has the node's name."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self.state = state
        self.nodes: list[onnx.NodeProto] = []
        self.values: list[onnx.TensorProto] = []

    def network(self, p: Plan) -> str:
        x = "image"
        for section in p.sections:
            for part in section.blocks or section.layers:
                x = self.block(part, x) if isinstance(part, Block) else self.layer(part, x)
        return x

    def block(self, block: Block, x: str) -> str:
        y = shortcut = x
        for layer in block.layers:
            if layer.role.startswith("downsample"):
                shortcut = self.layer(layer, shortcut)
            elif layer.kind == "add":
                y = self.node("Add", layer.name, [y, shortcut])
            else:
                y = self.layer(layer, y)
                if block.preactivation and block.shortcut == "projection" and layer.role == "relu1":
                    shortcut = y  # the projection reads the activated input
        return y

    def layer(self, layer: Layer, x: str) -> str:
        name = layer.name
        match layer.kind:
            case "conv":
                values = ["weight", "bias"] if layer.bias else ["weight"]
                return self.node(
                    "Conv", name, [x, *self.kept(name, values)], group=layer.groups, **_window(layer)
                )
            case "norm":
                values = ["weight", "bias", "running_mean", "running_var"]
                return self.node("BatchNormalization", name, [x, *self.kept(name, values)], epsilon=EPSILON)
            case "relu":
                return self.node("Relu", name, [x])
            case "maxpool":
                return self.node("MaxPool", name, [x], **_window(layer))
            case "avgpool":
                return self.node("GlobalAveragePool", name, [x])
            case "fc":
                flat = self.node("Flatten", f"{name}.flatten", [x])
                return self.node("Gemm", name, [flat, *self.kept(name, ["weight", "bias"])], transB=1)
            case "zero_pad":
                return self.zero_pad(layer, x)
            case "add":
                raise ValueError(t("{name} is an addition, which has two inputs.").format(name=name))

    def zero_pad(self, layer: Layer, x: str) -> str:
        """Option A: every `stride`-th pixel, and channels of zeros before and behind."""
        slices = {"starts": [0, 0], "ends": [_TO_THE_END] * 2, "axes": [2, 3], "steps": [layer.stride] * 2}
        x = self.node(
            "Slice", f"{layer.name}.slice", [x, *(self.whole(layer, *item) for item in slices.items())]
        )
        extra = layer.out_shape[0] - layer.in_shape[0]
        before = layer.zeros_before
        pads = [0, before, 0, 0, 0, extra - before, 0, 0]  # the beginnings of all axes, then their ends
        return self.node("Pad", layer.name, [x, self.whole(layer, "pads", pads)])

    def node(self, kind: str, name: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        import onnx

        output = output or f"{name}.out"
        self.nodes.append(onnx.helper.make_node(kind, inputs, [output], name, **attributes))
        return output

    def kept(self, layer: str, names: list[str]) -> list[str]:
        """Values of the state_dict, under their names there."""
        import onnx

        full = [f"{layer}.{name}" for name in names]
        self.values += [onnx.numpy_helper.from_array(np.asarray(self.state[name]), name) for name in full]
        return full

    def whole(self, layer: Layer, role: str, numbers: list[int]) -> str:
        import onnx

        name = f"{layer.name}.{role}"
        self.values.append(onnx.numpy_helper.from_array(np.array(numbers, np.int64), name))
        return name


def _window(layer: Layer) -> dict[str, Any]:
    return {
        "kernel_shape": [layer.kernel] * 2,
        "strides": [layer.stride] * 2,
        "pads": [layer.padding] * 4,
    }
