"""Any depth on demand: from a number of layers to a network, by the field's rules.

A network of b basic blocks has 2·b + 2 layers, one of b bottlenecks 3·b + 2: the two are the stem's
convolution and the fully connected layer. A number of layers that no network has gets the closest
that one has, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final, get_args

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import is_whole
from resnet_explorer.network.spec import CONVS_PER_BLOCK, MAX_BLOCKS, BlockKind, ResNetSpec, Shortcut, Stem

Depths = tuple[int, ...]

PUBLISHED: Final[dict[int, BlockKind]] = {
    18: "basic",
    34: "basic",
    50: "bottleneck",
    101: "bottleneck",
    152: "bottleneck",
    200: "bottleneck",
    269: "bottleneck",
}
"""The ImageNet networks of the papers: He et al. 2015 (table 1), He et al. 2016 (200 layers), and
ResNet-269, which ResNeSt (Zhang et al. 2020) has too."""

SPREADS: Final[tuple[Depths, ...]] = (
    (1, 1, 1, 1),
    (2, 2, 2, 2),  # 18
    (3, 4, 6, 3),  # 34 and 50
    (3, 4, 23, 3),  # 101
    (3, 8, 36, 3),  # 152
    (3, 24, 36, 3),  # 200
    (3, 30, 48, 8),  # 269
    (3, 30, MAX_BLOCKS, 8),  # beyond, stage 3 grows
)
"""How blocks are spread over four stages, by their number; between two rows by interpolation."""

DEEP: Final = 50
"""From this many layers on the paper uses bottlenecks (He et al. 2015, section 4.1)."""

_COUNT_WORDS: Final = {2: msg("two"), 3: msg("three"), 6: msg("six"), 9: msg("nine")}
_BLOCK_WORDS: Final = {"basic": msg("basic blocks"), "bottleneck": msg("bottlenecks")}


@dataclass(frozen=True)
class DepthChoice:
    """The network for a number of layers.

    Attributes:
        spec: the network.
        depth: its number of layers.
        exact: whether that is the number that was asked for.
        reason: one sentence: how the number comes about, or why another is shown.
    """

    spec: ResNetSpec
    depth: int
    exact: bool
    reason: str


def choose_depth(n: int, block: BlockKind | None = None, stem: Stem = "imagenet") -> DepthChoice:
    """The network of n layers, or the closest that exists; of two as close, the smaller.

    Args:
        n: layers with weights on the longest path, as the paper counts.
        block: "basic" or "bottleneck"; None takes what was published for n, else what the papers do:
            on ImageNet basic blocks below 50 layers and bottlenecks from there on, on CIFAR basic
            blocks unless only bottlenecks give n.
        stem: "imagenet" (four stages) or "cifar" (three equal stages of width 16: He et al. 2015,
            section 4.2).

    Raises:
        ValueError: if n is no whole number above zero, or block or stem is no such thing.
    """
    if not is_whole(n) or n < 1:
        raise ValueError(t("The number of layers is {n!r}; a whole number from 1 up is needed.").format(n=n))
    if stem not in get_args(Stem):
        raise ValueError(t('stem is {stem!r}; allowed are "imagenet" or "cifar".').format(stem=stem))
    if block is not None and block not in get_args(BlockKind):
        raise ValueError(t('block is {block!r}; allowed are "basic" or "bottleneck".').format(block=block))
    kind = block or _default_block(n, stem)
    step = _step(kind, stem)
    fewest, most = _range(stem)
    count = min(max(_nearest(n - 2, step), fewest), most)
    spec = _cifar_net(kind, count) if stem == "cifar" else ResNetSpec(kind, spread(count))
    if spec.depth == n:
        return DepthChoice(spec, n, True, _why_exact(spec))
    return DepthChoice(spec, spec.depth, False, _why_another(n, spec, fewest * step + 2, most * step + 2))


def spread(blocks: int) -> Depths:
    """Blocks in each of four stages, interpolated between the published networks.

    Stages share what the division leaves over by largest remainder, so that the sum is exact.

    Raises:
        ValueError: if there is no row of `SPREADS` below or above that number.
    """
    for below, above in pairwise(SPREADS):
        if sum(below) <= blocks <= sum(above):
            return _between(below, above, blocks)
    raise ValueError(
        t("blocks is {blocks!r}; {fewest} to {most} are allowed.").format(
            blocks=blocks, fewest=sum(SPREADS[0]), most=sum(SPREADS[-1])
        )
    )


def _between(below: Depths, above: Depths, blocks: int) -> Depths:
    way = Fraction(blocks - sum(below), sum(above) - sum(below))
    shares = [low + way * (high - low) for low, high in zip(below, above, strict=True)]
    depths = [int(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda stage: depths[stage] - shares[stage])
    for stage in by_remainder[: blocks - sum(depths)]:
        depths[stage] += 1
    return tuple(depths)


def _default_block(n: int, stem: Stem) -> BlockKind:
    if stem == "cifar":
        only_bottlenecks = (n - 2) % 6 != 0 and (n - 2) % 9 == 0
        return "bottleneck" if only_bottlenecks else "basic"
    return PUBLISHED.get(n, "bottleneck" if n >= DEEP else "basic")


def _step(kind: BlockKind, stem: Stem) -> int:
    """Layers that one more block adds; on CIFAR every stage gets one more."""
    return CONVS_PER_BLOCK[kind] * (3 if stem == "cifar" else 1)


def _range(stem: Stem) -> tuple[int, int]:
    """The fewest and the most blocks: of four stages together, or of each of three on CIFAR."""
    if stem == "cifar":
        return 1, MAX_BLOCKS
    return sum(SPREADS[0]), sum(SPREADS[-1])


def _cifar_net(kind: BlockKind, n: int) -> ResNetSpec:
    """Basic blocks with option A, as the paper has them; bottlenecks with projections."""
    shortcut: Shortcut = "zero_pad" if kind == "basic" else "projection"
    return ResNetSpec(kind, (n, n, n), width=16, stem="cifar", num_classes=10, shortcut=shortcut)


def _nearest(layers: int, step: int) -> int:
    """How many steps come closest to so many layers; of two as close, the fewer."""
    whole, rest = divmod(layers, step)
    return whole + (2 * rest > step)


def _formula(spec: ResNetSpec) -> str:
    """ "2 × blocks + 2", or "6n + 2" for three stages of n blocks."""
    step = _step(spec.block, spec.stem)
    return f"{step}n + 2" if spec.stem == "cifar" else t("{step} × blocks + 2").format(step=step)


def _why_exact(spec: ResNetSpec) -> str:
    depth, words = spec.depth, t(_BLOCK_WORDS[spec.block])
    if spec.stem == "cifar":
        step = _step(spec.block, spec.stem)
        return t("{depth} = {step} × {depths} + 2: three stages of {depths} {words}.").format(
            depth=depth, step=step, depths=spec.depths[0], words=words
        )
    per_stage = "-".join(map(str, spec.depths))
    if PUBLISHED.get(depth) == spec.block:
        return t("{depth} layers as published: {words}, {per_stage}.").format(
            depth=depth, words=words, per_stage=per_stage
        )
    convs, blocks = CONVS_PER_BLOCK[spec.block], sum(spec.depths)
    return t(
        "{depth} = {convs} × {blocks} + 2: {words}, {per_stage}, spread over the stages as in "
        "the published networks."
    ).format(depth=depth, convs=convs, blocks=blocks, words=words, per_stage=per_stage)


def _why_another(n: int, spec: ResNetSpec, shallowest: int, deepest: int) -> str:
    words, step = t(_BLOCK_WORDS[spec.block]), _step(spec.block, spec.stem)
    if n < shallowest:
        return t(
            "{shallowest} layers are the fewest with {words}, one block in each stage: {shallowest} "
            "are shown instead of {n}."
        ).format(shallowest=shallowest, words=words, n=n)
    if n > deepest:
        return t(
            "{deepest:,} layers are the most that this rule builds with {words}, and are shown instead "
            "of {n:,}."
        ).format(deepest=deepest, words=words, n=n)
    below = n - (n - 2) % step
    return t(
        "{n} layers do not exist with {words}, which come in steps of {step} ({formula}): the closest are "
        "{below} and {above}; {depth} is shown."
    ).format(
        n=n,
        words=words,
        step=t(_COUNT_WORDS[step]),
        formula=_formula(spec),
        below=below,
        above=below + step,
        depth=spec.depth,
    )
