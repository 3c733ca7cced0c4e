from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.spec import title
from resnet_explorer.ui.frame import PAGES, page_title
from resnet_explorer.ui.network import current_plan, current_spec

page_title("ResNet Explorer", t("Take a residual network apart, and watch it decide."))
st.markdown(prose("overview"))

network, spec = current_plan(), current_spec()
st.subheader(title(spec))
layers, params, macs, output = st.columns(4)
layers.metric(t("Layers with weights"), spec.depth)
params.metric(t("Parameters"), f"{network.params:,}")
macs.metric(t("MACs for one image"), f"{network.macs / 1e9:.2f} G")
output.metric(t("Output"), " × ".join(map(str, network.output_shape)))

for column, page in zip(st.columns(len(PAGES) - 1), PAGES[1:], strict=True):
    with column.container(border=True, height="stretch"):
        st.page_link(page.file, label=f"**{page.name}**", icon=page.icon)
        st.markdown(page.purpose)
