"""The losses of two trainings, step by step, as a Plotly figure for both themes. No torch here."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.plotly_style import AXIS, quiet


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
    for is_second, (values, name) in enumerate(zip(losses, names, strict=True)):
        figure.add_scatter(
            x=list(range(1, len(values) + 1)),
            y=list(values),
            mode="lines+markers",
            name=name,
            line={"color": STAGE_COLOURS["stage 1" if is_second else "head"], "width": 3.5}
            | {"dash": "solid" if is_second else "dot"},
            hovertemplate="%{x}: %{y:.3f}<extra>" + name + "</extra>",
        )
    figure.update_xaxes(title=t("step"), range=[0.5, steps + 0.5], **AXIS)
    figure.update_yaxes(title=t("cross-entropy of the batch"), rangemode="tozero", **AXIS)
    return quiet(figure).update_layout(showlegend=True, margin_t=16)
