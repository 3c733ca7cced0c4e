"""What the pages of both labs through the depth do alike: a guess first; everything from the link; once."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.depth import gradient, signal
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.passes import BackwardPass
from tests.notebooks import run
from tests.pages.opened import opened, words


class Lab(NamedTuple):
    name: str
    prefix: str
    question: str
    measurement: tuple[object, str]
    another_view: str
    another_order: str


LABS = [
    Lab(
        "gradient",
        "gw_",
        "14 layers without shortcuts, batch norm",
        (gradient, "backward_pass"),
        "weights",
        "pre",
    ),
    Lab(
        "signal",
        "sf_",
        "14 layers with shortcuts, batch norm",
        (signal, "forward_pass"),
        "log",
        "post",
    ),
]
every_lab = pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)


def link(lab: Lab, **values: str) -> dict[str, str]:
    small = {"depth": "14", "width": "2", "count": "4", "images": "noise"}
    found = {f"{lab.prefix}{name}": value for name, value in (small | values).items()}
    return found if lab.name == "gradient" else found | {"td_lab": lab.name}


@every_lab
def test_nothing_is_shown_or_computed_before_a_guess(lab: Lab) -> None:
    page = opened("gradient", **link(lab))
    assert lab.question in words(page)
    assert not page.get("plotly_chart")
    assert f"_{lab.prefix}measured" not in page.session_state
    page.button(key=f"_{lab.prefix}guess_show").click().run()
    assert page.get("plotly_chart")
    assert page.query_params[f"{lab.prefix}guess_shown"] == "1"
    assert "**Dashed: the formula’s own prediction.**" in words(page)


@every_lab
def test_every_parameter_comes_from_the_link(lab: Lab) -> None:
    order, view = lab.another_order, lab.another_view
    asked = link(lab, norm="none", act=order, init="xavier", seed="3", view=view, guess_shown="1")
    page = opened("gradient", **asked)
    config = DepthConfig(14, 2, "none", order, "xavier", "noise", 4, 3)  # type: ignore[arg-type]
    assert config.words in words(page, "caption")
    assert "Normalization was taken out here." in page.info[0].value
    assert {name: page.query_params[name] for name in asked} == asked


def test_an_old_link_to_the_signal_leads_to_it() -> None:
    page = opened("signal", **link(LABS[1]) | {"td_lab": "gradient"})
    assert LABS[1].question in words(page)
    assert page.query_params["sf_depth"] == "14"


@pytest.mark.slow
@every_lab
def test_a_rerun_computes_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("gradient", **link(lab, guess_shown="1"))

    def refuse(*_: object) -> None:
        raise AssertionError("measured again")

    monkeypatch.setattr(*lab.measurement, refuse)
    page.segmented_control(key=f"{lab.prefix}view").set_value(lab.another_view).run()
    assert not page.exception
    assert page.get("plotly_chart")


@every_lab
def test_the_notebook_finds_the_pages_numbers_with_every_parameter(lab: Lab) -> None:
    config = DepthConfig(8, 2, "none", "pre", "xavier", "noise", 3, 9)
    measure = gradient.measure_gradient if lab.name == "gradient" else signal.measure_signal
    names = run(f"depth/{lab.name}_notebook.py", config=config)
    assert names["config"] == config
    found = names["found"]
    assert found == final_answer(measure(config))
    if isinstance(found.plain, BackwardPass):
        expected = found.plain.layers[0].norm
    else:
        expected = found.residual.places[-1].output.variance
    assert math.isclose(names["reference"], expected, rel_tol=1e-4)
    assert names["figure"].data
