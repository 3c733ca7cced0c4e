"""The runs of the Trust page: all runs, one of them, several together; what is damaged is passed over."""

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from resnet_explorer.finetune.runs import worker_process
from resnet_explorer.finetune.runs.status import ALIVE, STATUS, STOP
from resnet_explorer.finetune.runs.store import RunEntry, example_run, find_run, runs, runs_folder
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.run_config import RUN_CONFIG
from resnet_explorer.ui.finetune.runs.files import as_saved
from resnet_explorer.weights import user_store
from tests.finetune_colours import QUICK, colours_zip, config_of, done
from tests.pages.opened import charts, opened, popovers, text

EXAMPLE = "Example: flowers"

pytestmark = [pytest.mark.usefixtures("fresh_server"), pytest.mark.slow]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return colours_zip(tmp_path / "colours.zip")


def done_at(hour: int, data: Path, key: str, label: str = "Colours", settings: Settings = QUICK) -> RunEntry:
    """A run to its end that began at an hour of one day."""
    done(config_of(data, settings, label), key)
    path = runs_folder() / key / RUN_CONFIG
    config = json.loads(path.read_text()) | {"begun": f"2026-11-21T{hour:02}:00:00+00:00"}
    path.write_text(json.dumps(config))
    return find_run(key)


def metric(page: AppTest, label: str) -> str:
    return next(each.value for each in page.metric if each.label == label)


def tables(page: AppTest) -> list[list[list[str]]]:
    """The tables of words on the page: of each its rows, of each row its cells."""
    bodies = [each.proto.body for each in page.main.get("html") if 'class="words"' in each.proto.body]
    return [
        [
            [unescape(cell) for cell in re.findall(r"<t[hd]>(.*?)</t[hd]>", row)]
            for row in re.findall("<tr>(.*?)</tr>", body)
        ]
        for body in bodies
    ]


def settings_of(page: AppTest) -> dict[str, str]:
    """The settings of the chosen run."""
    return dict(tables(page)[0] + tables(page)[1])


def test_without_a_run_the_example_is_shown_and_the_way_to_the_first() -> None:
    page = opened("runs")  # a link of before
    assert (page.title[0].value, page.session_state["tr_view"]) == ("Trust it", "runs")
    run = example_run()
    assert list(page.dataframe[0].value["run"]) == [EXAMPLE]
    assert list(page.dataframe[0].value["state"]) == ["example"]
    assert run.best and metric(page, "Accuracy") == f"{run.best.val_accuracy:.1%}"
    assert settings_of(page)["Learns"] == "the last stage"
    assert "ships without its network" in text(page)
    assert "CC BY 2.0" in text(page)
    offered = {button.key for button in page.button} | set(popovers(page))
    assert not offered & {"ru_continue", "ru_open", "Rename", "Delete", "More epochs"}
    assert not page.selectbox(key="_network_choice").disabled
    links = {link.proto.label: link.proto.page for link in page.main.get("page_link")}
    assert links["Train on your own photos"] == "train"
    (chart,) = charts(page)
    assert [trace["name"] for trace in chart["data"]] == ["a first head", "tested", "learning"] * 2


def test_all_runs_and_the_newest_of_them(data: Path) -> None:
    old = done_at(9, data, "old", "Colours, slow", replace(QUICK, rate=0.001))
    new = done_at(11, data, "new", "Colours, fast")
    page = opened("trust", tr_view="runs")
    table = page.dataframe[0].value
    assert list(table["run"]) == ["Colours, fast", "Colours, slow", EXAMPLE], "one's own come first"
    assert list(table["state"])[:2] == ["done", "done"]
    assert list(table["epochs"])[:2] == ["3 of 3", "3 of 3"]
    assert list(table["best"])[:2] == [f"{each.best.val_accuracy:.1%}" for each in (new, old) if each.best]
    assert page.selectbox(key="ru_run").value == "new"
    assert new.best is not None
    assert metric(page, "Accuracy") == f"{new.best.val_accuracy:.1%}"
    assert (metric(page, "Epochs"), metric(page, "Tested on")) == ("3 of 3", "9")
    assert settings_of(page)["Learning rate"] == "0.01"
    assert page.query_params["ru_run"] == "new"
    (chart,) = charts(page)[:1]
    assert [trace["name"] for trace in chart["data"]] == ["tested", "learning"] * 2, "beside the table"
    page.selectbox(key="ru_run").set_value("old").run()
    assert not page.exception
    assert settings_of(page)["Learning rate"] == "0.001"
    assert page.query_params["ru_run"] == "old"


