"""Published accuracy against what a network costs, as a Plotly figure whose points can be clicked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal

import plotly.graph_objects as go

from resnet_explorer.common.i18n import t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.common.plotly_style import AXIS, FONT_SIZE, quiet, with_legend
from resnet_explorer.comparison.published import Published
from resnet_explorer.network.operations import per_mac

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
    """A network of the comparison.

    Attributes:
        letter: "A" or "B".
        name: what people call it.
        network: torchvision's name, if accuracy of it is published; else None, and only its cost is known.
        params: parameters.
        gmacs: multiply–accumulates of one image in units of 10⁹.
    """

    letter: str
    name: str
    network: str | None
    params: int
    gmacs: float


@dataclass(frozen=True)
class Axes:
    """What the figure shows: which cost across, which accuracy upwards."""

    accuracy: Accuracy = "top-1"
    cost: Cost = "MACs"

    def x(self, network: Published | Marked) -> float:
        """The cost: 10⁹ MACs or FLOPs, or 10⁶ parameters."""
        if self.cost == "parameters":
            return network.params / 1e6
        return network.gmacs * per_mac(self.cost)

    def y(self, record: Published) -> float:
        """The accuracy in percent."""
        return record.top1 if self.accuracy == "top-1" else record.top5

    def points(self, records: Sequence[Published]) -> dict[str, list[float]]:
        """Where records stand, as Plotly takes it."""
        return {"x": [self.x(record) for record in records], "y": [self.y(record) for record in records]}

    def ranges(self, records: Sequence[Published]) -> tuple[list[float], list[float]]:
        """The range of both axes: across from nothing, up around the points."""
        most = max(map(self.x, records))
        values = [self.y(record) for record in records]
        room = 2 * MARGIN * (max(values) - min(values))
        return [0, most * (1 + 2 * MARGIN)], [min(values) - room, max(values) + room]


@dataclass(frozen=True)
class _Box:
    """A rectangle in pixels: its centre, and how far it reaches from there."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: _Box) -> bool:
        return (
            2 * abs(self.x - other.x) < self.width + other.width
            and 2 * abs(self.y - other.y) < self.height + other.height
        )


@language_cache(maxsize=64)
def accuracy_figure(
    records: tuple[Published, ...], marked: tuple[Marked, ...], axes: Axes, ink: str | None = None
) -> go.Figure:
    """The figure, kept for all sessions and not to be changed.

    A point's `customdata` begins with the network's name, to which a click leads.

    Args:
        records: the published weights.
        marked: the networks to mark: a ring around their points, or a line at their cost.
        axes: what goes up and across.
        ink: colour of the names; None for the theme's.
    """
    figure = go.Figure()
    across, up = axes.ranges(records)
    for network in marked:
        _mark(figure, network, records, axes, across)
    _connect_versions(figure, records, axes)
    for version, (symbol, colour) in VERSIONS.items():
        chosen = [record for record in records if record.version == version]
        figure.add_scatter(
            **axes.points(chosen),
            name=t("weights {version}").format(version=version),
            mode="markers",
            marker={"size": 15, "symbol": symbol, "color": colour},
            customdata=[[record.network, *_hover(record)] for record in chosen],
            hovertemplate="<b>%{customdata[1]}</b><br>%{customdata[2]}<br>%{customdata[3]}<extra></extra>",
            selected_marker_opacity=1,
            unselected_marker_opacity=1,
        )
    _name(figure, records, _letters(marked), axes, ink)
    names = {"MACs": t("GMACs"), "FLOPs": t("GFLOPs"), "parameters": t("million parameters")}
    figure.update_xaxes(title=names[axes.cost], range=across, **AXIS)
    figure.update_yaxes(title=t("{accuracy} accuracy, %").format(accuracy=axes.accuracy), range=up, **AXIS)
    return with_legend(quiet(figure, HEIGHT), y=1.1).update_layout(
        hovermode="closest",
        clickmode="event+select",
        dragmode=False,
        hoverlabel_font_size=FONT_SIZE,
    )


def _hover(record: Published) -> tuple[str, str, str]:
    return (
        f"{record.name} · {record.weights}",
        t("top-1 {top1} %, top-5 {top5} %").format(top1=record.top1, top5=record.top5),
        t("{params:,} parameters, {gmacs} GMACs").format(params=record.params, gmacs=record.gmacs),
    )


