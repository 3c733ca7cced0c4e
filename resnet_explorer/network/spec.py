"""What a residual network is, in eighteen fields: the input of everything else.

A `ResNetSpec` is frozen and hashable, so that a plan, a figure or a module made from it can be
cached by it. It is validated when it is made: a spec that exists can be built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal, get_args, get_type_hints

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import check_whole, is_whole
from resnet_explorer.common.text import shortened, unknown

BlockKind = Literal["basic", "bottleneck"]
Stem = Literal["imagenet", "cifar"]
StrideIn = Literal["3x3", "1x1"]
Activation = Literal["post", "pre"]
Shortcut = Literal["projection", "zero_pad", "projection_all", "none"]
Norm = Literal["batch", "none"]
ZeroPad = Literal["after", "around"]

CONVS_PER_BLOCK: Final[Mapping[str, int]] = {"basic": 2, "bottleneck": 3}
EXPANSION: Final[Mapping[str, int]] = {"basic": 1, "bottleneck": 4}
"""How many times wider a block's output is than its 3×3 convolution (He et al. 2015, fig. 5)."""

MAX_STAGES: Final = 4
MAX_BLOCKS: Final = 500
LARGEST: Final[Mapping[str, int]] = {
    "width": 1024,
    "groups": 1024,
    "width_per_group": 4096,
    "in_channels": 1024,
    "num_classes": 100_000,
}
"""How large a field may be: far beyond any network in use, and small enough to draw and to count."""


