"""Published accuracy against what a network costs, as a Plotly figure whose points can be clicked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final, Literal

import plotly.graph_objects as go

from resnet_explorer.chart_look import AXIS, FONT_SIZE, quiet, with_legend
from resnet_explorer.i18n import t
from resnet_explorer.published import Published

Accuracy = Literal["top-1", "top-5"]
Cost = Literal["MACs", "FLOPs", "parameters"]

HEIGHT: Final = 560
GREY: Final = "rgba(154, 164, 178, 0.55)"
VERSIONS: Final[Mapping[str, tuple[str, str]]] = {"V1": ("circle", "#9aa4b2"), "V2": ("diamond", "#56b4e9")}
"""Marker and colour of the weights' versions: told apart by shape too."""
MARKS: Final[Mapping[str, str]] = {"A": "#d55e00", "B": "#0fa37f"}
"""Colour of the rings and lines around the two networks."""
PIXELS: Final = (800.0, 420.0)
"""Width and height of the space between the axes, about, for the places of the names."""
POINT: Final = 18.0
RING: Final = 36.0
LINE: Final = 6.0
"""Pixels that a point takes, a point with a ring, and a line between two points."""
PLACES: Final[Mapping[str, tuple[int, int]]] = {
    "middle right": (1, 0),
    "middle left": (-1, 0),
    "top center": (0, -1),
    "bottom center": (0, 1),
    "top right": (1, -1),
    "top left": (-1, -1),
    "bottom right": (1, 1),
    "bottom left": (-1, 1),
}
"""Where a name may stand, the best first, as directions to the right and down."""
MARGIN: Final = 0.07
"""Share of the axes' span that is left free beyond the points."""


@dataclass(frozen=True)
class Marked:
    """A network of the comparison: torchvision's name if accuracy of it is published, else its cost alone."""

    letter: str
    name: str
    network: str | None
    params: int
    macs: int


