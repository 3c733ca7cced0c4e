"""One window over one map: the padded input, the window at one of its places, the cell that it writes.

Rows and columns are counted from 0 on the padded input: at place i the window covers i·s to i·s + k − 1. Maps
that are too large to draw are shown in part: both edges, and what lies around the window.
"""

from __future__ import annotations

from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.common.i18n import nt, t
from resnet_explorer.common.numbers import span_text
from resnet_explorer.common.svg_grid import (
    FONT,
    HEAD,
    RULER,
    Grid,
    Lines,
    beams,
    dashed,
    excerpt,
    filled,
    label,
    outline,
    unread,
)
from resnet_explorer.network.layers import Layer, Plan, size_text
from resnet_explorer.network.window import Window, output_size, windows

WIDTH: Final = 1232
HEIGHT: Final = 416
LARGEST_CELL: Final = 38
GAP: Final = 96
"""Between the two grids."""
WORDS: Final = 980
"""Where the words begin, at the right of both grids."""
OUT_SLOTS: Final = 9
FEWEST_ROWS, FEWEST_COLUMNS = 10, 13
LARGEST_KERNEL: Final = 11


def free_layer(size: int, kernel: int, stride: int, padding: int) -> Layer:
    """A convolution of one channel with any numbers, as a record.

    Raises:
        ValueError: if the window is larger than the padded input.
    """
    if size + 2 * padding < kernel:
        raise ValueError(
            t(
                "A {kernel}×{kernel} window does not fit on {size} pixels with padding {padding}: {size} "
                "+ 2·{padding} = {padded}. At least {least} pixels are needed."
            ).format(
                kernel=kernel,
                size=size,
                padding=padding,
                padded=size + 2 * padding,
                least=kernel - 2 * padding,
            )
        )
    out = output_size(size, kernel, stride, padding)
    shapes = ((1, size, size), (1, out, out))
    return Layer(
        "convolution",
        "conv",
        *shapes,
        params=kernel * kernel,
        macs=kernel * kernel * out * out,
        stage="stem",
        kernel=kernel,
        stride=stride,
        padding=padding,
    )


def window_layers(p: Plan) -> tuple[Layer, ...]:
    """The layers that move a window over a map: convolutions, the max-pool, and option A's subsampling."""
    return tuple(layer for layer in p.layers if layer.kind in ("conv", "maxpool", "zero_pad"))


def source_stage(p: Plan, layer: Layer) -> str:
    """The section that made the layer's input, for its colour; "" for the image."""
    if layer.name == "conv1":
        return ""
    sections = [section.name for section in p.sections]
    entrances = {block.name for stage in p.stages for block in stage.blocks[:1]}
    first = layer.role == "conv1" or layer.role.startswith("downsample")
    if layer.block in entrances and first:
        return sections[sections.index(layer.stage) - 1]
    return layer.stage


def window_svg(
    layer: Layer,
    row: int,
    column: int,
    colour: str,
    source_colour: str = LINE_GREY,
    standalone: bool = False,
) -> str:
    """The picture; each cell of the output that is drawn takes a click, with "row,column" as its key.

    Args:
        layer: the layer whose window slides.
        row, column: the cell of the output that is written, 0-based.
        colour: of the output.
        source_colour: of the input.
        standalone: for a file of its own: with a white ground.
    """
    down, across = windows(layer)
    rows, columns = down.under(row), across.under(column)
    slots = _row_lines(down, rows), _column_lines(across, columns)
    out = _output_lines(down, row), _output_lines(across, column)
    cell = min(
        LARGEST_CELL,
        (HEIGHT - HEAD - 4) / max(len(slots[0]), len(out[0])),
        (WORDS - 2 * RULER - GAP - 20) / (len(slots[1]) + len(out[1])),
    )
    left = Grid(*slots, RULER, HEAD, cell, offset=layer.padding)
    right = Grid(*out, left.right + GAP, HEAD, cell)
    return svg.document(
        WIDTH,
        HEIGHT,
        label(WORDS, HEAD - 46, t("Click a cell of the output."), "start", opacity=0.85),
        _input_grid(left, layer, rows, columns, source_colour),
        _output_grid(right, layer, row, column, colour),
        beams(left.frame(rows, columns), right.frame(range(row, row + 1), range(column, column + 1))),
        _reads(layer, row, column),
        _legend(layer),
        name=t(
            "{layer}: row {row}, column {column} of the output, and the window that it is computed from"
        ).format(layer=layer.name, row=row, column=column),
        standalone=standalone,
        font_size=FONT,
    )


