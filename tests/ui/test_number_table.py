"""Edited numbers in the link: short, exact to three decimals, and nothing else is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.ui.widgets.number_table import numbers_code

thousandths = st.integers(-1_000_000, 1_000_000).map(lambda n: n / 1000)


@given(st.integers(1, 3), st.integers(1, 12), st.data())
def test_what_is_written_is_read_again(channels: int, count: int, data: st.DataObject) -> None:
    row = st.lists(thousandths, min_size=count, max_size=count).map(tuple)
    value = tuple(data.draw(row) for _ in range(channels))
    code = numbers_code(channels, count)
    assert code.allows(value)
    assert code.read(code.write(value)) == value


def test_the_code_needs_no_escaping_in_an_address() -> None:
    assert numbers_code(2, 3).write(((1, -2.5, 0), (1000, 0.125, 3))) == "1_-2.5_0~1000_0.125_3"


@pytest.mark.parametrize(
    "text", ["", "1_2", "1_2~3", "1_2~3_x", "1_2~3_nan", "1_2~3_inf", "1_2~3_1001", "1_2~3_4~5_6"]
)
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"for each of 2 channels, 2 numbers from −1000 to 1000 are needed\."
    ):
        numbers_code(2, 2).read(text)
