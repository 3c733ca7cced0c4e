"""Which network a file of weights holds: opened without running any of it, named or refused by a tensor."""

from __future__ import annotations

import re
from collections.abc import Mapping

from resnet_explorer.link import decode_spec
from resnet_explorer.recognise import hold_against, recognise
from resnet_explorer.recognised import Recognised, declared, described
from resnet_explorer.weights.checkpoint import inner_state
from resnet_explorer.weights.files import printable
from resnet_explorer.weights.names import torchvision_names
from resnet_explorer.weights.reader import read_checkpoint_file


def recognise_file(content: bytes, name: str) -> Recognised:
    """The network of a .pth, .pt, .bin or .safetensors file.

    Args:
        content: what is in it.
        name: its name, for people to read.

    Raises:
        ValueError: in one sentence: too large, damaged, more than tensors, or the first tensor that
            fits no residual network, under the name that it has in the file.
    """
    name = printable(name)
    raw = read_checkpoint_file(content, name)
    state, _ = inner_state(raw.content)
    names = torchvision_names(state)
    shapes = {ours: tuple(state[theirs].shape) for theirs, ours in names.items()}
    try:
        if "spec" in raw.metadata:
            spec = decode_spec(raw.metadata["spec"])
            hold_against(shapes, spec)
            return declared(spec)
        return described(recognise(shapes), shapes)
    except ValueError as error:
        theirs = {ours: printable(theirs) for theirs, ours in names.items()}
        raise ValueError(f"{name}: {_under_its_own_names(printable_sentence(error), theirs)}") from None


def printable_sentence(error: ValueError) -> str:
    """The message without what a file may have smuggled into it by the name of a tensor."""
    return "".join(char for char in str(error) if char.isprintable())


def _under_its_own_names(sentence: str, theirs: Mapping[str, str]) -> str:
    """The sentence with the file's own name beside each tensor that is called otherwise there."""

    def both(found: re.Match[str]) -> str:
        other = theirs.get(found[0], found[0])
        return found[0] if other == found[0] else f"{found[0]} ({other} in the file)"

    return re.sub(r"[\w.]*\w", both, sentence)
