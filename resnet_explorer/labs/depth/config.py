"""What a measurement through the depth of two fresh networks depends on: nothing else decides its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.network.spec import Activation, Norm, ResNetSpec

InitialWeights = Literal["fan_out", "fan_in", "xavier", "normal", "zero"]
Images = Literal["photos", "noise"]

SHALLOWEST: Final = 8
DEEPEST: Final = 998
"""The deepest network of the family with at most 1,000 layers: 6 × 166 + 2."""
LARGEST: Final[Mapping[str, tuple[int, int]]] = {"width": (1, 32), "count": (2, 64), "seed": (0, 9999)}
MOST: Final = 2**20
"""Of depth × width × images: about 1.3 GB for the inputs of all blocks, which a backward pass keeps."""
CLASSES: Final = 10

INITIAL_WEIGHTS: Final[Mapping[InitialWeights, str]] = {
    "fan_out": msg("Kaiming, fan out"),
    "fan_in": msg("Kaiming, fan in"),
    "xavier": msg("Xavier"),
    "normal": msg("Normal, 0.01"),
    "zero": msg("Kaiming, last γ = 0"),
}
"""In English: He et al. 2015b by fan out (torchvision's) and by fan in; Glorot and Bengio 2010;
a plain normal with a standard deviation of 0.01; and fan out with each block's last batch norm at zero
(Goyal et al. 2017, section 5.1)."""
IMAGES: Final[Mapping[Images, str]] = {
    "photos": msg("crops of the sample photos"),
    "noise": msg("Gaussian noise"),
}


def check_depth(depth: int, deepest: int) -> None:
    """Refuse a depth that the CIFAR family lacks.

    Raises:
        ValueError: in one sentence.
    """
    if not SHALLOWEST <= depth <= deepest or (depth - 2) % 6:
        raise ValueError(
            t("depth is {depth}; 6n + 2 from {shallowest} to {deepest} is allowed: 8, 14, 20 …").format(
                depth=depth, shallowest=SHALLOWEST, deepest=deepest
            )
        )


@dataclass(frozen=True)
class DepthConfig:
    """A plain and a residual network of the CIFAR family, their initial weights, and a batch.

    The family has three stages of n blocks of two 3×3 convolutions, 6n + 2 layers, for 32 × 32 pixels
    (He et al. 2015, section 4.2). The shortcuts have no parameters (option A), so that under one seed
    both networks have the very same weights.

    Attributes:
        depth: layers, 6n + 2.
        width: channels of stage 1; the paper's is 16.
        norm: "batch" or "none".
        activation: "post" (He et al. 2015) or "pre" (He et al. 2016).
        init: a key of `INITIAL_WEIGHTS`.
        images: what the batch shows, a key of `IMAGES`.
        count: images in the batch.
        seed: of the weights, the crops or the noise, and the labels.

    Raises:
        ValueError: in one sentence, for values that make no experiment.
    """

    depth: int = 56
    width: int = 8
    norm: Norm = "batch"
    activation: Activation = "post"
    init: InitialWeights = "fan_out"
    images: Images = "photos"
    count: int = 16
    seed: int = 0

    def __post_init__(self) -> None:
        check_depth(self.depth, DEEPEST)
        for name, (low, high) in LARGEST.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(
                    t("{name} is {value}; {low} to {high} is allowed.").format(
                        name=name, value=getattr(self, name), low=low, high=high
                    )
                )
        size = self.depth * self.width * self.count
        if size > MOST:
            raise ValueError(
                t("Depth × width × images is {size:,}; at most {most:,} fit into memory.").format(
                    size=size, most=MOST
                )
            )
        if self.init not in get_args(InitialWeights) or self.images not in get_args(Images):
            raise ValueError(
                t("init is {init!r} and images is {images!r}, which are not known.").format(
                    init=self.init, images=self.images
                )
            )
        if self.init == "zero" and self.norm == "none":
            raise ValueError(t("Without batch norm there is no γ that could begin at zero."))

    @property
    def blocks(self) -> int:
        """Residual blocks, or pairs of layers of the plain network."""
        return (self.depth - 2) // 2

    def spec(self, residual: bool) -> ResNetSpec:
        """The residual network, or the plain one."""
        return ResNetSpec(
            "basic",
            (self.blocks // 3,) * 3,
            width=self.width,
            stem="cifar",
            activation=self.activation,
            shortcut="zero_pad" if residual else "none",
            norm=self.norm,
            num_classes=CLASSES,
        )

    @property
    def words(self) -> str:
        """All of it in a line, for a figure's foot."""
        norm = t("batch norm") if self.norm == "batch" else t("no normalization")
        order = t("post-activation") if self.activation == "post" else t("pre-activation")
        return t(
            "{depth} layers, width {width}, {norm}, {order}, {init} · {count} images: {images} · seed {seed}"
        ).format(
            depth=self.depth,
            width=self.width,
            norm=norm,
            order=order,
            init=t(INITIAL_WEIGHTS[self.init]),
            count=self.count,
            images=t(IMAGES[self.images]),
            seed=self.seed,
        )
