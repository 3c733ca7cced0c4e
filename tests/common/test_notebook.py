"""Notebooks are made of files in percent format; they are valid, the same each time, and run."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import nbformat
import pytest

from resnet_explorer.common.notebook import notebook
from tests.notebooks import names_of
from tests.places import ROOT

SOURCE = '''"""What no notebook has."""

# %% [markdown]
# # Title
#
# Two words: α → β.
# %% tags=["parameters"]
a = 6
text = (
    "long"
)
# %% tags=["more"]
c = 1
# %%
b = a * 7
b
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "six_notebook.py"
    path.write_text(SOURCE)
    return path


def test_a_notebook_is_valid_and_has_its_cells_in_order(file: Path) -> None:
    made = notebook(file, {})
    nbformat.validate(nbformat.reads(made.decode("utf-8"), as_version=4))
    plain = json.loads(made)
    assert plain["nbformat"] == 4
    assert [cell["cell_type"] for cell in plain["cells"]] == ["markdown", "code", "code", "code"]
    assert "".join(plain["cells"][0]["source"]) == "# Title\n\nTwo words: α → β."
    assert plain["metadata"]["kernelspec"]["name"] == "python3"
    assert notebook(file, {}) == made


def test_the_file_and_its_notebook_run_and_its_values_are_given(file: Path) -> None:
    assert runpy.run_path(str(file))["b"] == names_of(notebook(file, {}))["b"] == 42
    quotes = '\'"""\n# %%\n{a}'
    names = names_of(notebook(file, {"a": 2, "text": quotes}, without=["more"]))
    assert (names["b"], names["text"], "c" in names) == (14, quotes, False)


def test_a_parameter_that_there_is_not_is_refused(file: Path) -> None:
    with pytest.raises(ValueError, match="has no parameter b"):
        notebook(file, {"a": 1, "b": 2})


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem) for path in (ROOT / "resnet_explorer").rglob("*_notebook.py")]
)
def test_every_notebook_of_the_labs_has_a_title_and_parameters(path: Path) -> None:
    first, *_ = json.loads(notebook(path, {}))["cells"]
    assert "".join(first["source"]).startswith("# ")
    assert 'tags=["parameters"]' in path.read_text()