def _mark(
    figure: go.Figure,
    marked: Marked,
    records: Sequence[Published],
    axes: Axes,
    across: Sequence[float],
) -> None:
    """A ring around each point of the network; without a point, a line where its cost would put it."""
    colour, name = MARKS[marked.letter], f"{marked.letter} · {marked.name}"
    points = [record for record in records if record.network == marked.network]
    if points:
        size = RING - 2 if marked.letter == "A" else RING - 10  # of one network, both rings are seen
        line = {"width": 4, "color": colour}
        figure.add_scatter(
            **axes.points(points),
            name=name,
            mode="markers",
            marker={"size": size, "symbol": "circle-open", "color": colour, "line": line},
            customdata=[[record.network] for record in points],
            hoverinfo="skip",
            selected_marker_opacity=1,
            unselected_marker_opacity=1,
        )
        return
    x = axes.x(marked)
    if across[0] <= x <= across[1]:
        figure.add_vline(
            x=x,
            line={"color": colour, "width": 3, "dash": "dot"},
            annotation_text=name,
            annotation_font_size=FONT_SIZE,
            # At the edges, where there are no points; A's and B's never meet.
            annotation_position=f"{'top' if marked.letter == 'A' else 'bottom'} "
            + ("right" if x < sum(across) / 2 else "left"),
        )


def _connect_versions(figure: go.Figure, records: Sequence[Published], axes: Axes) -> None:
    """A line between the versions of a network: the same parameters and MACs, trained otherwise."""
    x: list[float | None] = []
    y: list[float | None] = []
    for _, versions in groupby(records, attrgetter("network")):
        points = axes.points(list(versions))
        x += [*points["x"], None]
        y += [*points["y"], None]
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": GREY, "width": 2}, hoverinfo="skip", showlegend=False
    )


def label_places(
    records: Sequence[Published], axes: Axes, letters: Mapping[str, str]
) -> Iterator[tuple[Published, str]]:
    """Each network's most accurate weights, and where its name stands: the first place that is free.

    Computed on a chart PIXELS wide and high; where no place is free, the first one is taken.

    Args:
        records: the published weights.
        axes: what goes up and across.
        letters: what stands before the names of marked networks, whose points have rings.
    """
    (left, right), (low, high) = axes.ranges(records)

    def pixels(record: Published) -> tuple[float, float]:
        x, y = (axes.x(record) - left) / (right - left), (high - axes.y(record)) / (high - low)
        return x * PIXELS[0], y * PIXELS[1]

    taken = [_Box(*pixels(r), _point(r, letters), _point(r, letters)) for r in records]
    for _, versions in groupby(records, attrgetter("network")):
        ends = sorted((pixels(record) for record in versions), key=lambda place: place[1])
        (x, top), (_, bottom) = ends[0], ends[-1]
        taken.append(_Box(x, (top + bottom) / 2, LINE, bottom - top))
    best = {record.network: record for record in sorted(records, key=axes.y)}
    for record in sorted(best.values(), key=lambda r: (r.network not in letters, axes.x(r), r.network)):
        text = letters.get(record.network, "") + record.name
        width, height = len(text) * FONT_SIZE * 0.56, FONT_SIZE * 1.2
        x, y = pixels(record)
        gap = _point(record, letters) / 2
        boxes = {
            place: _Box(x + across * (width / 2 + gap), y + down * (height / 2 + gap), width, height)
            for place, (across, down) in PLACES.items()
        }
        place = next((p for p in PLACES if _is_free(boxes[p], taken)), next(iter(PLACES)))
        taken.append(boxes[place])
        yield record, place


def _is_free(box: _Box, taken: Sequence[_Box]) -> bool:
    inside = box.width / 2 <= box.x <= PIXELS[0] - box.width / 2
    return inside and not any(map(box.meets, taken))


def _point(record: Published, letters: Mapping[str, str]) -> float:
    """Pixels that a point takes, with its ring if it has one."""
    return RING if record.network in letters else POINT


def _letters(marked: Sequence[Marked]) -> dict[str, str]:
    """What stands before the names of the marked networks: "A · ", or "A · B · " where they are one."""
    letters: dict[str, str] = {}
    for network in marked:
        if network.network:
            letters[network.network] = f"{letters.get(network.network, '')}{network.letter} · "
    return letters


def _name(
    figure: go.Figure,
    records: Sequence[Published],
    letters: Mapping[str, str],
    axes: Axes,
    ink: str | None,
) -> None:
    """The names beside the points, those of the marked networks bold and with their letters."""
    named, places = zip(*label_places(records, axes, letters), strict=True)
    figure.add_scatter(
        **axes.points(named),
        text=[
            f"<b>{letters[record.network]}{record.name}</b>" if record.network in letters else record.name
            for record in named
        ],
        textposition=places,
        textfont={"size": FONT_SIZE - 1, "color": ink},
        # Markers that are not seen keep the names off the points and their rings.
        mode="markers+text",
        marker={"size": [_point(record, letters) for record in named], "opacity": 0},
        selected={"marker_opacity": 0, "textfont_color": ink},
        unselected={"marker_opacity": 0, "textfont_color": ink},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )
