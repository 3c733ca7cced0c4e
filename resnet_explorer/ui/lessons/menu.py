"""What the menu of lessons offers on every page: to begin one, to write one, to hide and to present."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.lessons.store import lessons, titles
from resnet_explorer.ui.app.page_list import STEMS
from resnet_explorer.ui.lessons.current import begin
from resnet_explorer.ui.lessons.draft import add_view_input
from resnet_explorer.ui.lessons.hidden import hidden_input


def lessons_menu(page_link: Callable[[], None], stem: str) -> None:
    """Draw it, in a popover of the menu bar.

    Args:
        page_link: draws the way to the page of lessons.
        stem: of the page that is open.
    """
    left, right = st.columns(2)
    with left, st.container(key="begin_lesson", gap=None):
        page_link()
        known = lessons(STEMS)
        for name, title in titles(known).items():
            label = t("{title}, {minutes} min").format(title=as_markdown(title), minutes=known[name].minutes)
            st.button(label, key=f"_begin_{name}", type="tertiary", on_click=begin, args=(name,))
    with left:
        hidden_input()
    with right:
        add_view_input(stem)
