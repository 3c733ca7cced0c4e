from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.feature_places import places
from resnet_explorer.i18n import prose, t
from resnet_explorer.plan import plan
from resnet_explorer.ui.feature_answer import look_at, survey_of
from resnet_explorer.ui.feature_filters import show_filters
from resnet_explorer.ui.feature_maps import show_maps
from resnet_explorer.ui.feature_place import place_heading, place_input
from resnet_explorer.ui.feature_sparsity import show_sparsity
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.subject import subject_input

VIEWS = {"maps": "Feature maps", "filters": "First-layer filters", "sparsity": "How sparse"}

page_title(t("Feature maps"), t("What every channel makes of the photo: the real values, cell by cell."))
subject = subject_input()
side = subject.weights.preprocessing.crop
drawn = plan(subject.weights.spec, (side, side))
linked("fm_view", "maps", one_of(VIEWS))
view = st.segmented_control(
    t("View"),
    list(VIEWS),
    required=True,
    format_func=lambda name: t(VIEWS[name]),
    key="fm_view",
    label_visibility="collapsed",
    persist_state="session",
)
try:
    with st.spinner(t("The network looks …")):
        survey = survey_of(subject)
    if view == "maps":
        place = place_input(drawn)
        place_heading(place)
        with st.spinner(t("The network looks …")):
            looked = look_at(subject, survey, place)
        show_maps(looked)
        st.markdown(prose("features_read"))
    elif view == "filters":
        with st.spinner(t("The network looks …")):
            looked = look_at(subject, survey, places(drawn)[0])
        show_filters(looked)
    else:
        show_sparsity(subject, survey, places(drawn))
except ValueError as refusal:
    st.error(str(refusal))
