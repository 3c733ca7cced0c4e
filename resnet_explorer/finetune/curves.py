"""How runs went, epoch by epoch, as a Plotly figure with transparent grounds for both themes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Final, Literal

import plotly.graph_objects as go

from resnet_explorer.colours import STAGE_COLOURS
from resnet_explorer.finetune.log import Epoch
from resnet_explorer.i18n import t

Quantity = Literal["accuracy", "loss"]

RUN_COLOURS: Final = (*list(STAGE_COLOURS.values())[1:], STAGE_COLOURS["stem"])
"""One for each run that is compared, over and over."""
_FONT_SIZE: Final = 17
_GRID: Final = {
    "gridcolor": "rgba(154, 164, 178, 0.3)",
    "zeroline": False,
    "tickfont_size": _FONT_SIZE,
    "title_font_size": _FONT_SIZE,
}


def curves(
    runs: Sequence[tuple[str, Sequence[Epoch]]],
    quantity: Quantity,
    epochs: int | None = None,
    height: int = 340,
) -> go.Figure:
    """The curves of some runs: solid on the photos to test on, dotted while learning.

    Args:
        runs: a name and the epochs so far of each.
        quantity: "accuracy" or "loss".
        epochs: where the axis ends; at the last epoch that is done unless told.
        height: in pixels.
    """
    figure = go.Figure()
    for (name, log), colour in zip(runs, cycle(RUN_COLOURS), strict=False):
        for part, words, dash in (("val", t("tested"), "solid"), ("train", t("learning"), "dot")):
            figure.add_trace(
                go.Scatter(
                    x=[epoch.epoch for epoch in log],
                    y=[getattr(epoch, f"{part}_{quantity}") for epoch in log],
                    name=" · ".join(filter(None, (name, words))),
                    mode="lines+markers",
                    line={"color": colour, "width": 3, "dash": dash},
                    marker={"size": 8, "symbol": "circle" if part == "val" else "circle-open"},
                    hovertemplate=f"%{{y:{'.1%' if quantity == 'accuracy' else '.3f'}}}",
                )
            )
    last = epochs or max((epoch.epoch for _, log in runs for epoch in log), default=1)
    figure.update_xaxes(title=t("epoch"), range=[0.8, max(last, 1) + 0.2], dtick=_step(last), **_GRID)
    figure.update_yaxes(rangemode="tozero", **_GRID)
    if quantity == "accuracy":
        figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    title = {"text": t(quantity), "font_size": _FONT_SIZE + 1, "x": 0, "xref": "paper"}
    return figure.update_layout(
        title=title,
        height=height,
        margin={"l": 10, "r": 10, "t": 44, "b": 10},
        font_size=_FONT_SIZE,
        hovermode="x unified",
        legend={"orientation": "h", "y": -0.28, "x": 0},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
    )


def _step(last: int) -> int:
    """Epochs between two ticks, about eight of them, round."""
    return next(
        step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if last <= 8 * step or step == 2000
    )
