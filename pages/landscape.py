from resnet_explorer.ui.app.frame import require_frame

require_frame(__file__)

from dataclasses import asdict

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.ui.app.head import head
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.labs.landscape.computed_view import linked_config, show_computed
from resnet_explorer.ui.labs.landscape.shipped_view import SHORT, ask, linked_planes, show_shipped
from resnet_explorer.ui.labs.question import notebook_button, screen
from resnet_explorer.ui.widgets.linked_inputs import linked_choice

controls = head(__file__, has_own_networks=True)
places = screen()
linked_config()  # its place in the link, though its controls are out of sight
linked_planes()
guessed = ask(places)
view = linked_choice(
    "ls_view",
    t("What is drawn"),
    SHORT,
    default="map",
    names=SHORT,
    at=controls,
    label_visibility="collapsed",
)
with shown_refusal(places.picture):
    if view == "again":
        show_computed(places)
    else:
        show_shipped(view, guessed, places)
with places.take_home:
    notebook_button("landscape/landscape_notebook.py", "landscape.ipynb", asdict(linked_config()))
st.subheader(t("What it means"))
st.markdown(prose("landscape_theory"))
st.markdown(prose("landscape_recipe"))
