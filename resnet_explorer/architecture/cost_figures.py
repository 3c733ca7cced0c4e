"""Charts of a network, as Plotly figures with transparent grounds for both themes."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import count_text
from resnet_explorer.common.plotly_style import FONT_SIZE, quiet
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.operations import per_mac
from resnet_explorer.network.table_rows import stage_rows


def stage_bars(p: Plan, unit: str = "MACs") -> go.Figure:
    """Parameters and operations of each section side by side, in the sections' colours.

    Args:
        p: the plan.
        unit: "MACs", or "FLOPs" for twice as many.
    """
    rows = stage_rows(p)
    panels = ((t("parameters"), "params", 1), (unit, "macs", per_mac(unit)))
    figure = make_subplots(
        1, 2, subplot_titles=(t("Parameters"), unit), shared_yaxes=True, horizontal_spacing=0.06
    )
    for number, (name, key, times) in enumerate(panels, start=1):
        values = [row[key] * times for row in rows]
        figure.add_bar(
            x=values,
            y=[t(row["stage"]) for row in rows],
            orientation="h",
            marker_color=[STAGE_COLOURS[row["stage"]] for row in rows],
            text=[
                f"{count_text(v)} · {row[key + ' share']:.1f} %" for v, row in zip(values, rows, strict=True)
            ],
            textposition="outside",
            textfont_size=FONT_SIZE,
            cliponaxis=False,
            customdata=[
                [row["torchvision"], row["paper"], f"{v:,}"] for v, row in zip(values, rows, strict=True)
            ],
            hovertemplate="%{y} · %{customdata[1]} · %{customdata[0]}<br>%{customdata[2]} "
            + name
            + "<extra></extra>",
            row=1,
            col=number,
        )
        # Room at the right for the figure behind the longest bar.
        figure.update_xaxes(range=[0, 1.5 * max(values, default=1) or 1], visible=False, row=1, col=number)
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", tickfont_size=FONT_SIZE)
    figure.update_annotations(font_size=FONT_SIZE + 2)
    return quiet(figure, height=90 + 54 * len(rows))
