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
.picture svg { display: block; width: 100%; height: auto; }
.picture.pick [data-key] { cursor: pointer; }
.picture.pick [data-key]:hover { opacity: 0.75; }
.picture.pick [data-key][fill-opacity="0"]:hover { fill-opacity: 0.2; }
"""

_JS: Final = """
// A part with data-rows and data-columns is a grid drawn as one: the click's place says which cell,
// and data-name which grid, where there are several.
function cellOf(part, event) {
  const box = part.getBoundingClientRect();
  const place = (at, start, length, count) =>
    Math.min(count - 1, Math.max(0, Math.floor(((at - start) / length) * count)));
  const row = place(event.clientY, box.top, box.height, part.dataset.rows);
  const grid = part.dataset.name ? part.dataset.name + ":" : "";
  return grid + row + "," + place(event.clientX, box.left, box.width, part.dataset.columns);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const picture = parentElement.querySelector(".picture");
  picture.innerHTML = data.svg;
  picture.classList.toggle("pick", data.pick);
  const svg = picture.querySelector("svg");
  const { width, height } = svg.viewBox.baseVal;
  svg.style.minWidth = data.shrink * width + "px";
  svg.style.maxWidth = Math.min(data.magnify * width, (data.tallest * width) / height) + "px";
  picture.onclick = (event) => {
    const part = data.pick && event.target.closest("[data-key]");
    if (part) setTriggerValue("picked", part.dataset.rows ? cellOf(part, event) : part.dataset.key);
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
    shrink: float = 0.7,
    magnify: float = 1.5,
    tallest: int = 620,
) -> None:
    """Show an SVG as wide as the page.

    Args:
        svg: the picture, with a viewBox.
        key: a name for it, once per page.
        on_pick: called with the `data-key` of the part that was clicked; of a part that has `data-rows`
            and `data-columns`, with the cell of that grid, as "row,column", or as "name:row,column" if it
            has a `data-name`.
        shrink: share of its own width below which it scrolls rather than shrinks.
        magnify: how many times its own width it may grow to.
        tallest: height in pixels beyond which it does not grow.
    """

    def picked() -> None:
        part = st.session_state[key].picked
        if on_pick and part:
            on_pick(part)

    _picture(
        key=key,
        data={
            "svg": svg,
            "pick": on_pick is not None,
            "shrink": shrink,
            "magnify": magnify,
            "tallest": tallest,
        },
        on_picked_change=picked,
    )
