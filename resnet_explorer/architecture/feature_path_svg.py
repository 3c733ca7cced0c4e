"""The path of the feature map as a picture: every map a box, from the image to the scores.

`map_box_svg` draws the boxes. The SVG takes its text colour from where it stands, so that it is legible on
white and on black.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Final, Literal

from resnet_explorer.architecture.feature_maps import FeatureMap, feature_maps, sides
from resnet_explorer.architecture.map_box_svg import Column, Face, Scale, arrow_svg, box_svg
from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.common.i18n import nt, t
from resnet_explorer.common.text import letters
from resnet_explorer.network.layers import Plan, shape_text
from resnet_explorer.network.spec import title

WIDTH: Final = 1232.0
"""Units of the picture across, at least: the width of the page on a projector."""
FONT: Final = 17
LINE: Final = 22
GAP: Final = 8
ARROW: Final = 26
TOP_LINE: Final = 32
Detail = Literal["all", "some", "least"]
"""What stands around the boxes: all of it; a line on top and three below; no line on top and two below."""


@dataclass(frozen=True)
class End:
    """What stands in the stead of the last box: the network's answer, or the room for it.

    Attributes:
        width, height: in units of the picture.
        content: elements, their origin at the upper left corner.
    """

    width: float
    height: float
    content: str


@dataclass(frozen=True)
class OnPath:
    """What a photo adds to the picture.

    Attributes:
        faces: on the fronts of boxes, by the map's key.
        notes: a line below the shape of a map, by its key; None keeps no room for one.
        end: in the stead of the last box; None for the box.
        words: all of it for those who do not see the picture.
    """

    faces: Mapping[str, Face] = field(default_factory=dict)
    notes: Mapping[str, str] | None = None
    end: End | None = None
    words: str = ""


NOTHING: Final = OnPath()


def path_svg(
    plan: Plan,
    chosen: str = "",
    standalone: bool = False,
    *,
    photo: OnPath = NOTHING,
    detail: Detail = "all",
    note: str = "",
) -> str:
    """The picture.

    Args:
        plan: the network at its input size.
        chosen: key of the map to underlay, or "" for none.
        standalone: for a file of its own: with a white ground.
        photo: what a photo adds. With the same room for notes and end, everything else stays where it is.
        detail: how much stands around the boxes.
        note: a few words behind the network's name, in parts with " · " between: as many as leave the picture
            as wide as it is.
    """
    maps = feature_maps(plan)
    scale = Scale.of(maps)
    columns = _columns(maps, scale, photo.end)
    ruler, heading = _ruler(scale), title(plan.spec)
    # A network of few maps is narrower than its name and its ruler.
    is_least = detail == "least"
    aside = GAP + _text_width(heading) + 16
    top = 0 if is_least else 2 * GAP + aside + ruler.length + _text_width(ruler.text) + 40
    width = max(columns[-1].right, top)
    while note and top + _text_width(note) > width:
        note = note.rpartition(" · ")[0]
    heights = [scale.height(m.shape) + scale.rise(m.shape) for m in maps]
    ground = (8 if is_least else TOP_LINE) + max(*heights, photo.end.height if photo.end else 0)
    labels = {m.key: _label(m, photo.notes, detail) for m in maps}
    height = ground + 20 + max(map(len, labels.values())) * LINE + 6
    top_line = (
        ""
        if is_least
        else svg.text(GAP, 18, heading, fill="currentColor", font_weight=700)
        + svg.text(aside, 18, note, fill="currentColor")
        + _ruler_line(ruler, width)
    )
    roof = 0 if is_least else TOP_LINE - 8
    underlay = (
        svg.rect(c.left, roof, c.right - c.left, height - roof, rx=12, fill="currentColor", opacity=0.09)
        for c in columns
        if c.map.key == chosen
    )
    arrows = (arrow_svg(one, other, ground - 14, scale) for one, other in pairwise(columns))
    groups = (
        _map_group(c, roof, ground, scale, labels[c.map.key], photo, c.map.key == chosen) for c in columns
    )
    end = _end(columns[-1], ground, photo.end) if photo.end else ""
    name = t("Path of the feature map through {network}: {sizes}").format(
        network=heading, sizes=path_text(plan)
    )
    return svg.document(
        width,
        height,
        *(top_line, *underlay, *arrows, *groups, end),
        name=". ".join(filter(None, (name, photo.words))),
        standalone=standalone,
        font_size=FONT,
    )


def path_text(plan: Plan) -> str:
    """The sizes on the path in a line: "224 → 112 → 56 → 56 → 28 → 14 → 7 → 1", repeats left out."""
    sizes: list[str] = []
    for m in feature_maps(plan):
        height, width = sides(m.shape)
        text = str(height) if height == width else f"{height}×{width}"
        if not sizes or sizes[-1] != text:
            sizes.append(text)
    return " → ".join(sizes)


def _columns(maps: tuple[FeatureMap, ...], scale: Scale, end: End | None) -> list[Column]:
    """Side by side, over the whole width."""
    bodies = [None] * (len(maps) - 1) + [end.width if end else None]
    needed = []
    for m, body in zip(maps, bodies, strict=True):
        label = max(map(_text_width, m.label))
        drawn = scale.width(m.shape) + scale.run(m.shape) if body is None else body
        needed.append(max(label + 2 * GAP, drawn + ARROW))
    spare = max(0.0, WIDTH - sum(needed)) / len(maps)
    lefts = [*accumulate((width + spare for width in needed), initial=0.0)]
    places = zip(maps, pairwise(lefts), bodies, strict=True)
    return [Column(m, left, right, body) for m, (left, right), body in places]


def _label(m: FeatureMap, notes: Mapping[str, str] | None, detail: Detail) -> tuple[str, ...]:
    """The lines below a map: its name and its shape, what the photo says of it, and the rest."""
    name, shape, *rest = m.label
    note = [] if notes is None else [notes.get(m.key, "")]
    if detail == "some":
        found = [line for line in (*note, *rest[-1:]) if line][:1]
        return (name, shape, *found)
    return (name, shape, *note, *([] if detail == "least" else rest))


def _map_group(
    column: Column,
    roof: float,
    ground: float,
    scale: Scale,
    label: tuple[str, ...],
    photo: OnPath,
    is_chosen: bool,
) -> str:
    m, face = column.map, photo.faces.get(column.map.key)
    lines = [
        svg.text(
            column.middle,
            ground + 16 + number * LINE + 18,
            text,
            text_anchor="middle",
            fill="currentColor",
            font_weight=700 if number == 0 else 400,
            opacity=1 if number < 2 else 0.78,
        )
        for number, text in enumerate(label)
        if text
    ]
    # An invisible ground makes the whole column take the click, not its few painted pixels alone.
    height = ground + 20 + len(label) * LINE - roof
    words = f"{' / '.join(m.names)}: {shape_text(m.shape)}" + (
        f"; {face.words}" if face and face.words else ""
    )
    return svg.group(
        svg.title(words),
        svg.rect(column.left, roof, column.right - column.left, height, fill="transparent"),
        box_svg(column, ground, scale, face) if column.body is None else "",
        svg.rect(column.middle - 22, ground + 8, 44, 5, rx=2.5, fill=m.colour),
        *lines,
        aria_current=svg.current(is_chosen),
        data_key=m.key,
        **svg.button(words),
    )


def _end(column: Column, ground: float, end: End) -> str:
    """What stands at the end in a box's stead: beside the group of its column, for both have buttons."""
    x, y = column.middle - end.width / 2, ground - end.height
    return svg.group(end.content, transform=f"translate({x:.1f} {y:.1f})")


@dataclass(frozen=True)
class _Ruler:
    """What a length in the picture stands for."""

    text: str
    length: float


def _ruler(scale: Scale) -> _Ruler:
    """Of channels, with what is to know of the fronts."""
    # The largest power of two that is no larger: the sizes of a network are such numbers.
    count = 1 << max(0, int(70 / scale.channel).bit_length() - 1)
    channels = nt("{count} channel", "{count} channels", count).format(count=count)
    fronts = t("fronts not to scale")
    return _Ruler(f"{channels} · {fronts}", count * scale.channel)


def _ruler_line(ruler: _Ruler, width: float) -> str:
    """The ruler, flush right in the line of the network's name."""
    end = width - GAP - _text_width(ruler.text)
    start = end - ruler.length
    return svg.text(end + 10, 18, ruler.text, fill="currentColor", opacity=0.78) + svg.path(
        f"M{start:.1f} 6v14M{start:.1f} 13H{end:.1f}M{end:.1f} 6v14",
        stroke=LINE_GREY,
        stroke_width=2.5,
        fill="none",
    )


def _text_width(text: str) -> float:
    """A guess that is never too small for the sans-serif faces in use."""
    return letters(text) * FONT * 0.5
