"""A picture for the page or, with a caption below it, a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.graph.svg import Picture

_LINE: Final = 22


def captioned(
    width: float, height: float, *children: str, caption: Sequence[str], name: str, font_size: float
) -> Picture:
    """The picture.

    Args:
        width, height: in units of the picture, without caption.
        children: what is in it.
        caption: lines below it; of none, it is for the page.
        name: what it shows, for those who do not see it.
        font_size: of its words.
    """
    lines = [svg.text(0, height + _LINE * number, words) for number, words in enumerate(caption, start=1)]
    high = height + (_LINE * len(lines) + 8 if lines else 0)
    drawn = svg.document(
        width, high, *children, *lines, name=name, standalone=bool(lines), font_size=font_size
    )
    margin = svg.MARGIN if lines else 0
    return Picture(drawn, width + 2 * margin, high + 2 * margin)
