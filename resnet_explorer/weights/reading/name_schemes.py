"""Names of parameters as other people give them, and torchvision's for the same parameters.

A state_dict keeps the names of the attributes of whoever wrote the network. Each scheme below is one
that is met often; a name that no scheme knows stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

Rule = tuple[str, str | Callable[[re.Match[str]], str]]
"""A pattern for the beginning of a name, and what takes its place."""

_WRAPPED_INSIDE: Final = re.compile(
    r"(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|dynamo_ctx|_forward_module)\."
)
"""What torch.compile, FSDP and others put before the parts of a network, anywhere in a name."""

_BEGINNINGS: Final = (
    ("conv1.weight", "layer1.0.conv1.weight"),
    ("conv1.0.weight", "conv2_x.0.residual_function.0.weight"),
    ("0.0.weight", "1.0.conv1.weight"),
    ("0.0.weight", "b2.0.conv1.weight"),
    ("0.weight", "resnet_block1.0.conv1.weight"),
    ("0.weight", "4.0.conv1.weight"),
    ("embedder.embedder.convolution.weight", "encoder.stages.0.layers.0.layer.0.convolution.weight"),
    ("stem.conv1.weight", "res2.0.conv1.weight"),
)
"""The first two convolutions, by torchvision's names and by each scheme below."""


@dataclass(frozen=True)
class _Scheme:
    """Whose names they are. They are looked for where `marker` is found in a name, and `unless` in none."""

    marker: str
    rules: tuple[Rule, ...]
    unless: str = "^$"


def _stage(offset: int) -> Callable[[re.Match[str]], str]:
    """ "layerN.block." from the number of the stage, counted from another start, and of the block."""
    return lambda found: f"layer{int(found[1]) + offset}.{found[2]}."


def _part(found: re.Match[str]) -> str:
    """conv1, bn1, (ReLU), conv2, bn2, … of an nn.Sequential by their places 0, 1, 3, 4, 6, 7."""
    number, place = divmod(int(found[2]), 3)
    return f"{found[1]}{('conv', 'bn', 'relu')[place]}{number + 1}."


def _named_part(found: re.Match[str]) -> str:
    """conv1, bn1, conv2, … of layers that hold a convolution and a normalization each."""
    return f"{found[1]}{'conv' if found[3] == 'convolution' else 'bn'}{int(found[2]) + 1}."


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
    # nn.Sequential(*resnet.children()) of torchvision's, as fastai and lightly make it
    _Scheme(
        r"^4\.0\.conv1\.",
        (
            (r"0\.(?=weight$|bias$)", "conv1."),
            (r"1\.(?=\D)", "bn1."),
            (r"(4|5|6|7)\.(\d+)\.", _stage(-3)),
        ),
        unless=r"^1\.\d+\.conv1\.",
    ),
    # Zhang et al., Dive into Deep Learning, 8.6: an nn.Sequential, as a class, and for several GPUs
    _Scheme(
        r"^(1|b2|resnet_block1)\.\d+\.conv1\.",
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
            (r"embedder\.embedder\.convolution\.", "conv1."),
            (r"embedder\.embedder\.normalization\.", "bn1."),
            (r"encoder\.stages\.(\d+)\.layers\.(\d+)\.", _stage(1)),
            (r"(layer\d+\.\d+)\.shortcut\.convolution\.", r"\1.downsample.0."),
            (r"(layer\d+\.\d+)\.shortcut\.normalization\.", r"\1.downsample.1."),
            (r"(layer\d+\.\d+\.)layer\.(\d+)\.(convolution|normalization)\.", _named_part),
        ),
    ),
    # github.com/facebookresearch/detectron2: the norm of a convolution is its attribute
    _Scheme(
        r"^res2\.0\.conv1\.",
        (
            (r"stem\.conv1\.norm\.", "bn1."),
            (r"stem\.", ""),
            (r"res(\d+)\.(\d+)\.", _stage(-1)),
            (r"(layer\d+\.\d+\.)conv(\d)\.norm\.", r"\1bn\2."),
            (r"(layer\d+\.\d+)\.shortcut\.norm\.", r"\1.downsample.1."),
            (r"(layer\d+\.\d+)\.shortcut\.", r"\1.downsample.0."),
        ),
    ),
    # github.com/kuangliu/pytorch-cifar and the many that follow it
    _Scheme(r"\.shortcut\.", ((r"(layer\d+\.\d+)\.shortcut\.", r"\1.downsample."),)),
)


def unwrapped_inside(name: str) -> str:
    """A name without what torch.compile and others put into the middle of it."""
    return _WRAPPED_INSIDE.sub("", name)


def prefixes(names: Collection[str]) -> Iterator[str]:
    """What stands before the names of each network that is among them, such as "module."; each once."""
    known, found = set(names), set()
    for stem, block in _BEGINNINGS:
        for name in names:
            before = name.removesuffix(stem)
            if before == name or not (before == "" or before.endswith(".")) or before + block not in known:
                continue
            if before not in found:
                found.add(before)
                yield before


def torchvision_names(names: Collection[str]) -> dict[str, str]:
    """Torchvision's name for each name of a network, before which nothing stands any more.

    No two names become one: of such, the later keeps its own.
    """
    schemes = [each for each in _SCHEMES if _any(each.marker, names) and not _any(each.unless, names)]
    rules = [rule for scheme in schemes for rule in scheme.rules]
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        ours = _renamed(name, rules)
        renamed[name] = name if ours in taken else ours
        taken.add(renamed[name])
    return renamed


def _renamed(name: str, rules: Iterable[Rule]) -> str:
    for pattern, ours in rules:
        if found := re.match(pattern, name):
            name = (ours(found) if callable(ours) else found.expand(ours)) + name[found.end() :]
    return name


def _any(pattern: str, names: Iterable[str]) -> bool:
    return any(re.search(pattern, name) for name in names)
