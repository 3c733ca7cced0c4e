"""The path of the feature map as a picture to scale: every map a box, from the image to the scores.

Height and depth of a box are the map's rows and columns, all on one scale; its length is the number
of channels, on a scale of its own. Two rulers in the corner say both. The picture is an SVG that
takes its text colour from where it stands, so that it is legible on white and on black.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from xml.sax.saxutils import escape

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.plan import Plan, Shape, Stage, shape_text
from resnet_explorer.spec import title
from resnet_explorer.tables import paper_name, torchvision_name, window_text

TALLEST: Final = 210.0
"""Units of the picture for the longest side of any map."""
LONGEST: Final = 120.0
"""Units of the picture for the largest number of channels."""
SLANT: Final = (0.36, 0.22)
"""How far a column of the map goes to the right and up, per unit of its scale."""
FONT: Final = 17
LINE: Final = 23
GAP: Final = 8
ARROW: Final = 28
TOP: Final = 58
THINNEST: Final = 1.6
"""A side of one pixel or a few channels is drawn no thinner, so that it can be seen at all."""


@dataclass(frozen=True)
class FeatureMap:
    """A map on the path: `key` names it for a click, `names` and `how` are its label."""

    key: str
    names: tuple[str, ...]
    how: tuple[str, ...]
    shape: Shape
    colour: str

    @property
    def label(self) -> tuple[str, ...]:
        """What stands under it: its name, its shape on two lines, how it came about, other names."""
        channels, *sides = self.shape
        shape = (f"{channels} ×", shape_text(tuple(sides))) if sides else (str(channels), "")
        return (self.names[0], *shape, *self.how, *self.names[1:])


def feature_maps(plan: Plan) -> tuple[FeatureMap, ...]:
    """The maps that the picture shows: the image, and what leaves each section."""
    image = FeatureMap("input", ("input",), (), plan.input_shape, LINE_GREY)
    return (image, *_stem_maps(plan.stem), *map(_stage_map, plan.stages), *_head_maps(plan))


def path_svg(plan: Plan, chosen: str = "", standalone: bool = False) -> str:
    """The picture.

    Args:
        plan: the network at its input size.
        chosen: key of the map to underlay, or "" for none.
        standalone: for a file of its own: with a white ground.
    """
    maps = feature_maps(plan)
    scale = Scale.of(maps)
    columns = _columns(maps, scale)
    rulers, heading = _rulers(scale), title(plan.spec)
    # A network of few maps is narrower than its name and its rulers.
    top = _text_width(heading) + sum(ruler.length + _text_width(ruler.text) + 46 for ruler in rulers)
    width = max(columns[-1].right, 2 * GAP + top)
    axis = TOP + max(scale.height(m.shape) + scale.rise(m.shape) for m in maps) / 2
    below = axis + max(scale.height(m.shape) + scale.rise(m.shape) for m in maps) / 2 + 34
    lines = max(len(m.label) for m in maps)
    height = below + lines * LINE + 4
    parts = [_top_line(heading, rulers, width)]
    for column in columns:
        if column.map.key == chosen:
            parts.append(
                f'<rect x="{column.left:.1f}" y="{TOP - 12}" width="{column.right - column.left:.1f}" '
                f'height="{height - TOP + 10:.1f}" rx="12" fill="currentColor" opacity="0.09"/>'
            )
    parts += [arrow_svg(one, other, axis, scale) for one, other in pairwise(columns)]
    parts += [_map_group(column, axis, below, scale) for column in columns]
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>' if standalone else ""
    label = escape(f"Path of the feature map through {title(plan.spec)}: {path_text(plan)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'width="{width:.0f}" height="{height:.0f}" font-family="Source Sans, Source Sans 3, sans-serif" '
        f'font-size="{FONT}" color="{"#1b2430" if standalone else "inherit"}">'
        f"<title>{label}</title>{ground}{''.join(parts)}</svg>"
    )


def path_text(plan: Plan) -> str:
    """The sizes on the path in a line: "224 → 112 → 56 → 56 → 28 → 14 → 7 → 1", repeats left out."""
    sizes: list[str] = []
    for m in feature_maps(plan):
        height, width = _sides(m.shape)
        text = str(height) if height == width else f"{height}×{width}"
        if not sizes or sizes[-1] != text:
            sizes.append(text)
    return " → ".join(sizes)


@dataclass(frozen=True)
class Scale:
    """Units of the picture per pixel and per channel."""

    pixel: float
    channel: float

    @classmethod
    def of(cls, maps: tuple[FeatureMap, ...], tallest: float = TALLEST, longest: float = LONGEST) -> Scale:
        """The scale on which the largest map is so tall, and the one of most channels so long."""
        side = max(max(_sides(m.shape)) for m in maps)
        channels = max(m.shape[0] for m in maps if m.key != "fc")
        # Many classes must not squeeze the maps to nothing: fc may be the longest, up to twice.
        scores = max((m.shape[0] for m in maps if m.key == "fc"), default=0)
        return cls(tallest / side, longest / max(channels, min(scores, 2 * channels)))

    def length(self, shape: Shape) -> float:
        """Of the box, along the channels."""
        return max(THINNEST, min(LONGEST, shape[0] * self.channel))

    def is_cut(self, shape: Shape) -> bool:
        """Whether there are more channels than are drawn."""
        return shape[0] * self.channel > LONGEST + 0.01

    def height(self, shape: Shape) -> float:
        """Of the box, along the rows."""
        return max(THINNEST, _sides(shape)[0] * self.pixel)

    def run(self, shape: Shape) -> float:
        """How far the columns go to the right."""
        return SLANT[0] * _sides(shape)[1] * self.pixel

    def rise(self, shape: Shape) -> float:
        """How far the columns go up."""
        return SLANT[1] * _sides(shape)[1] * self.pixel


@dataclass(frozen=True)
class Column:
    """Where a map and its label stand."""

    map: FeatureMap
    left: float
    right: float

    @property
    def middle(self) -> float:
        """Between left and right."""
        return (self.left + self.right) / 2


def _columns(maps: tuple[FeatureMap, ...], scale: Scale) -> list[Column]:
    columns: list[Column] = []
    left = 0.0
    for m in maps:
        label = max(map(_text_width, m.label))
        body = scale.length(m.shape) + scale.run(m.shape)
        columns.append(Column(m, left, left + max(label + 2 * GAP, body + ARROW)))
        left = columns[-1].right
    return columns


def _map_group(column: Column, axis: float, below: float, scale: Scale) -> str:
    m = column.map
    lines = [
        f'<rect x="{column.middle - 22:.1f}" y="{below - 22:.1f}" width="44" height="6" rx="3" '
        f'fill="{m.colour}"/>'
    ]
    for number, text in enumerate(m.label):
        weight, opacity = ("700", 1) if number == 0 else ("400", 1 if number < 3 else 0.72)
        lines.append(
            f'<text x="{column.middle:.1f}" y="{below + number * LINE + 8:.1f}" text-anchor="middle" '
            f'fill="currentColor" font-weight="{weight}" opacity="{opacity}">{escape(text)}</text>'
        )
    # An invisible ground makes the whole column take the click, not its few painted pixels alone.
    ground = (
        f'<rect x="{column.left:.1f}" y="{TOP}" width="{column.right - column.left:.1f}" '
        f'height="{below + len(m.label) * LINE - TOP:.1f}" fill="transparent"/>'
    )
    hover = f"<title>{escape(' / '.join(m.names))}: {shape_text(m.shape)}</title>"
    body = box_svg(column, axis, scale) + "".join(lines)
    return f'<g data-key="{escape(m.key)}">{hover}{ground}{body}</g>'


def box_svg(column: Column, axis: float, scale: Scale) -> str:
    """A map as a box in the middle of its column, centred on the axis."""
    m = column.map
    length, height = scale.length(m.shape), scale.height(m.shape)
    run, rise = scale.run(m.shape), scale.rise(m.shape)
    x = column.middle - (length + run) / 2
    y = axis - (height - rise) / 2
    faces = (
        (_shade(m.colour, 0.82), [(x, y), (x + length, y), (x + length, y + height), (x, y + height)]),
        (
            _shade(m.colour, 1.18),
            [(x, y), (x + run, y - rise), (x + run + length, y - rise), (x + length, y)],
        ),
        (
            m.colour,
            [
                (x + length, y),
                (x + length + run, y - rise),
                (x + length + run, y - rise + height),
                (x + length, y + height),
            ],
        ),
    )
    drawn = "".join(_polygon(colour, points) for colour, points in faces)
    if scale.is_cut(m.shape):
        drawn += (
            f'<text x="{x + length / 2:.1f}" y="{axis + 6:.1f}" text-anchor="middle" '
            f'fill="currentColor" font-weight="700">⫽</text>'
        )
    return drawn


def _polygon(colour: str, points: list[tuple[float, float]]) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{corners}" fill="{colour}" stroke="{colour}" stroke-width="0.6"/>'


def arrow_svg(one: Column, other: Column, axis: float, scale: Scale) -> str:
    """From one box to the next; nothing where there is no room."""
    half = (scale.length(one.map.shape) + scale.run(one.map.shape)) / 2
    other_half = (scale.length(other.map.shape) + scale.run(other.map.shape)) / 2
    start, end = one.middle + half + 5, other.middle - other_half - 5
    if end - start < 12:
        return ""
    return (
        f'<path d="M{start:.1f} {axis:.1f}H{end - 7:.1f}" stroke="{LINE_GREY}" stroke-width="2" fill="none"/>'
        f'<path d="M{end:.1f} {axis:.1f}l-9 -5v10z" fill="{LINE_GREY}"/>'
    )


@dataclass(frozen=True)
class _Ruler:
    """What a length in the picture stands for."""

    text: str
    length: float


def _rulers(scale: Scale) -> tuple[_Ruler, _Ruler]:
    """One for the side of a map and one for channels."""
    pixels = _round_number(70 / scale.pixel)
    channels = _round_number(70 / scale.channel)
    return (
        _Ruler(f"{pixels} pixel{'s' * (pixels > 1)}", pixels * scale.pixel),
        _Ruler(f"{channels} channel{'s' * (channels > 1)}", channels * scale.channel),
    )


def _top_line(heading: str, rulers: tuple[_Ruler, _Ruler], width: float) -> str:
    """The network's name at the left, the rulers at the right."""
    drawn, right = [], width - GAP
    for ruler in reversed(rulers):
        drawn.append(
            f'<text x="{right:.1f}" y="26" text-anchor="end" fill="currentColor" opacity="0.72">'
            f"{ruler.text}</text>"
        )
        end = right - _text_width(ruler.text) - 10
        start = end - ruler.length
        drawn.append(
            f'<path d="M{start:.1f} 13v14M{start:.1f} 20H{end:.1f}M{end:.1f} 13v14" '
            f'stroke="{LINE_GREY}" stroke-width="2.5" fill="none"/>'
        )
        right = start - 36
    name = f'<text x="{GAP}" y="26" fill="currentColor" font-weight="700">{escape(heading)}</text>'
    return name + "".join(drawn)


