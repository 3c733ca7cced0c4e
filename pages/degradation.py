from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.degradation_notebook import degradation_notebook
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.lab import guess, is_shown, notebook_button
from resnet_explorer.ui.lab_degradation import CHOICES, study
from resnet_explorer.ui.lab_duel import duel_input, live
from resnet_explorer.ui.page_end import end_page

page_title(t("Degradation"), t("One recipe, 20 to 56 layers, with shortcuts and without them."))
guessed = guess(
    "dg_guess",
    t(
        "Four plain networks, 20 to 56 layers, learn the same images by one recipe. Which makes the fewest "
        "mistakes on these very images?"
    ),
    CHOICES,
)
if not is_shown("dg_guess"):
    end_page()
try:
    study(guessed)
    st.subheader(t("What it means"))
    st.markdown(prose("degradation_theory"))
    st.subheader(t("Train two now"))
    setting = duel_input()
    live(setting)
    notebook_button(lambda: degradation_notebook(setting), "degradation.ipynb")
except ValueError as refusal:
    st.error(str(refusal))
