"""The views of the signal's way, and its rows as a table. No torch here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from resnet_explorer.i18n import t
from resnet_explorer.labs.depth_figure import Point, depth_figure
from resnet_explorer.labs.signal_numbers import Signal
from resnet_explorer.tables import Row

if TYPE_CHECKING:
    from resnet_explorer.labs.signal import Signals

VIEWS: Final[Mapping[str, str]] = {
    "variance": t("Variance"),
    "log": t("Variance, logarithmic"),
    "mean": t("Mean"),
}


def signal_figure(found: Signals, view: str) -> go.Figure:
    """A view of both networks' signal through the depth; place 0 is the stem.

    Args:
        found: both networks.
        view: a key of `VIEWS`.
    """
    up = t("mean") if view == "mean" else t("variance")
    points = (_points(found.plain, view), _points(found.residual, view))
    return depth_figure(*points, t("block"), up, log=view == "log")


def place_rows(found: Signals) -> list[Row]:
    """A row for each place: mean and variance of both networks, and what met at the addition."""
    rows: list[Row] = []
    for a, b in zip(found.plain.places, found.residual.places, strict=True):
        rows.append(
            {
                "block": a.number,
                "name": a.name,
                "stage": a.stage,
                "plain mean": a.output.mean,
                "plain variance": a.output.variance,
                "residual mean": b.output.mean,
                "residual variance": b.output.variance,
                "shortcut variance": b.shortcut.variance if b.shortcut else None,
                "branch variance": b.branch.variance if b.branch else None,
            }
        )
    return rows


def _points(signal: Signal, view: str) -> list[Point]:
    return [
        Point(
            place.name,
            place.stage,
            place.number,
            place.output.mean if view == "mean" else place.output.variance,
        )
        for place in signal.places
    ]
