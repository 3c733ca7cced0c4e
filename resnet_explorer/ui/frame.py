"""The frame around every page: navigation, the sidebar's network, and the link.

Streamlit finds `pages/` beside `app.py` and, on a fresh server, would run a page that is asked for
by its address without this frame. So each page begins with `require_frame(__file__)`, which sends
such a visitor through `app.py` and on to the page, with the link's parameters kept.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from resnet_explorer.i18n import t
from resnet_explorer.spec import title
from resnet_explorer.ui import linked, network
from resnet_explorer.ui.history import one_entry_a_page
from resnet_explorer.ui.page_end import PageEnd
from resnet_explorer.ui.pages import GROUPS, PAGES, PageEntry
from resnet_explorer.ui.style import apply_style
from resnet_explorer.ui.weights_input import weights_input

_GOAL: Final = "_goal"
_thread = threading.local()


def run_app() -> None:
    """Draw the frame and, inside it, the page that was asked for."""
    st.set_page_config(page_title="ResNet Explorer", page_icon="🧱", layout="wide")
    chosen = st.navigation(
        [st.Page(page.file, title=page.name, default=page is PAGES[0]) for page in PAGES], position="hidden"
    )
    goal = st.session_state.pop(_GOAL, None)
    if goal:
        page, parameters = goal
        st.switch_page(page, query_params=parameters)
    linked.begin()
    network.read_link()
    apply_style()
    one_entry_a_page()
    with st.sidebar:
        network.network_picker()
        weights_input()
        for group in GROUPS:
            with st.container(gap="xxsmall"):
                st.caption(group.name)
                for page in group.pages:
                    page_link(page)
    above = st.container()
    _thread.framed = True
    is_left = is_whole = False
    try:
        chosen.run()
        is_whole = True
    except RerunException:  # for another page or for this one anew, whose run writes the link as a whole
        is_left = True
        raise
    except PageEnd:
        pass
    finally:
        _thread.framed = False
        if not is_left:
            network.write_link()
            complaints = linked.end(chosen.title, is_whole=is_whole)
            if complaints:
                above.warning(t("The link could not be followed to the end.") + " " + " ".join(complaints))


def require_frame(page_file: str) -> None:
    """Send a visitor who came to a page without the frame through `app.py`."""
    if getattr(_thread, "framed", False):
        return
    st.session_state[_GOAL] = (f"pages/{Path(page_file).name}", st.query_params.to_dict())
    st.switch_page("app.py")


def page_link(page: PageEntry, label: str | None = None) -> None:
    """A link to a page that keeps the network in the address."""
    st.page_link(page.file, label=label or page.name, icon=page.icon, query_params=network.link_parameters())


def page_title(heading: str, subtitle: str = "") -> None:
    """The heading of a page, with the network it is about."""
    st.title(heading)
    if subtitle:
        st.markdown(f"<p class='lead'>{subtitle}</p>", unsafe_allow_html=True)


def network_heading(heading: str) -> None:
    """A page's heading with the name of the network of the session."""
    page_title(heading, title(network.current_spec()))
