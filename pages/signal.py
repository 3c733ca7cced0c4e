from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.lab import guess, is_shown
from resnet_explorer.ui.lab_setting import setting_input
from resnet_explorer.ui.lab_signal import (
    CHOICES,
    USUAL,
    measured,
    show_curves,
    show_downloads,
    show_growth,
    show_verdict,
)
from resnet_explorer.ui.page_end import end_page

page_title(t("Signal forward"), t("Mean and variance through the depth, plain against residual."))
asked = st.container()
setting = setting_input("sf_", USUAL)
question = t(
    "{depth} layers with shortcuts, {norm}, {order}. What becomes of the variance of the signal between the "
    "stem and the last block?"
).format(
    depth=setting.depth,
    norm=t("batch norm") if setting.norm == "batch" else t("no normalization"),
    order=t("pre-activation") if setting.activation == "pre" else t("post-activation"),
)
with asked:
    guessed = guess("sf_guess", question, CHOICES)
if not is_shown("sf_guess"):
    end_page()
if setting.norm == "none":
    st.info(prose("gradient_normless"))
found = measured(setting)
show_verdict(found, guessed)
show_curves(found, setting)
show_growth(found, setting)
st.subheader(t("What it means"))
st.markdown(prose("signal_theory"))
show_downloads(found, setting)
