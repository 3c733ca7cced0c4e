from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.link import encode_size, encode_spec
from resnet_explorer.ui.field_view import field_view
from resnet_explorer.ui.frame import network_heading
from resnet_explorer.ui.glass_view import glass_view
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.network import current_plan, current_size
from resnet_explorer.ui.toy_view import toy_view

VIEWS = {
    "layer": "One layer under the glass",
    "toy": "With numbers, by hand",
    "field": "What a cell sees of the photo",
}
STYLE = """
table.sums { border-collapse: collapse; }
.sums { font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.sums td { padding: 0.2rem 1.4rem 0.2rem 0; white-space: nowrap; }
p.sums { margin: 0; }
"""

network_heading(t("Convolution"))
st.html(f"<style>{STYLE}</style>")
linked("cv_view", "layer", one_of(VIEWS))
view = st.segmented_control(
    t("View"),
    list(VIEWS),
    required=True,
    format_func=lambda code: t(VIEWS[code]),
    key="cv_view",
    label_visibility="collapsed",
    persist_state="session",
)
shown = current_plan()
if view == "layer":
    glass_view(shown)
elif view == "toy":
    toy_view()
else:
    field_view(shown, f"{encode_spec(shown.spec)}-{encode_size(current_size())}")
