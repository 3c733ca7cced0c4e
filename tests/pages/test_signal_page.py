"""What only the signal through the depth shows: what each block adds."""

from __future__ import annotations

import pytest

from resnet_explorer.common.numbers import scientific_text
from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.passes import ForwardPass, Pair
from resnet_explorer.labs.depth.signal import measure_signal
from tests.pages.opened import opened, words

SMALL = {"td_lab": "signal", "sf_depth": "20", "sf_width": "2", "sf_count": "4", "sf_images": "noise"}
CONFIG = DepthConfig(20, 2, "batch", "pre", "fan_out", "noise", 4)


def measured(config: DepthConfig) -> Pair[ForwardPass]:
    return final_answer(measure_signal(config))


@pytest.mark.slow
def test_a_guess_is_held_against_the_measurement() -> None:
    found = measured(CONFIG)
    right = found.residual.outcome
    page = opened("gradient", **SMALL)
    page.segmented_control(key="sf_guess").set_value(right).run()
    page.button(key="_sf_guess_show").click().run()
    said = words(page)
    assert ": so it is.**" in said
    last = found.residual.places[-1]
    assert last.branch is not None
    assert f"the last one’s part is {last.branch.variance / last.output.variance:.1%}" in said
    assert f"**Residual ×\u00a0{scientific_text(found.residual.end_to_end)}**" in said
    assert f"plain ×\u00a0{scientific_text(found.plain.end_to_end)}" in said


def test_what_each_block_adds_stands_in_the_table() -> None:
    found = measured(CONFIG).residual
    page = opened("gradient", sf_guess_shown="1", **SMALL)
    text = words(page)
    for stage, share in (("stage 1", "0.959"), ("stage 2", "0.918"), ("stage 3", "0.840")):
        numbers = [scientific_text(number) for number in (found.added(stage), found.growth(stage))]
        assert " | ".join([stage.replace(" ", "\u00a0"), *numbers, share]) in text
    assert "v2: a clean way" in words(page, "subheader")


def test_gamma_zero_is_told() -> None:
    page = opened("gradient", sf_guess_shown="1", sf_init="zero", **SMALL)
    assert "γ = 0: F(x) = 0, and each block is its own shortcut." in words(page)
    assert "stage\u00a01 | exactly 0 | exactly 0 |" in words(page)
    assert "left by the padding" not in words(page)  # it takes nothing from nothing
    assert "Plain: the variance is exactly 0 behind 9 of 9 blocks" in page.warning[0].value
