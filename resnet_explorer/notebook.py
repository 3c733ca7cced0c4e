"""A Jupyter notebook from a few cells, to take an experiment home.

Made with nbformat, the library of the format. The same cells give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

Cell = tuple[Literal["markdown", "code"], str]
"""What kind of cell, and what stands in it."""

_METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook(title: str, cells: Sequence[Cell]) -> bytes:
    """A notebook as a file, UTF-8 (format 4, minor 5).

    Args:
        title: its heading, the first cell.
        cells: the others, in order.

    Raises:
        ValueError: for a cell that is neither "markdown" nor "code".
    """
    import nbformat

    made: list[Any] = []
    for number, (kind, text) in enumerate([("markdown", f"# {title}"), *cells]):
        if kind not in ("markdown", "code"):
            raise ValueError(f'A cell is {kind!r}; allowed are "markdown" and "code".')
        made.append(getattr(nbformat.v4, f"new_{kind}_cell")(text.strip(), id=f"cell-{number}"))
        # Without an id of ours, nbformat would draw one by chance.
    written = nbformat.v4.new_notebook(cells=made, metadata=_METADATA)
    nbformat.validate(written)
    file: str = nbformat.writes(written)
    return (file + "\n").encode()