@dataclass(frozen=True)
class _Box:
    """A rectangle in pixels that a label takes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@lru_cache(maxsize=64)
def accuracy_figure(
    records: tuple[Published, ...],
    marked: tuple[Marked, ...],
    accuracy: Accuracy = "top-1",
    cost: Cost = "MACs",
    ink: str | None = None,
) -> go.Figure:
    """The figure, kept for all sessions and not to be changed.

    A point's `customdata` begins with the network's name, to which a click leads.

    Args:
        records: the published weights.
        marked: the networks to mark: a ring around their points, or a line at their cost.
        accuracy: which accuracy goes up.
        cost: what goes across.
        ink: colour of the names; None for the usual one.
    """
    figure = go.Figure()
    across, up = _spans(records, accuracy, cost)
    for network in marked:
        _mark(figure, network, records, accuracy, cost, across)
    _pairs(figure, records, accuracy, cost)
    for version, (symbol, colour) in VERSIONS.items():
        chosen = [record for record in records if record.version == version]
        figure.add_scatter(
            x=[amount(record, cost) for record in chosen],
            y=[percent(record, accuracy) for record in chosen],
            name=t("weights {version}").format(version=version),
            mode="markers",
            marker={"size": 15, "symbol": symbol, "color": colour},
            customdata=[[record.network, *_hover(record)] for record in chosen],
            hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<br>%{customdata[3]}<extra></extra>",
            selected_marker_opacity=1,
            unselected_marker_opacity=1,
        )
    letters = _letters(marked)
    placed = list(label_places(records, accuracy, cost, letters))
    _names(figure, placed, letters, accuracy, cost, ink)
    names = {"MACs": t("GMACs"), "FLOPs": t("GFLOPs"), "parameters": t("million parameters")}
    figure.update_xaxes(title=names[cost], range=across, **AXIS)
    figure.update_yaxes(
        title=t("{accuracy} accuracy, %").format(accuracy=accuracy),
        range=up,
        **AXIS,
    )
    return with_legend(quiet(figure, HEIGHT), y=1.1).update_layout(
        hovermode="closest",
        clickmode="event+select",
        dragmode=False,
        hoverlabel_font_size=FONT_SIZE,
    )


def amount(record: Published, cost: Cost) -> float:
    """What goes across: 10⁹ MACs or FLOPs, or 10⁶ parameters."""
    return {"MACs": record.gmacs, "FLOPs": 2 * record.gmacs, "parameters": record.params / 1e6}[cost]


def percent(record: Published, accuracy: Accuracy) -> float:
    """The accuracy in percent."""
    return record.top1 if accuracy == "top-1" else record.top5


def _cost_of(marked: Marked, cost: Cost) -> float:
    return {"MACs": marked.macs / 1e9, "FLOPs": 2 * marked.macs / 1e9, "parameters": marked.params / 1e6}[
        cost
    ]


def _hover(record: Published) -> tuple[str, str, str]:
    return (
        f"{record.name} · {record.weights}",
        t("top-1 {top1} %, top-5 {top5} %").format(top1=record.top1, top5=record.top5),
        t("{params:,} parameters, {gmacs} GMACs").format(params=record.params, gmacs=record.gmacs),
    )


def _spans(records: Sequence[Published], accuracy: Accuracy, cost: Cost) -> tuple[list[float], list[float]]:
    """The range of both axes: across from nothing, up around the points."""
    most = max(amount(record, cost) for record in records)
    values = [percent(record, accuracy) for record in records]
    room = 2 * MARGIN * (max(values) - min(values))
    return [0, most * (1 + 2 * MARGIN)], [min(values) - room, max(values) + room]


def _mark(
    figure: go.Figure,
    marked: Marked,
    records: Sequence[Published],
    accuracy: Accuracy,
    cost: Cost,
    across: Sequence[float],
) -> None:
    """A ring around each point of the network; without a point, a line where its cost would put it."""
    colour = MARKS[marked.letter]
    points = [record for record in records if record.network == marked.network]
    if points:
        size = RING - 2 if marked.letter == "A" else RING - 10  # of one network, both rings are seen
        figure.add_scatter(
            x=[amount(record, cost) for record in points],
            y=[percent(record, accuracy) for record in points],
            name=f"{marked.letter} · {marked.name}",
            mode="markers",
            marker={
                "size": size,
                "symbol": "circle-open",
                "color": colour,
                "line": {"width": 4, "color": colour},
            },
            customdata=[[record.network] for record in points],
            hoverinfo="skip",
            selected_marker_opacity=1,
            unselected_marker_opacity=1,
        )
        return
    x = _cost_of(marked, cost)
    if across[0] <= x <= across[1]:
        figure.add_vline(
            x=x,
            line={"color": colour, "width": 3, "dash": "dot"},
            annotation_text=f"{marked.letter} · {marked.name}",
            annotation_font={"color": colour, "size": FONT_SIZE},
            # At the edges, where there are no points; A's and B's never meet.
            annotation_position=f"{'top' if marked.letter == 'A' else 'bottom'} "
            + ("right" if x < sum(across) / 2 else "left"),
        )


def _pairs(figure: go.Figure, records: Sequence[Published], accuracy: Accuracy, cost: Cost) -> None:
    """A line between the versions of a network: the same parameters and MACs, trained otherwise."""
    x: list[float | None] = []
    y: list[float | None] = []
    for _, versions in groupby(records, lambda record: record.network):
        for record in versions:
            x.append(amount(record, cost))
            y.append(percent(record, accuracy))
        x.append(None)
        y.append(None)
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": GREY, "width": 2}, hoverinfo="skip", showlegend=False
    )


def label_places(
    records: Sequence[Published], accuracy: Accuracy, cost: Cost, letters: Mapping[str, str] | None = None
) -> Iterator[tuple[Published, str]]:
    """Each network's most accurate weights, and where its name stands: the first place that is free.

    Reckoned on a chart PIXELS wide and high; where no place is free, the first one is taken.

    Args:
        records: the published weights.
        accuracy: which accuracy goes up.
        cost: what goes across.
        letters: what stands before the names of marked networks, whose points have rings.
    """
    letters = letters or {}
    (left, right), (low, high) = _spans(records, accuracy, cost)

    def pixels(record: Published) -> tuple[float, float]:
        x = (amount(record, cost) - left) / (right - left)
        y = (high - percent(record, accuracy)) / (high - low)
        return x * PIXELS[0], y * PIXELS[1]

    taken = [_box(*pixels(r), _point(r, letters), _point(r, letters), 0, 0) for r in records]
    for _, versions in groupby(records, lambda record: record.network):
        places = [pixels(record) for record in versions]
        (x, top), (_, bottom) = min(places, key=lambda p: p[1]), max(places, key=lambda p: p[1])
        taken.append(_box(x, (top + bottom) / 2, LINE, bottom - top, 0, 0))
    best = {record.network: record for record in sorted(records, key=lambda r: percent(r, accuracy))}
    for record in sorted(best.values(), key=lambda r: (r.network not in letters, amount(r, cost), r.network)):
        text, gap = letters.get(record.network, "") + record.name, _point(record, letters) / 2
        size = (len(text) * FONT_SIZE * 0.56, FONT_SIZE * 1.2)
        boxes = {
            place: _box(*pixels(record), *size, *(side * (half + gap) for side, half in _halves(sides, size)))
            for place, sides in PLACES.items()
        }
        free = [
            place
            for place, box in boxes.items()
            if box.left >= 0 and box.right <= PIXELS[0] and not any(box.meets(other) for other in taken)
        ]
        place = (free or list(PLACES))[0]
        taken.append(boxes[place])
        yield record, place


def _point(record: Published, letters: Mapping[str, str]) -> float:
    """Pixels that a point takes, with its ring if it has one."""
    return RING if record.network in letters else POINT


def _halves(sides: tuple[int, int], size: tuple[float, float]) -> Iterator[tuple[int, float]]:
    for side, length in zip(sides, size, strict=True):
        yield side, length / 2


def _box(x: float, y: float, width: float, height: float, right: float, down: float) -> _Box:
    """A box of that size around a point, moved to the right and down."""
    x, y = x + right, y + down
    return _Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _letters(marked: Sequence[Marked]) -> dict[str, str]:
    """What stands before the names of the marked networks: "A · ", or "A · B · " where they are one."""
    letters: dict[str, str] = {}
    for network in marked:
        if network.network:
            letters[network.network] = f"{letters.get(network.network, '')}{network.letter} · "
    return letters


def _names(
    figure: go.Figure,
    placed: Sequence[tuple[Published, str]],
    letters: Mapping[str, str],
    accuracy: Accuracy,
    cost: Cost,
    ink: str | None,
) -> None:
    """The names beside the points, those of the marked networks bold and with their letters."""
    figure.add_scatter(
        x=[amount(record, cost) for record, _ in placed],
        y=[percent(record, accuracy) for record, _ in placed],
        text=[
            f"<b>{letters[record.network]}{record.name}</b>" if record.network in letters else record.name
            for record, _ in placed
        ],
        textposition=[place for _, place in placed],
        textfont={"size": FONT_SIZE - 1, "color": ink},
        # Markers that are not seen keep the names off the points and their rings.
        mode="markers+text",
        marker={"size": [_point(record, letters) for record, _ in placed], "opacity": 0},
        selected={"marker_opacity": 0, "textfont_color": ink},
        unselected={"marker_opacity": 0, "textfont_color": ink},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )
