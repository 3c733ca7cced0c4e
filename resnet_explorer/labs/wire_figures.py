"""What the lesions cost, and the paths through a network, as Plotly figures for both themes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS, rgba
from resnet_explorer.figures import FONT_SIZE, quiet
from resnet_explorer.labs.paths import path_counts, shares
from resnet_explorer.labs.wiring import first_of_stage, short
from resnet_explorer.plan import Block

if TYPE_CHECKING:
    from resnet_explorer.labs.paths import Flow

_RIGHT: Final = 92
"""Pixels at the right for the words of the lines."""
_GRID: Final = {
    "gridcolor": "rgba(154, 164, 178, 0.3)",
    "zeroline": False,
    "tickfont_size": FONT_SIZE,
    "title_font_size": FONT_SIZE,
}


def sweep_figure(
    blocks: Sequence[Block], scores: Mapping[int, float], whole: float, chance: float | None, what: str
) -> go.Figure:
    """A bar for each block: what is left without it, in the colour of its stage; ▼ where a stage begins.

    Args:
        blocks: of the network.
        scores: what is left, by block; those that cannot be removed are missing.
        whole: what the whole network reaches, a line.
        chance: what guessing reaches, a line; None for none.
        what: the name of the axis.
    """
    first = list(first_of_stage(blocks))
    many = len(scores) > 20
    figure = go.Figure(
        go.Bar(
            x=[short(blocks[number]) for number in scores],
            y=list(scores.values()),
            marker_color=[STAGE_COLOURS[blocks[number].stage] for number in scores],
            text=[
                ("▼" if first[number] else "") + ("" if many else f"{score:.0%}")
                for number, score in scores.items()
            ],
            textposition="auto",
            insidetextanchor="end",
            insidetextfont={"size": FONT_SIZE, "color": "#101418"},
            cliponaxis=False,
            customdata=[blocks[number].shortcut_reason for number in scores],
            hovertemplate="without %{x}: %{y:.1%}<br>%{customdata}<extra></extra>",
        )
    )
    _level(figure, whole, f"whole<br>{whole:.1%}")
    if chance is not None:
        _level(figure, chance, "guessing", dash="dot")
    figure.update_xaxes(type="category", title="the block that is taken out", **_GRID)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.08], title=what, **_GRID)
    return quiet(figure, 430).update_layout(margin_r=_RIGHT, margin_t=16)


def drops_figure(
    scores: Sequence[Sequence[float]], whole: float, chance: float | None, what: str
) -> go.Figure:
    """A point for each draw over the blocks taken out, and their means as a line (Veit et al., fig. 5a).

    Args:
        scores: for one block, two, …: what is left in each draw.
        whole: with none taken out.
        chance: what guessing reaches; None for none.
        what: the name of the axis, for what is lost.
    """
    lost = [[1 - whole], *([1 - score for score in row] for row in scores)]
    figure = go.Figure(
        [
            go.Scatter(
                x=[number for number, row in enumerate(lost) for _ in row],
                y=[value for row in lost for value in row],
                mode="markers",
                marker={"size": 13, "color": rgba(STAGE_COLOURS["stage 1"], 0.5)},
                hovertemplate="%{x} out: %{y:.1%}<extra>a draw</extra>",
            ),
            go.Scatter(
                x=list(range(len(lost))),
                y=[sum(row) / len(row) for row in lost],
                mode="lines",
                line={"color": STAGE_COLOURS["head"], "width": 4},
                hovertemplate="%{x} out: %{y:.1%}<extra>mean</extra>",
            ),
        ]
    )
    if chance is not None:
        _level(figure, 1 - chance, "guessing", dash="dot")
    figure.update_xaxes(title="blocks taken out at random", dtick=max(1, len(lost) // 12), **_GRID)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.05], title=what, **_GRID)
    return quiet(figure, 430).update_layout(margin_r=_RIGHT, margin_t=16)


def lengths_figure(blocks: int) -> go.Figure:
    """How many of the 2ⁿ paths lead through k branches, as shares (Veit et al., fig. 6a)."""
    counts = path_counts(blocks)
    figure = go.Figure(
        go.Bar(
            x=list(range(blocks + 1)),
            y=shares(counts),
            marker_color=STAGE_COLOURS["stage 1"],
            customdata=[f"{count:,}" if count < 10**15 else f"{count:.2e}" for count in counts],
            hovertemplate="%{customdata} paths through %{x} blocks: %{y:.2%}<extra></extra>",
        )
    )
    figure.update_xaxes(title="blocks on the path", **_GRID)
    figure.update_yaxes(tickformat=".0%", title="share of the paths", **_GRID)
    return quiet(figure, 380)


def flow_figure(found: Flow) -> go.Figure:
    """The gradient along a path of each length, and what all paths of that length bring (fig. 6b and 6c)."""
    lengths = list(range(len(found.norms)))
    titles = ("Gradient along one path", "Share of all gradient, by length")
    figure = make_subplots(cols=2, subplot_titles=titles, horizontal_spacing=0.12)
    draws = found.norms.shape[1]
    points: dict[str, Any] = {"mode": "markers", "marker": {"size": 9, "color": rgba(LINE_GREY, 0.6)}}
    figure.add_trace(
        go.Scatter(
            x=np.repeat(lengths, draws),
            y=found.norms.ravel(),
            hovertemplate="%{x} blocks: %{y:.3g}<extra>a path</extra>",
            **points,
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Scatter(
            x=lengths,
            y=found.means,
            mode="lines+markers",
            line={"color": STAGE_COLOURS["head"], "width": 4},
            hovertemplate="%{x} blocks: %{y:.3g}<extra>mean</extra>",
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Bar(
            x=lengths,
            y=found.contributions,
            marker_color=STAGE_COLOURS["stage 2"],
            hovertemplate="%{x} blocks: %{y:.1%}<extra></extra>",
        ),
        row=1,
        col=2,
    )
    figure.update_xaxes(title="blocks on the path", **_GRID)
    figure.update_yaxes(**_GRID)
    figure.update_yaxes(
        type="log", dtick=1, title="norm, mean of the photos", exponentformat="power", row=1, col=1
    )
    figure.update_yaxes(tickformat=".0%", row=1, col=2)
    figure.update_annotations(font_size=FONT_SIZE + 1)
    return quiet(figure, 420)


def _level(figure: go.Figure, value: float, words: str, dash: str = "dash") -> None:
    """A line across, its words at the right of the chart."""
    figure.add_hline(y=value, line={"color": LINE_GREY, "width": 2.5, "dash": dash})
    figure.add_annotation(
        x=1.01,
        xref="paper",
        xanchor="left",
        y=value,
        text=words,
        showarrow=False,
        font={"size": FONT_SIZE, "color": LINE_GREY},
    )
