"""A small convolution as a picture: input, kernel and output with their numbers."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.cell_grid import (
    HEAD,
    RULER,
    Grid,
    beams,
    dashed,
    document,
    filled,
    label,
    outline,
    unread,
)
from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.steps import Window
from resnet_explorer.toy_convolution import Matrix, number_text

CELL: Final = 58
SIGN: Final = 90
"""Between two grids, with room for a sign and for the numbers of rows."""
COLOUR: Final = STAGE_COLOURS["stage 1"]


def toy_svg(
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
    read = Grid(rows, columns, RULER, HEAD, CELL)
    side = tuple(range(len(kernel)))
    weights = Grid(side, side, read.right + SIGN, HEAD, CELL)
    places = [tuple(range(count)) for count in output.shape]
    written = Grid(places[0], places[1], weights.right + SIGN, HEAD, CELL)
    under = (down.under(row), across.under(column))
    here = (range(row, row + 1), range(column, column + 1))
    body = [
        _input(read, values, (down, across), under),
        label(read.right + SIGN / 2, HEAD + weights.height / 2 + 12, "∗", size=36),
        weights.heading(f"Kernel {len(kernel)} × {len(kernel)}"),
        outline((weights.left, weights.top, weights.right, weights.bottom)),
        weights.texts(((i, j, number_text(kernel[i][j])) for i, j in weights.cells()), weight="700"),
        beams(weights.frame(range(len(side)), range(len(side))), written.frame(*here)),
        written.heading(f"Output {output.shape[0]} × {output.shape[1]}"),
        written.rulers(*here),
        filled(written.squares(cell for cell in written.cells() if cell != (row, column)), COLOUR, 0.3),
        filled(written.squares([(row, column)]), COLOUR, 0.8),
        outline(written.frame(*here)),
        written.texts((i, j, number_text(float(output[i, j]))) for i, j in written.cells()),
        written.buttons(lambda i, j: f"{i},{j}"),
    ]
    height = max(read.bottom, weights.bottom, written.bottom) + 20
    words = (
        f"A {len(kernel)}×{len(kernel)} convolution with numbers; row {row}, column {column} of the output"
    )
    return document(max(written.right + 24, 760), height, words, "".join(body), standalone)


def _input(grid: Grid, values: Matrix, windows: tuple[Window, Window], under: tuple[range, range]) -> str:
    down, across = windows
    real = {(i, j) for i in range(down.size) for j in range(across.size)}
    cells = grid.cells()
    padding = [cell for cell in cells if cell not in real]
    lost = [(i, j) for i, j in cells if not (down.is_read(i) and across.is_read(j))]
    inside = [(i, j) for i, j in cells if i in under[0] and j in under[1]]
    padded = f", padded {down.padded} × {across.padded}" if down.padding else ""
    return "".join(
        [
            grid.heading(f"Input {down.size} × {across.size}{padded}"),
            grid.rulers(*under),
            filled(grid.squares(cell for cell in cells if cell in real), LINE_GREY, 0.25),
            filled(grid.squares(inside), LINE_GREY, 0.35),
            dashed(grid.squares(padding)),
            unread(grid, lost),
            grid.texts(((i, j, "0") for i, j in padding if (i, j) not in set(lost)), opacity=0.6),
            grid.texts((i, j, number_text(values[i][j])) for i, j in cells if (i, j) in real),
            outline(grid.frame(*under)),
        ]
    )
