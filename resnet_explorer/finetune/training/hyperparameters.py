"""All that decides a fine-tuning run, beside its photos and the network that it begins with."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final, Literal

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import is_whole
from resnet_explorer.network.spec import ResNetSpec

Strategy = Literal["head", "stages", "all"]
STRATEGIES: Final = ("head", "stages", "all")
_NEEDED: Final[dict[type, str]] = {
    bool: msg("{name} is {value!r}; True or False is needed."),
    int: msg("{name} is {value!r}; a whole number is needed."),
    float: msg("{name} is {value!r}; a number is needed."),
}
"""What is said of a value that is not of its setting's type, in English."""


@dataclass(frozen=True)
class Settings:
    """How to fine-tune; by default as it suits photos of which nothing is known.

    Attributes:
        strategy: what learns: a new fully connected "head" on frozen features, the last "stages" and the
            head, or "all" parameters.
        stages: how many of the last stages learn, with strategy "stages".
        epochs: passes over the photos.
        batch_size: photos a step.
        optimizer: "adam", or "sgd" with Nesterov momentum 0.9.
        rate: the learning rate at its highest.
        schedule: "cosine" to zero over the run, or "constant".
        weight_decay: on weights, not on biases or norms.
        label_smoothing: as in `torch.nn.CrossEntropyLoss`.
        balance: whether rare classes weigh more in the loss, by the inverse of their counts.
        augment: whether photos are cropped at random and mirrored.
        crops: "gentle" ones of 30 % of a photo and more, or as "torchvision" makes them, of 8 % and more,
            tested on at 224 of 256 pixels.
        size: pixels of the side of the photos as they are learned from; 0 for what suits the start.
        mixed: whether passes are computed in bfloat16 where torch holds that safe ("mixed precision").
        seed: of the new head, the order, the augmentation.
        batches: "even" ones, as equal as can be, or "full" ones and a rest, as torch's DataLoader makes them.

    Raises:
        ValueError: for a value that cannot be used; the sentence says what can.
    """

    strategy: Strategy = "head"
    stages: int = 1
    epochs: int = 10
    batch_size: int = 32
    optimizer: Literal["adam", "sgd"] = "adam"
    rate: float = 1e-3
    schedule: Literal["cosine", "constant"] = "cosine"
    weight_decay: float = 1e-4
    label_smoothing: float = 0.1
    balance: bool = False
    augment: bool = True
    crops: Literal["gentle", "torchvision"] = "gentle"
    size: int = 0
    mixed: bool = False
    seed: int = 0
    batches: Literal["even", "full"] = "even"

    def __post_init__(self) -> None:
        for name, allowed in (
            ("strategy", STRATEGIES),
            ("optimizer", ("adam", "sgd")),
            ("schedule", ("cosine", "constant")),
            ("crops", ("gentle", "torchvision")),
            ("batches", ("even", "full")),
        ):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    t("{name} is {value!r}; allowed are {listed}.").format(
                        name=name, value=getattr(self, name), listed=", ".join(allowed)
                    )
                )
        self._check_kinds()
        for name, low, high in (
            ("stages", 1, 100),
            ("epochs", 1, 10_000),
            ("batch_size", 1, 4096),
            ("rate", 1e-8, 10.0),
            ("weight_decay", 0.0, 1.0),
            ("label_smoothing", 0.0, 0.9),
            ("seed", 0, 2**31 - 1),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(
                    t("{name} is {value}; {low:g} to {high:g} is allowed.").format(
                        name=name, value=getattr(self, name), low=low, high=high
                    )
                )
        if self.size and not 32 <= self.size <= 512:
            raise ValueError(
                t("size is {size}; 0 (what suits the start) or 32 to 512 is allowed.").format(size=self.size)
            )

    def _check_kinds(self) -> None:
        for field in fields(self):
            value, kind = getattr(self, field.name), type(field.default)
            if kind not in _NEEDED:
                continue
            is_float = kind is float and isinstance(value, float)
            if not (isinstance(value, bool) if kind is bool else is_whole(value) or is_float):
                raise ValueError(t(_NEEDED[kind]).format(name=field.name, value=value))


TUTORIAL: Final = Settings(
    "all",
    epochs=3,
    batch_size=16,
    rate=1e-4,
    schedule="constant",
    weight_decay=0.0,
    label_smoothing=0.0,
    crops="torchvision",
    size=224,
    batches="full",
)
"""The settings of the tutorial that this grows from: Adam 1e-4, batches of 16 and a rest, 3 epochs, all
parameters; RandomResizedCrop(224) and flips to learn, Resize(256) and CenterCrop(224) to test."""


def least_smoothed_loss(smoothing: float, classes: int) -> float:
    """The cross-entropy that no network comes below while labels are smoothed: that of the labels themselves.

    Müller, Kornblith and Hinton 2019, section 2: the true class has 1 − α + α/K of K classes, each other α/K.
    """
    other = smoothing / classes
    shares = [1 - smoothing + other, *[other] * (classes - 1)]
    return -sum(share * math.log(share) for share in shares if share)


def frozen_stages(spec: ResNetSpec, settings: Settings) -> int | None:
    """How many stages do not learn; the stem goes with the first. None if all learn.

    Raises:
        ValueError: in one sentence, if more stages are to learn than there are.
    """
    count = len(spec.depths)
    if settings.strategy == "stages" and settings.stages > count:
        raise ValueError(
            t("stages is {stages}; the network has {count}, and at most these can learn.").format(
                stages=settings.stages, count=count
            )
        )
    return {"all": None, "stages": count - settings.stages, "head": count}[settings.strategy]
