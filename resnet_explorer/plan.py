"""The symbolic network: one record per layer, with every shape, parameter and MAC.

The plan owns every number. It is plain Python, computed from a spec and an input size without
torch; `module.py` builds its layers from these records, and `audit.py` holds them against a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Literal

from resnet_explorer.spec import EXPANSION, BlockKind, ResNetSpec

Shape = tuple[int, ...]
"""(channels, height, width), or (features,) after the pooling. The batch is left out."""

LayerKind = Literal["conv", "norm", "relu", "maxpool", "zero_pad", "add", "avgpool", "fc"]
ShortcutKind = Literal["identity", "projection", "zero_pad", "none"]

STEM: Final = "stem"
HEAD: Final = "head"
MAX_INPUT: Final = 4096


@dataclass(frozen=True)
class Layer:
    """One layer: what it is, what goes in, what comes out, what it costs.

    `name` is torchvision's ("layer1.0.conv1"; the ReLUs of a block are numbered, and its addition
    is "layer1.0.add"). Shapes are (C, H, W). `macs` counts multiply–accumulates of convolutions
    and the fully connected layer for one image; a bias adds parameters and no MACs.
    """

    name: str
    kind: LayerKind
    in_shape: Shape
    out_shape: Shape
    params: int
    macs: int
    stage: str
    block: str | None = None
    kernel: int = 1
    stride: int = 1
    padding: int = 0
    groups: int = 1
    bias: bool = False

    @property
    def role(self) -> str:
        """The name within its block: "conv1", "downsample.0"; or the whole name outside blocks."""
        return self.name if self.block is None else self.name.removeprefix(self.block + ".")


class _Sums:
    """What a group of layers costs together."""

    layers: tuple[Layer, ...]

    @cached_property
    def params(self) -> int:
        """Parameters of all layers, a shortcut's among them."""
        return sum(layer.params for layer in self.layers)

    @cached_property
    def macs(self) -> int:
        """Multiply–accumulates of all layers for one image."""
        return sum(layer.macs for layer in self.layers)


@dataclass(frozen=True)
class Block(_Sums):
    """A residual block: its layers in the order of their calls, and what its shortcut does."""

    name: str
    kind: BlockKind
    stage: str
    layers: tuple[Layer, ...]
    in_shape: Shape
    out_shape: Shape
    shortcut: ShortcutKind
    shortcut_reason: str
    preactivation: bool = False

    def signature(self) -> tuple[object, ...]:
        """What two blocks share when one can stand for the other in a folded drawing."""
        return (self.in_shape, self.out_shape, self.shortcut, self.params, self.macs, len(self.layers))


@dataclass(frozen=True)
class Stage(_Sums):
    """The stem, a stage of blocks, or the head. `layers` holds all layers, those of blocks too."""

    name: str
    blocks: tuple[Block, ...]
    layers: tuple[Layer, ...]
    in_shape: Shape
    out_shape: Shape


@dataclass(frozen=True)
class Plan:
    """A network that is drawn, counted and built from its records.

    `stages` are the residual stages; `stem` and `head` stand before and after them, and
    `sections` is all of them in order.
    """

    spec: ResNetSpec
    input_shape: Shape
    stem: Stage
    stages: tuple[Stage, ...]
    head: Stage

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the image."""
        _, height, width = self.input_shape
        return height, width

    @property
    def sections(self) -> tuple[Stage, ...]:
        """Stem, stages and head in the order of the data; the head only if it has layers."""
        return (self.stem, *self.stages, *([self.head] if self.head.layers else []))

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer in the order of the calls."""
        return tuple(layer for section in self.sections for layer in section.layers)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every residual block, first to last."""
        return tuple(block for stage in self.stages for block in stage.blocks)

    @cached_property
    def params(self) -> int:
        """Trainable parameters of the whole network."""
        return sum(section.params for section in self.sections)

    @cached_property
    def macs(self) -> int:
        """Multiply–accumulates of the whole network for one image, as torchvision's `_ops`."""
        return sum(section.macs for section in self.sections)

    @property
    def output_shape(self) -> Shape:
        """What comes out: (num_classes,), or a feature map without the top."""
        return self.layers[-1].out_shape


