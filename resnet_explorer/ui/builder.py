"""The controls that build a network: a preset, a number of layers, every field on its own, or a file.

The network itself is kept by `ui.network` and stands in the link. The controls follow it when it
is changed elsewhere (the sidebar, a link); a network that cannot be built is refused in one
sentence, and what was shown stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, cast

import streamlit as st

from resnet_explorer.depth import DepthChoice, choose_depth
from resnet_explorer.i18n import t
from resnet_explorer.plan import MAX_INPUT, plan
from resnet_explorer.spec import (
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
from resnet_explorer.table1 import PAPER_DEPTHS
from resnet_explorer.ui.linked import linked, one_of, whole
from resnet_explorer.ui.network import (
    choose,
    choose_named,
    choose_size,
    current_name,
    current_size,
    current_spec,
)
from resnet_explorer.ui.recognise_input import recognise_input

WAYS: Final = {"preset": "Preset", "depth": "Depth", "free": "Free", "file": "From a file"}
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
    "width": "Width",
    "groups": "Groups",
    "width_per_group": "Width per group",
    "in_channels": "Input channels",
    "num_classes": "Classes",
}
_CHOICES: Final[Mapping[str, tuple[str, Mapping[Any, str]]]] = {
    "stem": ("Stem", {"imagenet": "7×7, max-pool", "cifar": "3×3 (CIFAR)"}),
    "shortcut": (
        "Shortcut",
        {
            "projection": "B · projection",
            "zero_pad": "A · zero padding",
            "projection_all": "C · all projections",
            "none": "none (plain)",
        },
    ),
    "stride_in": ("Bottleneck’s stride", {"3x3": "on the 3×3 (v1.5)", "1x1": "on the 1×1 (v1)"}),
    "activation": ("Activation", {"post": "post (2015)", "pre": "pre (2016)"}),
    "norm": ("Normalization", {"batch": "batch normalization", "none": "none"}),
}
_SWITCHES: Final[Mapping[str, str]] = {
    "conv_bias": "Bias in convolutions",
    "projection_norm": "Norm after projections",
    "include_top": "Average pool and fc",
}


def builder() -> None:
    """Draw the controls; a change of any of them changes the network of the session."""
    with st.container(border=True):
        linked("arch_by", "preset", one_of(WAYS))
        way = st.segmented_control(
            t("Build by"),
            list(WAYS),
            required=True,
            key="arch_by",
            format_func=lambda way: t(WAYS[way]),
            persist_state="session",
        )
        fresh = _changed_elsewhere()
        if way == "depth":
            _depth_controls(fresh)
        elif way == "free":
            _free_controls(fresh)
        elif way == "file":
            recognise_input(_follow)
        else:
            _preset_controls()
        _size_controls(fresh)


def _preset_controls() -> None:
    name = current_name()
    st.session_state["arch_resnet"] = name if name in FAMOUS else None
    st.session_state["arch_preset"] = None if name in FAMOUS else name
    famous, others = st.columns([3, 2])
    famous.pills(
        t("ResNets of the paper"),
        list(FAMOUS),
        format_func=FAMOUS.__getitem__,
        key="arch_resnet",
        on_change=_take_preset,
        args=("arch_resnet",),
    )
    others.selectbox(
        t("Other networks"),
        [other for other in PRESETS if other not in FAMOUS],
        format_func=lambda other: title(preset(other)),
        key="arch_preset",
        on_change=_take_preset,
        args=("arch_preset",),
        placeholder=t("ResNeXt, Wide, plain, CIFAR…"),
    )


def _take_preset(key: str) -> None:
    name = st.session_state[key]
    if name:
        choose_named(name)
        _followed()


def _depth_controls(fresh: bool) -> None:
    spec = current_spec()
    _fill({"arch_depth": spec.depth, "arch_depth_block": "any", "arch_depth_stem": spec.stem}, fresh)
    asked = (
        linked("arch_depth", spec.depth, whole(1, DEEPEST)),
        linked("arch_depth_block", "any", one_of(DEPTH_BLOCKS)),
        linked("arch_depth_stem", spec.stem, one_of(DEPTH_STEMS)),
    )
    number, block, stem = st.columns([1, 2, 2])
    number.number_input(t("Layers"), 1, DEEPEST, step=1, key="arch_depth", on_change=_take_depth)
    block.segmented_control(
        t("Block"),
        DEPTH_BLOCKS,
        key="arch_depth_block",
        on_change=_take_depth,
        required=True,
    )
    stem.segmented_control(
        t("Made for"),
        list(DEPTH_STEMS),
        format_func=DEPTH_STEMS.__getitem__,
        key="arch_depth_stem",
        on_change=_take_depth,
        required=True,
    )
    _show_refusal("layers")
    with suppress(ValueError):  # refused: the sentence stands above
        choice = _depth_choice(*asked)
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
    kind, *stages = st.columns([1.7, 1, 1, 1, 1])
    kind.segmented_control(
        t("Block"), ("basic", "bottleneck"), key="arch_block", on_change=_take_fields, required=True
    )
    for number, (column, key) in enumerate(zip(stages, _STAGE_KEYS, strict=True), start=1):
        column.number_input(
            t("Blocks, stage {number}").format(number=number),
            0,
            MAX_BLOCKS,
            step=1,
            key=key,
            on_change=_take_fields,
        )
    _show_refusal("depths", "block")
    for column, (field, label) in zip(st.columns(len(_NUMBERS)), _NUMBERS.items(), strict=True):
        column.number_input(
            t(label),
            1,
            LARGEST[field],
            step=1,
            key=f"arch_{field}",
            on_change=_take_fields,
            disabled=field == "width_per_group" and st.session_state["arch_block"] == "basic",
        )
    _show_refusal(*_NUMBERS)
    columns = [*st.columns(3), *st.columns(3)]
    for column, (field, (label, words)) in zip(columns, _CHOICES.items(), strict=False):
        column.selectbox(
            t(label), list(words), format_func=words.__getitem__, key=f"arch_{field}", on_change=_take_fields
        )
    with columns[-1]:
        for field, label in _SWITCHES.items():
            st.toggle(t(label), key=f"arch_{field}", on_change=_take_fields)
    _show_refusal(*_CHOICES, *_SWITCHES)


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


def _size_controls(fresh: bool) -> None:
    height, width = current_size()
    _fill({"arch_height": height, "arch_width_px": width}, fresh)
    st.session_state["arch_size"] = height if height == width and height in SIZES else None
    presets, tall, wide = st.columns([3, 1, 1])
    presets.pills(t("Input size in pixels"), SIZES, key="arch_size", on_change=_take_size_preset)
    tall.number_input(t("Height"), 1, MAX_INPUT, step=1, key="arch_height", on_change=_take_size)
    wide.number_input(t("Width"), 1, MAX_INPUT, step=1, key="arch_width_px", on_change=_take_size)
    _show_refusal("input_size")


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
    st.session_state[_REFUSED] = (field or str(error).split(" ", 1)[0], str(error))


def _show_refusal(*fields: str) -> None:
    """The sentence of a refused network, below the controls whose field it names."""
    field, sentence = st.session_state.get(_REFUSED, ("", ""))
    if field in fields:
        st.error(sentence)
