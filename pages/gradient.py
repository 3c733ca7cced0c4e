from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.lab import guess, is_shown
from resnet_explorer.ui.lab_gradient import (
    CHOICES,
    measured,
    show_curves,
    show_derivation,
    show_downloads,
    show_verdict,
)
from resnet_explorer.ui.lab_setting import setting_input
from resnet_explorer.ui.page_end import end_page

page_title(t("The gradient’s way"), t("Real gradients, plain against residual: same seed, same batch."))
asked = st.container()
setting = setting_input("gw_")
norm = t("with batch norm") if setting.norm == "batch" else t("without normalization")
question = t(
    "{depth} layers without a shortcut, {norm}. What becomes of the gradient on its way from the last block "
    "back to the first?"
)
with asked:
    guessed = guess("gw_guess", question.format(depth=setting.depth, norm=norm), CHOICES)
if not is_shown("gw_guess"):
    end_page()
if setting.norm == "none":
    st.info(prose("gradient_normless"))
found = measured(setting)
show_verdict(found, guessed)
show_curves(found, setting)
show_derivation(found, setting)
st.subheader(t("What it means"))
st.markdown(prose("gradient_theory"))
if setting.init == "zero":
    st.markdown(prose("gradient_zeros"))
show_downloads(found, setting)
