"""How many photos were put into each class, as bars that are clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.i18n import nt
from resnet_explorer.explanation.top_k_svg import FONT, ROW, bar_row

WIDTH: Final = 360
_MORE: Final = 34
"""Height of the line about the classes that are left out."""


def counts_svg(counts: Sequence[tuple[int, int]], names: Sequence[str], chosen: int | None, most: int) -> str:
    """An SVG whose rows carry the index of their class as `data-key`.

    Args:
        counts: classes by index and their photos, the most first.
        names: of the classes.
        chosen: the class in colour; None for all of them.
        most: how many classes have a row; of the others it is told how many they are.
    """
    shown, left = counts[:most], len(counts) - most
    rows = [
        bar_row(
            str(index),
            names[index],
            count / counts[0][1],
            (f"{count:,}", f"{count:,}"),
            ROW * place,
            chosen in (None, index),
            WIDTH,
            is_current=chosen == index,
        )
        for place, (index, count) in enumerate(shown)
    ]
    height = ROW * len(shown)
    if left > 0:
        words = nt("and {count:,} more class", "and {count:,} more classes", left).format(count=left)
        rows.append(svg.text(0, height + 24, words, opacity=0.8))
        height += _MORE
    return svg.document(
        WIDTH,
        height,
        *rows,
        aria_label=", ".join(f"{names[index]} {count:,}" for index, count in shown),
        font_size=FONT,
        preserveAspectRatio="xMinYMin meet",
    )
