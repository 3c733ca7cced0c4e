"""An LRU cache for what holds words: a person's language is part of the key."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from resnet_explorer.common.i18n import language

P = ParamSpec("P")
T = TypeVar("T")


def language_cache(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """As `functools.lru_cache`, for functions that call `t`: their results are shared and not to be changed.

    Args:
        maxsize: results to keep, of all languages together.
    """

    def decorate(make: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(maxsize)
        def kept(_language: str, *args: P.args, **kwargs: P.kwargs) -> T:
            return make(*args, **kwargs)

        @wraps(make)
        def found(*args: P.args, **kwargs: P.kwargs) -> T:
            return kept(language(), *args, **kwargs)  # type: ignore[arg-type]  # P knows not what is hashable

        return found

    return decorate
