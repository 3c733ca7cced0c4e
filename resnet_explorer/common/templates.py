"""Texts written from templates of Jinja."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def templates_of(package: str, *, is_markup: bool = False) -> Environment:
    """The templates of a package, in which a value that is missing is an error.

    Args:
        package: by its full name; the templates lie beside its modules.
        is_markup: whether they are HTML, so that what stands in them is escaped.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package, ""),
        undefined=StrictUndefined,
        autoescape=is_markup,
        trim_blocks=True,
        lstrip_blocks=True,
    )
