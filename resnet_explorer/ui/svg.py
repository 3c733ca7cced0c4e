"""Show an SVG of our own in the page, and tell which part of it was clicked.

The SVG stands inline, so that it takes the theme's text colour (`currentColor`) and face. It is
ours, made from numbers: nothing that a user typed goes into it unescaped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

_CSS: Final = """
.picture { color: var(--st-text-color); font-family: var(--st-font); overflow-x: auto; }
.picture svg { display: block; width: 100%; height: auto; min-width: var(--smallest, 0); margin: 0 auto; }
.picture.pick [data-key] { cursor: pointer; }
.picture.pick [data-key]:hover { opacity: 0.75; }
"""

_JS: Final = """
export default function ({ data, parentElement, setTriggerValue }) {
  const picture = parentElement.querySelector(".picture");
  picture.innerHTML = data.svg;
  picture.classList.toggle("pick", data.pick);
  picture.style.setProperty("--smallest", data.smallest + "px");
  picture.querySelector("svg").style.maxWidth = data.largest ? data.largest + "px" : "none";
  picture.onclick = (event) => {
    const part = data.pick && event.target.closest("[data-key]");
    if (part) setTriggerValue("picked", part.dataset.key);
  };
}
"""

_picture = st.components.v2.component(
    "resnet_explorer_svg", html='<div class="picture"></div>', css=_CSS, js=_JS
)


def show_svg(
    svg: str,
    key: str,
    on_pick: Callable[[str], None] | None = None,
    smallest: int = 0,
    largest: int = 0,
) -> None:
    """Show an SVG as wide as the page.

    Args:
        svg: the picture, with a viewBox.
        key: a name for it, once per page.
        on_pick: called with the `data-key` of the part that was clicked.
        smallest: width in pixels below which it scrolls rather than shrinks.
        largest: width in pixels beyond which it does not grow; 0 for no limit.
    """

    def picked() -> None:
        part = st.session_state[key].picked
        if on_pick and part:
            on_pick(part)

    _picture(
        key=key,
        data={"svg": svg, "pick": on_pick is not None, "smallest": smallest, "largest": largest},
        on_picked_change=picked,
    )
