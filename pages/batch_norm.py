from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.ui.batch_norm_views import batch_controls, bias_section, running_section, steps
from resnet_explorer.ui.frame import page_title

page_title(t("Batch norm"), t("By hand, on numbers that you can change."))
st.markdown(prose("bn_intro"))
batch = batch_controls()
st.header(t("Step by step"))
steps(batch)
running_section(batch)
bias_section(batch)
st.markdown(prose("bn_sources"))
