"""The parts of the page that runs a block: its controls, and what came of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from resnet_explorer.blocks.config import (
    BLOCK_PRESETS,
    EXPANSIONS,
    LARGEST,
    BlockChoice,
    block_record,
    broadcast_sentence,
    tensor_text,
    what_helps,
    why_it_fails,
)
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.session.loaded_networks import torch_gate, warm_up
from resnet_explorer.ui.widgets.last_good import last_good
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_number, linked_switch

if TYPE_CHECKING:
    from resnet_explorer.blocks.run import BlockRun

_FIRST: Final = BLOCK_PRESETS["d2l_half"]
_LAST_SEED: Final = 9999
_KEYS: Final[Mapping[str, str]] = {
    "kind": "bl_kind",
    "in_channels": "bl_in",
    "out_channels": "bl_out",
    "stride": "bl_stride",
    "bias": "bl_bias",
    "expansion": "bl_exp",
    "activation": "bl_act",
    "shortcut": "bl_short",
    "batch": "bl_n",
    "height": "bl_h",
    "width": "bl_w",
    "seed": "bl_seed",
}
"""The control of each field, as it stands in the link."""


def kind_and_shortcut() -> dict[str, Any]:
    """The two choices that change the picture most, by their fields."""
    kinds = {"basic": t("basic"), "bottleneck": t("bottleneck")}
    shortcuts = {
        "needed": t("1×1 if needed"),
        "always": t("1×1 always"),
        "zeros": t("zeros"),
        "never": t("no 1×1"),
    }
    return {
        "kind": _choice("kind", t("Block"), kinds, label_visibility="collapsed"),
        "shortcut": _choice("shortcut", t("Shortcut"), shortcuts, label_visibility="collapsed"),
    }


def examples() -> None:
    """Blocks of the book and of the papers, one click each."""
    with st.popover(t("Examples"), key="bl_examples", type="tertiary"):
        words = {
            "d2l_same": t("The book’s block (d2l 8.6.2), same shape"),
            "d2l_half": t("The book’s block, halving the map"),
            "he_basic": t("He et al. 2015: basic, 64 channels"),
            "he_bottleneck": t("He et al. 2015: bottleneck, 256 channels"),
            "preact": t("He et al. 2016: pre-activated, 64 channels"),
        }
        for name, choice in BLOCK_PRESETS.items():
            st.button(words[name], key=f"_bl_{name}", on_click=_take, args=(choice,), width="stretch")


def more_controls(is_basic: bool) -> dict[str, Any]:
    """The other choices of the block, and the shape of its input, by their fields."""
    orders = {"post": t("after the convolution"), "pre": t("before it")}
    activation = _choice("activation", t("Norm and ReLU"), orders)
    row = st.container(horizontal=True, gap="medium", vertical_alignment="bottom")
    chosen = {
        "activation": activation,
        "stride": _choice("stride", t("Stride"), {1: "1", 2: "2"}, at=row),
        "expansion": _choice(
            "expansion",
            t("Expansion"),
            {factor: str(factor) for factor in EXPANSIONS},
            at=row,
            disabled=is_basic,
            help=t("Output channels of a bottleneck over those of its 3×3."),
        ),
        "bias": linked_switch(_KEYS["bias"], t("Bias"), default=_FIRST.bias, at=row),
    }
    numbers = {
        "in_channels": t("Channels in"),
        "out_channels": t("Channels out"),
        "batch": t("Images"),
        "height": t("Rows"),
        "width": t("Columns"),
        "seed": t("Seed"),
    }
    for (field, label), column in zip(numbers.items(), 2 * st.columns(3), strict=True):
        low, high = (0, _LAST_SEED) if field == "seed" else (1, LARGEST[field])
        default: int = getattr(_FIRST, field)
        chosen[field] = linked_number(_KEYS[field], label, low, high, default=default, at=column)
    return chosen


def _choice(field: str, label: str, names: Mapping[Any, str], **widget: Any) -> Any:
    return linked_choice(_KEYS[field], label, names, default=getattr(_FIRST, field), **widget)


def runnable(choice: BlockChoice) -> BlockChoice:
    """The choice, if it can be run; else the last that could, with a sentence."""
    (good,), _ = last_good("_bl_shown", block_record, (choice,), (_FIRST,))
    return good


def running(choice: BlockChoice) -> BlockRun:
    """The run of a choice: made once, by one session at a time."""
    with st.spinner(t("Loading PyTorch…")):
        warm_up("resnet_explorer.blocks.run")
    with st.spinner(t("Running the block…")):
        return _run(choice)


def picture_of(run: BlockRun, standalone: bool = False) -> str:
    """The run as a picture."""
    from resnet_explorer.blocks.run_svg import run_svg

    return run_svg(run, standalone=standalone)


def sentence(run: BlockRun) -> str:
    """What came of the run, in one sentence."""
    start = tensor_text(run.steps[0].shape)
    if run.failure:
        return t("**{shape} → PyTorch fails**: {sentence}").format(shape=start, sentence=run.failure.sentence)
    assert run.output is not None
    sums = [step for step in run.steps if step.role == "add"]
    told = t("**{start} → {end}**").format(start=start, end=tensor_text(run.output.shape))
    if sums:
        told += t(": the sum of branch and shortcut has a spread of **{spread:.2f}**").format(
            spread=sums[0].spread
        )
    if run.output.zeros:
        told += t("; the ReLU turns {zeros:.0f} % of it into zeros").format(zeros=100 * run.output.zeros)
    return told + t(".")


def result(choice: BlockChoice, run: BlockRun) -> None:
    """What came out: the shapes, or PyTorch's sentence explained."""
    from resnet_explorer.blocks.run import joined_shapes

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
        st.markdown(prose("block_lab_read"))


def steps_csv(run: BlockRun) -> str:
    """The steps of the run as a table."""
    from resnet_explorer.blocks.run import step_rows

    return to_csv(step_rows(run))


def code_that_ran(run: BlockRun) -> None:
    """The `forward` that was run."""
    st.subheader(t("These lines were run, as far as they go") if run.failure else t("These lines were run"))
    st.code(run.source)


@language_cache(maxsize=32)
def _run(choice: BlockChoice) -> BlockRun:
    from resnet_explorer.blocks.run import run_block

    with torch_gate():
        return run_block(choice)


def _take(choice: BlockChoice) -> None:
    """Set every control to a preset; the seed stays."""
    for field, value in asdict(choice).items():
        if field != "seed":
            st.session_state[_KEYS[field]] = value
