"""One block of one's own, and the tensor that is put through it: chosen, checked, explained.

Nothing is run here and torch is not needed: `run.py` runs what is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Final, Literal

from resnet_explorer.common.i18n import Phrase, msg, nt, t
from resnet_explorer.common.numbers import check_whole
from resnet_explorer.network.layers import Block
from resnet_explorer.network.plan import plan_block
from resnet_explorer.network.spec import Activation, BlockKind, ResNetSpec
from resnet_explorer.network.spec import Shortcut as Option

Shortcut = Literal["needed", "always", "zeros", "never"]
"""A 1×1 where shapes differ (option B), at every shortcut (C), zeros instead (A), or x as it is."""

_OPTIONS: Final[Mapping[str, Option]] = {
    "needed": "projection",
    "always": "projection_all",
    "zeros": "zero_pad",
    "never": "projection",
}
DIMENSIONS: Final = (msg("images"), msg("channels"), msg("rows"), msg("columns"))
"""What the four dimensions of a batch of feature maps count, in their order."""

EXPANSIONS: Final = (1, 2, 4, 8)
LARGEST: Final = {"batch": 64, "in_channels": 2048, "out_channels": 2048, "height": 112, "width": 112}
MOST_NUMBERS: Final = 1_000_000
"""In any map of the block."""
MOST_WEIGHTS: Final = 5_000_000
MOST_MACS: Final = 300_000_000
"""For the whole batch; with the bounds above, a block answers within a second on two cores."""


@dataclass(frozen=True)
class BlockChoice:
    """A block, and the shape of the random tensor that enters it.

    Attributes:
        kind: "basic" or "bottleneck".
        in_channels: channels of x.
        out_channels: channels of the result.
        stride: 1, or 2 to halve height and width.
        bias: whether convolutions have a bias.
        expansion: a bottleneck's output channels over those of its 3×3; a basic block has none.
        activation: "post" (He et al. 2015) or "pre" (He et al. 2016).
        shortcut: what brings x to the shape of the branch.
        batch: images in x.
        height: rows of x.
        width: columns of x.
        seed: of the weights and of x.
    """

    kind: BlockKind = "basic"
    in_channels: int = 3
    out_channels: int = 6
    stride: int = 2
    bias: bool = True
    expansion: int = 4
    activation: Activation = "post"
    shortcut: Shortcut = "needed"
    batch: int = 4
    height: int = 6
    width: int = 6
    seed: int = 0

    @property
    def input_shape(self) -> tuple[int, int, int, int]:
        """The shape of x: (images, channels, rows, columns)."""
        return self.batch, self.in_channels, self.height, self.width


BLOCK_PRESETS: Final[Mapping[str, BlockChoice]] = {
    "d2l_same": BlockChoice(out_channels=3, stride=1),
    "d2l_half": BlockChoice(),
    "he_basic": BlockChoice("basic", 64, 64, 1, bias=False, batch=1, height=56, width=56),
    "he_bottleneck": BlockChoice("bottleneck", 256, 256, 1, bias=False, batch=1, height=56, width=56),
    "preact": BlockChoice("basic", 64, 64, 1, False, activation="pre", batch=1, height=56, width=56),
}
"""Blocks of d2l, section 8.6.2, and of He et al. 2015, fig. 5, and 2016, fig. 4e."""


def tensor_text(shape: Iterable[int]) -> str:
    """A tensor's shape as PyTorch prints it: "(4, 3, 6, 6)"."""
    return f"({', '.join(map(str, shape))})"


