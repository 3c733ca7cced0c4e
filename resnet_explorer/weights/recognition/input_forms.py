"""How photos are made into numbers before they go into a network: the ways that are common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import unknown

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class InputForm:
    """What is subtracted from values of 0 to 1 and divided by, and the order of the channels.

    Attributes:
        name: what it is called on the command line; "-bgr" ends it where blue comes first.
        words: what people call it.
        mean, std: red, green, blue; of values from 0 to 1.
        reverses: whether the channels come as blue, green, red (OpenCV's order).
    """

    name: str
    words: str
    mean: Triple
    std: Triple
    reverses: bool = False

    @property
    def full_words(self) -> str:
        """Its words, with the order of the channels where it is not the usual."""
        return t("{words}, blue first").format(words=t(self.words)) if self.reverses else t(self.words)


IMAGENET: Final = InputForm(
    "imagenet", msg("ImageNet's mean and deviation"), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
)
_ZERO: Final = (0.0, 0.0, 0.0)
_BYTE: Final = (1 / 255, 1 / 255, 1 / 255)
COLOUR: Final = (
    IMAGENET,
    InputForm("0-1", msg("0 to 1"), _ZERO, (1.0, 1.0, 1.0)),
    InputForm("minus1-1", msg("−1 to 1"), (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    InputForm(
        "cifar10", msg("CIFAR-10's mean and deviation"),
        (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616),
    ),
    InputForm(
        "cifar10-2", msg("CIFAR-10's mean and the smaller deviation of many recipes"),
        (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010),
    ),
    InputForm("0-255", msg("0 to 255"), _ZERO, _BYTE),
    InputForm("imagenet-255", msg("ImageNet's mean taken from 0 to 255"), (0.485, 0.456, 0.406), _BYTE),
)  # fmt: skip
"""For three channels. Sources: torchvision's and Keras's documentation, github.com/kuangliu/pytorch-cifar."""
GREY: Final = (
    InputForm("imagenet", msg("ImageNet's mean and deviation, averaged"), (0.449,) * 3, (0.226,) * 3),
    InputForm("0-1", msg("0 to 1"), _ZERO, (1.0, 1.0, 1.0)),
    InputForm("minus1-1", msg("−1 to 1"), (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    InputForm("mnist", msg("MNIST's mean and deviation"), (0.1307,) * 3, (0.3081,) * 3),
    InputForm("fashion-mnist", msg("Fashion-MNIST's mean and deviation"), (0.2860,) * 3, (0.3530,) * 3),
    InputForm("0-255", msg("0 to 255"), _ZERO, _BYTE),
)
"""For one channel."""


def input_forms(channels: int) -> tuple[InputForm, ...]:
    """The common ways for so many channels, the most common first; none for others than one and three."""
    if channels == 1:
        return GREY
    return (*COLOUR, *map(reversed_form, COLOUR)) if channels == 3 else ()


def reversed_form(form: InputForm) -> InputForm:
    """A way whose photos have blue first and red last."""
    return InputForm(f"{form.name}-bgr", form.words, form.mean, form.std, True)


def input_form(name: str, channels: int) -> InputForm:
    """The way of that name.

    Raises:
        ValueError: if there is none; the message lists those that there are.
    """
    forms = {form.name: form for form in input_forms(channels)}
    if name not in forms:
        raise unknown(msg("{name!r} is no way to make photos into numbers; there are {listed}."), name, forms)
    return forms[name]
