"""The controls that build a network: a preset, a number of layers, every field on its own, or a file.

The network itself is kept by `ui.session.network` and stands in the link. The controls follow it when it
is changed elsewhere (the head, a link); a network that cannot be built is refused in one
sentence, and what was shown stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, cast

import streamlit as st

from resnet_explorer.architecture.table1 import PAPER_DEPTHS
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.network.depth_rules import DepthChoice, choose_depth
from resnet_explorer.network.plan import MAX_INPUT, plan
from resnet_explorer.network.spec import (
    LARGEST,
    MAX_BLOCKS,
    MAX_STAGES,
    PRESETS,
    BlockKind,
    ResNetSpec,
    Stem,
    preset,
    title,
)
from resnet_explorer.ui.app.refusal import tell_refusal
from resnet_explorer.ui.app.url_state import linked, one_of, whole
from resnet_explorer.ui.session.network import (
    choose,
    choose_named,
    choose_size,
    current_name,
    current_size,
    current_spec,
)
from resnet_explorer.ui.weights.infer_input import recognise_input
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_choice

WAYS: Final = {
    "preset": msg("Preset"),
    "depth": msg("Depth"),
    "free": msg("Free"),
    "file": msg("From a file"),
}
FAMOUS: Final = {f"resnet{depth}": str(depth) for depth in PAPER_DEPTHS}
"""Table 1 of He et al. 2015."""
DEPTH_BLOCKS: Final = ("any", "basic", "bottleneck")
DEPTH_STEMS: Final[Mapping[Stem, str]] = {"imagenet": "ImageNet", "cifar": "CIFAR"}
SIZES: Final = (32, 64, 128, 224, 256, 320)
DEEPEST: Final = 6002
"""Four stages of 500 bottlenecks, and the two layers around them."""

_FOLLOWED, _REFUSED = "_arch_followed", "_arch_refused"

_STAGE_KEYS: Final = tuple(f"arch_stage{number}" for number in range(1, MAX_STAGES + 1))
_NUMBERS: Final[Mapping[str, str]] = {
    "width": msg("Width"),
    "groups": msg("Groups"),
    "width_per_group": msg("Width per group"),
    "in_channels": msg("Input channels"),
    "num_classes": msg("Classes"),
}
_CHOICES: Final[Mapping[str, tuple[str, Mapping[Any, str]]]] = {
    "stem": (msg("Stem"), {"imagenet": msg("7×7, max-pool"), "cifar": msg("3×3 (CIFAR)")}),
    "stem_padding": (msg("Stem’s padding"), {None: msg("half the kernel"), 0: msg("none (the lesson’s)")}),
    "stem_pool": (
        msg("Stem’s max-pool"),
        {None: msg("as usual with it"), True: msg("yes"), False: msg("no")},
    ),
    "shortcut": (
        msg("Shortcut"),
        {
            "projection": msg("B · projection"),
            "zero_pad": msg("A · zero padding"),
            "projection_all": msg("C · all projections"),
            "none": msg("none (plain)"),
        },
    ),
    "zero_pad": (
        msg("Option A’s zeros"),
        {"after": msg("behind the channels"), "around": msg("half before, half behind")},
    ),
    "stride_in": (
        msg("Bottleneck’s stride"),
        {"3x3": msg("on the 3×3 (v1.5)"), "1x1": msg("on the 1×1 (v1)")},
    ),
    "activation": (msg("Activation"), {"post": msg("post (2015)"), "pre": msg("pre (2016)")}),
    "norm": (msg("Normalization"), {"batch": msg("batch normalization"), "none": msg("none")}),
}
_SWITCHES: Final[Mapping[str, str]] = {
    "conv_bias": msg("Bias in convolutions"),
    "projection_norm": msg("Norm after projections"),
    "include_top": msg("Average pool and fc"),
}


def network_controls(*, has_depth_and_size: bool = True) -> None:
    """Draw the controls in a row; a change of any of them changes the network of the session.

    Args:
        has_depth_and_size: draw these two beside the button that opens the others.
    """
    fresh = _changed_elsewhere()
    if has_depth_and_size:
        _famous_choice()
    with st.popover(t("Build another network"), key="arch_builder", help=t("Build another network")):
        way = linked_choice("arch_by", t("Build by"), WAYS, default="preset")
        if way == "depth":
            _depth_controls(fresh)
        elif way == "free":
            _free_controls(fresh)
        elif way == "file":
            recognise_input(_follow)
        else:
            _preset_controls()
    if has_depth_and_size:
        _size_button(fresh)


def _famous_choice() -> None:
    """The networks of the paper, by their depth."""
    name = current_name()
    st.session_state["arch_resnet"] = name if name in FAMOUS else None
    st.segmented_control(
        t("ResNets of the paper"),
        list(FAMOUS),
        format_func=FAMOUS.__getitem__,
        label_visibility="collapsed",
        **keeping_value("arch_resnet", on_change=_take_preset, args=("arch_resnet",)),
    )


def _size_button(fresh: bool) -> None:
    """The size of the input, on a button that opens the choice of another."""
    height, width = current_size()
    _fill({"arch_height": height, "arch_width_px": width}, fresh)
    st.session_state["arch_size"] = height if height == width and height in SIZES else None
    with st.popover(f"{height} × {width}", key="arch_input", help=t("Input size in pixels")):
        st.pills(t("Input size in pixels"), SIZES, **keeping_value("arch_size", on_change=_take_size_preset))
        tall, wide = st.columns(2)
        for column, label, key in ((tall, t("Height"), "arch_height"), (wide, t("Width"), "arch_width_px")):
            column.number_input(
                label, 1, MAX_INPUT, step=1, **keeping_value(key, column, on_change=_take_size)
            )
        _show_refusal("input_size")


def _preset_controls() -> None:
    name = current_name()
    st.session_state["arch_preset"] = None if name in FAMOUS else name
    st.selectbox(
        t("Other networks"),
        [other for other in PRESETS if other not in FAMOUS],
        format_func=lambda other: title(preset(other)),
        placeholder=t("ResNeXt, Wide, plain, CIFAR…"),
        **keeping_value("arch_preset", on_change=_take_preset, args=("arch_preset",)),
    )


def _take_preset(key: str) -> None:
    name = st.session_state[key]
    if name:
        choose_named(name)
        _followed()


def _depth_controls(fresh: bool) -> None:
    spec = current_spec()
    _fill({"arch_depth": spec.depth, "arch_depth_block": "any", "arch_depth_stem": spec.stem}, fresh)
    values = (
        linked("arch_depth", spec.depth, whole(1, DEEPEST)),
        linked("arch_depth_block", "any", one_of(DEPTH_BLOCKS)),
        linked("arch_depth_stem", spec.stem, one_of(DEPTH_STEMS)),
    )
    row = st.container(horizontal=True)
    row.number_input(
        t("Layers"), 1, DEEPEST, step=1, width=160, **keeping_value("arch_depth", row, on_change=_take_depth)
    )
    row.segmented_control(
        t("Block"),
        DEPTH_BLOCKS,
        required=True,
        **keeping_value("arch_depth_block", row, on_change=_take_depth),
    )
    row.segmented_control(
        t("Made for"),
        list(DEPTH_STEMS),
        format_func=DEPTH_STEMS.__getitem__,
        required=True,
        **keeping_value("arch_depth_stem", row, on_change=_take_depth),
    )
    _show_refusal("layers")
    with suppress(ValueError):  # refused: the sentence stands above
        choice = _depth_choice(*values)
        if choice.spec == spec and not choice.exact:
            st.info(choice.reason)


def _take_depth() -> None:
    state = st.session_state
    try:
        _follow(_depth_choice(state["arch_depth"], state["arch_depth_block"], state["arch_depth_stem"]).spec)
    except ValueError as error:
        _refuse(error, "layers")


def _depth_choice(layers: int, block: str, stem: Stem) -> DepthChoice:
    return choose_depth(layers, block=None if block == "any" else cast(BlockKind, block), stem=stem)


def _free_controls(fresh: bool) -> None:
    spec = current_spec()
    blocks = dict.fromkeys(_STAGE_KEYS, 0) | dict(zip(_STAGE_KEYS, spec.depths, strict=False))
    fields = (*_NUMBERS, *_CHOICES, *_SWITCHES)
    _fill({"arch_block": spec.block} | blocks | {f"arch_{f}": getattr(spec, f) for f in fields}, fresh)
    st.segmented_control(
        t("Block"),
        ("basic", "bottleneck"),
        required=True,
        **keeping_value("arch_block", on_change=_take_fields),
    )
    row = st.container(horizontal=True)
    for number, key in enumerate(_STAGE_KEYS, start=1):
        row.number_input(
            t("Blocks, stage {number}").format(number=number),
            0,
            MAX_BLOCKS,
            step=1,
            width=140,
            **keeping_value(key, row, on_change=_take_fields),
        )
    _show_refusal("depths", "block")
    row = st.container(horizontal=True)
    for field, label in _NUMBERS.items():
        row.number_input(
            t(label),
            1,
            LARGEST[field],
            step=1,
            **keeping_value(f"arch_{field}", row, on_change=_take_fields),
            width=114,
            disabled=field == "width_per_group" and st.session_state["arch_block"] == "basic",
        )
    _show_refusal(*_NUMBERS)
    row = st.container(horizontal=True)
    for field, (label, words) in _CHOICES.items():
        row.selectbox(
            t(label),
            list(words),
            format_func=_translated(words),
            width=210,
            **keeping_value(f"arch_{field}", row, on_change=_take_fields),
        )
    with st.container(horizontal=True):
        for field, label in _SWITCHES.items():
            st.toggle(t(label), **keeping_value(f"arch_{field}", on_change=_take_fields))
    _show_refusal(*_CHOICES, *_SWITCHES, "input_size")


def _translated(words: Mapping[Any, str]) -> Callable[[Any], str]:
    return lambda value: t(words[value])


def _take_fields() -> None:
    state = st.session_state
    if state["arch_block"] == "basic":
        state["arch_width_per_group"] = 64  # a basic block has no other, and the control is locked
    depths = [state[key] for key in _STAGE_KEYS]
    while depths and depths[-1] == 0:
        depths.pop()
    try:
        fields = {field: state[f"arch_{field}"] for field in (*_NUMBERS, *_CHOICES, *_SWITCHES)}
        spec = ResNetSpec(state["arch_block"], tuple(depths), **fields)
        plan(spec, current_size())
        _follow(spec)
    except ValueError as error:
        _refuse(error)


def _take_size_preset() -> None:
    size = st.session_state["arch_size"]
    if size:
        _follow_size((size, size))


def _take_size() -> None:
    size = (st.session_state["arch_height"], st.session_state["arch_width_px"])
    try:
        plan(current_spec(), size)
        _follow_size(size)
    except ValueError as error:
        _refuse(error)


def _follow(spec: ResNetSpec) -> None:
    """Make a network that these controls describe the network of the session."""
    choose(spec)
    _followed()


def _followed() -> None:
    """Let these controls know the network that they chose."""
    # Another stem may have brought another size along.
    st.session_state["arch_height"], st.session_state["arch_width_px"] = current_size()
    st.session_state[_FOLLOWED] = (current_spec(), current_size())
    st.session_state.pop(_REFUSED, None)


def _follow_size(size: tuple[int, int]) -> None:
    choose_size(size)
    st.session_state["arch_height"], st.session_state["arch_width_px"] = size
    st.session_state[_FOLLOWED] = (current_spec(), size)


def _changed_elsewhere() -> bool:
    """Whether the network is another one than these controls last knew; they follow it then."""
    now = (current_spec(), current_size())
    changed = st.session_state.get(_FOLLOWED) != now
    if changed:
        st.session_state[_FOLLOWED] = now
        st.session_state.pop(_REFUSED, None)
    return changed


def _fill(values: Mapping[str, Any], fresh: bool) -> None:
    """Give controls their values from the network, where it changed or they were not there before."""
    missing = any(key not in st.session_state for key in values)
    if missing:
        st.session_state.pop(_REFUSED, None)
    if fresh or missing:
        st.session_state.update(values)


def _refuse(error: ValueError, field: str | None = None) -> None:
    """Keep the sentence, with the field that it names first unless told."""
    st.session_state[_REFUSED] = (field or re.split(r"\W", str(error))[0], str(error))


def _show_refusal(*fields: str) -> None:
    """The sentence of a refused network, below the controls whose field it names."""
    field, sentence = st.session_state.get(_REFUSED, ("", ""))
    if field in fields:
        tell_refusal(sentence)
