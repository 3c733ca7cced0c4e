"""Every form of a number's text, on the values where it could go wrong."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.common.numbers import (
    adding_digits,
    bracketed,
    bytes_text,
    compact_text,
    count_text,
    decimal_text,
    fixed_text,
    points_text,
    scientific_text,
    signed_text,
    significant_text,
)


def test_fixed_digits_have_no_minus_zero() -> None:
    assert [fixed_text(n) for n in (-1.234, -0.001, 0.5)] == ["−1.23", "0.00", "0.50"]


def test_with_so_many_digits_the_written_sum_is_that_of_the_written_terms() -> None:
    assert adding_digits([(0.234, 0.804, 10.732)]) == 3, "0.23 + 0.80 + 10.73 is 11.76, but 11.77 is written"
    assert adding_digits([(0.25, 0.5)]) == 2
    assert adding_digits([(1 / 3, 1 / 3, 1 / 3)]) is None, "1 is never 0.33… thrice"


@given(st.lists(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=4), max_size=3))
def test_no_written_sum_is_out(sums: list[list[float]]) -> None:
    digits = adding_digits(sums, 2, 6)
    for terms in sums if digits else []:
        written = [Decimal(f"{each:.{digits}f}") for each in (*terms, sum(terms))]
        assert sum(written[:-1]) == written[-1]


def test_decimals_are_short() -> None:
    assert [decimal_text(n) for n in (3.0, -2, 0.5, 1 / 3, -0.0001)] == ["3", "−2", "0.5", "0.333", "0"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4.5, "4.5"),
        (-0.0, "0"),
        (1 / 3, "0.3333"),
        (-12345.6, "−12,346"),
        (9999.7, "10,000"),
        (0.00088765, "0.000888"),
        (0.0005**2, "2.5e−07"),
        (1e-9, "0"),
        (123456.0, "123,456"),
    ],
)
def test_significant_digits_are_few(value: float, text: str) -> None:
    assert significant_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "exactly 0"),
        (math.inf, "infinite"),
        (math.nan, "not a number"),
        (3.14159, "3.14"),
        (57.26, "57.3"),
        (3770.4, "3,770"),
        (0.0214, "0.0214"),
        (1.14e-9, "1.1 × 10⁻⁹"),
        (51000.0, "5.1 × 10⁴"),
    ],
)
def test_numbers_of_any_size_can_be_read(value: float, text: str) -> None:
    assert scientific_text(value) == text


def test_a_negative_number_is_bracketed_in_a_sum() -> None:
    assert bracketed(decimal_text(-3)) == "(−3)" and bracketed(decimal_text(3)) == "3"


def test_a_difference_has_its_sign() -> None:
    assert [signed_text(n) for n in (17, -4, 0, -18_992_128)] == ["+17", "−4", "0", "−18,992,128"]
    assert [points_text(share) for share in (0.3926, -0.0144, -0.0001)] == ["+39.3", "−1.4", "+0.0"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.5**2, "12.25"),
        (123.4, "123.4"),
        (1000.0, "1000"),
        (-1018.6751, "−1019"),
        (0.001, "0.001"),
        (-0.00875, "−8.8e−3"),
        (0.00125, "0.00125"),
        (-1.5275252, "−1.53"),
        (0.0125**2, "1.6e−4"),
        (962938.6, "9.6e5"),
        (-3162277.66, "−3.2e6"),
        (0.1 + 0.2 - 0.3, "0"),
        (-0.0, "0"),
    ],
)
def test_a_cell_shows_a_number_as_it_was_typed_or_three_of_its_digits(value: float, text: str) -> None:
    assert compact_text(value) == text


@given(st.floats(-4e7, 4e7))
def test_a_cell_has_room_for_any_number_and_is_not_far_from_it(value: float) -> None:
    text = compact_text(value)
    assert len(text.replace(".", "")) <= 6
    assert float(text.replace("−", "-")) == pytest.approx(value, rel=0.05, abs=5e-9)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (640, "640"),
        (999, "999"),
        (1000, "1.00 k"),
        (999_499, "999 k"),
        (999_999, "1.00 M"),
        (9_996_000, "10.0 M"),
        (25_557_032, "25.6 M"),
        (4_089_184_256, "4.09 G"),
        (11_513_626_624, "11.5 G"),
        (123_456_789_012, "123 G"),
        (2.5e12, "2.50 T"),
    ],
)
def test_counts_as_people_say_them(count: float, text: str) -> None:
    assert count_text(count) == text


def test_bytes_as_people_say_them() -> None:
    assert bytes_text(896) == "896 B"
    assert bytes_text(32_900_000) == "32.9 MB"
