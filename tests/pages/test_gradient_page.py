"""The page of the gradient's way: a guess first, then what the library measures; everything from the link."""

from __future__ import annotations

import json
import math

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.labs import gradient_flow as module
from resnet_explorer.labs.gradient_flow import Flows, gradient_flow
from resnet_explorer.labs.gradient_notebook import gradient_notebook
from resnet_explorer.labs.gradient_numbers import number_text
from resnet_explorer.labs.setting import Setting
from tests.notebooks import run
from tests.pages.opened import opened

SMALL = {"gw_depth": "14", "gw_width": "2", "gw_count": "4", "gw_images": "noise"}
SETTING = Setting(depth=14, width=2, count=4, images="noise")


def measured(setting: Setting) -> Flows:
    *_, last = gradient_flow(setting)
    assert last.answer is not None
    return last.answer


def words(page: AppTest) -> str:
    return "\n".join(each.value for each in page.markdown)


def curves(page: AppTest) -> list[tuple[str, str]]:
    """Each named point's words."""
    (chart,) = page.get("plotly_chart")
    found = json.loads(chart.proto.spec)
    return [
        tuple(row)
        for trace in found["data"]
        for row in trace.get("customdata") or []
        if "hovertemplate" in trace
    ]


def test_nothing_is_shown_or_computed_before_a_guess() -> None:
    page = opened("gradient", **SMALL)
    assert "14 layers without a shortcut, with batch norm" in words(page)
    assert not page.get("plotly_chart")
    assert "_gw_flow" not in page.session_state
    page.button(key="_gw_guess_show").click().run()
    assert page.get("plotly_chart")
    assert page.query_params["gw_guess_shown"] == "1"
    assert len(page.info) == 1


def test_a_guess_is_held_against_the_measurement() -> None:
    found = measured(Setting(depth=38, width=2, count=4, images="noise"))
    assert found.plain.way == "grows"
    page = opened("gradient", **SMALL | {"gw_depth": "38"})
    page.segmented_control(key="gw_guess").set_value("vanishes").run()
    said = page.warning[0].value
    assert "You said “It vanishes: less than a tenth arrives”. Measured: “It grows" in said
    assert f"**plain ×\u00a0{number_text(found.plain.end_to_end)}**" in said
    assert f"residual ×\u00a0{number_text(found.residual.end_to_end)}" in said
    page.segmented_control(key="gw_guess").set_value("grows").run()
    assert "“It grows: more than ten times”: so it is." in page.success[0].value
    assert page.query_params["gw_guess"] == "grows"


def test_the_derivation_has_the_measured_factors_in_it() -> None:
    found = measured(SETTING)
    text = words(opened("gradient", gw_guess_shown="1", **SMALL))
    for flow in (found.plain, found.residual):
        product = " · ".join(number_text(block.factor) for block in flow.blocks)
        assert f"Measured, block 1 to 6:  \n{product}  \n= **{number_text(flow.product)}**" in text
        ends = f"{number_text(flow.blocks[0].into)} / {number_text(flow.blocks[-1].out)}"
        assert f"{ends} = **{number_text(flow.end_to_end)}**" in text
    one, something = found.residual.typical_parts
    assert f"the 1 is **{number_text(one)}** and the something **{number_text(something)}**" in text
    assert "The 1 is less than 1" in text


def test_the_views_are_the_librarys_and_in_the_link() -> None:
    found = measured(SETTING)
    for view, count in (("weights", 14), ("inputs", 6), ("factors", 6)):
        shown = curves(opened("gradient", gw_guess_shown="1", gw_view=view, **SMALL))
        flow = found.residual
        expected = {
            "weights": [(layer.name, number_text(layer.norm)) for layer in flow.layers],
            "inputs": [(block.name, number_text(block.into)) for block in flow.blocks],
            "factors": [(block.name, number_text(block.factor)) for block in flow.blocks],
        }[view]
        assert len(expected) == count
        assert set(expected) <= set(shown)


def test_every_parameter_comes_from_the_link() -> None:
    link = {"gw_norm": "none", "gw_act": "pre", "gw_init": "xavier", "gw_seed": "3"}
    page = opened("gradient", gw_guess="vanishes", **SMALL, **link)
    setting = Setting(14, 2, "none", "pre", "xavier", "noise", 4, 3)
    found = measured(setting)
    assert any(setting.words in each.value for each in page.caption)
    assert "Normalization was taken out here." in page.info[0].value
    assert f"= **{number_text(found.plain.product)}**" in words(page)
    assert "The 1 is exact" in words(page)
    assert {name: page.query_params[name] for name in link} == link


def test_a_depth_that_the_family_lacks_gets_the_closest_and_the_reason() -> None:
    page = opened("gradient", gw_depth="15")
    assert any("15 layers do not exist" in each.value for each in page.caption)
    assert "14 layers without a shortcut" in words(page)


def test_a_zero_is_told_in_words() -> None:
    page = opened("gradient", gw_guess_shown="1", gw_init="zero", **SMALL)
    told = [each.value for each in page.warning]
    assert any("Plain: exactly 0 at" in each for each in told)
    assert any("Residual: exactly 0 at 12 of 14 layers" in each for each in told)
    assert all("γ = 0 lets nothing through." in each for each in told if "exactly 0" in each)


def test_a_rerun_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("gradient", gw_guess_shown="1", **SMALL)

    def refuse(*_: object) -> None:
        raise AssertionError("measured again")

    monkeypatch.setattr(module, "flow_through", refuse)
    page.segmented_control(key="gw_view").set_value("inputs").run()
    assert not page.exception
    assert page.get("plotly_chart")


def test_the_notebook_finds_the_pages_numbers() -> None:
    names = run(gradient_notebook(SETTING))
    assert names["found"] == measured(SETTING)
    assert math.isclose(names["by_hand"], names["found"].plain.layers[0].norm, rel_tol=1e-4)
    assert names["figure"].data


def test_the_notebook_keeps_every_parameter() -> None:
    setting = Setting(8, 2, "none", "pre", "xavier", "noise", 3, 9)
    assert run(gradient_notebook(setting))["setting"] == setting
