from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.block_choice import block_record
from resnet_explorer.i18n import prose, t
from resnet_explorer.ui.block_lab_views import (
    block_controls,
    code_and_files,
    last_good,
    preset_buttons,
    result,
    running,
)
from resnet_explorer.ui.frame import page_title

page_title(t("Run a block"), t("A real tensor through a real block, layer by layer."))
preset_buttons()
choice = block_controls()
try:
    block_record(choice)
    last_good(choice)
except ValueError as error:
    st.warning(str(error))
    choice = last_good()
run = running(choice)
result(choice, run)
if not run.failure:
    st.markdown(prose("block_lab_read"))
code_and_files(run)
st.markdown(prose("block_lab_sources"))
