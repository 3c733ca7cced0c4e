"""The referee: the plan held against a trace of the real module and against torchinfo.

Everything here is measured on a module of its own, built on torch's meta device: shapes are
computed, weights and feature maps take no memory, and the module is dropped when the call returns.
That is why hooks, which have no place in a shared model, are all right here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from math import prod
from typing import Any, Final

import torch
import torchinfo
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.hooks import RemovableHandle
from torchinfo.layer_info import LayerInfo

from resnet_explorer.common.i18n import t
from resnet_explorer.model.resnet import ResNet, ZeroPadShortcut, build
from resnet_explorer.network.layers import Layer, LayerKind, Plan, Shape, shape_text
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec

META: Final = torch.device("meta")

KINDS: Final[dict[type[nn.Module], LayerKind]] = {
    nn.Conv2d: "conv",
    nn.BatchNorm2d: "norm",
    nn.ReLU: "relu",
    nn.MaxPool2d: "maxpool",
    ZeroPadShortcut: "zero_pad",
    nn.AdaptiveAvgPool2d: "avgpool",
    nn.Linear: "fc",
}

_ADDITIONS: Final = (torch.ops.aten.add.Tensor, torch.ops.aten.add_.Tensor)


@dataclass(frozen=True)
class TracedLayer:
    """A layer as it was called. Shapes are (C, H, W), or (features,) at the fully connected layer.

    Parameters are counted in the module's tensors; MACs are its weights times the pixels it put out.
    """

    name: str
    kind: LayerKind
    in_shape: Shape
    out_shape: Shape
    params: int
    macs: int


Counted = Layer | TracedLayer
"""A layer of the plan or of the trace: the fields of a `TracedLayer` are in both."""


@dataclass(frozen=True)
class Finding:
    """One figure, counted up to three ways. None: this counter does not see it."""

    figure: str
    plan: int | Shape
    trace: int | Shape
    torchinfo: int | Shape | None
    note: str = ""

    @property
    def agree(self) -> bool:
        """Whether all who counted came to the same."""
        return self.plan == self.trace and self.torchinfo in (None, self.plan)


@dataclass(frozen=True)
class Audit:
    """What plan, trace and torchinfo say of one network.

    Attributes:
        findings: the figures, one row each.
        first_difference: one sentence on the first layer in which plan and trace differ, or None.
        summary: torchinfo's own summary of the module, as text.
    """

    findings: tuple[Finding, ...]
    first_difference: str | None
    summary: str

    @property
    def agree(self) -> bool:
        """Whether every figure and every layer agrees."""
        return self.first_difference is None and all(finding.agree for finding in self.findings)


def trace(spec: ResNetSpec, input_size: tuple[int, int] = (224, 224)) -> tuple[TracedLayer, ...]:
    """Every layer of the real module in the order of the calls, the residual additions among them.

    Raises:
        ValueError: if the input is too small or too large, as `plan`.
    """
    model, image = on_meta(spec, input_size)
    with _recording(model) as layers, torch.no_grad():
        model(image)
    return tuple(layers)


def summarize(spec: ResNetSpec, input_size: tuple[int, int] = (224, 224)) -> torchinfo.ModelStatistics:
    """torchinfo's summary of the built module, for one image. `str()` of it is the text.

    Raises:
        ValueError: if the input is too small or too large, as `plan`.
    """
    model, image = on_meta(spec, input_size)
    return _summarize(model, image)


def compare(records: Plan) -> Audit:
    """Holds a plan against a trace of the module and against torchinfo.

    torchinfo counts its mult-adds by another convention: it adds the parameters of the norms, once,
    and the biases, once per pixel put out. So it is compared like with like: first the part that
    multiplies weights, then what it adds, then its own total.
    """
    height, width = records.input_shape[1:]
    model, image = on_meta(records.spec, (height, width))
    with _recording(model) as traced:
        summary = _summarize(model, image)  # runs the module once, for both
    # The summary goes out as text: the object would take the module along into a cache.
    return Audit(_findings(records, traced, summary), _first_difference(records.layers, traced), str(summary))


def on_meta(spec: ResNetSpec, input_size: tuple[int, int]) -> tuple[ResNet, Tensor]:
    """The module and one image without memory: shapes only.

    Raises:
        ValueError: if the input is too small or too large, as `plan`.
    """
    shape = plan(spec, input_size).input_shape
    with META:
        return build(spec).eval(), torch.empty(1, *shape)


@contextmanager
def _recording(model: nn.Module) -> Iterator[list[TracedLayer]]:
    """A list that fills with the layers of the model as they are called."""
    tracer = _Tracer()
    modules = [(name, module) for name, module in model.named_modules() if type(module) is not nn.Identity]
    handles = [handle for name, module in modules for handle in tracer.watch(name, module)]
    try:
        with tracer:
            yield tracer.layers
    finally:
        for handle in handles:
            handle.remove()


class _Tracer(TorchDispatchMode):
    """Writes down each leaf that is called and, below the modules, each addition of two tensors."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.layers: list[TracedLayer] = []
        self._running: list[str] = []

    def watch(self, name: str, module: nn.Module) -> list[RemovableHandle]:
        """Hooks a module, so that its calls are written down and additions know whose they are."""
        is_leaf = not any(module.children())

        def enter(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            self._running.append(name)

        def leave(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            self._running.pop()
            if is_leaf:
                self.layers.append(_traced(name, module, inputs[0], output))

        return [module.register_forward_pre_hook(enter), module.register_forward_hook(leave)]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = func(*args, **(kwargs or {}))
        if func in _ADDITIONS:
            # The shortcut's shape is what goes in, so that a broadcast would show as a difference.
            name = f"{self._running[-1]}.add"
            self.layers.append(TracedLayer(name, "add", _shape(args[1]), _shape(output), 0, 0))
        return output


def _traced(name: str, module: nn.Module, x: Tensor, output: Tensor) -> TracedLayer:
    params = sum(tensor.numel() for tensor in module.parameters())
    macs = 0
    if isinstance(module, nn.Conv2d | nn.Linear):
        macs = module.weight.numel() * _pixels(_shape(output))
    return TracedLayer(name, KINDS[type(module)], _shape(x), _shape(output), params, macs)


def _shape(x: Tensor) -> Shape:
    """The shape without the batch."""
    return tuple(x.shape[1:])


def _pixels(shape: Shape) -> int:
    """Places in which a layer's weights are used: 1 for the fully connected layer."""
    return prod(shape[1:])


def _summarize(model: nn.Module, image: Tensor) -> torchinfo.ModelStatistics:
    # Never cache_forward_pass: its key is the class name, and every network here is a ResNet.
    return torchinfo.summary(
        model,
        input_data=image,
        depth=4,
        col_names=("input_size", "output_size", "num_params", "mult_adds"),
        row_settings=("var_names",),
        cache_forward_pass=False,
        mode="eval",
        verbose=0,
    )


def _findings(
    records: Plan, traced: list[TracedLayer], summary: torchinfo.ModelStatistics
) -> tuple[Finding, ...]:
    leaves = [
        info
        for info in summary.summary_list
        if info.is_leaf_layer and not isinstance(info.module, nn.Identity)
    ]
    norms = sum(info.macs for info in leaves if isinstance(info.module, nn.BatchNorm2d))
    biases = sum(map(_torchinfo_bias_macs, leaves))
    total = summary.total_mult_adds
    in_plan, in_trace = _Counts(records.layers), _Counts(traced)
    return (
        Finding("layers", in_plan.layers, in_trace.layers, None, t("torchinfo sees modules only")),
        Finding(t("layers that are modules"), in_plan.modules, in_trace.modules, len(leaves)),
        Finding("parameters", in_plan.params, in_trace.params, summary.total_params),
        Finding("MACs", in_plan.macs, in_trace.macs, total - norms - biases, t("convolutions and fc")),
        Finding("+ norms", in_plan.norms, in_trace.norms, norms, t("torchinfo adds their parameters")),
        Finding("+ biases", in_plan.biases, in_trace.biases, biases, t("torchinfo adds them for each pixel")),
        Finding(
            "= torchinfo's mult-adds",
            in_plan.macs + in_plan.norms + in_plan.biases,
            in_trace.macs + in_trace.norms + in_trace.biases,
            total,
        ),
        Finding(
            t("output shape"),
            records.output_shape,
            traced[-1].out_shape,
            tuple(summary.summary_list[0].output_size[1:]),
        ),
    )


class _Counts:
    """The sums of a plan's or a trace's layers, and what torchinfo's convention would add."""

    def __init__(self, layers: Iterable[Counted]) -> None:
        layers = tuple(layers)
        weighted = [layer for layer in layers if layer.kind in ("conv", "fc")]
        self.layers = len(layers)
        self.modules = sum(layer.kind != "add" for layer in layers)
        self.params = sum(layer.params for layer in layers)
        self.macs = sum(layer.macs for layer in layers)
        self.norms = sum(layer.params for layer in layers if layer.kind == "norm")
        self.biases = sum(layer.params * _pixels(layer.out_shape) - layer.macs for layer in weighted)


def _torchinfo_bias_macs(info: LayerInfo) -> int:
    """What a layer's bias adds to torchinfo's mult-adds."""
    if not isinstance(info.module, nn.Conv2d | nn.Linear) or info.module.bias is None:
        return 0
    return info.module.bias.numel() * prod(info.output_size[2:])


def _first_difference(planned: Iterable[Counted], traced: Iterable[Counted]) -> str | None:
    for number, (layer, call) in enumerate(zip_longest(planned, traced), start=1):
        if layer is None or call is None:
            words = (
                t("Layer {number}, {name}, is in the trace and not in the plan.")
                if layer is None
                else t("Layer {number}, {name}, is in the plan and not in the trace.")
            )
            return words.format(number=number, name=(layer or call).name)
        if _facts(layer) != _facts(call):
            return t("Layer {number}: the plan has {layer}; the trace has {call}.").format(
                number=number, layer=_description(layer), call=_description(call)
            )
    return None


def _facts(layer: Counted) -> tuple[object, ...]:
    return (layer.name, layer.kind, layer.in_shape, layer.out_shape, layer.params, layer.macs)


def _description(layer: Counted) -> str:
    shapes = f"{shape_text(layer.in_shape)} → {shape_text(layer.out_shape)}"
    return t("{name} ({kind}), {shapes}, {params:,} parameters, {macs:,} MACs").format(
        name=layer.name, kind=layer.kind, shapes=shapes, params=layer.params, macs=layer.macs
    )
