"""A file of weights opened, and the network in it recognised: what every page and command begins with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.network.spec_code import decode_spec
from resnet_explorer.weights.reading.reader import Raw, read_checkpoint_file
from resnet_explorer.weights.reading.safetensors_header import printable
from resnet_explorer.weights.reading.saved_network import SavedNetwork, find_network
from resnet_explorer.weights.recognition.infer_spec import COUNTER, hold_against, recognise

_FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_SHOWN = 6


@dataclass(frozen=True)
class OpenedNetwork:
    """What a file of weights holds."""

    raw: Raw
    saved: SavedNetwork
    spec: ResNetSpec

    @property
    def describes_itself(self) -> bool:
        """Whether this library wrote the file, so that it says itself what shapes cannot tell."""
        return "spec" in self.raw.metadata


def open_network(content: bytes | Path, name: str) -> OpenedNetwork:
    """Open a file of weights, and recognise the network in it.

    Raises:
        ValueError: in one sentence: too large, damaged, of another kind, more than tensors, values that
            cannot be, or the first tensor that fits no residual network, under its name in the file.
    """
    name = printable(name)
    raw = read_checkpoint_file(content, name)
    try:
        saved = find_network(raw.content)
        spec = _spec_of(raw, saved)
        check_values(saved)
    except ValueError as error:
        # The name of a tensor may smuggle in what cannot be printed.
        raise ValueError(
            t("{name}: {listed}").format(name=name, listed="".join(filter(str.isprintable, str(error))))
        ) from None
    return OpenedNetwork(raw, saved, spec)


def _spec_of(raw: Raw, saved: SavedNetwork) -> ResNetSpec:
    try:
        if "spec" in raw.metadata:
            spec = decode_spec(raw.metadata["spec"])
            hold_against(saved.shapes, spec)
            return spec
        return recognise(saved.shapes)
    except ValueError as error:
        keys = ", ".join(saved.keys[:_SHOWN]) + (", …" if len(saved.keys) > _SHOWN else "")
        where = t(" The file's keys are {keys}.").format(keys=keys) if keys else ""
        raise ValueError(_under_its_own_names(str(error), saved.names) + where) from None


def check_values(saved: SavedNetwork) -> None:
    """Refuse values that no trained network has.

    Raises:
        ValueError: for integers, values that are no numbers or infinite, and negative variances, by the
            tensor's name in the file.
    """
    for name, tensor in saved.state.items():
        if name.endswith(COUNTER):
            continue
        wrong = _wrong(name, tensor)
        if wrong:
            raise ValueError(
                t("{names} {wrong}.").format(names=printable(saved.names.get(name, name)), wrong=wrong)
            )


def _wrong(name: str, tensor: Tensor) -> str:
    if tensor.dtype not in _FLOATS:
        kind = str(tensor.dtype).removeprefix("torch.")
        return t(
            "holds {kind} and not numbers with a point; whole numbers would need the scales they stand for"
        ).format(kind=kind)
    values = tensor.float()
    if not values.isfinite().all():
        what = t("values that are no numbers (NaN)") if values.isnan().any() else t("infinite values")
        return t("holds {what}: the training had failed, or the file is damaged").format(what=what)
    if name.endswith("running_var") and (values < 0).any():
        return t("holds a negative variance, which cannot be")
    return ""


def _under_its_own_names(sentence: str, theirs: Mapping[str, str]) -> str:
    """The sentence with the file's own name beside each tensor that is called otherwise there."""

    def both(found: re.Match[str]) -> str:
        other = printable(theirs.get(found[0], found[0]))
        return (
            found[0]
            if other == found[0]
            else t("{found} ({other} in the file)").format(found=found[0], other=other)
        )

    return re.sub(r"[\w.]*\w", both, sentence)
