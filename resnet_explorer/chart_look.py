"""The look of every chart: no ground, so that it stands in both themes, and type for the last row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT_SIZE: Final = 18
AXIS: Final[dict[str, Any]] = {
    "gridcolor": "rgba(154, 164, 178, 0.3)",
    "zeroline": False,
    "tickfont_size": FONT_SIZE,
    "title_font_size": FONT_SIZE,
}
"""What `update_xaxes` and `update_yaxes` are told of an axis with a grid."""
STILL_AXIS: Final = AXIS | {"fixedrange": True}
"""The same of an axis that no mouse moves."""
NO_CLICKS: Final = {"itemclick": False, "itemdoubleclick": False}
"""For a legend that hides nothing."""


def quiet(figure: go.Figure, height: int) -> go.Figure:
    """No ground, no legend, large type.

    Args:
        figure: a chart, changed in place.
        height: in pixels.
    """
    return figure.update_layout(
        height=height,
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font_size=FONT_SIZE,
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
    legend = {"orientation": "h", "x": 0, "y": y, "font_size": FONT_SIZE} | look
    return figure.update_layout(showlegend=True, legend=legend)
