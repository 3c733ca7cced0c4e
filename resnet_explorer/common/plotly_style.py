"""The look of every chart: no ground, so that it stands in both themes, and type for the last row."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT_SIZE: Final = 18
INK: Final = "#6f7988"
"""The colour of words: on the page the style sheet gives them the theme's own, which no chart can know."""
AXIS: Final[dict[str, Any]] = {
    "gridcolor": "rgba(154, 164, 178, 0.3)",
    "zeroline": False,
    "tickfont_size": FONT_SIZE,
    "title_font_size": FONT_SIZE,
}
"""What `update_xaxes` and `update_yaxes` are told of an axis with a grid."""
STILL_AXIS: Final = AXIS | {"fixedrange": True}
"""What they are told of an axis with a grid that no mouse moves."""
NO_CLICKS: Final = {"itemclick": False, "itemdoubleclick": False}
"""For a legend that hides nothing."""
_NAME_ROOM: Final = 0.09
"""Of the axis: how far the names of two curves must be apart."""


def as_label(text: str) -> str:
    """A name of unknown origin for a chart: Plotly takes some tags for what they say, and no `&quot;`."""
    return escape(text, quote=False)


def quiet(figure: go.Figure, height: int | None = None) -> go.Figure:
    """No ground, no legend, large type.

    Args:
        figure: a chart, changed in place.
        height: in pixels; None for that of the place where it stands.
    """
    words = {"tickfont_color": INK, "title_font_color": INK}
    figure.update_xaxes(**words).update_yaxes(**words)
    figure.for_each_annotation(lambda each: each.font.color or each.update(font_color=INK))
    return figure.update_layout(
        height=height,
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": FONT_SIZE, "color": INK},
        margin={"l": 10, "r": 10, "t": 44, "b": 10},
        bargap=0.3,
    )


def with_legend(figure: go.Figure, y: float, **look: object) -> go.Figure:
    """Names in a row, from the left edge.

    Args:
        figure: a chart, changed in place.
        y: where the row stands, as a share of the height between the axes; above 1 it grows upwards.
        look: what else Plotly's legend is told.
    """
    legend = {"orientation": "h", "x": 0, "y": y, "font": {"size": FONT_SIZE, "color": INK}} | look
    return figure.update_layout(showlegend=True, legend=legend)


def name_ends(
    figure: go.Figure, ends: Sequence[tuple[str, str, float, float]], highest: float, **place: int
) -> None:
    """A name behind the last point of each curve, none over another, with a dash in the curve's colour.

    Args:
        figure: a chart, changed in place; it needs room at its right.
        ends: name, colour and last point (x, y) of each curve.
        highest: where the upright axis ends, which begins at 0.
        place: row and column in a figure of several.
    """
    heights = apart([y for *_, y in ends], highest * _NAME_ROOM)
    for (name, colour, x, _), y in zip(ends, heights, strict=True):
        figure.add_annotation(
            text=f'<span style="color:{colour}"><b>━</b></span> {name}',
            x=x,
            y=y,
            xanchor="left",
            xshift=4,
            showarrow=False,
            font={"size": FONT_SIZE, "color": INK},
            **place,
        )


def apart(heights: Sequence[float], room: float) -> list[float]:
    """Where words stand that name lines: as near to each line as they can, `room` from one to the next."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    groups: list[list[float]] = []  # of words that touch, each height less the room of those below it
    for place, index in enumerate(order):
        groups.append([heights[index] - place * room])
        while len(groups) > 1 and fmean(groups[-2]) >= fmean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    shared = [fmean(group) for group in groups for _ in group]
    found = dict(zip(order, (low + place * room for place, low in enumerate(shared)), strict=True))
    return [found[index] for index in range(len(heights))]
