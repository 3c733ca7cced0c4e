"""The running statistics against the number of batches, in Plotly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.batch_norm.svg import CHANNEL_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.plotly_style import AXIS, FONT_SIZE, quiet, with_legend

_PAIRS: Final = (("mean", "running mean", 0.0), ("variance (÷ n − 1)", "running variance", 1.0))
_SYMBOLS: Final = ("circle", "diamond-open")
_DASHES: Final = ("solid", "dash")
"""By which channels are told apart where colours look alike."""
_HOVER: Final = {"x": "%{x}", "y": "%{y:.4g}"}


def running_figure(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Dots are the batches' own statistics, lines the running ones, from their start at 0 and 1.

    Args:
        rows: of `steps.running_rows`.
    """
    titles = (t("mean"), t("variance"))
    figure = make_subplots(cols=2, subplot_titles=titles, horizontal_spacing=0.08)
    looks = zip(CHANNEL_COLOURS, _SYMBOLS, _DASHES, strict=True)
    for channel, (colour, symbol, dash) in enumerate(looks, start=1):
        own = [row for row in rows if row["channel"] == channel]
        batches = [row["batch"] for row in own]
        for column, (statistic, running, start) in enumerate(_PAIRS, start=1):
            place = {"col": column, "row": 1, "showlegend": column == 1}
            figure.add_scatter(
                x=batches,
                y=[row[statistic] for row in own],
                mode="markers",
                marker={"size": 9, "symbol": symbol, "color": colour, "opacity": 0.55},
                name=t("channel {channel}: each batch").format(channel=channel),
                legendgroup=f"{channel}b",
                hovertemplate=t("batch {x}: {y}").format(**_HOVER) + "<extra></extra>",
                **place,
            )
            figure.add_scatter(
                x=[0, *batches],
                y=[start, *(row[running] for row in own)],
                mode="lines",
                line={"width": 4, "color": colour, "dash": dash},
                name=t("channel {channel}: running").format(channel=channel),
                legendgroup=f"{channel}r",
                hovertemplate=t("after {x}: {y}").format(**_HOVER) + "<extra></extra>",
                **place,
            )
    figure.update_xaxes(title=t("batches"), **AXIS)
    figure.update_yaxes(**AXIS)
    figure.update_annotations(font_size=FONT_SIZE + 2)
    return with_legend(quiet(figure, 380), y=-0.28)
