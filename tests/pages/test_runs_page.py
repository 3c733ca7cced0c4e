"""The Runs page: all runs, one of them, several together; what is damaged is passed over."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from resnet_explorer.finetune import background
from resnet_explorer.finetune.conduct import conduct
from resnet_explorer.finetune.runs import RunEntry, find_run, runs, runs_folder
from resnet_explorer.finetune.settings import Settings
from resnet_explorer.finetune.state import ALIVE, STATE, STOP
from resnet_explorer.finetune.story import STORY
from resnet_explorer.weights import own
from tests.finetune_colours import QUICK, colours_zip, story_of
from tests.pages.opened import opened


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    yield tmp_path / "home"
    st.cache_resource.clear()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return colours_zip(tmp_path / "colours.zip")


def done(
    data: Path, key: str, label: str = "Colours", settings: Settings = QUICK, hour: int = 10
) -> RunEntry:
    """A run that began at an hour of one day."""
    story = story_of(data, settings, label)
    for _ in conduct(story, story.photos, runs_folder() / key):
        pass
    path = runs_folder() / key / STORY
    told = json.loads(path.read_text()) | {"begun": f"2026-11-21T{hour}:00:00+00:00"}
    path.write_text(json.dumps(told))
    return find_run(key)


def metric(page: AppTest, label: str) -> str:
    return next(each.value for each in page.metric if each.label == label)


def words(page: AppTest) -> list[list[list[str]]]:
    """The tables of words on the page: of each its rows, of each row its cells."""
    bodies = [each.proto.body for each in page.main.get("html") if "class='words'" in each.proto.body]
    return [
        [
            [unescape(cell) for cell in re.findall(r"<t[hd]>(.*?)</t[hd]>", row)]
            for row in re.findall("<tr>(.*?)</tr>", body)
        ]
        for body in bodies
    ]


def told(page: AppTest) -> dict[str, str]:
    """The settings of the chosen run."""
    return dict(words(page)[0] + words(page)[1])


def test_without_a_run_the_way_to_the_first_is_shown() -> None:
    page = opened("runs")
    assert page.info[0].value == "Nothing was trained on this machine yet."
    assert not page.selectbox(key="_network_choice").disabled
    links = [link.proto.page for link in page.main.get("page_link")]
    assert links == ["train"]


def test_all_runs_and_the_newest_of_them(data: Path) -> None:
    old = done(data, "old", "Colours, slow", replace(QUICK, rate=0.001), hour=9)
    new = done(data, "new", "Colours, fast", hour=11)
    page = opened("runs")
    table = page.dataframe[0].value
    assert list(table["run"]) == ["Colours, fast", "Colours, slow"]
    assert list(table["state"]) == ["done", "done"]
    assert list(table["epochs"]) == ["3 of 3", "3 of 3"]
    assert list(table["best"]) == [f"{each.best.val_accuracy:.1%}" for each in (new, old) if each.best]
    assert page.selectbox(key="ru_run").value == "new"
    assert new.best is not None
    assert metric(page, "Right") == f"{new.best.val_accuracy:.1%}"
    assert (metric(page, "Epochs"), metric(page, "Tested on")) == ("3 of 3", "9")
    assert told(page)["Learning rate"] == "0.01"
    assert page.query_params["ru_run"] == "new"
    page.selectbox(key="ru_run").set_value("old").run()
    assert not page.exception
    assert told(page)["Learning rate"] == "0.001"
    assert page.query_params["ru_run"] == "old"


def test_a_link_opens_a_run_and_one_that_is_gone_is_told(data: Path) -> None:
    done(data, "old", hour=9)
    done(data, "new", hour=11)
    assert opened("runs", ru_run="old").selectbox(key="ru_run").value == "old"
    page = opened("runs", ru_run="gone")
    assert page.selectbox(key="ru_run").value == "new"
    assert "`ru_run=gone`: allowed: new, old." in page.warning[0].value


def curves(page: AppTest) -> dict[str, Any]:
    """The names and the values of the chart that holds several runs."""
    charts = [json.loads(each.proto.spec) for each in page.main.get("plotly_chart")]
    return {trace["name"]: trace for trace in charts[-1]["data"]}


def test_several_runs_are_compared(data: Path) -> None:
    done(data, "a", "slow", replace(QUICK, rate=0.001), hour=9)
    done(data, "b", "fast", hour=10)
    done(data, "c", "long", replace(QUICK, epochs=4), hour=11)
    page = opened("runs", ru_curve="train_loss", ru_some="b,a")
    assert page.multiselect(key="ru_some").value == ["b", "a"]
    assert list(curves(page)) == ["fast", "slow"]
    table = words(page)[2]
    assert table[0] == ["", "fast", "slow"]
    assert [row[0] for row in table[1:]] == ["Right", "Best epoch", "Time", "Learning rate"]
    assert table[-1] == ["Learning rate", "0.01", "0.001"]
    page.multiselect(key="ru_some").set_value(["c", "b"]).run()
    assert not page.exception
    assert list(curves(page)) == ["long", "fast"]
    assert words(page)[2][4:] == [["Epochs", "4", "3"]]
    page.multiselect(key="ru_some").set_value([]).run()
    assert "Choose the runs to compare." in [each.value for each in page.info]


def test_it_is_renamed_and_its_network_with_it(data: Path) -> None:
    run = done(data, "one")
    page = opened("runs")
    page.text_input(key="_ru_name_one").set_value("Two reds").run()
    page.button(key="ru_rename_go").click().run()
    assert not page.exception
    assert page.selectbox(key="ru_run").options == ["Two reds"]
    assert own.describe(run.state.weights).label == "Two reds"
    page.text_input(key="_ru_name_one").set_value("  ").run()
    page.button(key="ru_rename_go").click().run()
    assert page.error[0].value == "A run needs a name."


def test_it_is_deleted_with_its_network(data: Path) -> None:
    done(data, "old", hour=9)
    run = done(data, "new", hour=10)
    page = opened("runs")
    page.button(key="ru_delete_go").click().run()
    assert not page.exception
    assert not page.warning
    assert [each.key for each in runs()] == ["old"]
    assert page.selectbox(key="ru_run").value == "old"
    assert run.state.weights not in [each.key for each in own.kept()]
    page.button(key="ru_delete_go").click().run()
    assert page.info[0].value == "Nothing was trained on this machine yet."


def test_its_network_is_opened_on_predict(data: Path) -> None:
    done(data, "other", "another", replace(QUICK, seed=3), hour=9)
    run = done(data, "one", hour=10)
    page = opened("runs")
    page.button(key="ru_open").click().run()
    assert not page.exception
    assert page.title[0].value == "Predict"
    assert page.sidebar.selectbox[0].value == page.query_params["weights"] == run.state.weights


def test_its_files(data: Path) -> None:
    run = done(data, "one", "Three colours")
    page = opened("runs")
    buttons = {each.proto.label: each.proto for each in page.main.get("download_button")}
    assert list(buttons) == [
        "Runs as CSV", "Bundle (ZIP)", "network.safetensors", "ONNX", "class_indices.json", "log.csv",
        "predictions.csv",
    ]  # fmt: skip
    assert all(each.deferred_file_id for each in buttons.values()), "made when asked for"
    (run.folder / "network.safetensors").write_bytes(b"dear diary")
    page.run()
    assert not page.exception
    assert page.error[0].value.startswith(r"network.safetensors")
    assert [each.proto.label for each in page.main.get("download_button")] == [
        "Runs as CSV", "class_indices.json", "log.csv", "predictions.csv",
    ]  # fmt: skip
    (run.folder / "network.safetensors").unlink()
    page.run()
    assert "Its network is here after its first epoch." in [each.value for each in page.info]


def test_a_stopped_run_goes_on_and_a_finished_one_for_more_epochs(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int | None]] = []
    monkeypatch.setattr(background, "go_on", lambda key, epochs=None: asked.append((key, epochs)))
    run = done(data, "one")
    page = opened("runs")
    assert "ru_continue" not in [each.key for each in page.button]
    page.number_input(key="_ru_more_one").set_value(4).run()
    page.button(key="ru_more_go").click().run()
    assert asked == [("one", 7)]
    story = replace(run.story, settings=replace(run.story.settings, epochs=9))
    story.write(run.folder)
    (run.folder / STATE).write_text(json.dumps({"phase": "stopped", "epoch": 3}))
    page = opened("runs")
    assert "stopped after epoch 3" in page.info[0].value
    page.button(key="ru_continue").click().run()
    assert asked[1:] == [("one", None)]
    (run.folder / STATE).write_text(json.dumps({"phase": "training", "epoch": 4}))
    assert "cut off after epoch 3" in opened("runs").warning[0].value
    sentence = "red/3.png cannot be read: *gone*"
    (run.folder / STATE).write_text(json.dumps({"phase": "failed", "sentence": sentence}))
    page = opened("runs")
    assert page.error[0].value == r"red/3.png cannot be read\: \*gone\*"


def test_a_refusal_is_a_sentence(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(key: str, epochs: int | None = None) -> None:
        raise ValueError("Colours is under way.")

    monkeypatch.setattr(background, "go_on", refuse)
    done(data, "one")
    page = opened("runs")
    page.button(key="ru_more_go").click().run()
    assert page.error[0].value == "Colours is under way."


def test_a_run_under_way_shows_how_far_it_is_and_can_be_stopped(data: Path) -> None:
    run = done(data, "one")
    state = {"phase": "training", "epoch": 2, "done": 3, "total": 4, "left": 17.4}
    (run.folder / STATE).write_text(json.dumps(state))
    with FileLock(run.folder / ALIVE):
        page = opened("runs")
        (bar,) = page.main.get("progress")
        assert bar.proto.text == "Epoch 2 of 3, step 3 of 4 · about 17 s left"
        assert page.dataframe[0].value["state"][0] == "training"
        assert "ru_continue" not in [each.key for each in page.button]
        page.button(key="ru_stop").click().run()
        assert (run.folder / STOP).exists()
        page.button(key="ru_delete_go").click().run()
        assert page.error[0].value == "Colours is under way; stop it first."


def test_damaged_and_foreign_folders_are_passed_over(data: Path) -> None:
    done(data, "good")
    for name, content in {
        "no-json": "dear diary",
        "a-list": "[]",
        "half": '{"settings": {"epochs": 3}}',
        "no-settings": '{"settings": 5}',
    }.items():
        (runs_folder() / name).mkdir()
        (runs_folder() / name / STORY).write_text(content)
    (runs_folder() / "empty").mkdir()
    (runs_folder() / "a-file").write_text("x")
    (runs_folder() / "good" / STATE).write_bytes(b"\xff")
    (runs_folder() / "good" / "log.csv").write_text("epoch,val_accuracy\nx,y\n")
    page = opened("runs")
    assert list(page.dataframe[0].value["run"]) == ["Colours"]
    assert metric(page, "Right") == "–"
