"""Names of parameters as other people give them, and torchvision's for the same parameters.

A state_dict keeps the names of the attributes of whoever wrote the network. Each scheme below is one
that is met often; a name that no scheme knows stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

Rule = tuple[str, str | Callable[[re.Match[str]], str]]
"""A pattern for the beginning of a name, and what takes its place."""

AVERAGE_COUNTER: Final = "n_averaged"
"""What torch.optim.swa_utils.AveragedModel keeps beside the values."""

_STEMS: Final = (
    "conv1.weight",
    "conv1.0.weight",
    "0.0.weight",
    "0.weight",
    "embedder.embedder.convolution.weight",
)
"""The first convolution, by the schemes below."""


@dataclass(frozen=True)
class _Scheme:
    """Whose names they are. They are only looked for where `marker` is found in a name."""

    marker: str
    rules: tuple[Rule, ...]


def _stage(offset: int) -> Callable[[re.Match[str]], str]:
    """ "layerN.block." from the number of the stage, counted from another start, and of the block."""
    return lambda found: f"layer{int(found[1]) + offset}.{found[2]}."


def _part(found: re.Match[str]) -> str:
    """conv1, bn1, (ReLU), conv2, bn2, … of an nn.Sequential by their places 0, 1, 3, 4, 6, 7."""
    number, place = divmod(int(found[2]), 3)
    return f"{found[1]}{('conv', 'bn', 'relu')[place]}{number + 1}."


_SCHEMES: Final = (
    # github.com/weiaicunzai/pytorch-cifar100
    _Scheme(
        r"\.residual_function\.",
        (
            (r"conv1\.0\.", "conv1."),
            (r"conv1\.1\.", "bn1."),
            (r"conv(\d+)_x\.(\d+)\.", _stage(-1)),
            (r"(layer\d+\.\d+)\.shortcut\.", r"\1.downsample."),
            (r"(layer\d+\.\d+\.)residual_function\.(\d+)\.", _part),
        ),
    ),
    # Zhang et al., Dive into Deep Learning, 8.6: an nn.Sequential, as a class, and for several GPUs
    _Scheme(
        r"^(\d+|b\d+|resnet_block\d+)\.\d+\.conv1\.",
        (
            (r"0\.0\.", "conv1."),
            (r"0\.1\.", "bn1."),
            (r"0\.(?=\D)", "conv1."),
            (r"1\.(?=\D)", "bn1."),
            (r"b(\d+)\.(\d+)\.", _stage(-1)),
            (r"(?:resnet_block)?(\d+)\.(\d+)\.(?=\D)", _stage(0)),
            (r"(layer\d+\.\d+)\.conv3\.", r"\1.downsample.0."),
            (r"(?:last\.2|fc\.1|\d+)\.(?=weight$|bias$)", "fc."),
        ),
    ),
    # Hugging Face's transformers
    _Scheme(
        r"embedder\.embedder\.convolution\.",
        (
            (r"(?:resnet\.)?embedder\.embedder\.convolution\.", "conv1."),
            (r"(?:resnet\.)?embedder\.embedder\.normalization\.", "bn1."),
            (r"(?:resnet\.)?encoder\.stages\.(\d+)\.layers\.(\d+)\.", _stage(1)),
            (r"(layer\d+\.\d+)\.shortcut\.convolution\.", r"\1.downsample.0."),
            (r"(layer\d+\.\d+)\.shortcut\.normalization\.", r"\1.downsample.1."),
            (
                r"(layer\d+\.\d+)\.layer\.(\d+)\.convolution\.",
                lambda found: f"{found[1]}.conv{int(found[2]) + 1}.",
            ),
            (
                r"(layer\d+\.\d+)\.layer\.(\d+)\.normalization\.",
                lambda found: f"{found[1]}.bn{int(found[2]) + 1}.",
            ),
            (r"classifier\.1\.", "fc."),
        ),
    ),
    # github.com/kuangliu/pytorch-cifar and the many that follow it
    _Scheme(r"(^|\.)(linear|shortcut)\.", ((r"linear\.", "fc."), (r"(.+)\.shortcut\.", r"\1.downsample."))),
)


def torchvision_names(names: Collection[str]) -> dict[str, str]:
    """Torchvision's name for each name of a state_dict.

    What stands before all of them, as "module." of a parallel network, is left out. No two names
    become one: of such, the later keeps its own.
    """
    prefix = _prefix(names)
    bare = {name: name.removeprefix(prefix) for name in names if name != AVERAGE_COUNTER}
    rules = [rule for scheme in _SCHEMES if _any(scheme.marker, bare.values()) for rule in scheme.rules]
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    for name, short in bare.items():
        ours = _renamed(short, rules)
        renamed[name] = short if ours in taken else ours
        taken.add(renamed[name])
    return renamed


def _renamed(name: str, rules: Iterable[Rule]) -> str:
    for pattern, ours in rules:
        if found := re.match(pattern, name):
            name = (ours(found) if callable(ours) else found.expand(ours)) + name[found.end() :]
    return name


def _prefix(names: Collection[str]) -> str:
    """What stands before all names: found at the stem's convolution."""
    others = [name for name in names if name != AVERAGE_COUNTER]
    for stem in _STEMS:
        if stem.startswith("0.") and not any(".conv1." in name for name in others):
            continue  # some other nn.Sequential
        prefix = min((name.removesuffix(stem) for name in others if name.endswith(stem)), key=len, default="")
        if prefix.endswith(".") and all(name.startswith(prefix) for name in others):
            return prefix
    return ""


def _any(pattern: str, names: Iterable[str]) -> bool:
    return any(re.search(pattern, name) for name in names)
