"""SVG, element by element: every text and every attribute is escaped here, and nowhere else.

Elements are strings; the children of an element are elements that were made here.
Attributes are keywords: `stroke_width=2` writes `stroke-width="2"`, `data_key` writes `data-key`, and one
that is None is left out. Numbers are written with at most two digits behind the point.
"""

from __future__ import annotations

import base64
import re
from typing import Final
from xml.sax import saxutils

from resnet_explorer.common.fonts import FAMILY

Attribute = str | float | None
INK: Final = "#1b2430"
"""Colour of words on a white ground."""
MARGIN: Final = 16
"""White around a picture that is a file of its own."""
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What a file of XML cannot hold, escaped or not: a photo's name may have it."""


def _escape(words: str) -> str:
    """Words as they stand between the tags of a picture."""
    return saxutils.escape(words if words.isprintable() else _NO_XML.sub("\ufffd", words))


def number(value: float) -> str:
    """A coordinate or a length, as short as two digits behind the point allow."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def element(tag: str, *children: str, **attributes: Attribute) -> str:
    """An element with its children.

    Args:
        tag: its name.
        children: elements, or text that is escaped already.
        attributes: by name, `-` as `_`; `class_` is `class`.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    content = "".join(children)
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def document(
    width: float,
    height: float,
    *children: str,
    name: str = "",
    standalone: bool = False,
    **attributes: Attribute,
) -> str:
    """A whole picture, in the colour of the text around it.

    Args:
        width: of the picture, in units that are pixels unless it is scaled.
        height: of the picture.
        children: what is in it.
        name: what it shows, for those who hear it.
        standalone: for a file of its own: dark ink on a white ground, `MARGIN` wider on every side.
        attributes: more of them.
    """
    margin = MARGIN if standalone else 0
    size = (width + 2 * margin, height + 2 * margin)
    box = (-margin, -margin, *size)
    frame: dict[str, Attribute] = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": " ".join(map(number, box)),
        "width": size[0],
        "height": size[1],
        "role": "img",
        "font_family": FAMILY,
        "color": INK if standalone else None,
    }
    ground = rect(*box, fill="#ffffff") if standalone else ""
    return element("svg", title(name) if name else "", ground, *children, **(frame | attributes))


def title(words: str) -> str:
    """What is read when the pointer rests on the element that this is the first child of."""
    return element("title", _escape(words))


def text(x: float, y: float, words: str, *children: str, **attributes: Attribute) -> str:
    """Words, their baseline at y, in the page's text colour unless told another `fill`."""
    colour: dict[str, Attribute] = {"fill": "currentColor"}
    return element("text", _escape(words), *children, x=x, y=y, **(colour | attributes))


def tspan(words: str, **attributes: Attribute) -> str:
    """A part of a text's words that looks otherwise, or stands elsewhere."""
    return element("tspan", _escape(words), **attributes)


def rect(x: float, y: float, width: float, height: float, *children: str, **attributes: Attribute) -> str:
    """A rectangle from its upper left corner."""
    return element("rect", *children, x=x, y=y, width=width, height=height, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, *children: str, **attributes: Attribute) -> str:
    """A straight line."""
    return element("line", *children, x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def circle(cx: float, cy: float, r: float, *children: str, **attributes: Attribute) -> str:
    """A circle round its centre."""
    return element("circle", *children, cx=cx, cy=cy, r=r, **attributes)


def path(d: str, *children: str, **attributes: Attribute) -> str:
    """A path by its commands."""
    return element("path", *children, d=d, **attributes)


def group(*children: str, **attributes: Attribute) -> str:
    """Elements together."""
    return element("g", *children, **attributes)


def button(words: str) -> dict[str, Attribute]:
    """Attributes of a part with a `data-key` that the Tab key reaches, and Enter clicks (`svg_view.js`).

    Args:
        words: what it is, for those who hear it.
    """
    return {"tabindex": 0, "role": "button", "aria_label": words}


def current(is_chosen: bool) -> Attribute:
    """`aria_current` of a part that can be chosen: those who hear it learn which one is."""
    return "true" if is_chosen else None


def image(x: float, y: float, width: float, height: float, href: str, **attributes: Attribute) -> str:
    """A picture of pixels, stretched to its place.

    Its address is best a `data:` one, as `data_address` makes it of a file.
    """
    return element("image", x=x, y=y, width=width, height=height, href=href, **attributes)


def cells(x: float, y: float, width: float, height: float, href: str, **attributes: Attribute) -> str:
    """A picture of which each pixel is a cell, stretched, its edges sharp; arguments as of `image`."""
    look: dict[str, Attribute] = {"preserveAspectRatio": "none", "style": "image-rendering:pixelated"}
    return image(x, y, width, height, href, **look, **attributes)


def data_address(file: bytes) -> str:
    """The `data:` address of a PNG or JPEG file: the file itself, as text."""
    kind = "png" if file.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"


def _value(value: str | float) -> str:
    return _escape(value).replace('"', "&quot;") if isinstance(value, str) else number(value)
