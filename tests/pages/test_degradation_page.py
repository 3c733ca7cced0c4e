"""The page of degradation: a guess first, then the study; two networks trained live, with Stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.degradation import paired_training
from resnet_explorer.labs.degradation.findings import outcome, sentence
from resnet_explorer.labs.degradation.paired_config import PairedConfig, PairedNetwork
from resnet_explorer.labs.degradation.paired_training import train_pair
from resnet_explorer.labs.degradation.study import logs_of_all
from resnet_explorer.ui.labs.degradation.study_view import CHOICES
from tests.pages.opened import charts, opened, words

pytestmark = pytest.mark.slow


LIVE = {
    "dg_guess_shown": "1",
    "dg_a_kind": "plain",
    "dg_a_depth": "8",
    "dg_b_kind": "residual",
    "dg_b_depth": "8",
    "dg_epochs": "2",
}


def test_nothing_is_shown_before_a_guess() -> None:
    page = opened("degradation")
    assert "fewer mistakes on the very images it learns from?" in words(page)
    assert not charts(page)


def test_a_guess_is_held_against_the_logs() -> None:
    page = opened("degradation")
    page.segmented_control(key="dg_guess").set_value("deep").run()
    page.button(key="_dg_guess_show").click().run()
    logs = logs_of_all()
    assert outcome(logs) != "deep"
    assert f"not “{CHOICES['deep']}”. {sentence(logs)}" in words(page)
    assert any(
        "10 epochs instead of 164, batches of 32 instead of 128" in each.value for each in page.caption
    )


def test_which_error_is_drawn_is_in_the_link() -> None:
    page = opened("degradation", dg_guess_shown="1", dg_error="both")
    figure = charts(page)[0]
    assert len(figure["data"]) == 8 + 2  # and where the paper's residual networks end
    page.segmented_control(key="dg_error").set_value("test").run()
    assert page.query_params["dg_error"] == "test"
    assert len(charts(page)[0]["data"]) == 4 + 2


def test_batches_are_timed_once_for_a_whole_class(
    fresh_server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed: list[PairedConfig] = []
    monkeypatch.setattr(paired_training, "estimate", lambda config: timed.append(config) or 60.0)
    for _ in range(2):
        assert "about 60 s on this machine" in words(opened("degradation", **LIVE))
    assert len(timed) == 1


def test_two_networks_are_trained_after_a_click() -> None:
    page = opened("degradation", **LIVE)
    assert "26 batches of 64 each, about" in words(page)
    assert len(charts(page)) == 1
    page.button(key="dg_go").click().run()
    for _ in range(60):  # each look at the page is a second's work
        if "_dg_duel_stop" not in [button.key for button in page.button]:
            break
        page.run()
    pair = final_answer(
        train_pair(PairedConfig((PairedNetwork("plain", 8), PairedNetwork("residual", 8)), 2))
    )
    figure = charts(page)[1]
    drawn = {(trace["name"], trace["line"]["dash"]): trace for trace in figure["data"]}
    assert len(drawn) == 4
    ends = [f"{log[-1].train_error:.1%}" for log in pair.logs]
    assert f"plain 8: training error **{ends[0]}**" in words(page)
    assert f"residual 8: training error **{ends[1]}**" in words(page)
    page.number_input(key="dg_seed").set_value(1).run()
    assert len(charts(page)) == 1  # another pair waits for its click
    assert page.button(key="dg_go")
    page.number_input(key="dg_seed").set_value(0).run()
    assert f"plain 8: training error **{ends[0]}**" in words(page)  # the last one is not lost
    assert "about" not in words(page)


def test_a_training_that_was_stopped_keeps_its_curves_and_goes_on() -> None:
    page = opened("degradation", **LIVE | {"dg_epochs": "200"})
    page.button(key="dg_go").click().run()
    page.run()
    page.button(key="_dg_duel_stop").click().run()
    (stopped,) = [each.value for each in page.warning]
    assert stopped.startswith("Batches: stopped at ")
    assert "/ 2,600" in stopped
    assert len(charts(page)) == 2
    page.button(key="_dg_duel_go_on").click().run()
    assert page.button(key="_dg_duel_stop")


def test_a_bad_link_is_told_and_the_default_pair_stands() -> None:
    page = opened("degradation", dg_guess_shown="1", dg_a_depth="21")
    assert page.selectbox(key="dg_a_depth").value == 32
    assert any("dg_a_depth" in each.value for each in [*page.warning, *page.info])
