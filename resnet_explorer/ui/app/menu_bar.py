"""The menu bar over every page: the groups of pages, the words of the field, and the page as it was at first.

Streamlit's own navigation on top is 67 pixels high, and its links drop the query: a page that is opened in
a new tab would lose network and photo.
"""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.lessons.lesson import FOLLOW
from resnet_explorer.ui.app.page_list import GROUPS, LESSONS, OVERVIEW, PageEntry, page_called
from resnet_explorer.ui.app.reset import reset_button
from resnet_explorer.ui.lessons.bar import lesson_steps
from resnet_explorer.ui.lessons.current import HIDE, PRESENT, Place, parameters
from resnet_explorer.ui.lessons.hidden import is_hidden, is_presented
from resnet_explorer.ui.lessons.menu import lessons_menu
from resnet_explorer.ui.serving.class_button import class_button
from resnet_explorer.ui.session.language import language_switch
from resnet_explorer.ui.session.network import link_parameters

SHARED: Final = frozenset({"p_photo", "p_sample", "p_zoom", "p_x", "p_y", HIDE, PRESENT, FOLLOW})
"""Keys of the photo's controls, of what is hidden and who is followed, which are the same on every page."""


def menu_bar(current: str, here: Place | None) -> None:
    """Draw it.

    Args:
        current: name of the page that is open.
        here: the step of a lesson that is followed, if any.
    """
    with st.container(key="menu", horizontal=True, wrap=False, gap="xsmall", vertical_alignment="center"):
        with st.container(key="brand", width="content"):
            page_link(OVERVIEW, "ResNet Explorer", icon=None)
        is_whole = not is_hidden("menu")
        if is_whole and here:
            _all_pages(current)
        elif is_whole:
            _groups(current)
        if here and not is_presented():
            lesson_steps(here)
        st.space("stretch")
        if is_whole:
            if here:
                _lessons(current)
            language_switch()
            class_button(parameters())
            reset_button(current, SHARED)
            with st.popover(t("Words"), type="tertiary"):
                st.markdown(prose("words"))


def _groups(current: str) -> None:
    """The groups of pages, each in a popover."""
    for group in GROUPS:
        if LESSONS in group.pages:
            _lessons(current)
            continue
        pages = [page for page in group.pages if not is_hidden(page.stem)]
        if pages:
            with _menu(group.name, current, current in [page.name for page in pages]):
                for page in pages:
                    page_link(page)


def _all_pages(current: str) -> None:
    """All groups of pages in one popover: a lesson needs the room."""
    with _menu(t("Pages"), current), st.container(horizontal=True, gap="xsmall"):
        for group in GROUPS:
            pages = [page for page in group.pages if not is_hidden(page.stem) and page is not LESSONS]
            if pages:
                with st.container(width="content"):
                    st.caption(group.name)
                    for page in pages:
                        page_link(page, icon=None)


def _lessons(current: str) -> None:
    """What there is of lessons."""
    with _menu(LESSONS.name, current, current == LESSONS.name):
        lessons_menu(lambda: page_link(LESSONS), (page_called(current) or OVERVIEW).stem)


def _menu(name: str, current: str, is_open: bool = False) -> DeltaGenerator:
    """A popover of the menu; a page of its own has one of its own, which is closed: it would stay open."""
    label = f":primary[**{name}**]" if is_open else name
    return st.popover(label, key=f"menu_{name}_{current}", type="tertiary")


def page_link(page: PageEntry, label: str | None = None, icon: str | None = "") -> None:
    """A link to a page that keeps network, weights and lesson in the address."""
    st.page_link(
        page.file,
        label=label or page.name,
        icon=page.icon if icon == "" else icon,
        query_params=link_parameters() | dict(parameters()),
    )
