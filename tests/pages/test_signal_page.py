"""The page of the signal: a guess first, then the library's moments; everything from the link."""

from __future__ import annotations

import math

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.labs import signal as module
from resnet_explorer.labs.gradient_numbers import number_text
from resnet_explorer.labs.setting import Setting
from resnet_explorer.labs.signal import Signals, signals
from resnet_explorer.labs.signal_notebook import signal_notebook
from tests.notebooks import run
from tests.pages.opened import opened

SMALL = {"sf_depth": "20", "sf_width": "2", "sf_count": "4", "sf_images": "noise"}
SETTING = Setting(20, 2, "batch", "pre", "fan_out", "noise", 4)


def measured(setting: Setting) -> Signals:
    *_, last = signals(setting)
    assert last.answer is not None
    return last.answer


def words(page: AppTest) -> str:
    return "\n".join(each.value for each in page.markdown)


def test_nothing_is_shown_or_computed_before_a_guess() -> None:
    page = opened("signal", **SMALL)
    assert "20 layers with shortcuts, batch norm, pre-activation" in words(page)
    assert not page.get("plotly_chart")
    assert "_sf_signals" not in page.session_state
    page.button(key="_sf_guess_show").click().run()
    assert page.get("plotly_chart")


def test_a_guess_is_held_against_the_measurement() -> None:
    found = measured(SETTING)
    right = found.residual.course
    page = opened("signal", sf_guess=right, **SMALL)
    said = page.success[0].value
    assert f"**residual ×\u00a0{number_text(found.residual.end_to_end)}**" in said
    assert f"plain ×\u00a0{number_text(found.plain.end_to_end)}" in said
    page.segmented_control(key="sf_guess").set_value("shrinks").run()
    assert "You said “It shrinks: less than a tenth”" in page.warning[0].value
    assert page.query_params["sf_guess"] == "shrinks"


def test_what_each_block_adds_stands_in_the_table() -> None:
    found = measured(SETTING).residual
    text = words(opened("signal", sf_guess_shown="1", **SMALL))
    for stage, share in (("stage 1", "0.959"), ("stage 2", "0.918"), ("stage 3", "0.840")):
        numbers = [number_text(number) for number in (found.added(stage), found.growth(stage))]
        assert " | ".join([stage.replace(" ", "\u00a0"), *numbers, share]) in text
    assert "v2: a clean way" in [
        each.value for each in opened("signal", sf_guess_shown="1", **SMALL).subheader
    ]


def test_every_parameter_comes_from_the_link() -> None:
    link = {"sf_norm": "none", "sf_act": "post", "sf_init": "xavier", "sf_seed": "3", "sf_view": "mean"}
    page = opened("signal", sf_guess="shrinks", **SMALL, **link)
    setting = Setting(20, 2, "none", "post", "xavier", "noise", 4, 3)
    assert any(setting.words in each.value for each in page.caption)
    assert "Normalization was taken out here." in page.info[0].value
    assert {name: page.query_params[name] for name in link} == link


def test_gamma_zero_is_told() -> None:
    page = opened("signal", sf_guess_shown="1", sf_init="zero", **SMALL)
    assert "γ = 0: F(x) = 0, and each block is its own shortcut." in words(page)
    assert "stage\u00a01 | exactly 0 | exactly 0 |" in words(page)
    assert "left by the padding" not in words(page)  # it takes nothing from nothing
    assert "Plain: the variance is exactly 0 behind 9 of 9 blocks" in page.warning[0].value


def test_a_rerun_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("signal", sf_guess_shown="1", **SMALL)

    def refuse(*_: object) -> None:
        raise AssertionError("measured again")

    monkeypatch.setattr(module, "signal_through", refuse)
    page.segmented_control(key="sf_view").set_value("log").run()
    assert not page.exception
    assert page.get("plotly_chart")


def test_the_notebook_finds_the_pages_numbers() -> None:
    names = run(signal_notebook(SETTING))
    assert names["setting"] == SETTING
    found = measured(SETTING)
    assert names["found"] == found
    assert math.isclose(names["by_hand"], found.residual.places[-1].output.variance, rel_tol=1e-4)
    assert names["figure"].data
