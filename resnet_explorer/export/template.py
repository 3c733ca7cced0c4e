"""Python files written from templates: each the program itself, with what depends on the network marked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.templates import templates_of
from resnet_explorer.network.layers import shape_text

if TYPE_CHECKING:
    from jinja2 import Environment

COLUMNS: Final = 88
"""The line length that ruff and Black keep unless told."""

_CALL: Final = re.compile(r"(?P<margin> *)(?P<name>[^(]*)\((?P<arguments>.*)\)(?P<tail>[^)]*)")
_COMMA: Final = re.compile(r", (?![^(]*\))")
"""One between arguments, and not within the parentheses of one."""


def python_file(template: str, **values: object) -> str:
    """The text of a file, its long lines broken as ruff breaks them.

    Args:
        template: name of the template beside this module.
        values: what stands in it, by their names.
    """
    text = _templates().get_template(template).render(values)
    return "\n".join(map(_broken, text.splitlines())) + "\n"


@lru_cache(1)
def _templates() -> Environment:
    templates = templates_of("resnet_explorer.export")
    templates.filters["shape"] = shape_text
    return templates


def _broken(line: str) -> str:
    """`name(arguments)tail` with its arguments below it, where the line is too long."""
    call = _CALL.fullmatch(line) if len(line) > COLUMNS else None
    if call is None:
        return line
    margin, name, arguments, tail = call.groups()
    below = f"{margin}    {arguments}"
    if len(below) > COLUMNS:
        below = "\n".join(f"{margin}    {argument}," for argument in _COMMA.split(arguments))
    return f"{margin}{name}(\n{below}\n{margin}){tail}"
