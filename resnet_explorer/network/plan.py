"""The symbolic network, a record per layer; the arithmetic of its sizes (the floor) is in `window.py`.

The plan owns every number: shapes, parameters and MACs. It is plain Python, computed from a spec and an
input size without torch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from resnet_explorer.common.i18n import Phrase, msg, t
from resnet_explorer.network.layers import (
    HEAD,
    STEM,
    Block,
    Layer,
    LayerKind,
    Plan,
    Shape,
    ShortcutKind,
    Stage,
    section_name,
    shape_text,
    size_text,
)
from resnet_explorer.network.spec import EXPANSION, BlockKind, ResNetSpec, check_spec
from resnet_explorer.network.window import output_size

MAX_INPUT: Final = 4096


def plan(spec: ResNetSpec, input_size: tuple[int, int] = (224, 224)) -> Plan:
    """Draw up the network; a plan that was drawn before is kept.

    Args:
        spec: the network.
        input_size: height and width of the input in pixels.

    Raises:
        ValueError: if the input is too small, too large or no pair of whole numbers, or the network no spec.
    """
    check_spec(spec)
    check_input_size(input_size)  # before the cache, to which 224.0 is 224
    return _draw_up(spec, input_size)


@lru_cache(maxsize=64)  # ResNet-1202's has 1.6 MB
def _draw_up(spec: ResNetSpec, input_size: tuple[int, int]) -> Plan:
    stem = _stem(spec, (spec.in_channels, *input_size))
    stages: list[Stage] = []
    shape = stem.out_shape
    for index in range(len(spec.depths)):
        stages.append(_stage(spec, index, shape))
        shape = stages[-1].out_shape
    return Plan(spec, (spec.in_channels, *input_size), stem, tuple(stages), _head(spec, shape))


def plan_block(
    kind: BlockKind,
    in_shape: Shape,
    width: int,
    stride: int = 1,
    *,
    spec: ResNetSpec | None = None,
    inner_width: int | None = None,
    expansion: int | None = None,
    name: str = "block",
    stage: str = "block",
    first: bool = False,
) -> Block:
    """One block on its own, from the shape that enters it.

    Args:
        kind: "basic" or "bottleneck".
        in_shape: (C, H, W) of the input.
        width: channels of the block before expansion.
        stride: 1, or 2 to halve the size.
        spec: where groups, stride placement, activation, shortcut, norm and bias come from; a `ResNetSpec`'s
            defaults unless told.
        inner_width: channels of the 3×3 convolution of a bottleneck; the width unless told.
        expansion: output channels over the width of a bottleneck; the paper's 4 unless told.
        name: prefix of the names of its layers.
        stage: the stage it belongs to.
        first: whether it is the first block of a pre-activation network, which the stem activates.

    Raises:
        ValueError: if option A would have to pad to fewer channels, or a basic block to expand; if groups
            do not divide the channels, or the input is smaller than a window.
    """
    spec = spec or ResNetSpec(kind, (1,))
    if expansion is None:
        expansion = EXPANSION[kind]
    elif kind == "basic" and expansion != 1:
        raise ValueError(
            t("expansion is {expansion}; a basic block takes 1 only.").format(expansion=expansion)
        )
    out_channels = width * expansion
    shortcut, reason = _shortcut(spec, in_shape, out_channels, stride)
    draw = _LayerDrawer(spec, stage, name)
    if kind == "basic":
        convs = [(3, stride, width, spec.groups), (3, 1, width, spec.groups)]
    else:
        inner = inner_width or width
        first_stride, second_stride = (stride, 1) if spec.stride_in == "1x1" else (1, stride)
        convs = [(1, first_stride, inner, 1), (3, second_stride, inner, spec.groups), (1, 1, out_channels, 1)]
    if spec.activation == "post":
        layers, shape = _post_activation(draw, in_shape, convs)
    else:
        layers, shape = _pre_activation(draw, in_shape, convs, first)
    layers += _shortcut_layers(draw, shortcut, in_shape, out_channels, stride)
    if shortcut != "none":
        layers.append(draw.same("add", "add", shape))
    if spec.activation == "post":
        layers.append(draw.same(f"relu{len(convs)}", "relu", shape))
    preactivation = spec.activation == "pre"
    return Block(name, kind, stage, tuple(layers), in_shape, shape, shortcut, reason, preactivation)


@dataclass(frozen=True)
class _LayerDrawer:
    """Makes records with the stage and the block filled in."""

    spec: ResNetSpec
    stage: str
    block: str | None = None

    def conv(
        self,
        role: str,
        in_shape: Shape,
        channels: int,
        kernel: int,
        stride: int = 1,
        groups: int = 1,
        padding: int | None = None,
    ) -> Layer:
        if in_shape[0] % groups or channels % groups:
            raise ValueError(
                t(
                    "groups is {groups}, which does not divide {in_shape} → {channels} channels; a divisor "
                    "of both is allowed."
                ).format(groups=groups, in_shape=in_shape[0], channels=channels)
            )
        padding, bias = kernel // 2 if padding is None else padding, self.spec.conv_bias
        height, width = (output_size(size, kernel, stride, padding) for size in in_shape[1:])
        weights = channels * (in_shape[0] // groups) * kernel * kernel
        params, macs = weights + channels * bias, weights * height * width
        window = {"kernel": kernel, "stride": stride, "padding": padding, "groups": groups, "bias": bias}
        return self._layer(role, "conv", in_shape, (channels, height, width), params, macs, **window)

    def norm(self, role: str, shape: Shape) -> list[Layer]:
        """A batch norm: scale and shift per channel. An empty list in a network without."""
        if self.spec.norm == "none":
            return []
        return [self._layer(role, "norm", shape, shape, 2 * shape[0], 0)]

    def same(self, role: str, kind: LayerKind, shape: Shape) -> Layer:
        """A layer without weights that keeps the shape."""
        return self._layer(role, kind, shape, shape, 0, 0)

    def pool(self, role: str, shape: Shape) -> Layer:
        out = (shape[0], *(output_size(size, 3, 2, 1) for size in shape[1:]))
        return self._layer(role, "maxpool", shape, out, 0, 0, kernel=3, stride=2, padding=1)

    def zero_pad(self, role: str, shape: Shape, channels: int, stride: int) -> Layer:
        out = (channels, *(output_size(size, 1, stride, 0) for size in shape[1:]))
        before = (channels - shape[0]) // 2 if self.spec.zero_pad == "around" else 0
        return self._layer(role, "zero_pad", shape, out, 0, 0, stride=stride, zeros_before=before)

    def average(self, role: str, shape: Shape) -> Layer:
        return self._layer(role, "avgpool", shape, (shape[0], 1, 1), 0, 0)

    def linear(self, role: str, features: int, classes: int) -> Layer:
        params = features * classes + classes
        return self._layer(role, "fc", (features,), (classes,), params, features * classes, bias=True)

    def _layer(
        self, role: str, kind: LayerKind, in_shape: Shape, out: Shape, params: int, macs: int, **window: Any
    ) -> Layer:
        name = role if self.block is None else f"{self.block}.{role}"
        return Layer(name, kind, in_shape, out, params, macs, self.stage, self.block, **window)


Conv = tuple[int, int, int, int]
"""Kernel, stride, output channels and groups of a convolution in a block."""


def _post_activation(draw: _LayerDrawer, shape: Shape, convs: Iterable[Conv]) -> tuple[list[Layer], Shape]:
    """conv → norm → relu, the last relu left for after the addition (He et al. 2015, fig. 2)."""
    layers: list[Layer] = []
    for number, (kernel, stride, channels, groups) in enumerate(convs, start=1):
        if number > 1:
            layers.append(draw.same(f"relu{number - 1}", "relu", shape))
        layers.append(draw.conv(f"conv{number}", shape, channels, kernel, stride, groups))
        shape = layers[-1].out_shape
        layers += draw.norm(f"bn{number}", shape)
    return layers, shape


def _pre_activation(
    draw: _LayerDrawer, shape: Shape, convs: Iterable[Conv], first: bool
) -> tuple[list[Layer], Shape]:
    """norm → relu → conv (He et al. 2016, fig. 4e). The stem has activated the first block's input."""
    layers: list[Layer] = []
    for number, (kernel, stride, channels, groups) in enumerate(convs, start=1):
        if number > 1 or not first:
            layers += draw.norm(f"bn{number}", shape)
            layers.append(draw.same(f"relu{number}", "relu", shape))
        layers.append(draw.conv(f"conv{number}", shape, channels, kernel, stride, groups))
        shape = layers[-1].out_shape
    return layers, shape


