"""An error of the system, told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from resnet_explorer.common.i18n import msg, t

NOT_MADE: Final = msg("{folder} cannot be made: {reason}.")
NOT_READABLE: Final = msg("{name} cannot be read: {reason}.")
NOT_WRITABLE: Final = msg("{folder} cannot be written to: {reason}.")
FILE_NOT_WRITABLE: Final = msg("{path} cannot be written: {reason}.")
NOT_WRITTEN: Final = msg("{file} could not be written into {folder}: {reason}.")


@contextmanager
def os_error_as(sentence: str, /, **parts: object) -> Iterator[None]:
    """Tell an error of the system that ends the block.

    Args:
        sentence: what is said, in English; the system's own words stand at its {reason}.
        parts: what stands at its other places.

    Raises:
        ValueError: that sentence, in the language of now.
    """
    try:
        yield
    except OSError as error:
        raise ValueError(t(sentence).format(**parts, reason=error.strerror or error)) from None
