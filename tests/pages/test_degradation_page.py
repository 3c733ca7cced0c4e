"""The page of degradation: a guess first, then the study; two networks trained live, with Stop."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from resnet_explorer.labs.degradation_reading import outcome, sentence
from resnet_explorer.labs.duel import duel
from resnet_explorer.labs.duel_setting import Duel, Fighter
from resnet_explorer.labs.study import logs_of_all
from tests.pages.opened import opened

LIVE = {
    "dg_guess_shown": "1",
    "dg_a_kind": "plain",
    "dg_a_depth": "8",
    "dg_b_kind": "residual",
    "dg_b_depth": "8",
    "dg_epochs": "2",
}


def words(page: AppTest) -> str:
    return "\n".join(each.value for each in page.markdown)


def test_nothing_is_shown_before_a_guess() -> None:
    page = opened("degradation")
    assert "Which makes the fewest mistakes on these very images?" in words(page)
    assert not page.get("plotly_chart")


def test_a_guess_is_held_against_the_logs() -> None:
    page = opened("degradation", dg_guess="deep")
    logs = logs_of_all()
    assert outcome(logs) != "deep"
    (answer,) = page.warning
    assert sentence(logs) in answer.value
    assert any("12 epochs instead of 164, images of 16 × 16 pixels" in each.value for each in page.caption)
    page.segmented_control(key="dg_guess").set_value(outcome(logs)).run()
    assert len(page.success) == 1


def test_which_error_is_drawn_is_in_the_link() -> None:
    page = opened("degradation", dg_guess_shown="1", dg_error="both")
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert len(figure["data"]) == 16
    page.segmented_control(key="dg_error").set_value("test").run()
    assert page.query_params["dg_error"] == "test"
    assert len(json.loads(page.get("plotly_chart")[0].proto.spec)["data"]) == 8


def test_two_networks_are_trained_after_a_click() -> None:
    page = opened("degradation", **LIVE)
    assert "26 batches of 64 each, about" in words(page)
    assert len(page.get("plotly_chart")) == 1
    page.button(key="dg_go").click().run()
    for _ in range(60):  # each look at the page is a second's work
        if "_dg_duel_stop" not in [button.key for button in page.button]:
            break
        page.run()
    *_, last = duel(Duel(Fighter("plain", 8), Fighter("residual", 8), 2))
    assert last.answer is not None
    figure = json.loads(page.get("plotly_chart")[1].proto.spec)
    drawn = {(trace["name"], trace["line"]["dash"]): trace for trace in figure["data"]}
    assert len(drawn) == 4
    ends = [f"{log[-1].train_error:.1%}" for log in last.answer.logs]
    assert f"plain 8: training error **{ends[0]}**" in words(page)
    assert f"residual 8: training error **{ends[1]}**" in words(page)
    page.number_input(key="dg_seed").set_value(1).run()
    assert len(page.get("plotly_chart")) == 1  # another pair waits for its click
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
    assert len(page.get("plotly_chart")) == 2
    page.button(key="_dg_duel_go_on").click().run()
    assert page.button(key="_dg_duel_stop")


def test_a_bad_link_is_told_and_the_usual_pair_stands() -> None:
    page = opened("degradation", dg_guess_shown="1", dg_a_depth="21")
    assert page.selectbox(key="dg_a_depth").value == 32
    assert any("dg_a_depth" in each.value for each in [*page.warning, *page.info])
