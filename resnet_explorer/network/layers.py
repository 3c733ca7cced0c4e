"""The records of a network, layer by layer; the arithmetic of their sizes (the floor) is in `window.py`.

Each layer has its shapes, parameters and MACs; layers make blocks, stages and a plan. `plan.py` computes
them, without torch; `model/resnet.py` builds its modules from them, and `model/audit.py` holds them
against a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from resnet_explorer.common.html_table import html_table
from resnet_explorer.common.i18n import Phrase, msg, t
from resnet_explorer.network.spec import BlockKind, ResNetSpec, title

Shape = tuple[int, ...]
"""(channels, height, width), or (features,) after the pooling. The batch is left out."""

LayerKind = Literal["conv", "norm", "relu", "maxpool", "zero_pad", "add", "avgpool", "fc"]
_KINDS: Final = (
    msg("conv"),
    msg("norm"),
    msg("relu"),
    msg("maxpool"),
    msg("zero_pad"),
    msg("avgpool"),
    msg("fc"),
)
"""They as they are shown, by `t`."""
ShortcutKind = Literal["identity", "projection", "zero_pad", "none"]

STEM: Final = "stem"
HEAD: Final = "head"


@dataclass(frozen=True)
class Layer:
    """One layer: what it is, what goes in, what comes out, what it costs.

    `name` is torchvision's ("layer1.0.conv1"; the ReLUs of a block are numbered, and its addition
    is "layer1.0.add"). Shapes are (C, H, W). `macs` counts multiply–accumulates of convolutions
    and the fully connected layer for one image; a bias adds parameters and no MACs. `zeros_before` are
    the channels of zeros that option A puts before those of its input; the others come behind.
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
    zeros_before: int = 0

    @property
    def role(self) -> str:
        """The name within its block: "conv1", "downsample.0"; or the whole name outside blocks."""
        return self.name if self.block is None else self.name.removeprefix(self.block + ".")

    @property
    def on_shortcut(self) -> bool:
        """Whether it stands on its block's shortcut, and not on the branch."""
        return self.role.startswith("downsample")


class _Sums:
    """What a group of layers costs together."""

    layers: tuple[Layer, ...]

    @property
    def _costs(self) -> str:
        return f"{self.params:,} parameters, {self.macs:,} MACs"

    @cached_property
    def params(self) -> int:
        """Parameters of all layers, a shortcut's among them."""
        return sum(layer.params for layer in self.layers)

    @cached_property
    def macs(self) -> int:
        """Multiply–accumulates of all layers for one image."""
        return sum(layer.macs for layer in self.layers)


@dataclass(frozen=True, repr=False)
class Block(_Sums):
    """A residual block: its layers in the order of their calls, and what its shortcut does."""

    name: str
    kind: BlockKind
    stage: str
    layers: tuple[Layer, ...]
    in_shape: Shape
    out_shape: Shape
    shortcut: ShortcutKind
    reason: Phrase
    preactivation: bool = False

    def __repr__(self) -> str:
        return (
            f"Block({self.name}, {self.kind}: {shapes_text(self)}, {self.shortcut} shortcut, {self._costs})"
        )

    @property
    def shortcut_reason(self) -> str:
        """Why it has this shortcut, in the reader's words."""
        return str(self.reason)

    def signature(self) -> tuple[object, ...]:
        """What two blocks share when one can stand for the other in a folded drawing."""
        return (self.in_shape, self.out_shape, self.shortcut, self.params, self.macs, len(self.layers))


@dataclass(frozen=True, repr=False)
class Stage(_Sums):
    """The stem, a stage of blocks, or the head. `layers` holds all layers, those of blocks too."""

    name: str
    blocks: tuple[Block, ...]
    layers: tuple[Layer, ...]
    in_shape: Shape
    out_shape: Shape

    def __repr__(self) -> str:
        return f"Stage({self.name}: {len(self.blocks)} blocks, {shapes_text(self)}, {self._costs})"


@dataclass(frozen=True, repr=False)
class Plan(_Sums):
    """A network that is drawn, counted and built from its records.

    `stages` are the residual stages; `stem` and `head` stand before and after them, and
    `sections` is all of them in order.
    """

    spec: ResNetSpec
    input_shape: Shape
    stem: Stage
    stages: tuple[Stage, ...]
    head: Stage

    def __repr__(self) -> str:
        size = shape_text(self.input_shape)
        return f"Plan({title(self.spec)}: {size} → {shape_text(self.output_shape)}, {self._costs})"

    def _repr_html_(self) -> str:
        """What a notebook shows: a line for the stem, each stage and the head, and the totals."""
        heads = (t("stage"), t("blocks"), t("output"), t("parameters"), t("MACs"))
        rows = [
            (
                part.name,
                str(len(part.blocks) or ""),
                shape_text(part.out_shape),
                f"{part.params:,}",
                f"{part.macs:,}",
            )
            for part in self.sections
        ]
        total = (title(self.spec), str(len(self.blocks)), "", f"{self.params:,}", f"{self.macs:,}")
        return html_table(rows, heads, foot=[total])

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
    def layers(self) -> tuple[Layer, ...]:  # type: ignore[override]
        """Every layer in the order of the calls."""
        return tuple(layer for section in self.sections for layer in section.layers)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every residual block, first to last."""
        return tuple(block for stage in self.stages for block in stage.blocks)

    @property
    def output_shape(self) -> Shape:
        """What comes out: (num_classes,), or a feature map without the top."""
        return self.layers[-1].out_shape


def section_name(number: int) -> str:
    """The name of stage `number` (1-based), or of the stem, which is 0."""
    return f"stage {number}" if number else STEM


def size_text(size: Iterable[int]) -> str:
    """Height and width as people say them: "56" for a square, "56 × 40" otherwise."""
    height, width = size
    return str(height) if height == width else f"{height} × {width}"


def shape_text(shape: Shape) -> str:
    """A shape as "64 × 56 × 56"."""
    return " × ".join(map(str, shape))


def shapes_text(part: Layer | Block | Stage) -> str:
    """What goes in and what comes out, as "64 × 56 × 56 → 128 × 28 × 28"."""
    return f"{shape_text(part.in_shape)} → {shape_text(part.out_shape)}"


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
