"""Two networks side by side: what every section is and costs in both, and how far apart they are.

All of it is summed from the records of two plans. `what_changed` says it in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from resnet_explorer.common.i18n import msg
from resnet_explorer.common.numbers import signed_text
from resnet_explorer.network.layers import HEAD, STEM, Layer, Plan, Shape, ShortcutKind, Stage, section_name
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec
from resnet_explorer.network.table_rows import activation_bytes

TOTAL: Final = msg("total")
SHORTCUT_KINDS: Final[tuple[ShortcutKind, ...]] = ("identity", "projection", "zero_pad", "none")


@dataclass(frozen=True)
class Side:
    """A section of one network, or the whole of it.

    Attributes:
        blocks: how many.
        shortcuts: blocks by the kind of their shortcut, as `shortcuts` counts them.
        params, macs: of all layers.
        memory: bytes of their outputs (`table_rows.activation_bytes`).
        out_shape: what comes out; None where the network has no such section.
        layers: in the order of the calls.
    """

    blocks: int = 0
    shortcuts: tuple[tuple[ShortcutKind, int], ...] = ()
    params: int = 0
    macs: int = 0
    memory: int = 0
    out_shape: Shape | None = None
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A number of network A and the same of network B."""

    a: int
    b: int

    @property
    def difference(self) -> int:
        """What B has more than A, below zero if it has less."""
        return self.b - self.a

    @property
    def ratio(self) -> float | None:
        """B over A; None where A has none."""
        return self.b / self.a if self.a else None


@dataclass(frozen=True)
class SectionPair:
    """The stem, a stage, the head or the whole, of both networks."""

    name: str
    a: Side
    b: Side

    @property
    def blocks(self) -> Pair:
        """Residual blocks."""
        return Pair(self.a.blocks, self.b.blocks)

    @property
    def params(self) -> Pair:
        """Parameters."""
        return Pair(self.a.params, self.b.params)

    @property
    def macs(self) -> Pair:
        """Multiply–accumulates for one image."""
        return Pair(self.a.macs, self.b.macs)

    @property
    def memory(self) -> Pair:
        """Bytes of all layers' outputs for one image."""
        return Pair(self.a.memory, self.b.memory)

    @property
    def differs(self) -> bool:
        """Whether any layer of the section differs, its place in the order included."""
        return self.a.layers != self.b.layers


@dataclass(frozen=True)
class Comparison:
    """Network A beside network B: their sections in the order of the data, and the whole."""

    a: Plan
    b: Plan
    sections: tuple[SectionPair, ...]
    total: SectionPair


def compare(a: Plan, b: Plan) -> Comparison:
    """Lay two networks side by side, section by section; a comparison made before is kept.

    A section that only one of them has stands beside an empty one.
    """
    return _compare(a.spec, a.input_size, b.spec, b.input_size)


@lru_cache(maxsize=64)
def _compare(
    spec: ResNetSpec, size: tuple[int, int], other: ResNetSpec, other_size: tuple[int, int]
) -> Comparison:
    a, b = plan(spec, size), plan(other, other_size)
    mine, others = ({section.name: section for section in p.sections} for p in (a, b))
    stages = [section_name(number + 1) for number in range(max(len(a.stages), len(b.stages)))]
    pairs = (
        SectionPair(name, _side(mine.get(name)), _side(others.get(name)))
        for name in (STEM, *stages, HEAD)
        if name in mine or name in others
    )
    return Comparison(a, b, tuple(pairs), SectionPair(TOTAL, _side(a), _side(b)))


def _side(part: Plan | Stage | None) -> Side:
    if part is None:
        return Side()
    return Side(
        len(part.blocks),
        shortcuts(part),
        part.params,
        part.macs,
        activation_bytes(part),
        part.output_shape if isinstance(part, Plan) else part.out_shape,
        part.layers,
    )


def shortcuts(part: Plan | Stage) -> tuple[tuple[ShortcutKind, int], ...]:
    """How many blocks have which kind of shortcut; kinds that do not occur are left out."""
    counted = Counter(block.shortcut for block in part.blocks)
    return tuple((kind, counted[kind]) for kind in SHORTCUT_KINDS if counted[kind])


@lru_cache
def neighbour(spec: ResNetSpec) -> str:
    """The preset to lay beside a network: of those that differ in the fewest fields, the next deeper.

    Where none is deeper, the nearest in depth.
    """

    def distance(name: str) -> tuple[int, bool, int]:
        other = beside(PRESETS[name], spec)
        fields = sum(getattr(spec, field) != getattr(other, field) for field in spec.__dataclass_fields__)
        return fields, other.depth <= spec.depth, abs(other.depth - spec.depth)

    return min((name for name, other in PRESETS.items() if beside(other, spec) != spec), key=distance)


def beside(other: ResNetSpec, spec: ResNetSpec) -> ResNetSpec:
    """A preset as it is laid beside a network: where both are made for photos, with as many classes."""
    made_for_photos = other.stem == spec.stem == "imagenet" and other.num_classes == ResNetSpec.num_classes
    return other.with_(num_classes=spec.num_classes) if made_for_photos else other


def percent_text(ratio: float) -> str:
    """How much more or less, as people say it: 1.0602 → "+6 %", 0.5 → "−50 %"."""
    percent = 100 * abs(ratio - 1)
    sign = "+" if ratio > 1 else "−" if ratio < 1 else ""
    return f"{sign}{percent:.0f} %" if percent >= 9.5 else f"{sign}{percent:.2g} %"


def ratio_text(pair: Pair) -> str:
    """B against A: "+74 %", from twice on "× 3.67", and from half down "÷ 20.5"; "" where one has none."""
    if not pair.a or not pair.b:
        return ""
    if 0.5 < pair.b / pair.a < 2:
        return percent_text(pair.b / pair.a)
    sign, ratio = ("×", pair.b / pair.a) if pair.b > pair.a else ("÷", pair.a / pair.b)
    return f"{sign} {ratio:,.0f}" if ratio >= 100 else f"{sign} {ratio:.3g}"


def change_text(pair: Pair, write: Callable[[int], str]) -> str:
    """What B has more or less, and its share: "+19.0 MB (+74 %)"; "" for no difference."""
    ratio = ratio_text(pair)
    return signed_text(pair.difference, write) + (f" ({ratio})" if ratio else "") if pair.difference else ""
