"""The frame around every page: navigation, the sidebar's network, and the link.

Streamlit finds `pages/` beside `app.py` and, on a fresh server, would run a page that is asked for
by its address without this frame. So each page begins with `require_frame(__file__)`, which sends
such a visitor through `app.py` and on to the page, with the link's parameters kept.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.spec import title
from resnet_explorer.ui import linked, network
from resnet_explorer.ui.style import apply_style


@dataclass(frozen=True)
class PageEntry:
    """A page of the app: its file, its name, its sign, what it is for, and a word on its network."""

    file: str
    name: str
    icon: str
    purpose: str = ""
    network_note: str = ""


PAGES: Final = (
    PageEntry("pages/overview.py", t("Overview"), ":material/home:"),
    PageEntry(
        "pages/architecture.py",
        t("Architecture"),
        ":material/architecture:",
        t("Build any depth. Follow the feature map, step by step."),
    ),
    PageEntry(
        "pages/convolution.py",
        t("Convolution"),
        ":material/grid_on:",
        t("One layer under the glass, and what each cell sees of the photo."),
    ),
    PageEntry(
        "pages/blocks.py",
        t("Blocks"),
        ":material/view_agenda:",
        t("Basic against bottleneck: what each costs, and why."),
    ),
    PageEntry(
        "pages/block_lab.py",
        t("Run a block"),
        ":material/biotech:",
        t("A real tensor through a real block, layer by layer."),
        t("Shown on the other pages. This one runs a block of your own."),
    ),
    PageEntry(
        "pages/shortcuts.py",
        t("Shortcuts"),
        ":material/conversion_path:",
        t("The whole graph: solid where x passes, dashed where it must change."),
    ),
    PageEntry(
        "pages/compare.py",
        t("Compare"),
        ":material/compare_arrows:",
        t("Two networks side by side: what differs, what it costs, what it gains."),
        t("Network A. Network B is chosen on the page."),
    ),
    PageEntry(
        "pages/predict.py",
        t("Predict"),
        ":material/photo_camera:",
        t("Drop in a photo. See the answer, and what it rests on."),
        t("Shown on the other pages. On this one, the weights decide which network answers."),
    ),
)

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
    with st.sidebar:
        for page in PAGES:
            st.page_link(page.file, label=page.name, icon=page.icon)
        st.divider()
        network.network_picker()
        st.caption(next(page.network_note for page in PAGES if page.name == chosen.title))
    above = st.container()
    _thread.framed = True
    try:
        chosen.run()
    finally:
        _thread.framed = False
        network.write_link()
        complaints = linked.end()
    if complaints:
        above.warning(t("The link could not be followed to the end.") + " " + " ".join(complaints))


def require_frame(page_file: str) -> None:
    """Send a visitor who came to a page without the frame through `app.py`."""
    if getattr(_thread, "framed", False):
        return
    st.session_state[_GOAL] = (f"pages/{Path(page_file).name}", st.query_params.to_dict())
    st.switch_page("app.py")


def page_title(heading: str, subtitle: str = "") -> None:
    """The heading of a page, with the network it is about."""
    st.title(heading)
    if subtitle:
        st.markdown(f"<p class='lead'>{subtitle}</p>", unsafe_allow_html=True)


def network_heading(heading: str) -> None:
    """A page's heading with the name of the network of the session."""
    page_title(heading, title(network.current_spec()))
