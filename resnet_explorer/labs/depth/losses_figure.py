"""The losses of two trainings, step by step, as a Plotly figure for both themes. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.plotly_style import AXIS, name_ends, quiet

_COLOURS: Final = STAGE_COLOURS["head"], STAGE_COLOURS["stage 1"]


def losses_figure(
    losses: tuple[Sequence[float], Sequence[float]], names: tuple[str, str], steps: int
) -> go.Figure:
    """The losses of two networks' batches so far, on an axis that waits for the last step.

    Args:
        losses: of both, by step.
        names: of both; the first is dotted.
        steps: how many there will be.
    """
    figure = go.Figure()
    for values, name, colour, dash in zip(losses, names, _COLOURS, ("dot", "solid"), strict=True):
        figure.add_scatter(
            x=list(range(1, len(values) + 1)),
            y=list(values),
            mode="lines+markers",
            name=name,
            line={"color": colour, "width": 3.5, "dash": dash},
            hovertemplate="%{x}: %{y:.3f}<extra>" + name + "</extra>",
        )
    ends = [
        (name, colour, len(values), values[-1])
        for values, name, colour in zip(losses, names, _COLOURS, strict=True)
        if values
    ]
    name_ends(figure, ends, max((value for values in losses for value in values), default=0.0))
    figure.update_xaxes(title=t("step"), range=[0.5, steps + 0.5], **AXIS)
    figure.update_yaxes(title=t("cross-entropy of the batch"), rangemode="tozero", **AXIS)
    return quiet(figure).update_layout(margin_t=16, margin_r=160)
