from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.ui.pages import TRUST
from resnet_explorer.ui.run_input import run_input
from resnet_explorer.ui.trust_cells import show_cells
from resnet_explorer.ui.trust_photo import show_photo
from resnet_explorer.ui.trust_run import (
    Judged,
    as_words,
    forget_places,
    judged_run,
    linked_cell,
    linked_photo,
    show_head,
)
from resnet_explorer.ui.trust_views import show_calibration, show_classes, show_moves


def show_confusion(judged: Judged) -> None:
    """The matrix with photos, or one of the photos."""
    cell, photo = linked_cell(judged), linked_photo(judged)
    if photo is None:
        show_cells(judged, cell)
    else:
        show_photo(judged, photo, cell)


VIEWS = {
    "photos": (t("Which for which"), show_confusion),
    "classes": (t("Per class"), show_classes),
    "sure": (t("How sure"), show_calibration),
    "moved": (t("How far it moved"), show_moves),
}

page_title(TRUST.name, t("Where the network is right, where it is wrong, and what it looked at."))
number, words, again = st.columns([1.35, 2, 1.45], gap="medium")
with words:
    run = run_input()
if run is None:
    end_page()
forget_places(run)
try:
    judged = judged_run(run)
except ValueError as refusal:
    st.info(as_words(refusal))
    end_page()
show_head(judged, number, words, again)
linked("tr_view", "photos", one_of(VIEWS))
view = st.segmented_control(
    t("View"),
    list(VIEWS),
    required=True,
    format_func=lambda name: VIEWS[name][0],
    key="tr_view",
    width="stretch",
    label_visibility="collapsed",
    persist_state="session",
)
VIEWS[view][1](judged)
