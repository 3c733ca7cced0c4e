"""A small convolution as a picture: input, kernel and output with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import decimal_text
from resnet_explorer.common.svg_grid import (
    FONT,
    HEAD,
    RULER,
    Grid,
    beams,
    dashed,
    filled,
    label,
    outline,
    unread,
)
from resnet_explorer.convolution.worked_example import Matrix, Product, products
from resnet_explorer.network.window import Window

WIDTH: Final = 1232
HEIGHT: Final = 416
LARGEST_CELL: Final = 62
SIGN: Final = 90
"""Between two grids, with room for a sign and for the numbers of rows."""
SUM: Final = 250
"""Room for the sum of a cell, at the right of the grids where it fits."""
COLOUR: Final = STAGE_COLOURS["stage 1"]


def worked_example_svg(
    values: Matrix,
    kernel: Matrix,
    output: NDArray[np.float64],
    stride: int,
    padding: int,
    row: int,
    column: int,
    standalone: bool = False,
) -> str:
    """The picture; each cell of the output takes a click, with "row,column" as its key.

    Args:
        values: the input.
        kernel: its weights.
        output: what the convolution gave.
        stride, padding: of the convolution.
        row, column: the cell of the output whose window is shown.
        standalone: for a file of its own: with a white ground.
    """
    down = Window(len(values), len(kernel), stride, padding, output.shape[0])
    across = Window(len(values[0]), len(kernel[0]), stride, padding, output.shape[1])
    rows, columns = (tuple(range(-padding, window.size + padding)) for window in (down, across))
    places = [tuple(range(count)) for count in output.shape]
    side = tuple(range(len(kernel)))
    cell = min(
        LARGEST_CELL,
        (HEIGHT - HEAD - 8) / max(len(rows), len(side), len(places[0])),
        (WIDTH - RULER - 2 * SIGN - 16) / (len(columns) + len(side) + len(places[1])),
    )
    read = Grid(rows, columns, RULER, HEAD, cell, offset=padding)
    weights = Grid(side, side, read.right + SIGN, HEAD, cell)
    written = Grid(places[0], places[1], weights.right + SIGN, HEAD, cell)
    under = (down.under(row), across.under(column))
    here = (range(row, row + 1), range(column, column + 1))
    return svg.document(
        WIDTH,
        HEIGHT,
        _input(read, values, (down, across), under),
        label(read.right + SIGN / 2, HEAD + weights.height / 2 + 12, "∗", size=36),
        weights.heading(t("Kernel {k} × {k}").format(k=len(kernel))),
        outline((weights.left, weights.top, weights.right, weights.bottom)),
        weights.texts(((i, j, decimal_text(kernel[i][j])) for i, j in weights.cells()), weight="700"),
        beams(weights.frame(range(len(side)), range(len(side))), written.frame(*here)),
        written.heading(t("Output {0} × {1}").format(*output.shape)),
        written.rulers(*here),
        filled(written.squares(cell for cell in written.cells() if cell != (row, column)), COLOUR, 0.3),
        filled(written.squares([(row, column)]), COLOUR, 0.7),
        outline(written.frame(*here)),
        written.texts((i, j, decimal_text(float(output[i, j]))) for i, j in written.cells()),
        written.buttons(lambda i, j: f"{i},{j}"),
        _sum(written.right + 36, products(values, kernel, stride, padding, row, column))
        if written.right + 36 + SUM <= WIDTH
        else "",
        name=t("A {k}×{k} convolution with numbers; row {row}, column {column} of the output").format(
            k=len(kernel), row=row, column=column
        ),
        standalone=standalone,
        font_size=FONT,
    )


def _sum(x: float, lines: Sequence[Sequence[Product]]) -> str:
    """The products of the cell, a line for each row of the kernel, and what they come to."""
    texts = [
        f"{'+ ' if number else ''}{' + '.join(each.text for each in line)}"
        for number, line in enumerate(lines)
    ]
    total = decimal_text(sum(each.value * each.weight for line in lines for each in line))
    return "".join(
        label(x, HEAD + 28 + 32 * number, words, "start") for number, words in enumerate(texts)
    ) + label(x, HEAD + 28 + 32 * len(texts), f"= {total}", "start", size=24, weight="700")


def _input(grid: Grid, values: Matrix, windows: tuple[Window, Window], under: tuple[range, range]) -> str:
    down, across = windows
    real = {(i, j) for i in range(down.size) for j in range(across.size)}
    cells = grid.cells()
    padding = [cell for cell in cells if cell not in real]
    lost = [(i, j) for i, j in cells if not (down.is_read(i) and across.is_read(j))]
    inside = [(i, j) for i, j in cells if i in under[0] and j in under[1]]
    name = t("Input {0} × {1}").format(down.size, across.size)
    if down.padding:
        name += t(", padded {size}").format(size=f"{down.padded} × {across.padded}")
    return "".join(
        [
            grid.heading(name),
            grid.rulers(*under),
            filled(grid.squares(cell for cell in cells if cell in real), LINE_GREY, 0.25),
            filled(grid.squares(inside), LINE_GREY, 0.35),
            dashed(grid.squares(padding)),
            unread(grid, lost),
            grid.texts(((i, j, "0") for i, j in padding if (i, j) not in set(lost)), opacity=0.72),
            grid.texts((i, j, decimal_text(values[i][j])) for i, j in cells if (i, j) in real),
            outline(grid.frame(*under)),
        ]
    )
