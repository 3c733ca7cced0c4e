from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

st.write("predict")
