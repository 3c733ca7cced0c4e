"""Which network a file of weights holds, told in words, or refused by a tensor; nothing in it is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Tell, silent
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.weights.checkpoint import notes_on
from resnet_explorer.weights.open_network import open_network
from resnet_explorer.weights.recognition.infer_spec import Shapes
from resnet_explorer.weights.recognition.network_and_input import network_and_input, saved_preprocessing


@dataclass(frozen=True)
class Recognised:
    """The network that a file holds.

    Attributes:
        spec: the network.
        seen: what it was recognised by, a sentence each.
        assumed: what was taken and left of the file, and what no shape tells, a sentence each.
    """

    spec: ResNetSpec
    seen: tuple[str, ...]
    assumed: tuple[str, ...]


def recognise_file(content: bytes, name: str, tell: Tell = silent) -> Recognised:
    """The network of a checkpoint's file, whatever its name ends in.

    Raises:
        ValueError: in one sentence: too large, damaged, more than tensors, or the first tensor that
            fits no residual network, under the name that it has in the file.
    """
    opened = open_network(content, name)
    told = notes_on(opened.saved)
    if opened.describes_itself:
        # A file of this library says itself which network it holds.
        sentence = t("The file says itself which network it holds, and its shapes agree.")
        return Recognised(opened.spec, (sentence,), told)
    shapes, saved = opened.saved.shapes, saved_preprocessing(opened.raw.content)
    read = network_and_input(opened.spec, opened.saved.state, saved, tell=tell)
    usual = () if read.found else (_input_sentence(read.spec),)
    return Recognised(read.spec, (*_seen(read.spec, shapes), *read.found), (*told, *read.assumed, *usual))


def _seen(spec: ResNetSpec, shapes: Shapes) -> Iterator[str]:
    yield t("{tensor}: a stem of {kernel}×{kernel}, from {channels} to {width} channels.").format(
        tensor=_tensor("conv1.weight", shapes),
        kernel=shapes["conv1.weight"][2],
        channels=spec.in_channels,
        width=spec.width,
    )
    yield _stages_sentence(spec)
    yield from _width_sentences(spec, shapes)
    yield from _shortcut_sentences(spec, shapes)
    if spec.norm == "none":
        yield t("There is no `bn1.weight`: no normalization.")
    if spec.activation == "pre":
        yield t("{tensor}: a norm after the last block, so blocks are pre-activated.").format(
            tensor=_tensor("bn_last.weight", shapes)
        )
    if spec.conv_bias:
        yield t("{tensor}: convolutions have a bias.").format(tensor=_tensor("conv1.bias", shapes))
    if spec.include_top:
        yield t("{tensor}: {classes:,} classes.").format(
            tensor=_tensor("fc.weight", shapes), classes=spec.num_classes
        )
    else:
        yield t("There is no `fc.weight`: it ends with the feature map.")


def _stages_sentence(spec: ResNetSpec) -> str:
    kinds = {
        "basic": t("of two convolutions: basic blocks"),
        "bottleneck": t("of three convolutions: bottlenecks"),
    }
    if spec.depths == (1,):
        words = t("`layer1` has {counts} block {kind}.")
    elif len(spec.depths) == 1:
        words = t("`layer1` has {counts} blocks {kind}.")
    else:
        words = t("{stages} have {counts} blocks {kind}.")
    stages = [f"`layer{number}`" for number in range(1, len(spec.depths) + 1)]
    return words.format(
        stages=", ".join(stages), counts=", ".join(map(str, spec.depths)), kind=kinds[spec.block]
    )


def _width_sentences(spec: ResNetSpec, shapes: Shapes) -> Iterator[str]:
    tensor = _tensor("layer1.0.conv2.weight", shapes)
    if spec.groups > 1:
        yield t("{tensor}: {groups} groups of {channels} channels.").format(
            tensor=tensor, groups=spec.groups, channels=shapes["layer1.0.conv2.weight"][1]
        )
    elif spec.inner_width(0) != spec.width:
        yield t("{tensor}: the 3×3 has {inner} channels, where {width} are usual.").format(
            tensor=tensor, inner=spec.inner_width(0), width=spec.width
        )


def _shortcut_sentences(spec: ResNetSpec, shapes: Shapes) -> Iterator[str]:
    projections = [name for name in shapes if name.endswith(".downsample.0.weight")]
    if not projections:
        return
    where = t("every shortcut projects (option C)")
    if spec.shortcut == "projection":
        where = t("shortcuts project where the shape changes (option B)")
    others = t(" and {count} more").format(count=len(projections) - 1) if len(projections) > 1 else ""
    yield t("{tensor}{others}: {where}.").format(
        tensor=_tensor(projections[0], shapes), others=others, where=where
    )
    if not spec.projection_norm:
        yield t("No norm stands after a projection.")


def _input_sentence(spec: ResNetSpec) -> str:
    if spec.stem == "imagenet":
        return t(
            "Strides and the size of the input are in no file: as usual with a 7×7 stem, "
            "it halves the size, a max-pool follows, and the input is 224 × 224."
        )
    return t(
        "Strides and the size of the input are in no file: as usual with a 3×3 stem, "
        "it keeps the size, no max-pool follows, and the input is 32 × 32."
    )


def _tensor(name: str, shapes: Shapes) -> str:
    return f"`{name}` {'×'.join(map(str, shapes[name]))}"
