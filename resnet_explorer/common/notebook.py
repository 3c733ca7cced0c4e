"""A Jupyter notebook from a Python file in percent format, to take an experiment home.

The file runs as it is: `# %%` begins a cell of code, `# %% [markdown]` one of text. The cell that is tagged
"parameters" assigns what may be given another value, as in papermill; a text that is `# prose: NAME` is this
prose of ours. What stands before the first cell is not in the notebook. The same values give the same bytes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Final, NamedTuple

from resnet_explorer.common.i18n import prose, t

_METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_MARK: Final = re.compile(r'^# %%( \[markdown\])?(?: tags=\["(\w+)"\])?$', re.MULTILINE)
_PROSE: Final = "prose: "


class _Cell(NamedTuple):
    kind: str
    tag: str | None
    text: str


def notebook(file: Path, parameters: Mapping[str, object], without: Collection[str] = ()) -> bytes:
    """A notebook as a file, UTF-8 (format 4, minor 5).

    Args:
        file: in percent format.
        parameters: other values for names of its cell "parameters", each written as `repr` writes it.
        without: tags of cells that are left out.

    Raises:
        ValueError: for a parameter that the file does not have.
    """
    import nbformat

    cells = [cell for cell in _cells(file.read_text(encoding="utf-8")) if cell.tag not in without]
    chosen = [_with_values(cell, parameters) if cell.tag == "parameters" else cell for cell in cells]
    made = [
        getattr(nbformat.v4, f"new_{cell.kind}_cell")(cell.text, id=f"cell-{number}")
        for number, cell in enumerate(chosen)  # without an id of ours, nbformat would draw one by chance
    ]
    written = nbformat.v4.new_notebook(cells=made, metadata=_METADATA)
    nbformat.validate(written)
    text: str = nbformat.writes(written)
    return (text + "\n").encode()


def words_of(
    file: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The texts of such a file for the catalogue: what Babel calls an extraction method (pyproject.toml)."""
    del keywords, comment_tags, options
    for cell in _raw_cells(file.read().decode("utf-8")):
        if cell.kind == "markdown" and not cell.text.startswith(_PROSE):
            yield 1, "t", cell.text, []


def _cells(source: str) -> Iterator[_Cell]:
    for cell in _raw_cells(source):
        if cell.kind == "code":
            yield cell
        elif cell.text.startswith(_PROSE):
            yield cell._replace(text=prose(cell.text.removeprefix(_PROSE)).strip())
        else:
            yield cell._replace(text=t(cell.text).strip())


def _raw_cells(source: str) -> Iterator[_Cell]:
    parts = _MARK.split(source)[1:]
    for is_text, tag, content in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        if is_text:
            yield _Cell("markdown", tag, re.sub("^# ?", "", content.strip(), flags=re.MULTILINE))
        else:
            yield _Cell("code", tag, content.strip())


def _with_values(cell: _Cell, values: Mapping[str, object]) -> _Cell:
    """The cell, other values assigned to its names."""
    lines, waiting = cell.text.splitlines(), dict(values)
    for node in reversed(ast.parse(cell.text).body):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], end_lineno=int(end)) if name in waiting:
                lines[node.lineno - 1 : end] = [f"{name} = {waiting.pop(name)!r}"]
    if waiting:
        raise ValueError(t("The notebook has no parameter {listed}.").format(listed=", ".join(waiting)))
    return cell._replace(text="\n".join(lines))