def test_a_link_opens_a_run_and_one_that_is_gone_is_told(data: Path) -> None:
    done_at(9, data, "old")
    done_at(11, data, "new")
    assert opened("trust", tr_view="runs", ru_run="old").selectbox(key="ru_run").value == "old"
    page = opened("trust", tr_view="runs", ru_run="gone")
    assert page.selectbox(key="ru_run").value == "new"
    assert "`ru_run=gone`: allowed: new, old, example." in page.warning[0].value


def curves(page: AppTest) -> dict[str, Any]:
    """The names and the values of the chart that holds several runs."""
    return {trace["name"]: trace for trace in charts(page)[-1]["data"]}


def test_several_runs_are_compared(data: Path) -> None:
    done_at(9, data, "a", "slow", replace(QUICK, rate=0.001))
    done_at(10, data, "b", "fast")
    done_at(11, data, "c", "long", replace(QUICK, epochs=4))
    page = opened("trust", tr_view="runs", ru_curve="train_loss", ru_some="b,a")
    assert page.multiselect(key="ru_some").value == ["b", "a"]
    assert list(curves(page)) == ["fast", "slow"]
    table = tables(page)[2]
    assert table[0] == ["", "fast", "slow"]
    assert [row[0] for row in table[1:]] == ["Accuracy", "Best epoch", "Time", "Learning rate"]
    assert table[-1] == ["Learning rate", "0.01", "0.001"]
    page.multiselect(key="ru_some").set_value(["c", "b"]).run()
    assert not page.exception
    assert list(curves(page)) == ["long", "fast"]
    assert tables(page)[2][4:] == [["Epochs", "4", "3"]]
    page.multiselect(key="ru_some").set_value([]).run()
    assert "Choose the runs to compare." in [each.value for each in page.info]


def test_it_is_renamed_and_its_network_with_it(data: Path) -> None:
    run = done_at(10, data, "one")
    page = opened("trust", tr_view="runs")
    page.text_input(key="_ru_name_one").set_value("Two reds").run()
    page.button(key="ru_rename_go").click().run()
    assert not page.exception
    assert page.selectbox(key="ru_run").options == ["Two reds", EXAMPLE]
    assert user_store.describe(run.status.weights).label == "Two reds"
    page.text_input(key="_ru_name_one").set_value("  ").run()
    page.button(key="ru_rename_go").click().run()
    assert page.error[0].value == "A run needs a name."


def test_it_is_deleted_with_its_network(data: Path) -> None:
    done_at(9, data, "old")
    run = done_at(10, data, "new")
    page = opened("trust", tr_view="runs")
    page.button(key="ru_delete_go").click().run()
    assert not page.exception
    assert not page.warning
    assert [each.key for each in runs()] == ["old"]
    assert page.selectbox(key="ru_run").value == "old"
    assert run.status.weights not in [each.key for each in user_store.kept()]
    page.button(key="ru_delete_go").click().run()
    assert page.selectbox(key="ru_run").value == "example"


def test_its_network_is_opened_on_predict(data: Path) -> None:
    done_at(9, data, "other", "another", replace(QUICK, seed=3))
    run = done_at(10, data, "one")
    page = opened("trust", tr_view="runs")
    page.button(key="ru_open").click().run()
    assert not page.exception
    assert page.title[0].value == "Predict"
    assert page.selectbox(key="_network_choice").value == page.query_params["weights"] == run.status.weights


def test_its_files(data: Path) -> None:
    run = done_at(10, data, "one", "Three colours")
    page = opened("trust", tr_view="runs")
    buttons = {each.proto.label: each.proto for each in page.main.get("download_button")}
    assert list(buttons) == [
        "CSV", "Bundle (ZIP)", "network.safetensors", "ONNX", "class_indices.json", "log.csv",
        "predictions.csv",
    ]  # fmt: skip
    assert all(each.deferred_file_id for each in buttons.values()), "made when asked for"
    (run.folder / "network.safetensors").write_bytes(b"dear diary")
    page.run()
    assert not page.exception
    assert page.error[0].value.startswith(r"network.safetensors")
    assert [each.proto.label for each in page.main.get("download_button")] == [
        "CSV", "class_indices.json", "log.csv", "predictions.csv",
    ]  # fmt: skip
    (run.folder / "network.safetensors").unlink()
    page.run()
    assert "Its network is here after its first epoch." in [each.value for each in page.info]


