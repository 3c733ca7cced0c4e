"""Two networks, the session's and another: what differs, what it costs, and what is published of them."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.comparison.differences import compare
from resnet_explorer.comparison.svg import comparison_svg
from resnet_explorer.comparison.table import comparison_html, comparison_rows
from resnet_explorer.network.operations import UNITS
from resnet_explorer.network.spec_code import encode_spec
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.app.head import foot, more_settings, picture
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.comparison import views
from resnet_explorer.ui.comparison.accuracy_view import accuracy
from resnet_explorer.ui.session.network import current_plan
from resnet_explorer.ui.widgets.component import style
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg


def compare_view() -> None:
    """Draw the session's network above the other one, section under section."""
    unit = linked("cmp_unit", "MACs", one_of(UNITS))
    a, b = current_plan(), views.other_plan()
    comparison = compare(a, b)
    file_name = f"{encode_spec(a.spec)}-and-{encode_spec(b.spec)}"
    with picture():
        show_svg(comparison_svg(comparison, unit), "cmp_picture", height=PLACE)
    with foot(views.change_sentence(a, b)):
        with more_settings():
            views.other_settings()
            linked_choice("cmp_unit", t("Count operations as"), UNITS, default="MACs")
        save_button(t("CSV"), lambda: to_csv(comparison_rows(comparison)), f"{file_name}.csv")
        save_button(t("SVG"), lambda: comparison_svg(comparison, unit, standalone=True), f"{file_name}.svg")
    style(views.__file__)
    views.change_list(a, b)
    st.markdown(prose("compare_picture"))
    st.header(t("What it costs"))
    views.totals(comparison, unit)
    st.html(f"<div class='compared'>{comparison_html(comparison, unit)}</div>")
    accuracy(a, b, unit)
