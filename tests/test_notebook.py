"""Notebooks are valid, the same each time, and run."""

from __future__ import annotations

import json

import nbformat
import pytest

from resnet_explorer.notebook import notebook
from tests.notebooks import run

CELLS = [("markdown", "Two words: α → β."), ("code", "a = 6"), ("code", "b = a * 7\nb")]


def test_a_notebook_is_valid_and_has_its_cells_in_order() -> None:
    file = notebook("Title", CELLS)
    nbformat.validate(nbformat.reads(file.decode("utf-8"), as_version=4))
    plain = json.loads(file)
    assert plain["nbformat"] == 4
    assert [cell["cell_type"] for cell in plain["cells"]] == ["markdown", "markdown", "code", "code"]
    assert "".join(plain["cells"][0]["source"]) == "# Title"
    assert "".join(plain["cells"][1]["source"]) == "Two words: α → β."
    assert plain["metadata"]["kernelspec"]["name"] == "python3"


def test_the_same_cells_give_the_same_bytes() -> None:
    assert notebook("Title", CELLS) == notebook("Title", CELLS)


def test_its_code_runs_in_one_namespace() -> None:
    assert run(notebook("Title", CELLS))["b"] == 42


def test_another_kind_of_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="A cell is 'raw'"):
        notebook("Title", [("raw", "x")])  # type: ignore[list-item]