def plan(spec: ResNetSpec, input_size: tuple[int, int] = (224, 224)) -> Plan:
    """Draw up the network; a plan that was drawn before is kept.

    Args:
        spec: the network.
        input_size: height and width of the input in pixels.

    Raises:
        ValueError: if the input is too small, too large or no pair of whole numbers.
    """
    _check_input(input_size)  # before the cache, to which 224.0 is 224
    return _kept(spec, input_size)


def _draw_up(spec: ResNetSpec, input_size: tuple[int, int]) -> Plan:
    stem = _stem(spec, (spec.in_channels, *input_size))
    stages: list[Stage] = []
    shape = stem.out_shape
    for index in range(len(spec.depths)):
        stages.append(_stage(spec, index, shape))
        shape = stages[-1].out_shape
    return Plan(spec, (spec.in_channels, *input_size), stem, tuple(stages), _head(spec, shape))


_kept = lru_cache(maxsize=256)(_draw_up)


def output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """Pixels that a window leaves of `size` pixels: floor((size + 2·padding − kernel) / stride) + 1.

    Raises:
        ValueError: if the padded input is smaller than the window.
    """
    if size + 2 * padding < kernel:
        raise ValueError(
            f"input_size leaves {size} pixels here, too few for a {kernel}×{kernel} window with padding "
            f"{padding}; at least {max(1, kernel - 2 * padding)} are needed."
        )
    return (size + 2 * padding - kernel) // stride + 1


def unread_pixels(size: int, kernel: int, stride: int, padding: int) -> int:
    """Padded columns at the far edge that no window reads, because the division is floored."""
    return (size + 2 * padding - kernel) % stride


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
        spec: where groups, stride placement, activation, shortcut, norm and bias come from.
        inner_width: channels of the 3×3 convolution of a bottleneck; the width unless told.
        expansion: output channels over the width of a bottleneck; the paper's 4 unless told.
        name: prefix of the names of its layers.
        stage: the stage it belongs to.
        first: whether it is the first block of a pre-activation network, which the stem activates.

    Raises:
        ValueError: if option A would have to pad to fewer channels, or a basic block to expand.
    """
    spec = spec or ResNetSpec(kind, (1,))
    if expansion is None:
        expansion = EXPANSION[kind]
    elif kind == "basic" and expansion != 1:
        raise ValueError(f"expansion is {expansion}; a basic block takes 1 only.")
    out_channels = width * expansion
    shortcut, reason = _shortcut(spec, in_shape, out_channels, stride)
    draw = _LayerDrawer(spec, stage, name)
    if kind == "basic":
        convs = [(3, stride, width, spec.groups), (3, 1, width, spec.groups)]
    else:
        inner = inner_width or width
        first_stride, second_stride = (stride, 1) if spec.stride_in == "1x1" else (1, stride)
        convs = [
            (1, first_stride, inner, 1),
            (3, second_stride, inner, spec.groups),
            (1, 1, out_channels, 1),
        ]
    if spec.activation == "post":
        layers, shape = _post_activation(draw, in_shape, convs)
    else:
        layers, shape = _pre_activation(draw, in_shape, convs, first)
    layers += _shortcut_layers(draw, shortcut, in_shape, out_channels, stride)
    if shortcut != "none":
        layers.append(draw.same("add", "add", shape))
    if spec.activation == "post":
        layers.append(draw.same(f"relu{len(convs)}", "relu", shape))
    return Block(
        name,
        kind,
        stage,
        tuple(layers),
        in_shape,
        shape,
        shortcut,
        reason,
        spec.activation == "pre",
    )


@dataclass(frozen=True)
class _LayerDrawer:
    """Makes records with the stage and the block filled in."""

    spec: ResNetSpec
    stage: str
    block: str | None = None

    def conv(
        self, role: str, in_shape: Shape, channels: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> Layer:
        if in_shape[0] % groups or channels % groups:
            raise ValueError(
                f"groups is {groups}, which does not divide {in_shape[0]} → {channels} channels; "
                "a divisor of both is allowed."
            )
        padding = kernel // 2
        bias = self.spec.conv_bias
        height, width = in_shape[1:]
        out = (
            channels,
            output_size(height, kernel, stride, padding),
            output_size(width, kernel, stride, padding),
        )
        weights = channels * (in_shape[0] // groups) * kernel * kernel
        return self._layer(
            role,
            "conv",
            in_shape,
            out,
            weights + channels * bias,
            weights * out[1] * out[2],
            kernel=kernel,
            stride=stride,
            padding=padding,
            groups=groups,
            bias=bias,
        )

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
        return self._layer(role, "zero_pad", shape, out, 0, 0, stride=stride)

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


def _shortcut(spec: ResNetSpec, shape: Shape, channels: int, stride: int) -> tuple[ShortcutKind, str]:
    """Which shortcut a block has, and why, in the reader's words (He et al. 2015, section 3.3)."""
    if spec.shortcut == "none":
        return "none", "plain network: no shortcut"
    change = _change(shape, channels, stride)
    if spec.shortcut == "projection_all":
        return "projection", change or "option C: every shortcut projects"
    if not change:
        return "identity", f"input and output are both {shape_text(shape)}"
    if spec.shortcut == "projection":
        return "projection", change
    if channels < shape[0]:
        raise ValueError(
            f'shortcut is "zero_pad", which adds channels of zeros and cannot turn {shape[0]} channels '
            f'into {channels}; "projection" can.'
        )
    return "zero_pad", change


