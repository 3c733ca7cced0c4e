"""One window over one map: the padded input, the window at one of its places, the cell that it writes.

Rows and columns have the numbers of the map itself, so that those of the padding are below 0 or
beyond its last. At place i the window covers i·s − p to i·s − p + k − 1. Maps that are too large to
draw are shown in part: both edges, and what lies around the window.
"""

from __future__ import annotations

from typing import Final

from resnet_explorer.cell_grid import (
    HEAD,
    RULER,
    Grid,
    Lines,
    beams,
    dashed,
    document,
    excerpt,
    filled,
    label,
    outline,
    unread,
)
from resnet_explorer.colours import LINE_GREY
from resnet_explorer.plan import Layer, Plan, output_size, size_text
from resnet_explorer.steps import Window, windows

CELL: Final = 34
GAP: Final = 124
"""Between the two grids."""
WORDS: Final = 330
"""Room for the words under the output."""
LEGEND: Final = 540
"""Room for the legend under the input."""
OUT_SLOTS: Final = 9
FEWEST_SLOTS: Final = 13
LARGEST_KERNEL: Final = 11


def free_layer(size: int, kernel: int, stride: int, padding: int) -> Layer:
    """A convolution of one channel with any numbers, as a record.

    Raises:
        ValueError: if the window is larger than the padded input.
    """
    if size + 2 * padding < kernel:
        raise ValueError(
            f"A {kernel}×{kernel} window does not fit on {size} pixels with padding {padding}: "
            f"{size} + 2·{padding} = {size + 2 * padding}. At least {kernel - 2 * padding} pixels are needed."
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


def glass_svg(
    layer: Layer,
    row: int,
    column: int,
    colour: str,
    source_colour: str = LINE_GREY,
    standalone: bool = False,
) -> str:
    """The picture; each cell of the output that is drawn takes a click, with "row,column" as its key.

    Args:
        layer: the layer under the glass.
        row, column: the cell of the output that is written, 0-based.
        colour: of the output.
        source_colour: of the input.
        standalone: for a file of its own: with a white ground.
    """
    down, across = windows(layer)
    rows, columns = down.under(row), across.under(column)
    left = Grid(_input_lines(down, rows), _input_lines(across, columns), RULER, HEAD, CELL)
    out_rows, out_columns = _output_lines(down, row), _output_lines(across, column)
    right = Grid(out_rows, out_columns, left.right + GAP, HEAD, CELL)
    # Below both grids, where no beam crosses them, and to the right of the legend.
    words_left, below = max(right.left, LEGEND), max(left.bottom, right.bottom)
    body = "".join(
        [
            _input_grid(left, layer, rows, columns, source_colour),
            _output_grid(right, layer, row, column, colour),
            beams(
                _window_frame(left, rows, columns),
                right.frame(range(row, row + 1), range(column, column + 1)),
            ),
            _reads(words_left, below, layer, row, column),
            _legend(left, layer),
        ]
    )
    width, height = max(right.right, words_left + WORDS) + 24, below + 76
    words = f"{layer.name}: row {row}, column {column} of the output, and the window that it is computed from"
    return document(width, height, words, body, standalone)


def place_lines(layer: Layer, row: int, column: int) -> list[tuple[str, str]]:
    """The arithmetic of one place, by axis: ("Row 5", "5·2 − 3 = 7 to 7 + 7 − 1 = 13")."""
    down, across = windows(layer)
    return [
        (f"Row {row}", _place_text(down, row)),
        (f"Column {column}", _place_text(across, column)),
    ]


def padding_under(layer: Layer, row: int, column: int) -> int:
    """How many of the positions under the window lie in the padding."""
    inside = 1
    for window, place in zip(windows(layer), (row, column), strict=True):
        inside *= sum(0 <= pixel < window.size for pixel in window.under(place))
    return layer.kernel**2 - inside


def unread_sentence(window: Window, line: str = "row") -> str:
    """Which rows or columns no window reads, numbered as in the map.

    Args:
        window: the window along one axis.
        line: "row" or "column".
    """
    last = window.under(window.out - 1)[-1]
    text = f"Counted on the map itself, the last window ends at {line} {_signed(last)}"
    lost = range(last + 1, window.size + window.padding)
    if lost:
        real = sum(pixel < window.size for pixel in lost)
        names = f"{line} {lost[0]} is" if len(lost) == 1 else f"{line}s {lost[0]} to {lost[-1]} are"
        held = (
            "only padding"
            if real == 0
            else "a part of the map itself"
            if real < len(lost)
            else "the map's own"
        )
        text += f": {names} never read ({held})."
        text += f" At {_exact_size(window)} instead of {window.size} nothing would be left over."
    else:
        text += ", the last that there is."
    if window.stride > window.kernel:
        text += (
            f" Between the windows, {window.stride - window.kernel} of every {window.stride} {line}s "
            f"{'is' if window.stride - window.kernel == 1 else 'are'} jumped over."
        )
    return text


def _exact_size(window: Window) -> int:
    """The next larger size at which the division has no rest."""
    return window.size + window.stride - window.unread


def _signed(number: int) -> str:
    return str(number).replace("-", "−")


def _place_text(window: Window, place: int) -> str:
    under = window.under(place)
    first, last = _signed(under[0]), _signed(under[-1])
    start = f"{place}·{window.stride} − {window.padding} = {first}"
    return start if window.kernel == 1 else f"{start} to {first} + {window.kernel} − 1 = {last}"


def _input_lines(window: Window, under: range) -> Lines:
    near = min(window.padding, 4) + 1
    far = min(max(window.padding, window.unread), 6) + 1
    slots = max(FEWEST_SLOTS, near + far + window.kernel + 2)
    first, last = -window.padding, window.size + window.padding - 1
    return excerpt(first, last, under, near, far, slots)


def _output_lines(window: Window, place: int) -> Lines:
    return excerpt(0, window.out - 1, range(place, place + 1), 2, 2, OUT_SLOTS)


def _window_frame(grid: Grid, rows: range, columns: range) -> tuple[float, float, float, float]:
    return grid.frame(rows, columns)


def _input_grid(grid: Grid, layer: Layer, rows: range, columns: range, colour: str) -> str:
    down, across = windows(layer)
    real: list[tuple[int, int]] = []
    padding: list[tuple[int, int]] = []
    lost: list[tuple[int, int]] = []
    for cell in grid.cells():
        inside = 0 <= cell[0] < down.size and 0 <= cell[1] < across.size
        (real if inside else padding).append(cell)
        if not (down.is_read(cell[0]) and across.is_read(cell[1])):
            lost.append(cell)
    under = [cell for cell in grid.cells() if cell[0] in rows and cell[1] in columns]
    crossed, held = set(lost), set(real)
    filler = "−∞" if layer.kind == "maxpool" else "0"
    height, width = (window.padded for window in (down, across))
    name = f"Input {size_text((down.size, across.size))}"
    if layer.padding:
        name += f", padded {size_text((height, width))}"
    return "".join(
        [
            grid.heading(name),
            grid.rulers(rows, columns),
            filled(grid.squares(real), colour, 0.4),
            filled(grid.squares(cell for cell in under if cell in held), colour, 0.8),
            filled(grid.squares(cell for cell in under if cell not in held), LINE_GREY, 0.3),
            dashed(grid.squares(padding)),
            grid.texts(((*cell, filler) for cell in padding if cell not in crossed), opacity=0.72),
            unread(grid, lost),
            outline(_window_frame(grid, rows, columns)),
        ]
    )


def _output_grid(grid: Grid, layer: Layer, row: int, column: int, colour: str) -> str:
    here = (row, column)
    return "".join(
        [
            grid.heading(f"Output {size_text(layer.out_shape[1:])}"),
            grid.rulers(range(row, row + 1), range(column, column + 1)),
            filled(grid.squares(cell for cell in grid.cells() if cell != here), colour, 0.35),
            filled(grid.squares([here], 0), colour, 1),
            outline(grid.frame(range(row, row + 1), range(column, column + 1))),
            grid.buttons(lambda r, c: f"{r},{c}"),
        ]
    )


def _reads(left: float, top: float, layer: Layer, row: int, column: int) -> str:
    """Under the grids: which rows and columns of the input the cell is computed from."""
    texts = []
    for line, window, place in zip(("Row", "Column"), windows(layer), (row, column), strict=True):
        under = window.under(place)
        first, last = _signed(under[0]), _signed(under[-1])
        span = first if len(under) == 1 else f"{first} to {last}"
        texts.append(f"{line} {place} reads {span}")
    return "".join(
        label(left, top + 34 + 30 * number, text, "start", 20, weight="700")
        for number, text in enumerate(texts)
    )


def _legend(grid: Grid, layer: Layer) -> str:
    """What the cells of the input mean, under it."""
    y, x = grid.bottom + 18, grid.left
    sample = Grid((0,), (0,), 0, 0, 24)
    filler = "−∞" if layer.kind == "maxpool" else "0"
    down, across = windows(layer)
    entries = [
        (
            '<rect width="24" height="24" fill="none" stroke="currentColor" stroke-width="4" rx="3"/>',
            f"window {layer.kernel}×{layer.kernel}",
        )
    ]
    if layer.padding:
        entries.append((dashed(sample.squares([(0, 0)])), f"padding ({filler})"))
    if not all(w.is_read(pixel) for w in (down, across) for pixel in range(-w.padding, w.size + w.padding)):
        entries.append((unread(sample, [(0, 0)]), "never read"))
    parts = []
    for mark, text in entries:
        parts.append(
            f'<g transform="translate({x:g} {y:g})">{mark}</g>' + label(x + 34, y + 18, text, "start")
        )
        x += 34 + 9.5 * len(text) + 30
    return "".join(parts)
