"""The network among all that people save: under whatever keys and prefixes, its head beside it or in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.weights.reading.misfits import misfit
from resnet_explorer.weights.reading.name_schemes import prefixes, torchvision_names, unwrapped_inside
from resnet_explorer.weights.reading.safetensors_header import printable
from resnet_explorer.weights.recognition.infer_spec import recognise

_AVERAGED: Final = re.compile(r"(^|\.)(\w*ema(_\w+)?|average\w*|averaged_\w+|swa\w*|params_ema|teacher)\.")
_FIRST: Final = re.compile(r"(^|\.)(best\w*|encoder_q|query_encoder|base_encoder|online\w*)\.")
_LATER: Final = re.compile(r"(^|\.)(encoder_k|momentum\w*|target\w*|old\w*|last\w*|key_encoder)\.")
"""Of several networks as good, which to take. DINO's and mean teachers' networks to use are the teachers."""

_CONTRASTIVE: Final = re.compile(
    r"(^|\.)(encoder_[qk]|query_encoder|key_encoder|base_encoder|momentum_encoder|(online|target)_\w+)\."
)
"""MoCo's and BYOL's networks, whose `fc` projects and names no classes."""

_NETWORK: Final = re.compile(r"(conv1|bn1|bn_last|layer\d+)\.")
_PART: Final = re.compile(r"(conv|bn|norm|gn|layer|stage|block|stem|attn|se|res|down)\w*\.")
"""What begins as a part of a network's path and has no place in ours: not to be left aside."""
_NO_HEAD: Final = re.compile(
    r"criterion|loss|proj|pred(?!_w)|prototype|queue|memory|center|aux|teacher|student"
)
_HEADS: Final = ("fc", "head.fc", "head", "classifier", "last_linear", "linear", "cls_head.fc", "logits")
"""What a last layer is called; the first of these that fits, if several do."""
_COUNTED: Final = (".total_ops", ".total_params")
"""What thop leaves in every layer."""
_SHOWN: Final = 6


@dataclass(frozen=True)
class SavedNetwork:
    """A network that was found in what somebody saved.

    Attributes:
        state: its tensors by torchvision's names.
        names: how each is called in the file.
        left_aside: what belongs to it not: tensors by their names, or by a name and how many.
        notes: what was done to get it, a sentence each.
        keys: of what was saved, where no network was found in it.
    """

    state: dict[str, Tensor] = field(repr=False)
    names: dict[str, str] = field(repr=False)
    left_aside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Of its tensors."""
        return {name: tuple(tensor.shape) for name, tensor in self.state.items()}


def find_network(content: Mapping[Any, Any]) -> SavedNetwork:
    """The largest group of tensors that is one network, averaged values before others.

    Args:
        content: what was saved: tensors, mappings of them, and anything else.

    Raises:
        ValueError: in one sentence, if there are no tensors, or those of a network are not its values yet.
    """
    tensors, own = _flat(content)
    if not tensors:
        keys = ", ".join(printable(key) for key in list(content)[:_SHOWN])
        raise ValueError(
            t("There are no tensors in it, and so no residual network; its keys are {keys}.").format(
                keys=keys
            )
            if keys
            else t("There is nothing in it, and so no residual network.")
        )
    found = [_network_at(before, tensors) for before in prefixes(tensors)]
    if not found:
        return _unknown(tensors, own, content)
    best = found[0] if len(found) == 1 else max(found, key=_rank)
    if sentence := misfit([own.get(theirs, theirs) for theirs in best.names.values()]):
        raise ValueError(sentence)
    return SavedNetwork(
        best.tensors,
        {ours: own.get(theirs, theirs) for ours, theirs in best.names.items()},
        tuple(_left_aside(best, tensors, own)),
        tuple(_notes(best, found, tensors)),
    )


@dataclass(frozen=True)
class _Found:
    """A network at a prefix: tensors and names in the file by torchvision's names, and what is said of it."""

    before: str
    tensors: dict[str, Tensor] = field(repr=False)
    names: dict[str, str] = field(repr=False)
    notes: tuple[str, ...] = ()


