"""The arithmetic of one value as a picture: its map, windows × kernels of the largest channels, the steps.

What can be clicked: a cell of the map ("cell:row,column"), a value under the window
("from:channel,row,column": the cell that it is) and what the shortcut brings ("shortcut").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, rgba
from resnet_explorer.common.i18n import msg, nt, t
from resnet_explorer.common.numbers import minus_sign, significant_text, span_text
from resnet_explorer.explanation.heatmap import png_bytes
from resnet_explorer.features.grid_svg import ColourScale
from resnet_explorer.features.statistics import Values
from resnet_explorer.graph.svg import Picture
from resnet_explorer.inside.arithmetic import Arithmetic
from resnet_explorer.inside.arithmetic_steps_svg import STEPS, WIDTH, SumText, steps
from resnet_explorer.inside.captioned_svg import captioned
from resnet_explorer.inside.text_line_svg import FONT, SMALL, line

HEIGHT: Final = 416
MAP: Final = 196
"""Side of the map that the value stands in."""
WINDOWS: Final = 222
"""Where the windows begin."""
NAME, NAME_IN_LINE = 96, 150
"""Room for a channel's name and its sum, left of its window; of 1 × 1 both stand in one line."""
SIGN: Final = 22
"""Room for the sign between input and kernel."""
HEAD: Final = 46
DIGIT: Final = 0.56
"""Width of a digit, in sizes of the type."""
MOST_ROWS: Final = {1: 8, 3: 4}
"""Channels that are drawn, by the side of the window; else as many as a photo has."""
PHOTO_CHANNELS: Final = (msg("red"), msg("green"), msg("blue"))
POSITIVE, NEGATIVE = "#e69f00", "#2b8cd6"


def drawn_channels(found: Arithmetic) -> list[int]:
    """The places in `found.parts` of the channels that are drawn, the largest contribution first."""
    return found.order[: MOST_ROWS.get(found.layer.kernel, 3)]


def arithmetic_svg(
    found: Arithmetic,
    channel_map: Values,
    colour: str,
    *,
    reads_photo: bool = False,
    caption: Sequence[str] = (),
) -> Picture:
    """The picture.

    Args:
        found: the value's arithmetic.
        channel_map: (h, w), the channel that it stands in.
        colour: of the layer's stage.
        reads_photo: whether the layer reads a photo in red, green and blue.
        caption: lines below it, of a picture that is a file of its own.
    """
    drawn = drawn_channels(found)
    write = SumText.of(found, len(drawn))
    return captioned(
        WIDTH,
        HEIGHT,
        _map(found, channel_map, colour),
        _windows(found, drawn, reads_photo, write),
        steps(found, len(drawn), write),
        caption=caption,
        name=t("{layer}, channel {channel}, row {row}, column {column}: the value and its arithmetic").format(
            layer=found.layer.name, channel=found.channel, row=found.row, column=found.column
        ),
        font_size=FONT,
    )


def cell_text(value: float, room: float = 99) -> str:
    """A number for a small cell, two digits that count: "12.3", "−0.12", "3e−5"; ".12" where it is narrow."""
    size = abs(value)
    if value == 0:
        return "0"
    if size == float("inf"):
        return "−∞" if value < 0 else "∞"
    if size < 0.00095:
        mantissa, exponent = f"{value:.0e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    else:
        digits = 0 if size >= 99.5 else 1 if size >= 9.95 else 2 if size >= 0.0995 else 3
        text = f"{value:.{digits}f}"
    text = minus_sign(text)
    return text if len(text) <= room else text.replace("0.", ".", 1)


def _map(found: Arithmetic, channel_map: Values, colour: str) -> str:
    """At the left: the map, the cell in it, and the value."""
    height, width = channel_map.shape
    lowest = float(channel_map.min())
    scale = ColourScale.of(float(np.abs(channel_map).max()), lowest < 0, "viridis")
    across, down = MAP / width, MAP / height
    box = (found.column * across, HEAD + found.row * down, across, down)
    frame = [
        svg.rect(*box, fill="none", stroke=ink, stroke_width=wide, pointer_events="none")
        for ink, wide in (("#000000", 5), ("#ffffff", 2.5))
    ]
    last = found.steps[-1].layer.role if found.steps else ""
    behind = t("behind {layer}").format(layer=last) if last else t("its output")
    words = [
        (t("row {row}, column {column}").format(row=found.row, column=found.column), "400", FONT),
        (significant_text(found.shown), "700", 26),
        (t("Click a cell, a value under"), "400", SMALL),
        (t("the window, or the shortcut."), "400", SMALL),
    ]
    y = HEAD + MAP
    lines = []
    for text, weight, size in words:
        y += size + 11
        lines.append(line(0, y, text, size=size, weight=weight, opacity=0.85 if size == SMALL else 1))
    return "".join(
        [
            svg.rect(0, 2, 5, 36, fill=colour),
            line(12, 16, t("channel {channel} · {height} × {width}").format(
                channel=found.channel, height=height, width=width
            ), weight="700"),
            line(12, 36, behind, size=SMALL, opacity=0.85),
            svg.cells(0, HEAD, MAP, MAP, svg.data_address(png_bytes(scale.picture(channel_map)))),
            *frame,
            svg.rect(
                0, HEAD, MAP, MAP, data_key="map", data_name="cell", data_rows=height, data_columns=width,
                fill="currentColor", fill_opacity=0,
            ),
            *lines,
        ]
    )  # fmt: skip


