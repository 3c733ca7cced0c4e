"""A notebook run as a reader would, cell after cell, in this interpreter."""

from __future__ import annotations

from typing import Any

import nbformat


def run(file: bytes) -> dict[str, Any]:
    """The names that its code leaves behind."""
    read = nbformat.reads(file.decode(), as_version=4)
    names: dict[str, Any] = {}
    for cell in read.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, f"<{cell.id}>", "exec"), names)
    return names
