"""The page on batch normalization: numbers from the link, every step of them, and what PyTorch refuses."""

from __future__ import annotations

import pytest

from tests.pages.opened import charts, opened, pictures, words

TWO_TO_SIXTEEN = "2_4_6_8_10_12_14_16~0_0_0_0_0_0_0_0.5"


def test_one_to_eight_step_by_step() -> None:
    at = opened("batch_norm")
    first = pictures(at)[0]
    assert "sum 36" in first and "36 / 8 = 4.5" in first and "42 / 8 = 5.25" in first
    assert "by their own μ = **4.5** and σ² = **5.25**" in words(at)
    at.segmented_control(key="bn_channel").set_value(2).run()
    assert pictures(at)[0] != first
    assert at.query_params["bn_channel"] == "2"
    assert "42 / 8 = **5.25** normalizes it; 42 / 7 = **6** goes into the running variance" in words(at)
    assert "(1 − 0.1)^10 = **35%**" in words(at)
    assert at.dataframe[0].value.to_numpy().tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert at.dataframe[0].value.dtypes.astype(str).eq("float64").all(), "whole numbers would cut 7.5 to 7"


def test_numbers_come_from_the_link_and_stay_in_it() -> None:
    at = opened("batch_norm", bn_x=TWO_TO_SIXTEEN, bn_g1="2", bn_b1="-1")
    assert at.dataframe[0].value.to_numpy().tolist() == [[2, 4, 6, 8], [10, 12, 14, 16]]
    assert "72 / 8 = 9" in pictures(at)[0]
    assert at.query_params["bn_x"] == TWO_TO_SIXTEEN
    assert at.query_params["bn_g1"] == "2"


def test_fewer_images_keep_the_numbers_that_are_left() -> None:
    at = opened("batch_norm", bn_x=TWO_TO_SIXTEEN)
    at.segmented_control(key="bn_n").set_value(1).run()
    assert at.dataframe[0].value.to_numpy().tolist() == [[2, 4, 6, 8]]
    assert at.query_params["bn_x"] == "2_4_6_8~0_0_0_0"
    at.segmented_control(key="bn_n").set_value(2).run()
    assert at.dataframe[0].value.to_numpy().tolist() == [[2, 4, 6, 8], [5, 6, 7, 8]]


def test_a_single_number_cannot_be_trained_on_and_passes_in_evaluation() -> None:
    at = opened("batch_norm", bn_n="1", bn_side="1")
    assert at.code[0].value == (
        "Expected more than 1 value per channel when training, got input size torch.Size([1, 2, 1, 1])"
    )
    assert "It is its own mean, and the variance is 0" in at.error[0].value
    at.segmented_control(key="bn_mode").set_value("eval").run()
    assert not at.code
    assert len(pictures(at)) == 1


@pytest.mark.slow
def test_evaluation_takes_the_running_statistics() -> None:
    at = opened("batch_norm", bn_mode="eval", bn_k="0")
    fresh = pictures(at)[0]
    assert "running" in fresh and "= 0" in fresh
    at.slider(key="bn_k").set_value(1).run()
    assert "= 0.45" in pictures(at)[0]
    assert at.query_params["bn_k"] == "1"


def test_the_figure_has_a_line_per_channel_for_mean_and_variance() -> None:
    at = opened("batch_norm", bn_k="5", bn_m="0.5")
    traces = charts(at)[0]["data"]
    lines = [trace for trace in traces if trace["mode"] == "lines"]
    assert len(lines) == 4
    assert [trace["line"].get("dash", "solid") for trace in lines] == ["solid", "solid", "dash", "dash"]
    assert lines[0]["x"] == [0, 1, 2, 3, 4, 5]
    assert lines[0]["y"][:2] == [0, 0.5 * 4.5]


def test_a_bias_moves_the_mean_and_changes_no_output() -> None:
    at = opened("batch_norm")
    at.slider(key="bn_bias").set_value(-2.5).run()
    shown = pictures(at)[-1]
    assert "4.5" in shown and "= 2" in shown
    assert "largest difference 0" in shown
    assert at.query_params["bn_bias"] == "-2.5"


def test_numbers_that_do_not_fit_are_told_in_a_sentence() -> None:
    at = opened("batch_norm", bn_x="1_2_3")
    assert "for each of 2 channels, 8 numbers from −1000 to 1000 are needed" in at.warning[0].value
    assert at.dataframe[0].value.to_numpy().tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