def _change(shape: Shape, channels: int, stride: int) -> str:
    """What a block changes, as "56 → 28, 64 → 128 channels", or "" if nothing."""
    widen = f"{shape[0]} → {channels} channels" if channels != shape[0] else "same channels"
    if stride == 1:
        return "" if channels == shape[0] else f"{widen}, same size"
    out = tuple(output_size(size, 1, stride, 0) for size in shape[1:])
    return f"{size_text(shape[1:])} → {size_text(out)}, {widen}"


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
    conv = draw.conv("conv1", shape, spec.width, kernel, stride)
    layers = [conv, *draw.norm("bn1", conv.out_shape), draw.same("relu", "relu", conv.out_shape)]
    if spec.stem == "imagenet":
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
            stage=stage_name(index),
            first=index == 0 and number == 0,
        )
        blocks.append(block)
        shape = block.out_shape
    layers = tuple(layer for block in blocks for layer in block.layers)
    return Stage(stage_name(index), tuple(blocks), layers, blocks[0].in_shape, shape)


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


def stage_name(index: int) -> str:
    """The name of the stage `index` (0-based): "stage 1" and so on."""
    return f"stage {index + 1}"


def section_name(number: int) -> str:
    """The name of stage `number` (1-based), or of the stem, which is 0."""
    return stage_name(number - 1) if number else "stem"


def size_text(size: Iterable[int]) -> str:
    """Height and width as people say them: "56" for a square, "56 × 40" otherwise."""
    height, width = size
    return str(height) if height == width else f"{height} × {width}"


def shape_text(shape: Shape) -> str:
    """A shape as "64 × 56 × 56"."""
    return " × ".join(map(str, shape))


def folded(blocks: Iterable[Block]) -> Iterator[tuple[Block, ...]]:
    """Runs of neighbouring blocks that are the same but for their names."""
    run: list[Block] = []
    for block in blocks:
        if run and run[-1].signature() != block.signature():
            yield tuple(run)
            run = []
        run.append(block)
    if run:
        yield tuple(run)


def _check_input(input_size: tuple[int, int]) -> None:
    pair = isinstance(input_size, tuple) and len(input_size) == 2
    if not pair or not all(isinstance(n, int) and 1 <= n <= MAX_INPUT for n in input_size):
        raise ValueError(
            f"input_size is {input_size!r}; two whole numbers from 1 to {MAX_INPUT} are allowed "
            "(height and width in pixels)."
        )