def block_record(choice: BlockChoice) -> Block:
    """The plan of the chosen block.

    Without a 1×1 its shortcut is the identity even where that cannot be added.

    Raises:
        ValueError: in one sentence, if there is no such block, or if it would take too long to run.
    """
    _check_numbers(choice)
    if choice.shortcut == "zeros" and choice.out_channels < choice.in_channels:
        raise ValueError(
            t(
                "Zeros can fill up channels, and not take any away: {in_channels} cannot become "
                "{out_channels}. A 1×1 can do that."
            ).format(in_channels=choice.in_channels, out_channels=choice.out_channels)
        )
    spec = ResNetSpec(
        choice.kind,
        (1,),
        activation=choice.activation,
        shortcut=_OPTIONS[choice.shortcut],
        conv_bias=choice.bias,
    )
    expansion = choice.expansion if choice.kind == "bottleneck" else 1
    block = plan_block(
        choice.kind,
        choice.input_shape[1:],
        _inner_width(choice.out_channels, expansion),
        choice.stride,
        spec=spec,
        expansion=expansion,
        stage="stage 1",
    )
    if choice.shortcut == "never":
        layers = tuple(layer for layer in block.layers if not layer.role.startswith("downsample"))
        block = replace(block, layers=layers, shortcut="identity", reason=Phrase(msg("x as it is")))
    _check_cost(block, choice.batch)
    return block


@dataclass(frozen=True)
class Difference:
    """A dimension in which the branch and the shortcut differ: its place in the shape, and both counts."""

    dimension: int
    branch: int
    shortcut: int

    @property
    def broadcast(self) -> bool:
        """Whether PyTorch repeats one of the two instead of failing: the one whose count is 1."""
        return 1 in (self.branch, self.shortcut)

    @property
    def text(self) -> str:
        """Which dimension it is and what stands where, in words."""
        return t(
            "dimension {dimension}, the {what}: {branch} on the branch, {shortcut} on the shortcut"
        ).format(
            dimension=self.dimension,
            what=t(DIMENSIONS[self.dimension]),
            branch=self.branch,
            shortcut=self.shortcut,
        )


def differences(branch: Sequence[int], shortcut: Sequence[int]) -> tuple[Difference, ...]:
    """Where the shapes of the two that are to be added differ."""
    pairs = enumerate(zip(branch, shortcut, strict=True))
    return tuple(Difference(n, one, other) for n, (one, other) in pairs if one != other)


def named_dimension(found: Sequence[Difference]) -> Difference | None:
    """The difference that PyTorch names: it compares from the last dimension, and stops at the first."""
    return next((difference for difference in reversed(found) if not difference.broadcast), None)


def why_it_fails(choice: BlockChoice, found: Sequence[Difference]) -> str:
    """The failing addition in the reader's words, as Markdown: what differs, and which of it PyTorch names.

    Raises:
        ValueError: if nothing differs that PyTorch would fail at.
    """
    named = named_dimension(found)
    if named is None:
        raise ValueError(t("The shapes can be added: nothing fails."))
    lines = [t("`y + x` adds number to number, so both need the same shape. Here they differ:"), ""]
    ends = [t("; ").rstrip()] * (len(found) - 1) + [t(".")]
    lines += [
        f"- {difference.text} — {_cause(choice, difference)}{end}"
        for difference, end in zip(found, ends, strict=True)
    ]
    lines += [
        "",
        t("*Tensor a* is the branch y, *tensor b* the shortcut x.") + " " + _order_sentence(found, named),
    ]
    return "\n".join(lines)


def what_helps(choice: BlockChoice) -> str:
    """What a 1×1 convolution on the shortcut would do; "" where none is needed.

    Raises:
        ValueError: as `block_record`.
    """
    record = block_record(replace(choice, shortcut="needed"))
    conv = next((layer for layer in record.layers if layer.role == "downsample.0"), None)
    if conv is None:
        return ""
    weights = conv.in_shape[0] * conv.out_shape[0]
    before, after = (tensor_text((choice.batch, *shape)) for shape in (conv.in_shape, conv.out_shape))
    return t(
        "A **1×1 convolution** on the shortcut, {filters}, stride {stride}, brings x from {before} to "
        "{after}, the shape of y. It costs {into} · {out} = {weights:,} weights."
    ).format(
        filters=nt("{count} filter", "{count} filters", conv.out_shape[0]).format(count=conv.out_shape[0]),
        stride=conv.stride,
        before=before,
        after=after,
        into=conv.in_shape[0],
        out=conv.out_shape[0],
        weights=weights,
    )


