"""Arguments from text; what cannot be understood is a bad argument, and ends with exit status 2."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final, TypeVar

import typer

from resnet_explorer.finetune.settings import Settings
from resnet_explorer.link import decode_size, decode_spec
from resnet_explorer.spec import ResNetSpec, preset

_SET_BY_TEXT: Final = (
    "optimizer",
    "schedule",
    "weight_decay",
    "label_smoothing",
    "balance",
    "augment",
    "size",
    "mixed",
)

T = TypeVar("T")
G = TypeVar("G")


def network(text: str) -> ResNetSpec:
    """A network by its name or code."""
    # A code has a point in it; without one it was meant as a name, and the message lists the names.
    return _parsed(decode_spec if "." in text else preset, text)


def size(text: str) -> tuple[int, int]:
    """An input size, as 224 or 224x160 (height × width)."""
    return _parsed(decode_size, text)


def model(text: str) -> str:
    """A trained network by its key or name, or a file."""
    from resnet_explorer.weights.catalogue import key_of

    return text if is_file_name(text) else _parsed(key_of, text)


def method(text: str) -> str:
    """A way to read a map from one pass, by its key."""
    from resnet_explorer.cam import ONE_PASS

    if text not in ONE_PASS:
        raise typer.BadParameter(f"{text!r} is no method; there are {', '.join(ONE_PASS)}.")
    return text


def start(text: str) -> str:
    """Weights to begin with, by their key or name; "none" for random values."""
    return text if text == "none" else model(text)


def settings(usual: Settings, told: Mapping[str, Any], more: Sequence[str]) -> Settings:
    """How to fine-tune.

    Args:
        usual: settings where nothing is told.
        told: settings by their names.
        more: others as "name=value".
    """
    return _parsed(lambda texts: replace(usual, **told, **dict(map(_setting, texts))), more)


def _setting(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    usual = getattr(Settings(), name, None) if name in _SET_BY_TEXT else None
    if isinstance(usual, bool):
        return name, _switch(name, value)
    if isinstance(usual, int | float):
        try:
            return name, type(usual)(value)
        except ValueError:
            raise ValueError(f"{name} is {value!r}; a number is needed.") from None
    if usual is None:
        raise ValueError(f"{text!r} sets nothing; there are {', '.join(_SET_BY_TEXT)}, as balance=yes.")
    return name, value


def _switch(name: str, value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(f"{name} is {value!r}; allowed are yes, no.")
    return value == "yes"


def is_file_name(text: str) -> bool:
    """Whether a model is named by its file."""
    return text.endswith((".pth", ".pt", ".safetensors"))


def _parsed(parse: Callable[[G], T], given: G) -> T:
    try:
        return parse(given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Network = Annotated[
    ResNetSpec,
    typer.Argument(
        parser=network,
        metavar="NETWORK",
        help="A name (resnet50), or a code as in the app's links (basic.2-2-2-2.stem-cifar).",
    ),
]
"""The network that a command is about."""

Size = Annotated[
    str | None,
    typer.Option(metavar="SIZE", help="Input in pixels: 224, or 224x160 (height × width)."),
]
"""The size of its input, for `size`; the network's own unless told."""
