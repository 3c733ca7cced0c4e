"""Arguments from text; what cannot be understood is a bad argument, and ends with exit status 2."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.regular_file import open_regular
from resnet_explorer.common.text import unknown
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.network.spec import ResNetSpec, preset
from resnet_explorer.network.spec_code import decode_size, decode_spec

_SET_BY_TEXT: Final = (
    "optimizer",
    "schedule",
    "weight_decay",
    "label_smoothing",
    "balance",
    "augment",
    "crops",
    "size",
    "mixed",
    "batches",
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
    from resnet_explorer.weights.catalogue import is_file_name, key_of

    return text if is_file_name(text) else _parsed(key_of, text)


def method(text: str) -> str:
    """A way to read a map from one pass, by its key."""
    from resnet_explorer.explanation.cam import ONE_PASS

    if text not in ONE_PASS:
        refusal = unknown(msg("{name!r} is no method; there are {listed}."), text, ONE_PASS)
        raise typer.BadParameter(str(refusal))
    return text


def start(text: str) -> str:
    """Weights to begin with, by their key or name; "none" for random values."""
    return text if text == "none" else model(text)


def settings(default: Settings, told: Mapping[str, Any], more: Sequence[str]) -> Settings:
    """How to fine-tune.

    Args:
        default: settings where nothing is told.
        told: settings by their names.
        more: others as "name=value".
    """
    return _parsed(lambda texts: replace(default, **told, **dict(map(_setting, texts))), more)


def _setting(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    default = getattr(Settings(), name, None) if name in _SET_BY_TEXT else None
    if isinstance(default, bool):
        return name, _switch(name, value)
    if isinstance(default, int | float):
        try:
            return name, type(default)(value)
        except ValueError:
            raise ValueError(
                t("{name} is {value!r}; a number is needed.").format(name=name, value=value)
            ) from None
    if default is None:
        raise unknown(msg("{name!r} sets nothing; there are {listed}, as balance=yes."), text, _SET_BY_TEXT)
    return name, value


def _switch(name: str, value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(t("{name} is {value!r}; allowed are yes, no.").format(name=name, value=value))
    return value == "yes"


def _parsed(parse: Callable[[G], T], given: G) -> T:
    try:
        return parse(given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


NAMES_HELP: Final = msg(
    'The names of the classes of a file: JSON as {"0": "daisy", "1": "rose"}, ["daisy", "rose"] or '
    '{"daisy": 0, "rose": 1}, or a name a line; '
    "with class_to_idx in the checkpoint, names by folder, as in cat_to_name.json."
)


def names_file(path: Path | None) -> bytes | None:
    """What is in a file of class names, if one is given.

    Raises:
        ValueError: if it cannot be read, or is too large.
    """
    from resnet_explorer.weights.class_names import MAX_BYTES

    if path is None:
        return None
    with open_regular(path, str(path)) as (file, size):
        if size > MAX_BYTES:
            raise ValueError(
                t("{path} has more than {max_bytes:,} bytes, and names of classes have fewer.").format(
                    path=path, max_bytes=MAX_BYTES
                )
            )
        return file.read(MAX_BYTES)


Network = Annotated[
    ResNetSpec,
    typer.Argument(
        parser=network,
        metavar="NETWORK",
        help=msg("A name (resnet50), or a code as in the app's links (basic.2-2-2-2.stem-cifar)."),
    ),
]
"""The network that a command is about."""

Size = Annotated[
    str | None,
    typer.Option(metavar="SIZE", help=msg("Input in pixels: 224, or 224x160 (height × width).")),
]
"""The size of its input, for `size`; the network's own unless told."""
