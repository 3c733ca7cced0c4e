from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.feature_path import path_svg
from resnet_explorer.i18n import prose, t
from resnet_explorer.plan import shape_text
from resnet_explorer.spec import title
from resnet_explorer.tables import count_text
from resnet_explorer.ui.block_views import block_picture
from resnet_explorer.ui.frame import page_link, page_title
from resnet_explorer.ui.network import current_plan, current_spec
from resnet_explorer.ui.pages import GROUPS, OVERVIEW
from resnet_explorer.ui.svg import show_svg

A_ROW = 3

network, spec = current_plan(), current_spec()
page_title("ResNet Explorer", t("Take a residual network apart, and watch it decide."))

st.markdown(prose("overview"))
block = next((block for block in network.blocks if block.shortcut == "identity"), network.blocks[0])
show_svg(block_picture(block, "LR").svg, "ov_block", magnify=1.2)
st.caption(t("{name} of {network}, drawn from its records.").format(name=block.name, network=title(spec)))

st.header(title(spec))
layers, params, macs, output = st.columns(4)
layers.metric(t("Layers with weights"), spec.depth)
params.metric(t("Parameters"), f"{network.params:,}")
macs.metric(t("MACs for one image"), count_text(network.macs))
output.metric(t("Output"), shape_text(network.output_shape))
show_svg(path_svg(network), "ov_path")

for group in GROUPS:
    st.subheader(group.name)
    cards = [page for page in group.pages if page is not OVERVIEW]
    for start in range(0, len(cards), A_ROW):
        for column, page in zip(st.columns(A_ROW), cards[start:], strict=False):
            with column.container(border=True, height="stretch"):
                page_link(page, f"**{page.name}**")
                st.markdown(page.purpose)