@dataclass(frozen=True)
class ResNetSpec:
    """One residual network, or a plain one.

    Attributes:
        block: "basic" (two 3×3 convolutions) or "bottleneck" (1×1, 3×3, 1×1).
        depths: blocks in each stage, 1 to 4 stages of 1 to 500 blocks.
        width: channels of stage 1 before expansion; each stage doubles it.
        groups: groups of the 3×3 convolutions (ResNeXt's cardinality).
        width_per_group: channels per group of a bottleneck's 3×3 convolution, for a width of 64
            (torchvision's meaning: 4 in ResNeXt-50 32x4d, 128 in Wide ResNet-50-2).
        stem: "imagenet" (7×7 stride 2, then a 3×3 max-pool of stride 2) or "cifar" (3×3).
        stride_in: which convolution of a bottleneck halves the size: "3x3" (v1.5, torchvision's)
            or "1x1" (v1, the paper's).
        activation: "post" (He et al. 2015) or "pre" (He et al. 2016, full pre-activation).
        shortcut: "projection" (option B), "zero_pad" (A), "projection_all" (C) or "none" (plain).
        norm: "batch" or "none".
        conv_bias: whether convolutions have a bias.
        in_channels: channels of the input.
        num_classes: outputs of the fully connected layer.
        include_top: whether average pooling and the fully connected layer are there.
        projection_norm: whether a projection has a norm, as torchvision's; d2l's has none. With
            pre-activation it never has one.
        stem_padding: zeros on each side of the stem's convolution: None for half its kernel, which keeps
            the size but for the stride, or 0 for none.
        stem_pool: whether a 3×3 max-pool of stride 2 follows the stem's convolution: None as is usual with
            the stem, after 7×7 and not after 3×3. What is usual becomes None.
        zero_pad: where option A puts the new channels, which are zeros: all "after" those of the input, or
            "around" them, half before and half behind (as github.com/akamaster/pytorch_resnet_cifar10).

    Raises:
        ValueError: in one sentence that names the field, what it was and what is allowed.
    """

    block: BlockKind
    depths: tuple[int, ...]
    width: int = 64
    groups: int = 1
    width_per_group: int = 64
    stem: Stem = "imagenet"
    stride_in: StrideIn = "3x3"
    activation: Activation = "post"
    shortcut: Shortcut = "projection"
    norm: Norm = "batch"
    conv_bias: bool = False
    in_channels: int = 3
    num_classes: int = 1000
    include_top: bool = True
    projection_norm: bool = True
    stem_padding: int | None = None
    stem_pool: bool | None = None
    zero_pad: ZeroPad = "after"

    def __post_init__(self) -> None:
        self._check_stem()
        self._check_choices()
        self._check_depths()
        self._check_numbers()
        self._check_groups()

    @property
    def expansion(self) -> int:
        """Output channels of a block over its width: 1 or 4."""
        return EXPANSION[self.block]

    @property
    def depth(self) -> int:
        """Layers with weights on the longest path, as the paper counts: convolutions and fc."""
        return 1 + CONVS_PER_BLOCK[self.block] * sum(self.depths) + self.include_top

    @property
    def pools_stem(self) -> bool:
        """Whether a max-pool follows the stem's convolution."""
        return self.stem == "imagenet" if self.stem_pool is None else self.stem_pool

    @property
    def natural_size(self) -> tuple[int, int]:
        """Height and width of the input that the network was made for: 32 with the CIFAR stem, else 224."""
        return (32, 32) if self.stem == "cifar" else (224, 224)

    def stage_width(self, index: int) -> int:
        """Width of the stage `index` (0-based) before expansion."""
        return self.width << index

    def inner_width(self, index: int) -> int:
        """Channels of the 3×3 convolution in the blocks of stage `index` (0-based)."""
        width = self.stage_width(index)
        if self.block == "basic":
            return width
        return width * self.width_per_group // 64 * self.groups

    def with_(self, **changes: Any) -> ResNetSpec:
        """A copy with some fields changed, validated again."""
        return replace(self, **changes)

    def _check_stem(self) -> None:
        if self.stem_padding is not None and (not is_whole(self.stem_padding) or self.stem_padding != 0):
            raise ValueError(
                t("stem_padding is {stem_padding!r}; None (half the kernel) or 0 (none) is allowed.").format(
                    stem_padding=self.stem_padding
                )
            )
        if not (self.stem_pool is None or isinstance(self.stem_pool, bool)):
            raise ValueError(
                t("stem_pool is {stem_pool!r}; allowed are None, True and False.").format(
                    stem_pool=self.stem_pool
                )
            )
        if self.stem_pool == (self.stem == "imagenet"):
            object.__setattr__(self, "stem_pool", None)  # one network, one spec

    def _check_choices(self) -> None:
        for name, hint in get_type_hints(type(self)).items():
            value, allowed = getattr(self, name), get_args(hint)
            if hint is bool and not isinstance(value, bool):
                raise ValueError(
                    t("{name} is {value!r}; allowed are True and False.").format(name=name, value=value)
                )
            if hint in _CHOICES and value not in allowed:
                listed = " or ".join(f'"{choice}"' for choice in allowed)
                words = t("{name} is {value!r}; allowed are {listed}.")
                raise ValueError(words.format(name=name, value=value, listed=listed))

    def _check_depths(self) -> None:
        allowed = t("1 to {stages} stages of 1 to {blocks} blocks each are allowed").format(
            stages=MAX_STAGES, blocks=MAX_BLOCKS
        )
        if not isinstance(self.depths, tuple):
            raise ValueError(
                t("depths is {depths!r}; a tuple is needed: {allowed}.").format(
                    depths=self.depths, allowed=allowed
                )
            )
        if not 1 <= len(self.depths) <= MAX_STAGES:
            raise ValueError(
                t("depths is {depths!r}; {allowed}.").format(depths=self.depths, allowed=allowed)
            )
        for blocks in self.depths:
            if not is_whole(blocks) or not 1 <= blocks <= MAX_BLOCKS:
                raise ValueError(
                    t("depths is {depths!r}, and {blocks!r} of it will not do; {allowed}.").format(
                        depths=self.depths, blocks=blocks, allowed=allowed
                    )
                )

    def _check_numbers(self) -> None:
        for name, largest in LARGEST.items():
            check_whole(name, getattr(self, name), largest)

    def _check_groups(self) -> None:
        if self.block == "basic":
            if self.width_per_group != 64:
                raise ValueError(
                    t(
                        "width_per_group is {width_per_group}; a basic block takes 64 only, because the "
                        "field widens the 3×3 of a bottleneck: change width instead."
                    ).format(width_per_group=self.width_per_group)
                )
            if self.width % self.groups:
                raise ValueError(
                    t(
                        "groups is {groups}, which does not divide the width {width}; a divisor of the width "
                        "is allowed."
                    ).format(groups=self.groups, width=self.width)
                )
        elif self.inner_width(0) < 1:
            raise ValueError(
                t(
                    "width_per_group is {width_per_group}, which at width {width} leaves no channel in a "
                    "group; {number} or more is allowed."
                ).format(width_per_group=self.width_per_group, width=self.width, number=-(-64 // self.width))
            )


_CHOICES: Final = (BlockKind, Stem, StrideIn, Activation, Shortcut, Norm, ZeroPad)


def check_spec(network: object) -> None:
    """Refuse what is no spec.

    Raises:
        ValueError: with an example of what would be right.
    """
    if not isinstance(network, ResNetSpec):
        raise ValueError(
            t('The network is {value}; a ResNetSpec is needed, such as preset("resnet50").').format(
                value=shortened(repr(network))
            )
        )


def _bottleneck(depths: tuple[int, ...], **changes: Any) -> ResNetSpec:
    return ResNetSpec("bottleneck", depths, **changes)


def _basic(depths: tuple[int, ...], **changes: Any) -> ResNetSpec:
    return ResNetSpec("basic", depths, **changes)


def _d2l(**changes: Any) -> ResNetSpec:
    """The ResNet-18 of Zhang et al., Dive into Deep Learning, section 8.6: for one grey channel."""
    return _basic(
        (2, 2, 2, 2), conv_bias=True, in_channels=1, num_classes=10, projection_norm=False, **changes
    )


def _cifar(n: int, block: BlockKind = "basic", **changes: Any) -> ResNetSpec:
    """Three stages of n blocks for 32×32 images (He et al. 2015, section 4.2)."""
    return ResNetSpec(block, (n, n, n), width=16, stem="cifar", num_classes=10, **changes)


PRESETS: Final[Mapping[str, ResNetSpec]] = {
    "resnet18": _basic((2, 2, 2, 2)),
    "resnet34": _basic((3, 4, 6, 3)),
    "resnet50": _bottleneck((3, 4, 6, 3)),
    "resnet101": _bottleneck((3, 4, 23, 3)),
    "resnet152": _bottleneck((3, 8, 36, 3)),
    "resnext50_32x4d": _bottleneck((3, 4, 6, 3), groups=32, width_per_group=4),
    "resnext101_32x8d": _bottleneck((3, 4, 23, 3), groups=32, width_per_group=8),
    "resnext101_64x4d": _bottleneck((3, 4, 23, 3), groups=64, width_per_group=4),
    "wide_resnet50_2": _bottleneck((3, 4, 6, 3), width_per_group=128),
    "wide_resnet101_2": _bottleneck((3, 4, 23, 3), width_per_group=128),
    "plain18": _basic((2, 2, 2, 2), shortcut="none"),
    "plain34": _basic((3, 4, 6, 3), shortcut="none"),
    "resnet20_cifar": _cifar(3, shortcut="zero_pad"),
    "resnet32_cifar": _cifar(5, shortcut="zero_pad"),
    "resnet44_cifar": _cifar(7, shortcut="zero_pad"),
    "resnet56_cifar": _cifar(9, shortcut="zero_pad"),
    "resnet110_cifar": _cifar(18, shortcut="zero_pad"),
    "resnet1202_cifar": _cifar(200, shortcut="zero_pad"),
    "resnet200_preact": _bottleneck((3, 24, 36, 3), activation="pre"),
    "resnet1001_preact_cifar": _cifar(111, "bottleneck", activation="pre"),
    "resnet18_d2l": _d2l(),
    "resnet18_d2l_unpadded": _d2l(stem_padding=0),
}
"""Networks by name: torchvision's ten, and those of the papers and the tutorials."""

TORCHVISION_NAMES: Final = (
    *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
    *("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2"),
)
"""The presets that torchvision has too, under the same names; those of one kind from the smallest on."""


def preset(name: str) -> ResNetSpec:
    """The spec of a named network.

    Raises:
        ValueError: for a name that is no preset; the message lists the names that are.
    """
    try:
        return PRESETS[name]
    except KeyError:
        raise unknown(msg("{name!r} is no preset; there are {listed}."), name, PRESETS) from None


def preset_name(spec: ResNetSpec) -> str | None:
    """The name under which a spec is a preset, or None."""
    return next((name for name, known in PRESETS.items() if known == spec), None)


@lru_cache(maxsize=256)
def architecture_name(spec: ResNetSpec) -> str | None:
    """The preset that a network is but for the number of ImageNet's classes, or None."""
    return preset_name(spec) or preset_name(spec.with_(num_classes=ResNetSpec.num_classes))


_TITLE_WORDS: Final = {
    "resnet": "ResNet",
    "resnext": "ResNeXt",
    "wide": "Wide",
    "plain": "Plain",
    "cifar": "CIFAR",
    "preact": msg("pre-activation"),
}


def title(spec: ResNetSpec) -> str:
    """What people call the network: "ResNet-50", "ResNeXt-50 32x4d", or what it is made of.

    Without its fully connected layer it keeps its name, though it has a layer less.
    """
    whole = spec.with_(include_top=True)
    name = architecture_name(whole)
    bare = [] if spec.include_top else [t("no fc")]
    if name is None:
        family = "Plain" if spec.shortcut == "none" else "ResNet"
        made_of = [t(spec.block), "-".join(map(str, spec.depths))]
        for field in ("width", "groups", "width_per_group"):
            if getattr(spec, field) != getattr(ResNetSpec, field):
                made_of.append(f"{field.replace('_', ' ')} {getattr(spec, field)}")
        for field, names in _TITLE_VALUES.items():
            if getattr(spec, field) in names and not _says_nothing(spec, field):
                made_of.append(t(names[getattr(spec, field)]))
        return f"{family}-{whole.depth} ({', '.join([*made_of, *bare])})"
    words = re.sub(r"(resnet|resnext|plain)(\d+)", r"\1-\2", name).split("_")
    return " ".join([*map(_title_word, words), *(f"({word})" for word in bare)])


def _says_nothing(spec: ResNetSpec, field: str) -> bool:
    """A basic block has no 1×1 to stride on, and what does not pad with zeros puts them nowhere."""
    return (field == "stride_in" and spec.block == "basic") or (
        field == "zero_pad" and spec.shortcut != "zero_pad"
    )


_TITLE_VALUES: Final[Mapping[str, Mapping[Any, str]]] = {
    "stem_padding": {0: msg("unpadded stem")},
    "stem_pool": {True: msg("max-pool"), False: msg("no max-pool")},
    "stride_in": {"1x1": "v1"},
    "activation": {"pre": msg("pre-activation")},
    "shortcut": {"zero_pad": msg("option A"), "projection_all": msg("option C")},
    "zero_pad": {"around": msg("zeros around")},
    "norm": {"none": msg("no norm")},
}
"""What tells a network from the default one of its depths, in the words of the field."""


def _title_word(word: str) -> str:
    family, dash, number = word.partition("-")
    return _TITLE_WORDS.get(family, family) + dash + number
