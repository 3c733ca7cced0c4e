"""The parts of the page that runs a block: its controls, and what came of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from resnet_explorer.block_choice import (
    BLOCK_PRESETS,
    EXPANSIONS,
    LARGEST,
    BlockChoice,
    broadcast_sentence,
    what_helps,
    why_it_fails,
)
from resnet_explorer.i18n import prose, t
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.linked import SWITCH, Code, linked, one_of, whole
from resnet_explorer.ui.networks import torch_gate, warm_up
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.svg import show_svg

if TYPE_CHECKING:
    from resnet_explorer.block_run import BlockRun

_FIRST: Final = BLOCK_PRESETS["d2l_half"]
_LAST_SEED: Final = 9999
_SHORTCUTS: Final = ("needed", "always", "zeros", "never")
_SHOWN: Final = "_bl_shown"

_FIELDS: Final[Mapping[str, tuple[str, Code]]] = {
    "kind": ("bl_kind", one_of(("basic", "bottleneck"))),
    "in_channels": ("bl_in", whole(1, LARGEST["in_channels"])),
    "out_channels": ("bl_out", whole(1, LARGEST["out_channels"])),
    "stride": ("bl_stride", one_of((1, 2))),
    "bias": ("bl_bias", SWITCH),
    "expansion": ("bl_exp", one_of(EXPANSIONS)),
    "activation": ("bl_act", one_of(("post", "pre"))),
    "shortcut": ("bl_short", one_of(_SHORTCUTS)),
    "batch": ("bl_n", whole(1, LARGEST["batch"])),
    "height": ("bl_h", whole(1, LARGEST["height"])),
    "width": ("bl_w", whole(1, LARGEST["width"])),
    "seed": ("bl_seed", whole(0, _LAST_SEED)),
}
"""The control of each field, and how it stands in the link."""


def preset_buttons() -> None:
    """The blocks of d2l and of the papers, one click each."""
    words = {
        "d2l_same": t("d2l: same shape"),
        "d2l_half": t("d2l: halve"),
        "he_basic": t("He: basic, 64"),
        "he_bottleneck": t("He: bottleneck, 256"),
        "preact": t("He: pre-activation"),
    }
    row = st.container(horizontal=True, gap="small")
    for name, choice in BLOCK_PRESETS.items():
        row.button(words[name], key=f"_bl_{name}", on_click=_take, args=(choice,))


def block_controls() -> BlockChoice:
    """Every choice of the block and of its input."""
    choice = BlockChoice(
        **{field: linked(key, getattr(_FIRST, field), code) for field, (key, code) in _FIELDS.items()}
    )
    with st.container(border=True):
        row = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
        _segments(row, "kind", t("Block"), {"basic": t("basic"), "bottleneck": t("bottleneck")})
        _segments(
            row,
            "activation",
            t("Norm and ReLU"),
            {"post": t("after the convolution"), "pre": t("before it")},
        )
        row.toggle(t("Bias"), key="bl_bias", persist_state="session")
        row = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
        _segments(
            row,
            "shortcut",
            t("Shortcut"),
            {
                "needed": t("1×1 if needed"),
                "always": t("1×1 always"),
                "zeros": t("zeros"),
                "never": t("no 1×1"),
            },
        )
        _segments(row, "stride", t("Stride"), {1: "1", 2: "2"})
        row.segmented_control(
            t("Expansion"),
            EXPANSIONS,
            required=True,
            key="bl_exp",
            disabled=choice.kind == "basic",
            help=t("Output channels of a bottleneck over those of its 3×3."),
            persist_state="session",
        )
        row = st.container(horizontal=True, gap="small", vertical_alignment="bottom")
        _count(row, "in_channels", t("Channels in"), LARGEST["in_channels"])
        _count(row, "out_channels", t("Channels out"), LARGEST["out_channels"])
        _count(row, "batch", t("Images"), LARGEST["batch"])
        _count(row, "height", t("Rows"), LARGEST["height"])
        _count(row, "width", t("Columns"), LARGEST["width"])
        _count(row, "seed", t("Seed"), _LAST_SEED, lowest=0)
    return choice


def last_good(choice: BlockChoice | None = None) -> BlockChoice:
    """Keep the choice that was shown; or, without one, the last that was."""
    if choice is not None:
        st.session_state[_SHOWN] = choice
    shown: BlockChoice = st.session_state.get(_SHOWN, _FIRST)
    return shown


def running(choice: BlockChoice) -> BlockRun:
    """The run of a choice: made once, by one session at a time."""
    with st.spinner(t("Loading PyTorch…")):
        warm_up("resnet_explorer.block_run")
    with st.spinner(t("Running the block…")):
        return _run(choice)


def result(choice: BlockChoice, run: BlockRun) -> None:
    """What came out: the shapes, or PyTorch's sentence explained; and every step."""
    from resnet_explorer.block_run import joined_shapes
    from resnet_explorer.block_run_picture import run_svg, tensor_text

    start, found = tensor_text(choice.input_shape), joined_shapes(run)
    if run.failure:
        st.header(t("{shape} → PyTorch fails").format(shape=start))
        st.code(run.failure.sentence, language=None, wrap_lines=True)
        if run.failure.role == "add":
            st.markdown(why_it_fails(choice, found))
            st.markdown(what_helps(choice))
        else:
            st.markdown(prose("block_lab_single"))
    else:
        assert run.output is not None
        st.header(f"{start} → {tensor_text(run.output.shape)}")
        if found:
            st.warning(broadcast_sentence(found))
    show_svg(run_svg(run), "bl_picture", magnify=1.25, tallest=1100)


def code_and_files(run: BlockRun) -> None:
    """The `forward` that was run, and the run to take away."""
    from resnet_explorer.block_run import step_rows
    from resnet_explorer.block_run_picture import run_svg

    row = st.container(horizontal=True, gap="small")
    save_button(t("Steps as CSV"), lambda: to_csv(step_rows(run)), "block.csv", place=row)
    save_button(t("Picture as SVG"), lambda: run_svg(run, standalone=True), "block.svg", place=row)
    st.subheader(t("These lines were run, as far as they go") if run.failure else t("These lines were run"))
    st.code(run.source)


@lru_cache(maxsize=32)
def _run(choice: BlockChoice) -> BlockRun:
    from resnet_explorer.block_run import run_block

    with torch_gate():
        return run_block(choice)


def _take(choice: BlockChoice) -> None:
    """Set every control to a preset; the seed stays."""
    for field, value in asdict(choice).items():
        if field != "seed":
            st.session_state[_FIELDS[field][0]] = value


def _segments(row: Any, field: str, label: str, words: Mapping[Any, str]) -> None:
    row.segmented_control(
        label,
        list(words),
        required=True,
        format_func=words.__getitem__,
        key=_FIELDS[field][0],
        persist_state="session",
    )


def _count(row: Any, field: str, label: str, largest: int, lowest: int = 1) -> None:
    row.number_input(label, lowest, largest, key=_FIELDS[field][0], width=116, persist_state="session")
