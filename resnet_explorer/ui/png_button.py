"""A button that saves an SVG of our own as a PNG, drawn by the reader's browser.

The browser has the fonts and draws SVG anyway, so the server needs neither. The picture is sent when
it is asked for and not before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from resnet_explorer.graph_svg import Picture

_CSS: Final = """
button {
  width: 100%; min-height: 2.5rem; padding: 0.25rem 0.75rem; font: 400 0.875rem var(--st-font);
  color: var(--st-text-color); background: var(--st-background-color); cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 0.7rem);
}
button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); }
button:disabled { opacity: 0.5; cursor: progress; }
"""

# Each asking has a number of its own, so that a rerun of the page saves nothing twice.
_JS: Final = """
const saved = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = () => { button.disabled = true; setTriggerValue("asked", true); };
  if (!data.svg || saved.get(parentElement) === data.number) return;
  saved.set(parentElement, data.number);
  save(data).finally(() => { button.disabled = false; });
}

async function save({ svg, width, height, scale, file }) {
  const picture = new Image();
  const sized = svg.replace("<svg ", `<svg width="${width}" height="${height}" `);
  picture.src = URL.createObjectURL(new Blob([sized], { type: "image/svg+xml" }));
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(png);
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
"""

_button = st.components.v2.component(
    "resnet_explorer_png", html='<button type="button"></button>', css=_CSS, js=_JS
)


def png_button(label: str, picture: Callable[[], Picture], file: str, key: str) -> None:
    """Show the button.

    Args:
        label: what stands on it.
        picture: draws what is to be saved; called when somebody asks for it.
        file: the name of the file.
        key: the component's key.
    """
    asked = f"_{key}_asked"
    number = f"_{key}_number"

    def ask() -> None:
        st.session_state[asked] = True
        st.session_state[number] = st.session_state.get(number, 0) + 1

    data: dict[str, object] = {"label": label}
    if st.session_state.pop(asked, False):
        drawn = picture()
        data |= {
            "svg": drawn.svg,
            "width": drawn.width,
            "height": drawn.height,
            "scale": drawn.png_scale,
            "file": file,
            "number": st.session_state[number],
        }
    _button(key=key, data=data, on_asked_change=ask)
