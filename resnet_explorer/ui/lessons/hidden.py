"""What a link hides: controls by their names in the link, parts of the frame, pages; or all but the picture.

So students see only what a step is about. It hides, and locks nothing: whoever changes the link sees all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.ui.app.page_list import PAGES, STEMS
from resnet_explorer.ui.app.url_state import SWITCH, Code, complain, control_names, linked, shortened
from resnet_explorer.ui.lessons.bar import lesson_steps
from resnet_explorer.ui.lessons.current import HIDE, PRESENT, Place
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_switch

PARTS: Final = {
    "menu": msg("Menu"),
    "network": msg("Network"),
    "photo": msg("Photo"),
    "controls": msg("All controls in the head"),
    "head": msg("Head"),
    "settings": msg("More settings"),
    "downloads": msg("What can be taken home"),
    "foot": msg("Sentence below the picture"),
    "below": msg("All below that"),
}
"""Parts of the frame, by what they are called in the link."""
_BELOW: Final = '[data-testid="stLayoutWrapper"]:has(> .st-key-foot) ~ *'
_PLACES: Final = {
    "network": ".st-key-_network",
    "photo": ".st-key-_photo",
    "controls": ".st-key-controls",
    "head": ".st-key-head",
    "settings": ".st-key-more_settings",
    "downloads": ".st-key-take_home",
    "foot": ".st-key-foot",
    "below": _BELOW,
}
_HEIGHTS: Final = {"head": "--head: 0px;", "foot": "--foot: 0px;"}
_PRESENTED: Final = f"""
  :root {{ --menu: 0px; --head: 0px; --foot: 0px; --lesson: 0px; }}
  .st-key-menu, .st-key-lesson, .st-key-head, .st-key-foot {{ display: none; }}
  {_BELOW} {{ display: none; }}
  [data-testid="stHeader"] {{ display: none; }}
  [data-testid="stMainBlockContainer"] {{ padding-top: 12px; }}
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{ gap: 0; }}
"""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
_MOST: Final = 40


def _read(text: str) -> list[str]:
    names = list(dict.fromkeys(text.split(","))) if text else []
    for name in names[:_MOST]:
        if not _NAME.fullmatch(name):
            raise ValueError(t("allowed: names of controls, pages and parts, with a comma between."))
    return names[:_MOST]


NAMES: Final = Code(",".join, _read, lambda names: isinstance(names, list))
"""Names in a link, with a comma between."""


def apply_hidden(here: Place | None) -> None:
    """Hide what the link says; before the page is drawn.

    Args:
        here: the step of a lesson, whose buttons stay where the picture is presented alone.
    """
    hidden: list[str] = linked(HIDE, [], NAMES)
    rules = [
        f"{_selector(name)} {{ display: none; }}" for name in hidden if name not in STEMS and name != "menu"
    ]
    rules += [f":root {{ {_HEIGHTS[name]} }}" for name in hidden if name in _HEIGHTS]
    if linked(PRESENT, False, SWITCH):
        rules.append(_PRESENTED)
        with st.container(key="presented", horizontal=True, wrap=False, width="content"):
            if here:
                lesson_steps(here)
            st.button(t("Show all"), key="_present_leave", type="tertiary", on_click=_leave)
    if rules:
        st.html(f"<style>{' '.join(rules)}</style>")


def tell_unknown(controls: Iterable[str]) -> None:
    """Say which names of the link hide nothing, once; after the page was drawn.

    Args:
        controls: names of those of the page.
    """
    known = {*PARTS, *STEMS, *controls}
    told: set[str] = st.session_state.setdefault("_hidden_told", set())
    for name in st.session_state.get(HIDE, []):
        if name not in known and name not in told:
            complain(t("Nothing here is called `{name}`.").format(name=shortened(name)))
        told.add(name)


def is_hidden(name: str) -> bool:
    """Whether a page or the menu is hidden."""
    return name in st.session_state.get(HIDE, [])


def is_presented() -> bool:
    """Whether the picture is shown alone."""
    return bool(st.session_state.get(PRESENT))


def hidden_input() -> None:
    """The choice of what is hidden, and the switch that leaves the picture alone."""
    hidden: list[str] = linked(HIDE, [], NAMES)
    names = control_names()
    pages = {page.stem: t("Page: {name}").format(name=page.name) for page in PAGES}
    words = {part: t(name) for part, name in PARTS.items()} | names | pages
    st.multiselect(
        t("Hide, for whoever gets the link"),
        [*words, *(name for name in hidden if name not in words)],
        format_func=lambda name: words.get(name, name),
        placeholder=t("Choose options"),
        **keeping_value(HIDE),
    )
    linked_switch(PRESENT, t("Present: the picture alone"))


def _selector(name: str) -> str:
    """Where what has a name stands; a control in a popover may have got a number behind its name."""
    numbered = ", ".join(f'[class*="st-key-{name}_{digit}"]' for digit in range(1, 10))
    return _PLACES.get(name) or f":is(.st-key-{name}, {numbered})"


def _leave() -> None:
    st.session_state[PRESENT] = False
