"""What an experiment on a fresh pair of networks depends on: nothing else decides its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from resnet_explorer.i18n import t
from resnet_explorer.spec import Activation, Norm, ResNetSpec

Init = Literal["fan_out", "fan_in", "xavier", "normal", "zero"]
Images = Literal["photos", "noise"]

SHALLOWEST: Final = 8
DEEPEST: Final = 998
"""The deepest network of the family with at most 1,000 layers: 6 × 166 + 2."""
LARGEST: Final[Mapping[str, tuple[int, int]]] = {"width": (1, 32), "count": (2, 64), "seed": (0, 9999)}
MOST: Final = 2**20
"""Of depth × width × images: about 1.3 GB for the inputs of all blocks, which the gradient's way keeps."""
CLASSES: Final = 10

INITS: Final[Mapping[str, str]] = {
    "fan_out": t("Kaiming, fan out"),
    "fan_in": t("Kaiming, fan in"),
    "xavier": t("Xavier"),
    "normal": t("Normal, 0.01"),
    "zero": t("Kaiming, last γ = 0"),
}
"""The initial weights: He et al. 2015b by fan out (torchvision's) and by fan in; Glorot and Bengio 2010;
a plain normal with a standard deviation of 0.01; and fan out with each block's last batch norm at zero
(Goyal et al. 2017, section 5.1)."""
IMAGES: Final[Mapping[str, str]] = {"photos": t("crops of the sample photos"), "noise": t("Gaussian noise")}


@dataclass(frozen=True)
class Setting:
    """A plain and a residual network of the CIFAR family, their first values, and a batch.

    The family has three stages of n blocks of two 3×3 convolutions, 6n + 2 layers, for 32 × 32 pixels
    (He et al. 2015, section 4.2). The shortcuts have no parameters (option A), so that under one seed
    both networks have the very same weights.

    Attributes:
        depth: layers, 6n + 2.
        width: channels of stage 1; the paper's is 16.
        norm: "batch" or "none".
        activation: "post" (He et al. 2015) or "pre" (He et al. 2016).
        init: a key of `INITS`.
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
    init: Init = "fan_out"
    images: Images = "photos"
    count: int = 16
    seed: int = 0

    def __post_init__(self) -> None:
        if not SHALLOWEST <= self.depth <= DEEPEST or (self.depth - 2) % 6:
            raise ValueError(
                f"depth is {self.depth}; 6n + 2 from {SHALLOWEST} to {DEEPEST} is allowed: 8, 14, 20 …"
            )
        for name, (low, high) in LARGEST.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} is {getattr(self, name)}; {low} to {high} is allowed.")
        size = self.depth * self.width * self.count
        if size > MOST:
            raise ValueError(
                t("Depth × width × images is {size:,}; at most {most:,} fit into memory.").format(
                    size=size, most=MOST
                )
            )
        if self.init not in get_args(Init) or self.images not in get_args(Images):
            raise ValueError(f"init is {self.init!r} and images is {self.images!r}, which are not known.")
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
            init=INITS[self.init],
            count=self.count,
            images=IMAGES[self.images],
            seed=self.seed,
        )
