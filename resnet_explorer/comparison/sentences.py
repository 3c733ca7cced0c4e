"""What changed from one network to another, in words: "+17 identity blocks in stage 3; nothing else."

Each field in which the two differ has its words, and so has the size of the input. So "nothing else"
is a finding: it is said where a single one of them differs, and everything that follows is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Final

from resnet_explorer.common.i18n import nt, t
from resnet_explorer.common.numbers import signed_text
from resnet_explorer.common.text import named
from resnet_explorer.comparison.differences import Pair, percent_text, ratio_text
from resnet_explorer.network.layers import Plan, Shape, Stage, shape_text
from resnet_explorer.network.spec import ResNetSpec

INPUT_SIZE: Final = "input_size"
"""Not a field of a spec, but what a network is compared at."""


def changed_fields(a: Plan, b: Plan) -> tuple[str, ...]:
    """The fields of the specs that differ, in their order, and INPUT_SIZE if that does."""
    names = [f.name for f in fields(ResNetSpec) if getattr(a.spec, f.name) != getattr(b.spec, f.name)]
    if a.input_size != b.input_size:
        names.append(INPUT_SIZE)
    return tuple(names)


def changes(a: Plan, b: Plan) -> tuple[str, ...]:
    """What B has instead of A, in one phrase for each field that differs."""
    return tuple(WORDS[name](a, b) for name in changed_fields(a, b))


def sentence(a: Plan, b: Plan) -> str:
    """All changes in a sentence; it says so if there is none, or nothing else."""
    found = changes(a, b)
    if not found:
        return t("They are the same network.")
    text = t("; ").join(found)
    if a.layers == b.layers:
        text += t("; ") + t("layer by layer they are the same")
    elif len(found) == 1:
        text += t("; ") + t("nothing else")
    return text[0].upper() + text[1:] + t(".")


def _block(a: Plan, b: Plan) -> str:
    words = {"basic": t("basic blocks (3×3, 3×3)"), "bottleneck": t("bottlenecks (1×1, 3×3, 1×1)")}
    return _instead(words[b.spec.block], words[a.spec.block])


def _depths(a: Plan, b: Plan) -> str:
    parts: list[str] = []
    last_kind: str | None = None
    for old, new in zip(a.stages, b.stages, strict=False):
        more = len(new.blocks) - len(old.blocks)
        if more:
            kind = _kind_of_change(old, new)
            # "+4 identity blocks in stage 2, +13 in stage 3": the kind is said when it is another.
            signed = signed_text(more)
            number = signed if kind == last_kind else _blocks(kind, abs(more)).format(count=signed)
            parts.append(t("{number} in {stage}").format(number=number, stage=t(new.name)))
            last_kind = kind
    return t(", ").join([*parts, *_stages_of_one(a, b)])


def _stages_of_one(a: Plan, b: Plan) -> list[str]:
    """The stages that only one of them has, and what this does to the head if nothing else does."""
    common = min(len(a.stages), len(b.stages))
    found = [
        words.format(
            stage=t(stage.name), blocks=_blocks("", len(stage.blocks)).format(count=len(stage.blocks))
        )
        for stages, words in (
            (a.stages, t("no {stage} ({blocks})")),
            (b.stages, t("a new {stage} ({blocks})")),
        )
        for stage in stages[common:]
    ]
    if found and changed_fields(a, b) == ("depths",) and a.head.layers != b.head.layers:
        channels = (b.head.in_shape[0], a.head.in_shape[0])
        found.append(t("so the head takes {0:,} channels instead of {1:,}").format(*channels))
    return found


def _kind_of_change(old: Stage, new: Stage) -> str:
    """The kind of shortcut of the blocks that were added or taken away; "" if of several."""
    counted = Counter(block.shortcut for block in new.blocks)
    counted.subtract(block.shortcut for block in old.blocks)
    kinds = [kind for kind, number in counted.items() if number]
    return kinds[0] if len(kinds) == 1 else ""


def _blocks(kind: str, number: int) -> str:
    """Blocks in words, with a place for their `count`."""
    return {
        "identity": nt("{count} identity block", "{count} identity blocks", number),
        "projection": nt("{count} projection block", "{count} projection blocks", number),
        "zero_pad": nt("{count} zero-padded block", "{count} zero-padded blocks", number),
        "none": nt("{count} plain block", "{count} plain blocks", number),
        "": nt("{count} block", "{count} blocks", number),
    }[kind]


def _width(a: Plan, b: Plan) -> str:
    return t("width {new} instead of {old}: {ratio} in every stage").format(
        new=b.spec.width, old=a.spec.width, ratio=ratio_text(Pair(a.spec.width, b.spec.width))
    )


def _groups(a: Plan, b: Plan) -> str:
    return t("3×3 convolutions in {new} instead of {old}").format(
        new=nt("{count:,} group", "{count:,} groups", b.spec.groups).format(count=b.spec.groups),
        old=a.spec.groups,
    )


def _width_per_group(a: Plan, b: Plan) -> str:
    text = t("width per group {new} instead of {old}").format(
        new=b.spec.width_per_group, old=a.spec.width_per_group
    )
    new, old = b.spec.inner_width(0), a.spec.inner_width(0)
    if new == old:
        return text
    return text + t(" ({new} channels in the 3×3 of stage 1 instead of {old})").format(new=new, old=old)


def _stem(a: Plan, b: Plan) -> str:
    words = {"imagenet": t("7×7 and max-pool (ImageNet)"), "cifar": t("3×3 (CIFAR)")}
    return t("a stem of {new} instead of {old}").format(new=words[b.spec.stem], old=words[a.spec.stem])


def _stride_in(a: Plan, b: Plan) -> str:
    versions = {"1x1": ("1×1", "v1"), "3x3": ("3×3", "v1.5")}
    (old, old_version), (new, new_version) = versions[a.spec.stride_in], versions[b.spec.stride_in]
    if not (_has_strided_bottleneck(a) and _has_strided_bottleneck(b)):
        return t("a bottleneck’s stride on the {new} ({new_version}) instead of the {old}").format(
            new=new, new_version=new_version, old=old
        )
    text = t("the stride moves from the {old} to the {new} ({old_version} → {new_version})").format(
        old=old, new=new, old_version=old_version, new_version=new_version
    )
    if changed_fields(a, b) != ("stride_in",):
        return text
    same = a.params == b.params and _shapes(a) == _shapes(b)
    macs = t("{percent} MACs").format(percent=percent_text(b.macs / a.macs))
    alike = t("same parameters and shapes, ") if same else ""
    return named(text, alike + macs)


def _has_strided_bottleneck(p: Plan) -> bool:
    return p.spec.block == "bottleneck" and len(p.stages) > 1


def _shapes(p: Plan) -> list[Shape]:
    return [section.out_shape for section in p.sections]


def _activation(a: Plan, b: Plan) -> str:
    del a
    what = t("norm and ReLU") if b.spec.norm == "batch" else t("ReLU")
    if b.spec.activation == "pre":
        return t("{what} before each convolution instead of after it (pre-activation)").format(what=what)
    return t("{what} after each convolution instead of before it (post-activation)").format(what=what)


def _shortcut(a: Plan, b: Plan) -> str:
    options = {
        "projection": t("option B (projection)"),
        "zero_pad": t("option A (zero padding)"),
        "projection_all": t("option C (all projections)"),
        "none": t("none"),
    }
    if b.spec.shortcut == "none":
        return t("no shortcuts: a plain network instead of {old}").format(old=options[a.spec.shortcut])
    return t("shortcuts of {new} instead of {old}").format(
        new=options[b.spec.shortcut], old=options[a.spec.shortcut]
    )


def _norm(a: Plan, b: Plan) -> str:
    del a
    if b.spec.norm == "none":
        return t("no batch normalization")
    return t("batch normalization, where there was none")


def _conv_bias(a: Plan, b: Plan) -> str:
    del a
    return t("a bias in every convolution") if b.spec.conv_bias else t("no bias in the convolutions")


def _in_channels(a: Plan, b: Plan) -> str:
    return _instead(
        nt("{count:,} input channel", "{count:,} input channels", b.spec.in_channels).format(
            count=b.spec.in_channels
        ),
        f"{a.spec.in_channels:,}",
    )


def _num_classes(a: Plan, b: Plan) -> str:
    new = nt("{count:,} class", "{count:,} classes", b.spec.num_classes).format(count=b.spec.num_classes)
    return _instead(new, f"{a.spec.num_classes:,}")


def _include_top(a: Plan, b: Plan) -> str:
    del a
    return t("with average pooling and fc") if b.spec.include_top else t("without average pooling and fc")


def _projection_norm(a: Plan, b: Plan) -> str:
    del a
    return t("a norm after each projection") if b.spec.projection_norm else t("no norm after projections")


def _stem_padding(a: Plan, b: Plan) -> str:
    del a
    none = b.spec.stem_padding == 0
    return t("no padding in the stem") if none else t("the stem padded by half its kernel")


def _stem_pool(a: Plan, b: Plan) -> str:
    usual = {"imagenet": t("after 7×7"), "cifar": t("not after 3×3")}
    if b.spec.stem_pool is None:
        return t("the stem’s max-pool as usual ({usual})").format(usual=usual[b.spec.stem])
    if a.spec.stem != b.spec.stem and a.spec.pools_stem == b.spec.pools_stem:
        return t("the stem’s max-pool as before")
    return t("a max-pool after the stem") if b.spec.stem_pool else t("no max-pool after the stem")


def _zero_pad(a: Plan, b: Plan) -> str:
    del a
    if b.spec.zero_pad == "around":
        return t("option A’s zeros half before and half behind the channels")
    return t("option A’s zeros all behind the channels")


def _input_size(a: Plan, b: Plan) -> str:
    return t("an input of {new} pixels instead of {old}").format(
        new=shape_text(b.input_size), old=shape_text(a.input_size)
    )


def _instead(new: str, old: str) -> str:
    return t("{new} instead of {old}").format(new=new, old=old)


WORDS: Final[Mapping[str, Callable[[Plan, Plan], str]]] = {
    "block": _block,
    "depths": _depths,
    "width": _width,
    "groups": _groups,
    "width_per_group": _width_per_group,
    "stem": _stem,
    "stride_in": _stride_in,
    "activation": _activation,
    "shortcut": _shortcut,
    "norm": _norm,
    "conv_bias": _conv_bias,
    "in_channels": _in_channels,
    "num_classes": _num_classes,
    "include_top": _include_top,
    "projection_norm": _projection_norm,
    "stem_padding": _stem_padding,
    "stem_pool": _stem_pool,
    "zero_pad": _zero_pad,
    INPUT_SIZE: _input_size,
}
"""The words of every field."""