def test_a_table_of_the_run_is_a_file_for_spreadsheets(data: Path) -> None:
    run = done_at(10, data, "one", "Three colours")
    path = run.folder / "predictions.csv"
    path.write_text("photo,class,=1+1,猫\na,猫,0.25,0.75\n", encoding="utf-8")
    assert as_saved(path) == "\ufeffphoto,class,'=1+1,猫\na,猫,0.25,0.75\n"
    assert as_saved(run.folder / "log.csv") == (run.folder / "log.csv").read_text()
    assert as_saved(run.folder / "class_indices.json") == (run.folder / "class_indices.json").read_text()


def test_a_stopped_run_goes_on_and_a_finished_one_for_more_epochs(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int | None]] = []
    monkeypatch.setattr(worker_process, "go_on", lambda key, epochs=None: asked.append((key, epochs)))
    run = done_at(10, data, "one")
    page = opened("trust", tr_view="runs")
    assert "ru_continue" not in [each.key for each in page.button]
    page.number_input(key="_ru_more_one").set_value(4).run()
    page.button(key="ru_more_go").click().run()
    assert asked == [("one", 7)]
    config = replace(run.config, settings=replace(run.config.settings, epochs=9))
    config.write(run.folder)
    (run.folder / STATUS).write_text(json.dumps({"phase": "stopped", "epoch": 3}))
    page = opened("trust", tr_view="runs")
    assert "stopped after epoch 3" in page.info[0].value
    page.button(key="ru_continue").click().run()
    assert asked[1:] == [("one", None)]
    (run.folder / STATUS).write_text(json.dumps({"phase": "training", "epoch": 4}))
    assert "cut off after epoch 3" in opened("trust", tr_view="runs").warning[0].value
    sentence = "red/3.png cannot be read: *gone*"
    (run.folder / STATUS).write_text(json.dumps({"phase": "failed", "sentence": sentence}))
    page = opened("trust", tr_view="runs")
    assert page.error[0].value == r"red/3.png cannot be read\: \*gone\*"


def test_a_refusal_is_a_sentence(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(key: str, epochs: int | None = None) -> None:
        raise ValueError("Colours is under way.")

    monkeypatch.setattr(worker_process, "go_on", refuse)
    done_at(10, data, "one")
    page = opened("trust", tr_view="runs")
    page.button(key="ru_more_go").click().run()
    assert page.error[0].value == "Colours is under way."


def test_a_run_under_way_shows_how_far_it_is_and_can_be_stopped(data: Path) -> None:
    run = done_at(10, data, "one")
    state = {"phase": "training", "epoch": 2, "done": 3, "total": 4, "left": 17.4}
    (run.folder / STATUS).write_text(json.dumps(state))
    with FileLock(run.folder / ALIVE):
        page = opened("trust", tr_view="runs")
        (bar,) = page.main.get("progress")
        assert bar.proto.text == "Epoch 2 of 3, step 3 of 4 · about 17 s left"
        assert page.dataframe[0].value["state"][0] == "training"
        assert "ru_continue" not in [each.key for each in page.button]
        page.button(key="ru_stop").click().run()
        assert (run.folder / STOP).exists()
        page.button(key="ru_delete_go").click().run()
        assert page.error[0].value == "Colours is under way; stop it first."


def test_damaged_and_foreign_folders_are_passed_over(data: Path) -> None:
    done_at(10, data, "good")
    for name, content in {
        "no-json": "dear diary",
        "a-list": "[]",
        "half": '{"settings": {"epochs": 3}}',
        "no-settings": '{"settings": 5}',
    }.items():
        (runs_folder() / name).mkdir()
        (runs_folder() / name / RUN_CONFIG).write_text(content)
    (runs_folder() / "empty").mkdir()
    (runs_folder() / "a-file").write_text("x")
    (runs_folder() / "good" / STATUS).write_bytes(b"\xff")
    (runs_folder() / "good" / "log.csv").write_text("epoch,val_accuracy\nx,y\n")
    page = opened("trust", tr_view="runs")
    assert list(page.dataframe[0].value["run"]) == ["Colours", EXAMPLE]
    assert metric(page, "Accuracy") == "–"
