"""A lab's notebook run as a reader would, cell after cell, in this interpreter."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import nbformat

from resnet_explorer.common.notebook import notebook
from tests.places import ROOT


def run(file: str, without: Collection[str] = (), **parameters: object) -> dict[str, Any]:
    """The names that the code of a notebook leaves behind.

    Args:
        file: of the percent format, below `labs/`.
        without: as of `notebook`.
        parameters: as of `notebook`.
    """
    return names_of(notebook(ROOT / "resnet_explorer" / "labs" / file, parameters, without))


def names_of(file: bytes) -> dict[str, Any]:
    """The names that the code of a notebook's file leaves behind."""
    read = nbformat.reads(file.decode(), as_version=4)
    names: dict[str, Any] = {}
    for cell in read.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, f"<{cell.id}>", "exec"), names)
    return names