def place_lines(layer: Layer, row: int, column: int) -> list[tuple[str, str]]:
    """The arithmetic of one place, by axis: ("Row 5", "5·2 − 3 = 7 to 7 + 7 − 1 = 13")."""
    down, across = windows(layer)
    return [
        (t("Row {row}").format(row=row), _place_text(down, row)),
        (t("Column {column}").format(column=column), _place_text(across, column)),
    ]


def padding_under(layer: Layer, row: int, column: int) -> int:
    """How many of the positions under the window lie in the padding."""
    inside = 1
    for window, place in zip(windows(layer), (row, column), strict=True):
        inside *= sum(0 <= pixel < window.size for pixel in window.under(place))
    return layer.kernel**2 - inside


def unread_lines(window: Window) -> str:
    """Which lines of the padded input lie beyond the last window: "229", "34 to 35" or ""."""
    first, last = window.last_end + 1, window.padded - 1
    return span_text(first, last) if first <= last else ""


def unread_sentence(window: Window, line: str = "row") -> str:
    """Which rows or columns no window reads, numbered on the padded input.

    Args:
        window: the window along one axis.
        line: "row" or "column".
    """
    one, many = (t("row"), t("rows")) if line == "row" else (t("column"), t("columns"))
    counted = (
        t("Counted on the padded input (0 to {last}), the last window ends at {line} {end}")
        if window.padding
        else t("Counted on the map (0 to {last}), the last window ends at {line} {end}")
    )
    text = counted.format(last=window.padded - 1, line=one, end=window.last_end)
    lost = range(window.last_end + 1, window.padded)
    if lost:
        real = sum(pixel < window.size + window.padding for pixel in lost)
        held = (
            t("only padding")
            if real == 0
            else t("a part of the map itself")
            if real < len(lost)
            else t("the map's own")
        )
        words = nt(
            ": {line} {which} is never read ({held}).",
            ": {lines} {which} are never read ({held}).",
            len(lost),
        )
        text += words.format(line=one, lines=many, which=unread_lines(window), held=held)
        text += t(" At {exact} instead of {size} nothing would be left over.").format(
            exact=_exact_size(window), size=window.size
        )
    else:
        text += t(", the last that there is.")
    if window.stride > window.kernel:
        over = window.stride - window.kernel
        text += nt(
            " Between the windows, {over} of every {stride} {lines} is jumped over.",
            " Between the windows, {over} of every {stride} {lines} are jumped over.",
            over,
        ).format(over=over, stride=window.stride, lines=many)
    return text


def _exact_size(window: Window) -> int:
    """The next larger size at which the division has no rest."""
    return window.size + window.stride - window.unread


def _place_text(window: Window, place: int) -> str:
    first = place * window.stride
    start = f"{place}·{window.stride} = {first}"
    if window.kernel == 1:
        return start
    last = f"{first} + {window.kernel} − 1 = {_last(window, place)}"
    return t("{first} to {last}").format(first=start, last=last)


def _last(window: Window, place: int) -> int:
    """The last line under the window, on the padded input."""
    return place * window.stride + window.kernel - 1


def _row_lines(window: Window, under: range) -> Lines:
    return _input_lines(window, under, 2, min(max(1, window.unread), 2) + 1, FEWEST_ROWS)


def _column_lines(window: Window, under: range) -> Lines:
    near, far = min(window.padding, 4) + 1, min(max(window.padding, window.unread), 6) + 1
    return _input_lines(window, under, near, far, FEWEST_COLUMNS)


