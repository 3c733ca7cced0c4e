"""What a link may say of a control: every value comes back, and a bad one gets a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.ui.app.url_state import SWITCH, TEXT, Code, number, one_of, some_of, whole

WAYS = ("LR", "TB")


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        (one_of(WAYS), "TB", "TB"),
        (one_of(range(5)), 3, "3"),
        (some_of((1, 2, 3, 4)), [2, 4], "2,4"),
        (whole(-4, 4096), -4, "-4"),
        (number(0, 1), 0.35, "0.35"),
        (SWITCH, True, "1"),
        (TEXT, "layer3 conv", "layer3 conv"),
    ],
)
def test_a_value_is_written_and_read(code: Code, value: object, text: str) -> None:
    assert code.write(value) == text
    assert code.read(text) == value
    assert code.allows(value)


def test_what_links_of_before_say_is_understood() -> None:
    code = one_of(WAYS, {"vertical": "TB"})
    assert code.read("vertical") == "TB"
    assert not code.allows("vertical")
    with pytest.raises(ValueError, match=r"^allowed: LR, TB\.$"):
        code.read("horizontal")


@pytest.mark.parametrize(
    ("code", "text", "sentence"),
    [
        (one_of(WAYS), "Top down", "allowed: LR, TB."),
        (one_of(range(30)), "x", "allowed: 0, 1, 2, 3, 4, 5, 6, 7, …."),
        (some_of((1, 2)), "1,3", "allowed: 1, 2."),
        (whole(1, 4096), "0", "allowed: a number from 1 to 4096."),
        (whole(1, 4096), "٣", "allowed: a number from 1 to 4096."),
        (whole(1, 4096), "1e3", "allowed: a number from 1 to 4096."),
        (number(0, 1), "nan", "allowed: a number from 0 to 1."),
        (number(0, 1), "half", "allowed: a number from 0 to 1."),
        (SWITCH, "yes", "allowed: 0, 1."),
    ],
)
def test_a_bad_value_is_told_what_is_allowed(code: Code, text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:
        code.read(text)
    assert str(refusal.value) == sentence


@given(text=st.text(max_size=300))
def test_whatever_a_link_says_it_is_read_or_refused(text: str) -> None:
    for code in (one_of(WAYS), some_of((1, 2)), whole(1, 9), number(0, 1), SWITCH, TEXT):
        try:
            assert code.allows(code.read(text))
        except ValueError as refusal:
            assert str(refusal).startswith("allowed: ")


@given(chosen=st.lists(st.sampled_from(range(1, 5)), unique=True))
def test_a_choice_of_several_comes_back_in_order(chosen: list[int]) -> None:
    code = some_of(range(1, 5))
    assert code.read(code.write(chosen)) == sorted(chosen)
