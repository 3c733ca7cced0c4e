"""Which rows and columns of a large map are drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.common.svg_grid import excerpt


@given(st.integers(-5, 0), st.integers(1, 300), st.integers(0, 299), st.integers(1, 12), st.data())
def test_an_excerpt_shows_both_edges_and_the_focus_in_so_many_slots(
    first: int, length: int, start: int, size: int, data: st.DataObject
) -> None:
    last = first + length - 1
    focus = range(min(first + start, last), min(first + start + size, last + 1))
    slots = size + 8
    lines = excerpt(first, last, focus, 2, 3, slots)
    shown = [line for line in lines if line is not None]
    assert {first, last, *focus, *range(max(first, last - 2), last + 1)} <= set(shown)
    assert shown == sorted(set(shown))
    assert len(lines) == min(slots, length)
    assert len(shown) == length or None in lines
