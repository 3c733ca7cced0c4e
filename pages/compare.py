from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.compare import Comparison, compare
from resnet_explorer.compare_picture import comparison_svg
from resnet_explorer.compare_table import comparison_html, comparison_rows
from resnet_explorer.i18n import prose, t
from resnet_explorer.link import encode_spec
from resnet_explorer.spec import title
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.accuracy_view import accuracy
from resnet_explorer.ui.compare_views import (
    STYLE,
    other_choice,
    other_plan,
    totals,
    what_changed,
)
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.network import current_plan
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.svg import show_svg


def side_by_side(comparison: Comparison, unit: str, name: str) -> None:
    show_svg(comparison_svg(comparison, unit), "cmp_picture", magnify=1.2)
    st.caption(prose("compare_picture"))
    st.html(comparison_html(comparison, unit))
    row = st.container(horizontal=True)
    save_button(t("Comparison as CSV"), lambda: to_csv(comparison_rows(comparison)), f"{name}.csv", place=row)
    save_button(
        t("Picture as SVG"),
        lambda: comparison_svg(comparison, unit, standalone=True),
        f"{name}.svg",
        place=row,
    )


heading = st.container()
st.html(f"<style>{STYLE}</style>")
other_choice()
network_a, network_b = current_plan(), other_plan()
with heading:
    page_title(t("Compare"), f"A: {title(network_a.spec)} &nbsp;→&nbsp; B: {title(network_b.spec)}")
what_changed(network_a, network_b)
compared = compare(network_a, network_b)
operations_unit = totals(compared)
side_by_side(compared, operations_unit, f"{encode_spec(network_a.spec)}-and-{encode_spec(network_b.spec)}")
accuracy(network_a, network_b, operations_unit)