def _shortcut(spec: ResNetSpec, shape: Shape, channels: int, stride: int) -> tuple[ShortcutKind, Phrase]:
    """Which shortcut a block has, and why, in the reader's words (He et al. 2015, section 3.3)."""
    if spec.shortcut == "none":
        return "none", Phrase(msg("plain network: no shortcut"))
    change = _change(shape, channels, stride)
    if spec.shortcut == "projection_all":
        return "projection", change or Phrase(msg("option C: every shortcut projects"))
    if not change:
        return "identity", Phrase.of(msg("input and output are both {shape}"), shape=shape_text(shape))
    if spec.shortcut == "projection":
        return "projection", change
    if channels < shape[0]:
        raise ValueError(
            t(
                'shortcut is "zero_pad", which adds channels of zeros and cannot turn {shape} channels '
                'into {channels}; "projection" can.'
            ).format(shape=shape[0], channels=channels)
        )
    return "zero_pad", change


def _change(shape: Shape, channels: int, stride: int) -> Phrase | None:
    """What a block changes, as "56 → 28, 64 → 128 channels", or None if nothing."""
    same = channels == shape[0]
    if stride == 1 and same:
        return None
    widened = Phrase.of(msg("{before} → {after} channels"), before=shape[0], after=channels)
    widen = Phrase(msg("same channels")) if same else widened
    if stride == 1:
        return Phrase.of(msg("{widen}, same size"), widen=widen)
    out = tuple(output_size(size, 1, stride, 0) for size in shape[1:])
    return Phrase.of(
        "{before} → {after}, {widen}", before=size_text(shape[1:]), after=size_text(out), widen=widen
    )