def _windows(found: Arithmetic, drawn: Sequence[int], reads_photo: bool, write: SumText) -> str:
    """In the middle: a row for each channel, its input under the window and its kernel."""
    k = found.layer.kernel
    grids = 1 if found.weights is None else 2
    name = NAME_IN_LINE if k == 1 else NAME
    room = STEPS - 26 - WINDOWS - name - SIGN * (grids - 1)
    wide = min(96.0, room / (grids * k))
    pitch = (HEIGHT - HEAD) / max(len(drawn), 3 if k > 3 else 2)
    high = min(34.0, (pitch - 8) / k)
    left = WINDOWS + name
    right = left + k * wide + SIGN
    largest = [
        float(np.abs(array[np.isfinite(array)]).max(initial=0)) for array in (found.window, _weights(found))
    ]
    parts = [_headings(found, left, right)]
    for number, place in enumerate(drawn):
        top = HEAD + number * pitch
        middle = top + k * high / 2
        parts += [
            _channel(found, place, middle, reads_photo, write),
            _grid(found.window[place], left, top, wide, high, largest[0], found, place),
        ]
        if found.weights is not None:
            parts += [
                line(right - SIGN / 2, middle + 6, "·", anchor="middle", size=24),
                _grid(found.weights[place], right, top, wide, high, largest[1]),
            ]
    return "".join(parts)


def _weights(found: Arithmetic) -> NDArray[np.float64]:
    return np.zeros(1) if found.weights is None else found.weights


def _headings(found: Arithmetic, left: float, right: float) -> str:
    rows, columns = (span_text(each[0], each[-1]) for each in (found.rows, found.columns))
    what = nt("input, row {rows}", "input, rows {rows}", len(found.rows))
    where = nt("column {columns}", "columns {columns}", len(found.columns))
    parts = [
        line(WINDOWS, 16, t("channel"), weight="700"),
        line(left, 16, what.format(rows=rows), weight="700"),
        line(left, 36, where.format(columns=columns), size=SMALL, opacity=0.85),
    ]
    if found.weights is not None:
        parts += [
            line(WINDOWS, 36, t("Σ products"), size=SMALL, opacity=0.85),
            line(right, 16, t("kernel"), weight="700"),
            line(right, 36, found.layer.name, size=SMALL, opacity=0.85),
        ]
    return "".join(parts)


def _channel(found: Arithmetic, place: int, middle: float, reads_photo: bool, write: SumText) -> str:
    """The name of a channel that is read, and what its products sum to."""
    name = t(PHOTO_CHANNELS[place]) if reads_photo else str(found.first + place)
    if found.weights is None:
        return line(WINDOWS, middle + 5, name, weight="700")
    total = write(float(found.parts[place]))
    if found.layer.kernel == 1:  # a line is as high as a value
        return line(WINDOWS, middle + 5, f"{name}:") + line(
            WINDOWS + NAME_IN_LINE - 10, middle + 5, total, anchor="end", weight="700"
        )
    return line(WINDOWS, middle - 6, name) + line(WINDOWS, middle + 14, total, weight="700")


def _grid(
    values: NDArray[np.float64],
    left: float,
    top: float,
    wide: float,
    high: float,
    largest: float,
    found: Arithmetic | None = None,
    place: int = 0,
) -> str:
    """Numbers in cells, (k, k), coloured by sign and size; those of the input take a click."""
    room = wide / (SMALL * DIGIT)
    is_max = found is not None and found.weights is None
    peak = np.unravel_index(int(values.argmax()), values.shape) if is_max else None
    parts = []
    for (row, column), value in np.ndenumerate(values):
        x, y = left + column * wide, top + row * high
        padded = found is not None and bool(found.in_padding[row, column])
        share = abs(value) / largest if largest and np.isfinite(value) else 0.0
        key = words = None
        if found is not None and not padded:
            where = (found.first + place, found.rows[row], found.columns[column])
            key = "from:{},{},{}".format(*where)
            words = t("channel {}, row {}, column {}: {}").format(*where, significant_text(float(value)))
        is_peak = peak == (row, column)
        parts.append(
            svg.rect(
                x + 1,
                y + 1,
                wide - 2,
                high - 2,
                rx=2,
                fill=rgba(POSITIVE if value > 0 else NEGATIVE, round(0.08 + 0.42 * share, 2))
                if share
                else "none",
                stroke="currentColor" if is_peak else LINE_GREY,
                stroke_width=3 if is_peak else 0.8,
                stroke_dasharray="4 3" if padded else None,
                data_key=key,
                aria_label=words,
                pointer_events="all" if key else None,
            )
        )
        parts.append(
            line(
                x + wide / 2,
                y + high / 2 + 5,
                cell_text(float(value), int(room)),
                anchor="middle",
                size=SMALL,
                opacity=0.72 if padded else 1,
            )
        )
    return "".join(parts)
