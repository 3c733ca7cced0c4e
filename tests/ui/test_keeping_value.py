"""A control keeps its value from page to page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def two_pages() -> None:
    """A click that leads on comes before the first page is drawn to its end: no widget has a value yet."""
    import streamlit as st
    from streamlit.proto.WidgetStates_pb2 import WidgetStates
    from streamlit.runtime.scriptrunner import RerunData, RerunException

    from resnet_explorer.ui.widgets.keeping_value import keeping_value

    def control() -> None:
        st.session_state.setdefault("x", 0.5)
        st.caption(str(st.slider("x", 0.0, 1.0, **keeping_value("x"))))

    def first() -> None:
        control()
        click = RerunData(page_script_hash=pages[1]._script_hash, widget_states=WidgetStates())
        raise RerunException(click)

    pages = [st.Page(first, default=True), st.Page(control, url_path="second")]
    st.navigation(pages).run()


def test_a_value_stays_if_its_first_page_is_left_before_its_end() -> None:
    page = AppTest.from_function(two_pages, default_timeout=60).run()
    assert not page.exception
    assert [each.value for each in page.caption] == ["0.5"]
