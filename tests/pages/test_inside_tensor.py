"""A tensor of one's own inside a block, by the shapes and sentences a reader would check."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opened import opened, words


def heading(at: AppTest) -> str:
    return at.header[0].value


def test_the_first_view_is_d2ls_halving_block() -> None:
    at = opened("inside", in_source="tensor")
    assert heading(at) == "(4, 3, 6, 6) → (4, 6, 3, 3)"
    assert "return self.relu2(y + shortcut)" in at.code[0].value
    assert not [key for key in at.query_params if key.startswith("bl_")]


@pytest.mark.slow
def test_each_preset_is_one_click_and_stands_in_the_link() -> None:
    at = opened("inside", in_source="tensor")
    at.button(key="_bl_d2l_same").click().run()
    assert heading(at) == "(4, 3, 6, 6) → (4, 3, 6, 6)"
    at.button(key="_bl_he_bottleneck").click().run()
    assert heading(at) == "(1, 256, 56, 56) → (1, 256, 56, 56)"
    assert at.query_params["bl_kind"] == "bottleneck"
    assert at.query_params["bl_in"] == "256"
    at.button(key="_bl_preact").click().run()
    assert "activated = self.relu1(self.bn1(x))" in at.code[0].value


def test_without_the_1x1_pytorchs_sentence_is_shown_and_explained() -> None:
    at = opened("inside", in_source="tensor")
    at.segmented_control(key="bl_short").set_value("never").run()
    assert heading(at) == "(4, 3, 6, 6) → PyTorch fails"
    assert at.code[0].value == (
        "The size of tensor a (3) must match the size of tensor b (6) at non-singleton dimension 3"
    )
    assert "dimension 1, the channels: 6 on the branch, 3 on the shortcut" in words(at)
    assert "3 · 6 = 18 weights" in words(at)
    assert at.query_params["bl_short"] == "never"


def test_a_silent_broadcast_is_warned_of() -> None:
    at = opened("inside", in_source="tensor", bl_in="1", bl_stride="1", bl_short="never")
    assert heading(at) == "(4, 1, 6, 6) → (4, 6, 6, 6)"
    assert "no residual block" in at.warning[0].value


def test_one_number_per_channel_points_to_batch_norm() -> None:
    at = opened("inside", in_source="tensor", bl_n="1", bl_h="1", bl_w="1")
    assert heading(at) == "(1, 3, 1, 1) → PyTorch fails"
    assert at.code[0].value.startswith("Expected more than 1 value per channel when training")
    assert "**Batch norm**" in words(at)


def test_what_cannot_be_run_leaves_the_last_run() -> None:
    at = opened("inside", in_source="tensor")
    at.number_input(key="bl_out").set_value(12).run()
    at.segmented_control(key="bl_kind").set_value("bottleneck").run()
    assert heading(at) == "(4, 3, 6, 6) → (4, 12, 3, 3)"
    at.number_input(key="bl_out").set_value(10).run()
    assert "take 8 or 12 channels" in at.warning[0].value
    assert heading(at) == "(4, 3, 6, 6) → (4, 12, 3, 3)"
    at.segmented_control(key="bl_exp").set_value(2).run()
    assert not at.warning
    assert heading(at) == "(4, 3, 6, 6) → (4, 10, 3, 3)"


def test_a_link_to_the_page_of_before_leads_here() -> None:
    at = opened("block_lab", bl_short="never")
    assert heading(at) == "(4, 3, 6, 6) → PyTorch fails"
    assert at.query_params["in_source"] == "tensor" and at.query_params["bl_short"] == "never"


def test_a_bad_link_opens_the_usual_block_with_a_sentence() -> None:
    at = opened("inside", in_source="tensor", bl_in="4096", bl_stride="2")
    assert heading(at) == "(4, 3, 6, 6) → (4, 6, 3, 3)"
    assert "allowed: a number from 1 to 2048" in at.warning[0].value