def _round_number(value: float) -> int:
    """The largest power of two that is no larger: the sizes of a network are such numbers."""
    return 1 << max(0, int(value).bit_length() - 1)


def _stem_maps(stem: Stage) -> list[FeatureMap]:
    windows = [layer for layer in stem.layers if layer.kind in ("conv", "maxpool")]
    colour = STAGE_COLOURS["stem"]
    return [
        FeatureMap(w.name, (w.name,), tuple(window_text(w).split(", ")), w.out_shape, colour) for w in windows
    ]


def _stage_map(stage: Stage) -> FeatureMap:
    count = len(stage.blocks)
    return FeatureMap(
        stage.name,
        (stage.name, paper_name(stage), torchvision_name(stage)),
        (f"{count} block{'s' * (count > 1)}",),
        stage.out_shape,
        STAGE_COLOURS[stage.name],
    )


def _head_maps(plan: Plan) -> list[FeatureMap]:
    hows = {"avgpool": ("mean",), "fc": ("linear",)}
    return [
        FeatureMap(layer.name, (layer.name,), hows[layer.name], layer.out_shape, STAGE_COLOURS["head"])
        for layer in plan.head.layers
        if layer.name in hows
    ]


def _sides(shape: Shape) -> tuple[int, int]:
    """Height and width; a vector is a map of one pixel."""
    return (shape[1], shape[2]) if len(shape) == 3 else (1, 1)


def _text_width(text: str) -> float:
    """A guess that is never too small for the sans-serif faces in use."""
    return len(text) * FONT * 0.5


def _shade(colour: str, factor: float) -> str:
    """A darker (below 1) or lighter (above 1) tone of a hex colour."""
    channels = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    toned = (c * factor if factor <= 1 else c + (255 - c) * (factor - 1) * 2 for c in channels)
    return "#" + "".join(f"{round(min(255, max(0, c))):02x}" for c in toned)