def _input_lines(window: Window, under: range, near: int, far: int, fewest: int) -> Lines:
    first, last = -window.padding, window.size + window.padding - 1
    return excerpt(first, last, under, near, far, max(fewest, near + far + window.kernel + 2))


def _output_lines(window: Window, place: int) -> Lines:
    return excerpt(0, window.out - 1, range(place, place + 1), 2, 2, OUT_SLOTS)


def _filler(layer: Layer) -> str:
    """What stands in the padding."""
    return "−∞" if layer.kind == "maxpool" else "0"


def _input_grid(grid: Grid, layer: Layer, rows: range, columns: range, colour: str) -> str:
    down, across = windows(layer)
    cells = grid.cells()
    real = {cell for cell in cells if 0 <= cell[0] < down.size and 0 <= cell[1] < across.size}
    padding = [cell for cell in cells if cell not in real]
    lost = [cell for cell in cells if not (down.is_read(cell[0]) and across.is_read(cell[1]))]
    under = {cell for cell in cells if cell[0] in rows and cell[1] in columns}
    name = t("Input {size}").format(size=size_text((down.size, across.size)))
    if layer.padding:
        name += t(", padded {size}").format(size=size_text((down.padded, across.padded)))
    filler = _filler(layer)
    return "".join(
        [
            grid.heading(name),
            grid.rulers(rows, columns),
            filled(grid.squares(cell for cell in cells if cell in real), colour, 0.4),
            filled(grid.squares(cell for cell in cells if cell in under & real), colour, 0.8),
            filled(grid.squares(cell for cell in cells if cell in under - real), LINE_GREY, 0.3),
            dashed(grid.squares(padding)),
            grid.texts(((*cell, filler) for cell in padding if cell not in set(lost)), opacity=0.72),
            unread(grid, lost),
            outline(grid.frame(rows, columns)),
        ]
    )


def _output_grid(grid: Grid, layer: Layer, row: int, column: int, colour: str) -> str:
    here, rows, columns = (row, column), range(row, row + 1), range(column, column + 1)
    return "".join(
        [
            grid.heading(t("Output {size}").format(size=size_text(layer.out_shape[1:]))),
            grid.rulers(rows, columns),
            filled(grid.squares(cell for cell in grid.cells() if cell != here), colour, 0.35),
            filled(grid.squares([here], 0), colour, 1),
            outline(grid.frame(rows, columns)),
            grid.buttons(lambda r, c: f"{r},{c}"),
        ]
    )


def _reads(layer: Layer, row: int, column: int) -> str:
    """At the right: which rows and columns of the padded input the cell is computed from."""
    lines = (t("Row {place} reads {span}"), t("Column {place} reads {span}"))
    texts = []
    for line, window, place in zip(lines, windows(layer), (row, column), strict=True):
        span = span_text(place * window.stride, _last(window, place))
        texts.append(line.format(place=place, span=span))
    return "".join(
        label(WORDS, HEAD + 16 + 30 * number, text, "start", weight="700")
        for number, text in enumerate(texts)
    )


def _legend(layer: Layer) -> str:
    """What the cells of the input mean, under that."""
    sample = Grid((0,), (0,), 0, 0, 24)
    entries = [(outline((0, 0, 24, 24)), t("window {k}×{k}").format(k=layer.kernel))]
    if layer.padding:
        entries.append(
            (dashed(sample.squares([(0, 0)])), t("padding ({filler})").format(filler=_filler(layer)))
        )
    if not all(w.is_read(pixel) for w in windows(layer) for pixel in range(-w.padding, w.size + w.padding)):
        entries.append((unread(sample, [(0, 0)]), t("never read")))
    return "".join(
        svg.group(mark, transform=f"translate({WORDS} {y})") + label(WORDS + 34, y + 18, words, "start")
        for y, (mark, words) in zip(range(HEAD + 80, HEIGHT, 38), entries, strict=False)
    )
