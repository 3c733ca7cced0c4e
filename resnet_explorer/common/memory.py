"""What is told when the machine has no memory left for something."""

from __future__ import annotations

from typing import Final

from resnet_explorer.common.i18n import t

_SAID: Final = (
    "can't allocate memory",
    "not enough memory",
    "out of memory",
    "bad alloc",
    "can't start new thread",
)
"""By torch, which raises a RuntimeError, and by Python, which has no memory for a thread's stack."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory could not be had."""
    if isinstance(error, RuntimeError):
        return any(words in str(error) for words in _SAID)
    return isinstance(error, MemoryError)


def no_memory() -> str:
    """The sentence that is told then."""
    return t("There is not enough memory for this now: something smaller will do, or the same later.")