def broadcast_sentence(found: Sequence[Difference]) -> str:
    """What PyTorch does where counts differ and one of them is 1: it repeats, and does not fail."""
    repeated = t("; ").join(difference.text for difference in found)
    return t(
        "**No error, and yet no residual block.** The shapes differ ({repeated}), but one count is 1, so "
        "PyTorch repeats it silently (*broadcasting*). The result has a shape and means something else."
    ).format(repeated=repeated)


def multiples_around(channels: int, expansion: int) -> str:
    """The numbers of channels next to this one that can be divided: "64 or 68"."""
    below = channels // expansion * expansion
    return t("{one} or {other}").format(one=below, other=below + expansion) if below else f"{expansion}"


def _inner_width(out_channels: int, expansion: int) -> int:
    if out_channels % expansion:
        raise ValueError(
            t(
                "{out_channels} cannot be divided by the expansion {expansion}, and the 3×3 of a "
                "bottleneck works on that part of them; take {options} channels."
            ).format(
                out_channels=nt("{count} output channel", "{count} output channels", out_channels).format(
                    count=out_channels
                ),
                expansion=expansion,
                options=multiples_around(out_channels, expansion),
            )
        )
    return out_channels // expansion


def _check_numbers(choice: BlockChoice) -> None:
    for name, largest in LARGEST.items():
        check_whole(name, getattr(choice, name), largest)
    if choice.stride not in (1, 2):
        raise ValueError(t("stride is {stride}; 1 and 2 are allowed.").format(stride=choice.stride))
    if choice.expansion not in EXPANSIONS:
        raise ValueError(
            t("expansion is {expansion}; one of {expansions} is allowed.").format(
                expansion=choice.expansion, expansions=EXPANSIONS
            )
        )


def _check_cost(block: Block, batch: int) -> None:
    """Bounds on a run, so that nobody waits, and nobody lets others wait."""
    largest = max((block.in_shape, *(layer.out_shape for layer in block.layers)), key=prod)
    numbers, macs = batch * prod(largest), batch * block.macs
    if numbers > MOST_NUMBERS:
        shape = " × ".join(map(str, (batch, *largest)))
        raise ValueError(
            t(
                "A map of {shape} has {numbers:,} numbers; up to {most_numbers:,} are run here. Take "
                "fewer images, channels or pixels."
            ).format(shape=shape, numbers=numbers, most_numbers=MOST_NUMBERS)
        )
    if block.params > MOST_WEIGHTS:
        raise ValueError(
            t(
                "This block has {params:,} parameters; up to {most_weights:,} are run here. Take fewer "
                "channels."
            ).format(params=block.params, most_weights=MOST_WEIGHTS)
        )
    if macs > MOST_MACS:
        raise ValueError(
            t(
                "This run takes {macs:,} multiply–accumulates; up to {most_macs:,} are run here. Take "
                "fewer images, channels or pixels."
            ).format(macs=macs, most_macs=MOST_MACS)
        )


def _cause(choice: BlockChoice, difference: Difference) -> str:
    if difference.dimension == 1:
        made = nt("{count} channel", "{count} channels", choice.out_channels).format(
            count=choice.out_channels
        )
        return t("the branch makes {channels} out of {before}").format(
            channels=made, before=difference.shortcut
        )
    return t("the branch's stride of 2 keeps every second")


def _order_sentence(found: Sequence[Difference], named: Difference) -> str:
    if len(found) == 1:
        words = t("Dimension {dimension} counts from 0: images, channels, rows, columns.")
        return words.format(dimension=named.dimension)
    return t(
        "PyTorch compares from the last dimension and stops at the first that does not fit: it names "
        "dimension {dimension} alone (counted from 0), though {count} differ."
    ).format(dimension=named.dimension, count=len(found))
