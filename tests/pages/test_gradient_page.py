"""What only the gradient through the depth shows: the derivation with its factors, and three views."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.common.numbers import scientific_text
from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.gradient import measure_gradient
from resnet_explorer.labs.depth.passes import BackwardPass, Pair
from resnet_explorer.labs.depth.prediction import predict
from tests.pages.opened import charts, opened, words

SMALL = {"gw_depth": "14", "gw_width": "2", "gw_count": "4", "gw_images": "noise"}
CONFIG = DepthConfig(depth=14, width=2, count=4, images="noise")


def measured(config: DepthConfig) -> Pair[BackwardPass]:
    return final_answer(measure_gradient(config))


def curves(page: AppTest) -> list[tuple[str, str]]:
    """Each named point's words."""
    (found,) = charts(page)
    return [
        tuple(row)
        for trace in found["data"]
        for row in trace.get("customdata") or []
        if "hovertemplate" in trace
    ]


@pytest.mark.slow
def test_a_guess_is_held_against_the_measurement() -> None:
    found = measured(DepthConfig(depth=38, width=2, count=4, images="noise"))
    assert found.plain.outcome == "grows"
    page = opened("gradient", **SMALL | {"gw_depth": "38"})
    page.segmented_control(key="gw_guess").set_value("grows").run()
    page.segmented_control(key="gw_guess").set_value("vanishes").run()
    page.button(key="_gw_guess_show").click().run()
    said = words(page)
    assert "**It grows**, not “It vanishes”." in said
    assert "You: It vanishes." in said
    assert f"**Plain ×\u00a0{scientific_text(found.plain.end_to_end)}**" in said
    assert f"residual ×\u00a0{scientific_text(found.residual.end_to_end)}" in said
    layer = found.plain.end_to_end ** (1 / 36)
    assert f"×\u00a0{layer:.2f} a layer (theory 1.21)" in said
    assert "gw_guess" not in page.query_params

    page.segmented_control(key="gw_norm").set_value("none").run()
    said = words(page)
    assert "You:" not in said  # the guess was for another question
    assert "**It " in said
    page.button(key="_gw_guess_again").click().run()
    assert "## 38 layers without shortcuts, no norm: what becomes of the gradient?" in words(page)


def test_the_formulas_own_prediction_is_dashed_and_the_gap_is_told() -> None:
    found = measured(CONFIG)
    theory = predict(CONFIG, False)
    assert theory is not None
    page = opened("gradient", gw_guess_shown="1", **SMALL)
    dashed = [trace["y"] for trace in charts(page)[0]["data"] if trace.get("line", {}).get("dash") == "dash"]
    assert dashed[0][0] == pytest.approx(found.plain.blocks[-1].out * theory.end_to_end)
    times = theory.end_to_end / found.plain.end_to_end
    times = max(times, 1 / times)
    assert f", {scientific_text(times)} times as " in words(page)


def test_the_derivation_has_the_measured_factors_in_it() -> None:
    found = measured(CONFIG)
    text = words(opened("gradient", gw_guess_shown="1", **SMALL))
    for each in found.both:
        product = " · ".join(scientific_text(block.factor) for block in each.blocks)
        assert f"Measured, block 1 to 6:  \n{product}  \n= **{scientific_text(each.product)}**" in text
        ends = f"{scientific_text(each.blocks[0].into)} / {scientific_text(each.blocks[-1].out)}"
        assert f"{ends} = **{scientific_text(each.end_to_end)}**" in text
    one, something = found.residual.typical_parts
    assert f"the 1 is **{scientific_text(one)}** and the something **{scientific_text(something)}**" in text
    assert "The 1 is less than 1" in text


@pytest.mark.slow
def test_the_views_are_the_librarys_and_in_the_link() -> None:
    found = measured(CONFIG)
    for view, count in (("weights", 14), ("inputs", 6), ("factors", 6)):
        shown = curves(opened("gradient", gw_guess_shown="1", gw_view=view, **SMALL))
        each = found.residual
        expected = {
            "weights": [(layer.name, scientific_text(layer.norm)) for layer in each.layers],
            "inputs": [(block.name, scientific_text(block.into)) for block in each.blocks],
            "factors": [(block.name, scientific_text(block.factor)) for block in each.blocks],
        }[view]
        assert len(expected) == count
        assert set(expected) <= set(shown)


def test_the_1_is_exact_before_activation_and_the_product_is_that_of_the_link() -> None:
    link = {"gw_norm": "none", "gw_act": "pre", "gw_init": "xavier", "gw_seed": "3"}
    page = opened("gradient", gw_guess_shown="1", **SMALL, **link)
    config = DepthConfig(14, 2, "none", "pre", "xavier", "noise", 4, 3)
    found = measured(config)
    assert f"= **{scientific_text(found.plain.product)}**" in words(page)
    assert "The 1 is exact" in words(page)


def test_a_depth_that_the_family_lacks_gets_the_closest_and_the_reason() -> None:
    page = opened("gradient", gw_depth="15")
    assert any("15 layers do not exist" in each.value for each in page.caption)
    assert "14 layers without shortcuts" in words(page)


def test_a_zero_is_told_in_words() -> None:
    page = opened("gradient", gw_guess_shown="1", gw_init="zero", **SMALL)
    told = [each.value for each in page.warning]
    assert any("Plain: exactly 0 at" in each for each in told)
    assert any("Residual: exactly 0 at 12 of 14 layers" in each for each in told)
    assert all("γ = 0 lets nothing through." in each for each in told if "exactly 0" in each)
