from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.architecture.feature_path_svg import path_svg
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.network.spec import title
from resnet_explorer.ui.app.head import foot, head, picture
from resnet_explorer.ui.app.menu_bar import page_link
from resnet_explorer.ui.app.page_list import DOORS, GROUPS
from resnet_explorer.ui.architecture.path_links import choose_on_architecture
from resnet_explorer.ui.architecture.path_picture import faces_input, path_view
from resnet_explorer.ui.architecture.totals import totals_text
from resnet_explorer.ui.blocks.cost_views import block_picture
from resnet_explorer.ui.session.background_result import redraw_when_ready
from resnet_explorer.ui.session.network import current_plan, current_spec
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

A_ROW = 3

network, spec = current_plan(), current_spec()
with head(__file__):
    faces_input()
photo = path_view(network).on_path
with picture():
    path = path_svg(network, photo=photo, detail="least")
    show_svg(path, "ov_path", choose_on_architecture, height=f"calc({PLACE} - 84px)")
    with st.container(key="doors", horizontal=True, gap="small"):
        for door in DOORS:
            page_link(door.page, f"**{t(door.name)}** :small[{t(door.reason)}]")
foot(
    t("A block adds to what it is given: **y = x + g(x)**. {network}: {totals}.").format(
        network=title(spec), totals=totals_text(network)
    )
)

st.header(t("One block"))
block = next((block for block in network.blocks if block.shortcut == "identity"), network.blocks[0])
show_svg(block_picture(block, "LR").svg, "ov_block", magnify=1.2)
st.caption(
    t("{name}, one of the {count:,} blocks of {network}.").format(
        name=block.name, count=len(network.blocks), network=title(spec)
    )
)
st.markdown(prose("overview"))

for group in GROUPS:
    st.subheader(group.name)
    for start in range(0, len(group.pages), A_ROW):
        for column, page in zip(st.columns(A_ROW), group.pages[start:], strict=False):
            with column.container(border=True, height="stretch"):
                page_link(page, f"**{page.name}**")
                st.markdown(page.purpose)

redraw_when_ready()
