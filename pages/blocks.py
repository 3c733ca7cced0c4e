from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.blocks.figures import (
    amount,
    block_cost,
    both_plans,
    depth_figure,
    ratio_text,
    stage_figure,
    two_blocks,
    with_block,
)
from resnet_explorer.blocks.pair_svg import counted_words, pair_svg
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.numbers import count_text
from resnet_explorer.common.text import named
from resnet_explorer.network.operations import UNITS
from resnet_explorer.network.spec import title
from resnet_explorer.ui.app.head import foot_places, head, more_settings, picture
from resnet_explorer.ui.blocks.cost_views import block_drawings, block_numbers, measure_choice
from resnet_explorer.ui.session.network import current_size, current_spec
from resnet_explorer.ui.widgets.last_good import last_good
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_number, linked_switch
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

MOST_CHANNELS, LARGEST_SIZE = 4096, 1024

spec, input_size = current_spec(), current_size()
with head(__file__):
    channels = linked_number(
        "blk_channels",
        t("Channels"),
        1,
        MOST_CHANNELS,
        default=256,
        step=4,
        width=150,
        label_visibility="collapsed",
    )
    st.markdown(t("channels"), width="content")
shown, (said, take_home), refusal = picture(), foot_places(), st.container()
with take_home, more_settings():
    size = linked_number("blk_size", t("Height and width"), 1, LARGEST_SIZE, default=56)
    unit = linked_choice("blk_unit", t("Count operations as"), UNITS, default="MACs")
    norms = linked_switch("blk_norms", t("Count the norms too"))
with refusal:
    (channels, size), blocks = last_good("_blk_shown", two_blocks, (channels, size), (256, 56))
with shown:
    show_svg(pair_svg(blocks, norms, unit), "blk_pair", height=PLACE)
basic, bottleneck = (block_cost(block, norms) for block in blocks)
said.markdown(
    t(
        "A basic block has **{ratio} times** the {counted} of a bottleneck: "
        "**{basic:,} / {bottleneck:,}** on {channels:,} channels."
    ).format(
        ratio=ratio_text(basic.params, bottleneck.params),
        counted=counted_words(norms),
        basic=basic.params,
        bottleneck=bottleneck.params,
        channels=channels,
    )
)
save_button(
    t("SVG"),
    lambda: pair_svg(blocks, norms, unit, standalone=True),
    f"blocks-{channels}.svg",
    place=take_home,
)

st.header(t("Two blocks on {channels} channels").format(channels=f"{channels:,}"))
st.markdown(prose("blocks_intro"))
for column, block in zip(st.columns(2, gap="large"), blocks, strict=True):
    with column:
        block_numbers(block, norms, unit)
block_drawings(blocks)
st.markdown(prose("blocks_counted"))

st.header(t("Whole networks, stage by stage"))
st.markdown(prose("blocks_stages"))
measure = measure_choice("blk_count")
for column, (kind, drawn) in zip(st.columns(2), both_plans(spec, input_size).items(), strict=True):
    total = amount(drawn, measure)
    column.metric(
        named(t(", ").join((title(drawn.spec), t(kind))), t(measure)),
        count_text(total),
        help=f"{total:,} {t(measure)}",
    )
st.plotly_chart(
    stage_figure(spec, input_size, measure),
    key="blk_stage_chart",
    alt=named(t("Whole networks, stage by stage"), t(measure)),
)
if with_block(with_block(spec, "basic"), "bottleneck") != spec.with_(block="bottleneck"):
    st.caption(prose("blocks_adapted"))

st.header(t("Against depth"))
measure = measure_choice("blk_curve")
with st.spinner(t("Counting networks of every depth…")):
    figure = depth_figure(spec, input_size, measure)
st.plotly_chart(figure, key="blk_depth_chart", alt=named(t("Against depth"), t(measure)))
st.markdown(prose("blocks_curve"))
