from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.block_figures import (
    BLOCK_KINDS,
    block_cost,
    block_on,
    both_plans,
    depth_figure,
    ratio_text,
    stage_figure,
    with_block,
)
from resnet_explorer.i18n import prose, t
from resnet_explorer.spec import title
from resnet_explorer.tables import count_text
from resnet_explorer.ui.block_views import block_drawings, block_numbers, measure_choice
from resnet_explorer.ui.frame import network_heading
from resnet_explorer.ui.linked import SWITCH, linked, one_of, whole
from resnet_explorer.ui.network import current_size, current_spec

UNITS = ("MACs", "FLOPs")
MOST_CHANNELS, LARGEST_SIZE = 4096, 1024
KEPT = {"persist_state": "session"}


def two_blocks() -> None:
    st.markdown(prose("blocks_intro"))
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    linked("blk_channels", 256, whole(1, MOST_CHANNELS))
    linked("blk_size", 56, whole(1, LARGEST_SIZE))
    linked("blk_unit", "MACs", one_of(UNITS))
    linked("blk_norms", False, SWITCH)
    channels = row.number_input(
        t("Channels"), 1, MOST_CHANNELS, step=4, key="blk_channels", width=170, **KEPT
    )
    size = row.number_input(t("Height and width"), 1, LARGEST_SIZE, key="blk_size", width=170, **KEPT)
    unit = row.segmented_control(t("Count operations as"), UNITS, required=True, key="blk_unit", **KEPT)
    norms = row.toggle(t("Count the norms too"), key="blk_norms", **KEPT)
    try:
        blocks = [block_on(channels, kind, size) for kind in BLOCK_KINDS]
        st.session_state["_blk_shown"] = (channels, size)
    except ValueError as error:
        st.warning(str(error))
        channels, size = st.session_state.get("_blk_shown", (256, 56))
        blocks = [block_on(channels, kind, size) for kind in BLOCK_KINDS]
    st.header(t("Two blocks on {channels} channels").format(channels=f"{channels:,}"))
    basic, bottleneck = (block_cost(block, norms) for block in blocks)
    ratio = ratio_text(basic.params, bottleneck.params)
    counted = t("parameters") if norms else t("weights")
    st.markdown(
        t("A basic block has **{ratio}** the {counted} of a bottleneck:").format(counted=counted, ratio=ratio)
        + f" **{basic.params:,}** / **{bottleneck.params:,}**"
    )
    for column, block in zip(st.columns(2, gap="large"), blocks, strict=True):
        with column:
            block_numbers(block, norms, unit)
    block_drawings(blocks)
    st.markdown(prose("blocks_counted"))


def per_stage() -> None:
    spec = current_spec()
    st.header(t("Whole networks, stage by stage"))
    st.markdown(prose("blocks_stages"))
    measure = measure_choice("blk_count")
    plans = both_plans(spec, current_size())
    for column, (kind, drawn) in zip(st.columns(2), plans.items(), strict=True):
        amount = drawn.params if measure == "parameters" else drawn.macs * (2 if measure == "FLOPs" else 1)
        column.metric(
            f"{title(drawn.spec)}, {kind}: {measure}", count_text(amount), help=f"{amount:,} {measure}"
        )
    st.plotly_chart(stage_figure(spec, current_size(), measure), key="blk_stage_chart")
    if with_block(with_block(spec, "basic"), "bottleneck") != spec.with_(block="bottleneck"):
        st.caption(prose("blocks_adapted"))


def against_depth() -> None:
    st.header(t("Against depth"))
    measure = measure_choice("blk_curve")
    with st.spinner(t("Counting networks of every depth…")):
        figure = depth_figure(current_spec(), current_size(), measure)
    st.plotly_chart(figure, key="blk_depth_chart")
    st.markdown(prose("blocks_curve"))


network_heading(t("Blocks"))
two_blocks()
per_stage()
against_depth()