def _flat(content: Mapping[Any, Any]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """All tensors by the keys that lead to them, and the name of each where it lies."""
    tensors: dict[str, Tensor] = {}
    own: dict[str, str] = {}
    for path, key, tensor in _walk(content, (), set()):
        full = ".".join((*path, key))
        short = unwrapped_inside(full)
        if short not in tensors:
            tensors[short], own[short] = tensor, key if "." in key else full
    return tensors, own


def _walk(
    content: Mapping[Any, Any], path: tuple[str, ...], seen: set[int]
) -> Iterator[tuple[tuple[str, ...], str, Tensor]]:
    seen.add(id(content))
    for key, value in content.items():
        if isinstance(value, Tensor):
            yield path, str(key), value
        elif isinstance(value, Mapping) and id(value) not in seen:
            yield from _walk(value, (*path, str(key)), seen)


def _network_at(before: str, tensors: Mapping[str, Tensor]) -> _Found:
    """The network whose names begin so, with the head that belongs to it."""
    inside = [name for name in tensors if name.startswith(before) and not name.endswith(_COUNTED)]
    ours = torchvision_names([name.removeprefix(before) for name in inside])
    named = {ours[name.removeprefix(before)]: name for name in inside}
    names = {name: theirs for name, theirs in named.items() if _NETWORK.match(name)}
    rest = {name: theirs for name, theirs in named.items() if name not in names}
    names |= {name: theirs for name, theirs in rest.items() if _is_part(name, tensors[theirs])}
    features = _features(names, tensors)
    head, notes = _head(before, rest, tensors, features)
    names |= head
    found = {name: tensors[theirs] for name, theirs in names.items()}
    if "fc.weight" in found and "fc.bias" not in found and found["fc.weight"].ndim == 2:
        weight = found["fc.weight"]
        found["fc.bias"] = torch.zeros(len(weight), dtype=weight.dtype)
        names["fc.bias"] = names["fc.weight"].removesuffix("weight") + "bias"
        notes = (*notes, t("Its last layer has no bias; zeros, which change nothing, stand for it."))
    return _Found(before, found, names, notes)


def _is_part(name: str, tensor: Tensor) -> bool:
    """Whether it takes part in the path of the feature map, so that without it, it is another network."""
    return tensor.ndim == 4 or (tensor.ndim > 0 and bool(_PART.match(name)))


def _features(names: Mapping[str, str], tensors: Mapping[str, Tensor]) -> int:
    """How many channels the last stage gives."""
    stages = [int(found[1]) for name in names if (found := re.match(r"layer(\d+)\.0\.conv2\.weight$", name))]
    for part in ("conv3", "conv2"):
        theirs = names.get(f"layer{max(stages, default=0)}.0.{part}.weight")
        if theirs is not None and tensors[theirs].ndim:
            return tensors[theirs].shape[0]
    return 0


def _head(
    before: str, rest: Mapping[str, str], tensors: Mapping[str, Tensor], features: int
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The last layer: in the network, or beside it in what holds both; and what is said of another one."""
    if any(name.startswith("fc.weight") and tensors[theirs].ndim != 2 for name, theirs in rest.items()):
        return {name: theirs for name, theirs in rest.items() if name.startswith("fc.")}, ()
    if _CONTRASTIVE.search(before):
        projecting = [theirs for theirs in rest.values() if tensors[theirs].ndim == 2]
        why = t("projects, as contrastive learning has it, and names no classes")
        return {}, ((_no_head(projecting, why),) if projecting else ())
    around, pool = before, dict(rest)
    while True:
        layers = {
            name: theirs
            for name, theirs in pool.items()
            if name.endswith(".weight") and tensors[theirs].ndim == 2 and not _NO_HEAD.search(name)
        }
        if layers:
            head = _single(layers, pool, tensors, features)
            if head is not None:
                ends = [end for end in ("weight", "bias") if f"{head}.{end}" in pool]
                return {f"fc.{end}": pool[f"{head}.{end}"] for end in ends}, ()
            return {}, (
                _no_head(
                    list(layers.values()),
                    t("is no single linear layer on its {features:,} features").format(features=features),
                ),
            )
        if not around:
            return {}, ()
        around = around[: around[:-1].rfind(".") + 1]
        others = [other for other in prefixes(tensors) if other != around]
        pool = {
            name.removeprefix(around): name
            for name in tensors
            if name.startswith(around) and not any(name.startswith(other) for other in others)
        }


def _single(
    layers: Mapping[str, str], pool: Mapping[str, str], tensors: Mapping[str, Tensor], features: int
) -> str | None:
    """The one linear layer that a head is, by its name without "weight"."""
    fitting = [name.removesuffix(".weight") for name in layers if tensors[layers[name]].shape[1] == features]
    known = [name for name in fitting if re.sub(r"\.\d+$|\.module", "", name) in _HEADS]
    head = min(known, key=lambda name: _HEADS.index(re.sub(r"\.\d+$|\.module", "", name))) if known else None
    if head is None:
        head = fitting[0] if len(fitting) == 1 else None
    if head is None:
        return None
    classes = tensors[layers[f"{head}.weight"]].shape[0]
    top = head.partition(".")[0] + "."
    within = [
        name
        for name, theirs in pool.items()
        if name.startswith(top) and tensors[theirs].ndim and name not in (f"{head}.weight", f"{head}.bias")
    ]
    goes_on = [
        name for name in layers if name != f"{head}.weight" and tensors[layers[name]].shape[1] == classes
    ]
    return None if goes_on or within else head


def _no_head(layers: Sequence[str], why: str) -> str:
    shown = ", ".join(printable(name) for name in layers[:3]) + (", …" if len(layers) > 3 else "")
    return t(
        "Its head ({shown}) {why}, and was left aside: what is left is the network without classes."
    ).format(shown=shown, why=why)


def _rank(found: _Found) -> tuple[bool, bool, bool, bool, int]:
    """Of several networks: one that is known, averaged, by its name the one to use, the largest."""
    try:
        recognise({name: tuple(tensor.shape) for name, tensor in found.tensors.items()})
        known = True
    except ValueError:
        known = False
    before = found.before
    size = sum(tensor.numel() for tensor in found.tensors.values())
    return (
        known,
        bool(_AVERAGED.search(before)),
        bool(_FIRST.search(before)),
        not _LATER.search(before),
        size,
    )


def _notes(best: _Found, found: Sequence[_Found], tensors: Mapping[str, Tensor]) -> Iterator[str]:
    if averaged := _AVERAGED.search(best.before):
        yield t('The running average of the weights was taken ("{averaged}").').format(
            averaged=printable(averaged[2])
        )
    others = [other.before.rstrip(".") or t("its top level") for other in found if other is not best]
    if others:
        taken = best.before.rstrip(".") or t("its top level")
        yield (
            t("It holds {count} networks; that of {taken} was taken, and not {listed}{what}.").format(
                count=len(found),
                taken=printable(taken),
                listed=", ".join(map(printable, others[:3])),
                what=", …" if len(others) > 3 else "",
            )
        )
    yield from best.notes


def _left_aside(best: _Found, tensors: Mapping[str, Tensor], own: Mapping[str, str]) -> Iterator[str]:
    """What belongs to the network not: few by their names, many by what they lie in."""
    taken = set(best.names.values())
    others = [name for name, tensor in tensors.items() if name not in taken and tensor.ndim]
    tops = Counter(_top(name, best.before) for name in others)
    told: set[str] = set()
    for name in others:
        top = _top(name, best.before)
        if tops[top] <= 3:
            yield printable(own[name])
        elif top not in told:
            told.add(top)
            yield t("{top} ({tops:,} tensors)").format(top=printable(top), tops=tops[top])


def _top(name: str, before: str) -> str:
    """What a tensor beside the network lies in: the first part of its name behind what both begin with."""
    around = before
    while not name.startswith(around):
        around = around[: around[:-1].rfind(".") + 1]
    return around + name.removeprefix(around).partition(".")[0]


def _unknown(tensors: dict[str, Tensor], own: Mapping[str, str], content: Mapping[Any, Any]) -> SavedNetwork:
    """What there is where no network is: the largest group, which the recognition refuses by a tensor."""
    if sentence := misfit(own.values()):
        raise ValueError(sentence)
    there: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        there.setdefault(own[name], tensor)
    stems = [name.removesuffix("conv1.weight") for name in there if name.endswith("conv1.weight")]
    before = min((stem for stem in stems if not stem or stem.endswith(".")), key=len, default=None)
    if before is None or re.search(r"(layer|stage|block)\w*\.", before):
        before = _shared([name for name, tensor in there.items() if tensor.ndim])
    inside = {name.removeprefix(before): name for name in there if name.startswith(before)}
    names = {ours: inside[theirs] for theirs, ours in torchvision_names(list(inside)).items()}
    is_wrapped = any(isinstance(value, Mapping) for value in content.values())
    return SavedNetwork(
        {name: there[theirs] for name, theirs in names.items()},
        names,
        keys=tuple(map(printable, content)) if is_wrapped else (),
    )


def _shared(names: Sequence[str]) -> str:
    """The keys that lead to most of some names."""
    tops = Counter(name.partition(".")[0] for name in names)
    (top, count), *_ = tops.most_common(1) or [("", 0)]
    if (
        count < 2
        or count < len(names) / 2
        or re.fullmatch(r"features|stem|patch_embed|blocks|layers?\d*|\d+", top)
    ):
        return ""
    inside = [name.removeprefix(f"{top}.") for name in names if name.startswith(f"{top}.")]
    return f"{top}." + _shared(inside)
