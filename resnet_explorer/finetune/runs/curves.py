"""How runs went, epoch by epoch, as Plotly figures with transparent grounds for both themes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, cycle
from typing import Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.common.plotly_style import NO_CLICKS, STILL_AXIS, as_label, quiet, with_legend
from resnet_explorer.common.text import named, shortened
from resnet_explorer.finetune.runs.table import CURVES
from resnet_explorer.finetune.training.run_folder import Epoch, FirstPoint

QUANTITIES: Final = ("accuracy", "loss")

RUN_COLOURS: Final = (*list(STAGE_COLOURS.values())[1:], STAGE_COLOURS["stem"])
"""One for each run that is compared."""
_SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "x", "star")
"""By which runs are told apart where colours look alike; a seventh begins anew."""
_SEEN: Final = 20
"""Symbols on a curve at most."""

_MARKED: Final = 40
"""Epochs up to which each has a dot."""


@dataclass(frozen=True)
class RunCurve:
    """A run that is drawn: its name and its epochs, one at least."""

    name: str
    epochs: tuple[Epoch, ...]


@language_cache(32)
def comparison_figure(runs: tuple[RunCurve, ...], what: str) -> go.Figure:
    """A curve for each run, with a colour and a symbol of its own; kept for all sessions, not to be changed.

    Args:
        runs: at most as many as `RUN_COLOURS`.
        what: which number, a key of `CURVES`.
    """
    lines = [
        _line(as_label(shortened(run.name)), run.epochs, what, colour).update(
            mode="lines+markers", marker={"symbol": symbol, "maxdisplayed": _SEEN}
        )
        for run, colour, symbol in zip(runs, RUN_COLOURS, cycle(_SYMBOLS), strict=False)
    ]
    last = max(len(run.epochs) for run in runs)
    return _figure(lines, t(CURVES[what]), last, 460, is_share=what.endswith("accuracy"))


@dataclass(frozen=True)
class FirstPass:
    """What came of a first head before the first epoch.

    Attributes:
        points: while the photos passed through the frozen part.
        photos: how many there are.
    """

    points: tuple[FirstPoint, ...]
    photos: int


@language_cache(32)
def run_figure(
    epochs: tuple[Epoch, ...],
    last: int,
    first: FirstPass | None = None,
    *,
    above: bool = False,
    quantities: tuple[str, ...] = QUANTITIES,
) -> go.Figure:
    """A run's accuracy and loss, solid on the photos to test on, dotted while learning.

    It is kept for all sessions, and not to be changed.

    Args:
        epochs: those that are done.
        last: the epoch at which the axes end.
        first: what stands left of them, as diamonds; the place for it where it has no point yet.
        above: the accuracy above the loss rather than beside it.
        quantities: which of the two.
    """
    rows, columns = (len(quantities), 1) if above else (1, len(quantities))
    gap = {"vertical_spacing": 0.12} if above else {"horizontal_spacing": 0.09}
    figure = make_subplots(rows, columns, shared_xaxes=above, **gap)
    room = max(1.0, last / 6) if first else 0.0
    for number, quantity in enumerate(quantities):
        place = {"row": number + 1, "col": 1} if above else {"row": 1, "col": number + 1}
        if first:
            _add_first(figure, first, quantity, room, place)
        # The axis of the accuracy stays where it is while the run goes on.
        is_share = quantity == "accuracy"
        shares = {"tickformat": ".0%", "range": [0, 1.1]} if is_share else {"rangemode": "tozero"}
        figure.update_yaxes(title=t(quantity), nticks=5, **shares, **STILL_AXIS, **place)
        if not epochs:
            continue
        tested = _line(t("tested"), epochs, f"val_{quantity}", RUN_COLOURS[0])
        learning = _line(t("learning"), epochs, f"train_{quantity}", RUN_COLOURS[0], dash="dot")
        figure.add_traces([tested, learning], place["row"], place["col"])
        ends = {line.name: line.y[-1] for line in (tested, learning)}
        for name, end in ends.items():
            words = f"{end:.1%}" if is_share else f"{end:.2f}"
            figure.add_annotation(
                x=epochs[-1].epoch,
                y=end,
                text=f"{name} {words}",
                showarrow=False,
                xanchor="right" if len(epochs) > last / 2 else "left",
                yshift=16 if end == max(ends.values()) else -16,
                **place,
            )
    start = -1.1 * room if first else 0.8
    figure.update_xaxes(range=[start, max(last, 2) + 0.2], tickvals=_ticks(last, 12), **STILL_AXIS)
    figure.update_xaxes(title=t("epoch"), **({"row": rows} if above else {}))
    return quiet(figure, 416).update_layout(
        height=None, dragmode=False, margin={"l": 10, "r": 20, "t": 20, "b": 10}
    )


def _add_first(
    figure: go.Figure, first: FirstPass, quantity: str, room: float, place: dict[str, int]
) -> None:
    """The points before the first epoch, from the left edge to where all photos have passed."""
    x = [room * (point.passed / first.photos - 1) for point in first.points]
    y = [getattr(point, f"val_{quantity}") for point in first.points]
    number = "%{y:.1%}" if quantity == "accuracy" else "%{y:.3f}"
    words = t("a first head, after {passed:,} of {photos:,} photos")
    names = [words.format(passed=point.passed, photos=first.photos) for point in first.points]
    figure.add_vrect(x0=-1.1 * room, x1=0, fillcolor=LINE_GREY, opacity=0.12, line_width=0, **place)
    figure.add_scatter(
        x=x,
        y=y,
        name=t("a first head"),
        mode="lines+markers",
        line={"color": RUN_COLOURS[0], "width": 2, "dash": "dot"},
        marker={"color": RUN_COLOURS[0], "size": 13, "symbol": "diamond-open"},
        customdata=[[name, point.tested] for name, point in zip(names, first.points, strict=True)],
        hovertemplate=named("%{customdata[0]}", number)
        + " "
        + t("of %{customdata[1]:,}")
        + "<extra></extra>",
        **place,
    )
    if quantity == "accuracy" and first.points:
        figure.add_annotation(
            x=x[-1],
            y=y[-1],
            text=named(names[-1], f"{y[-1]:.1%}"),
            xanchor="left",
            ax=12,
            ay=56,
            showarrow=True,
            arrowhead=0,
            arrowcolor=LINE_GREY,
            **place,
        )


def _ticks(last: int, most: int) -> list[int]:
    """Epochs that are written at the axis: all of them, or every second, fifth, tenth …"""
    step = next(
        size * 10**power for power in count() for size in (1, 2, 5) if last <= most * size * 10**power
    )
    return [epoch for epoch in range(1, last + 1) if step == 1 or epoch % step == 0]


def _line(name: str, epochs: Sequence[Epoch], what: str, colour: str, dash: str = "solid") -> go.Scatter:
    number = "%{y:.1%}" if what.endswith("accuracy") else "%{y:.3f}"
    return go.Scatter(
        x=[epoch.epoch for epoch in epochs],
        y=[getattr(epoch, what) for epoch in epochs],
        name=name,
        mode="lines+markers" if len(epochs) <= _MARKED else "lines",
        line={"color": colour, "width": 3, "dash": dash},
        marker={"color": colour, "size": 9, "symbol": "circle" if dash == "solid" else "circle-open"},
        hovertemplate="%{fullData.name}<br>" + t("epoch") + " %{x}: " + number + "<extra></extra>",
    )


def _figure(lines: Sequence[go.Scatter], title: str, last: int, height: int, *, is_share: bool) -> go.Figure:
    steps = {"dtick": 1} if last <= 12 else {"nticks": 12}
    figure = go.Figure(lines)
    figure.update_xaxes(title=t("epoch"), range=[0.8, max(last, 2) + 0.2], **steps, **STILL_AXIS)
    figure.update_yaxes(
        title=title, rangemode="tozero", **({"tickformat": ".0%"} if is_share else {}), **STILL_AXIS
    )
    return with_legend(quiet(figure, height), y=1.02, yanchor="bottom", **NO_CLICKS).update_layout(
        dragmode=False, margin={"l": 10, "r": 20, "t": 20, "b": 10}
    )
