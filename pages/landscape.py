from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.landscape_notebook import landscape_notebook
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.lab import guess, is_shown, notebook_button, view_input
from resnet_explorer.ui.lab_landscape import CHOICES, VIEWS, show_shipped, show_verdict
from resnet_explorer.ui.lab_landscape_again import compute_again, question_of
from resnet_explorer.ui.page_end import end_page

page_title(
    t("The landscape"), t("Step away from trained weights: how fast, and how evenly, does the loss rise?")
)
guessed = guess(
    "ls_guess",
    t(
        "56 layers without shortcuts, 56 with, one recipe. Change every filter a little, then more. Around "
        "which of the two is the loss rougher?"
    ),
    CHOICES,
)
question_of()  # its place in the link, though its controls are out of sight
if not is_shown("ls_guess"):
    end_page()
try:
    show_verdict(guessed)
    view = view_input("ls_view", t("What is drawn"), VIEWS, "map")
    if view == "again":
        compute_again()
    else:
        show_shipped(view)
except ValueError as refusal:
    st.error(str(refusal))
st.subheader(t("What it means"))
st.markdown(prose("landscape_theory"))
st.markdown(prose("landscape_recipe"))
asked = question_of()
notebook_button(
    lambda: landscape_notebook(asked.key, asked.count, asked.seed, asked.span, asked.steps),
    "landscape.ipynb",
)