def _shortcut_layers(
    draw: _LayerDrawer, shortcut: ShortcutKind, shape: Shape, channels: int, stride: int
) -> list[Layer]:
    if shortcut == "zero_pad":
        return [draw.zero_pad("downsample", shape, channels, stride)]
    if shortcut != "projection":
        return []
    conv = draw.conv("downsample.0", shape, channels, 1, stride)
    # A pre-activation shortcut stays clean: its projection has no norm (He et al. 2016, section 4).
    normalized = draw.spec.projection_norm and draw.spec.activation == "post"
    norm = draw.norm("downsample.1", conv.out_shape) if normalized else []
    return [conv, *norm]


def _stem(spec: ResNetSpec, shape: Shape) -> Stage:
    draw = _LayerDrawer(spec, STEM)
    kernel, stride = (7, 2) if spec.stem == "imagenet" else (3, 1)
    conv = draw.conv("conv1", shape, spec.width, kernel, stride, padding=spec.stem_padding)
    layers = [conv, *draw.norm("bn1", conv.out_shape), draw.same("relu", "relu", conv.out_shape)]
    if spec.pools_stem:
        layers.append(draw.pool("maxpool", conv.out_shape))
    return _section(STEM, layers, shape)


def _stage(spec: ResNetSpec, index: int, shape: Shape) -> Stage:
    blocks: list[Block] = []
    for number in range(spec.depths[index]):
        block = plan_block(
            spec.block,
            shape,
            spec.stage_width(index),
            stride=2 if index > 0 and number == 0 else 1,
            spec=spec,
            inner_width=spec.inner_width(index),
            name=f"layer{index + 1}.{number}",
            stage=section_name(index + 1),
            first=index == 0 and number == 0,
        )
        blocks.append(block)
        shape = block.out_shape
    layers = tuple(layer for block in blocks for layer in block.layers)
    return Stage(section_name(index + 1), tuple(blocks), layers, blocks[0].in_shape, shape)


def _head(spec: ResNetSpec, shape: Shape) -> Stage:
    draw = _LayerDrawer(spec, HEAD)
    layers: list[Layer] = []
    if spec.activation == "pre":
        # The last unit is followed by an extra activation (He et al. 2016, section 4).
        layers += [*draw.norm("bn_last", shape), draw.same("relu_last", "relu", shape)]
    if spec.include_top:
        layers += [draw.average("avgpool", shape), draw.linear("fc", shape[0], spec.num_classes)]
    return _section(HEAD, layers, shape)


def _section(name: str, layers: list[Layer], shape: Shape) -> Stage:
    return Stage(name, (), tuple(layers), shape, layers[-1].out_shape if layers else shape)


def check_input_size(input_size: tuple[int, int]) -> None:
    """Refuse what is no size of an input.

    Raises:
        ValueError: with the sizes that are allowed.
    """
    pair = isinstance(input_size, tuple) and len(input_size) == 2
    if not pair or not all(isinstance(n, int) and 1 <= n <= MAX_INPUT for n in input_size):
        raise ValueError(
            t(
                "input_size is {input_size!r}; two whole numbers from 1 to {max_input} are allowed "
                "(height and width in pixels)."
            ).format(input_size=input_size, max_input=MAX_INPUT)
        )
