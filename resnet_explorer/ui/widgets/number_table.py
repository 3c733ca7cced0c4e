"""Numbers that the reader edits in tables, one per channel, and that stand in the link as a short code."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.ui.app.url_state import Code, linked, write

if TYPE_CHECKING:
    import pandas as pd

Numbers = tuple[tuple[float, ...], ...]
"""The numbers of each channel: image after image, and of each image pixel after pixel."""

LARGEST: Final = 1000.0
DECIMALS: Final = 3
_BETWEEN, _CHANNEL = "_", "~"
_EDITED, _BASE, _VERSION = "_edited", "_base", "_version"


def numbers_code(channels: int, count: int) -> Code:
    """So many numbers in each channel: "1_2.5_-3_4~0_0_1_1"."""

    def read(text: str) -> Numbers:
        parts = text[: channels * count * 10].split(_CHANNEL)
        try:
            found = tuple(tuple(map(_number, part.split(_BETWEEN))) for part in parts)
        except ValueError:
            found = ()
        if not allows(found):
            sentence = t(
                "for each of {channels} channels, {count} numbers from −{most:g} to {most:g} are needed."
            )
            raise ValueError(sentence.format(channels=channels, count=count, most=LARGEST))
        return found

    def allows(value: Any) -> bool:
        return len(value) == channels and all(len(numbers) == count for numbers in value)

    def text_of(value: Numbers) -> str:
        return _CHANNEL.join(_BETWEEN.join(f"{number:.7g}" for number in numbers) for numbers in value)

    return Code(text_of, read, allows)


def fit(key: str, default: Numbers) -> None:
    """Keep, of the numbers of before, as many as are still wanted; the rest are defaults."""
    kept: Numbers | None = st.session_state.get(key)
    if kept is None:
        return
    count = len(default[0])
    if any(len(numbers) != count for numbers in kept):
        st.session_state[key] = tuple(
            (*old[:count], *new[len(old) :]) for old, new in zip(kept, default, strict=True)
        )


def linked_numbers(key: str, default: Numbers) -> Numbers:
    """The numbers before the tables are drawn: from the link, as they were, or the default."""
    fit(key, default)
    return linked(key, default, numbers_code(len(default), len(default[0])))


def edited_numbers(
    key: str, numbers: Numbers, default: Numbers, columns: Sequence[str], slots: Sequence[Any]
) -> Numbers:
    """Draw a table per channel; what is edited there goes into the session and the link.

    A table is handed the same numbers until they change elsewhere, so that it stays still, and its
    cursor in its place, while somebody types.

    Args:
        key: of the numbers.
        numbers: as `linked_numbers` gave them.
        default: which of them stand in no link.
        columns: what an image's pixels are called.
        slots: where the table of each channel goes.
    """
    state = st.session_state
    version: int = state.get(key + _VERSION, 0)
    drawn_before = all(_table_key(key, version, channel) in state for channel in range(len(slots)))
    if state.get(key + _EDITED) != numbers or not drawn_before:
        version += 1
        state[key + _BASE], state[key + _VERSION] = numbers, version
    base: Numbers = state[key + _BASE]
    result = tuple(
        _table(slot, _table_key(key, version, channel), base[channel], numbers[channel], columns)
        for channel, slot in enumerate(slots)
    )
    if result != numbers:
        state[key] = result
        write(key, None if result == default else numbers_code(len(result), len(result[0])).write(result))
    state[key + _EDITED] = result
    return result


def _table(
    slot: Any, key: str, base: Sequence[float], before: Sequence[float], columns: Sequence[str]
) -> tuple[float, ...]:
    import pandas as pd

    wide = len(columns)
    images = len(base) // wide
    frame = pd.DataFrame(
        [base[image * wide : (image + 1) * wide] for image in range(images)],
        columns=list(columns),
        index=[t("image {number}").format(number=image + 1) for image in range(images)],
        dtype=float,  # a column of whole numbers would cut what is typed into it to a whole one
    )
    limits = st.column_config.NumberColumn(
        min_value=-LARGEST, max_value=LARGEST, step=10**-DECIMALS, format="%g", required=True
    )
    edited: pd.DataFrame = slot.data_editor(
        frame, key=key, column_config=dict.fromkeys(columns, limits), row_height=44
    )
    # A cell that was emptied keeps what it had.
    values = zip(edited.to_numpy().flatten().tolist(), before, strict=True)
    return tuple(_rounded(old if new is None or math.isnan(new) else new) for new, old in values)


def _table_key(key: str, version: int, channel: int) -> str:
    return f"{key}_table_{version}_{channel}"


def _number(text: str) -> float:
    value = float(text)
    if not abs(value) <= LARGEST:  # NaN is not either
        raise ValueError(text)
    return _rounded(value)


def _rounded(value: float) -> float:
    return round(float(value), DECIMALS) + 0.0  # no −0
