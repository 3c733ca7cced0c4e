"""The Train page tells a run what its controls say, shows it while it works, and how it ended."""

from dataclasses import replace
from errno import ENOMEM
from pathlib import Path
from typing import NoReturn

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.common.text import as_markdown
from resnet_explorer.finetune.dataset.store import Dataset
from resnet_explorer.finetune.runs import worker_process
from resnet_explorer.finetune.runs.job import run_job
from resnet_explorer.finetune.runs.status import STATUS, STOP, read_status
from resnet_explorer.finetune.runs.store import example_run, find_run, runs, runs_folder
from resnet_explorer.finetune.training.hyperparameters import TUTORIAL, Settings
from resnet_explorer.finetune.training.run_config import RunConfig, learned_from
from resnet_explorer.network.plan import plan
from resnet_explorer.ui.finetune.training.settings_input import RATES
from resnet_explorer.weights import bundled
from resnet_explorer.weights.catalogue import find
from tests.finetune_colours import QUICK, config_of, done, is_over, kept_colours
from tests.pages.opened import charts, opened, pictures, text
from tests.waiting import wait_until

TINY = {"net": "basic.1-1.width-8.stem-cifar", "tn_from": "none"}


pytestmark = pytest.mark.usefixtures("fresh_server")


@pytest.fixture
def dataset(tmp_path: Path, fresh_server: Path) -> Dataset:
    return kept_colours(tmp_path)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[RunConfig]:
    """The configs of the runs that were begun; none of them runs."""
    configs: list[RunConfig] = []
    monkeypatch.setattr(
        worker_process, "begin", lambda config: configs.append(config) or f"run-{len(configs)}"
    )
    return configs


def begin(page: AppTest) -> AppTest:
    return page.button(key="tn_begin").click().run()


def cut_off(dataset: Dataset) -> None:
    """Leave a run as a crash in its first epoch does."""
    folder = runs_folder() / "one"
    folder.mkdir(parents=True)
    config_of(dataset.path).write(folder)
    (folder / STATUS).write_text('{"phase": "training", "epoch": 1}')


def is_done() -> bool:
    return find_run("one").status.phase == "done"


def test_a_run_that_cannot_be_taken_up_is_told_and_the_page_is_there(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OSError(ENOMEM, "Cannot allocate memory")

    cut_off(dataset)
    monkeypatch.setattr("subprocess.Popen", full)
    page = opened("train")
    (error,) = page.error
    assert error.value == "The run's process could not be started: Cannot allocate memory."
    assert "tn_begin" in [button.key for button in page.button]


def test_without_photos_the_way_to_add_some_is_shown() -> None:
    page = opened("train")
    assert not page.button or "tn_begin" not in [button.key for button in page.button]
    assert page.file_uploader


def test_the_default_run_is_the_last_stage_of_the_bundled_network(
    dataset: Dataset, begun: list[RunConfig]
) -> None:
    page = opened("train")
    assert "**36** to learn from, **9** to test on." in text(page)
    body = plan(find("bundled").spec.with_(include_top=False), (224, 224))
    assert body.params == 11_176_512
    assert "8,395,267 of 11,178,051 parameters learn." in text(page), "stage 4, 512 × 3 weights and 3 biases"
    assert "stage 4" in pictures(page)[0] and pictures(page)[0].count("<image ") == 6
    assert "Begins with **ResNet-18** and its weights: " in text(page)
    page = begin(page)
    (config,) = begun
    assert config.settings == Settings("stages")
    assert (config.start, config.label) == ("bundled", "colours · the last stages")
    assert config.spec == find("bundled").spec.with_(num_classes=3)
    assert config.preprocessing == learned_from(find("bundled").preprocessing)
    assert config.photos().counts("val") == (3, 3, 3)
    assert page.session_state["tn_view"] == "live"


def test_a_new_head_alone_is_a_choice_in_the_head_of_the_page(
    dataset: Dataset, begun: list[RunConfig]
) -> None:
    page = opened("train", tn_way="head")
    assert "1,539 of 11,178,051 parameters learn." in text(page), "512 × 3 weights and 3 biases"
    begin(page)
    assert begun[0].settings == Settings("head")


def test_the_default_rates_are_offered() -> None:
    assert {Settings().rate, TUTORIAL.rate} <= set(RATES)


def test_every_control_decides_what_it_says(dataset: Dataset, begun: list[RunConfig]) -> None:
    link = {
        "tn_way": "stages",
        "tn_stages": "2",
        "tn_epochs": "4",
        "tn_rate": "0.0003",
        "tn_batch": "8",
        "tn_optimizer": "sgd",
        "tn_schedule": "constant",
        "tn_decay": "0.001",
        "tn_smoothing": "0.2",
        "tn_balance": "1",
        "tn_augment": "0",
        "tn_mixed": "1",
        "tn_seed": "7",
    }
    page = opened("train", **link)
    page.text_input(key="tn_name").set_value("Ours").run()
    begin(page)
    assert begun[0].settings == Settings(
        "stages", 2, 4, 8, "sgd", 3e-4, "constant", 1e-3, 0.2, balance=True, augment=False, mixed=True, seed=7
    )
    assert begun[0].label == "Ours"


def test_the_tutorials_settings_are_a_click_away(dataset: Dataset, begun: list[RunConfig]) -> None:
    page = opened("train", tn_way="all")
    begin(page.button(key="tn_tutorial").click().run())
    assert begun[0].settings == TUTORIAL
    assert (TUTORIAL.rate, TUTORIAL.batch_size, TUTORIAL.epochs, TUTORIAL.optimizer) == (1e-4, 16, 3, "adam")


def test_from_random_values_the_network_of_the_session_learns(
    dataset: Dataset, begun: list[RunConfig]
) -> None:
    page = opened("train", tn_way="all", **TINY)
    assert "5,147 of 5,147 parameters learn." in text(page)
    begin(page)
    assert begun[0].start is None
    assert begun[0].spec.width == 8 and begun[0].spec.num_classes == 3


def test_a_trained_network_learns_from_random_values_when_told(
    dataset: Dataset, begun: list[RunConfig]
) -> None:
    page = opened("train", tn_way="all")
    page.toggle(key="tn_scratch").set_value(True).run()
    assert page.query_params["tn_scratch"] == "1"
    begin(page)
    (config,) = begun
    assert config.start is None
    assert config.spec == find("bundled").spec.with_(num_classes=3)


@pytest.mark.slow
def test_links_of_before_begin_with_what_they_named(dataset: Dataset, begun: list[RunConfig]) -> None:
    for link in ({"tn_start": "bundled/resnet20"}, {"tn_from": "none"}, {"tn_from": "torchvision"}):
        page = opened("train", **link)
        assert not page.warning
        assert not page.query_params.keys() & link.keys()
        begin(page)
    assert [config.start for config in begun] == ["bundled/resnet20", None, "bundled"]


def test_a_missing_bundled_network_is_told(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "FILE", tmp_path / "gone" / "resnet18.safetensors")
    page = opened("train")
    assert "The bundled network is missing" in page.error[0].value
    assert "tn_begin" not in [button.key for button in page.button]


@pytest.mark.slow
def test_a_run_is_shown_to_its_end(dataset: Dataset) -> None:
    page = begin(opened("train", tn_way="all", tn_epochs="3", tn_batch="8", **TINY))
    wait_until(lambda: is_over(runs()[0]))
    (run,) = runs()
    assert run.status.phase == "done"
    page = page.run()
    assert run.best is not None
    assert f"**{run.best.val_accuracy:.1%}** of the 9 photos to test on are right" in text(page)
    (chart,) = charts(page)
    assert [trace["name"] for trace in chart["data"]] == ["tested", "learning"] * 2
    assert page.session_state["ru_run"] == run.key


@pytest.mark.slow
def test_a_run_that_works_shows_how_far_it_is_and_stops(dataset: Dataset) -> None:
    config, folder = config_of(dataset.path), runs_folder() / "one"
    steps = run_job(config, config.photos, folder)
    while read_status(folder).phase != "training":
        next(steps)
    page = opened("train", tn_view="live")
    assert "Epoch 1 of 3, step" in page.get("progress")[0].proto.text
    page.button(key="tn_stop_one").click().run()
    assert (folder / STOP).exists()
    for _ in steps:
        pass
    assert find_run("one").status.phase == "stopped"
    assert "It ended before an epoch was done, so there is no network of it." in text(
        opened("train", tn_view="live")
    )


def test_before_there_is_a_run_progress_shows_the_example() -> None:
    page = opened("train", tn_view="live")
    run = example_run()
    assert run.best and f"**{run.best.val_accuracy:.1%}** of the 736 photos to test on are right" in text(
        page
    )
    assert "CC BY 2.0" in text(page)
    assert len(charts(page)) == 1
    assert "the loss is that of labels smoothed by 0.1: no network comes below 0.39." in text(page)
    assert run.log[-1].train_loss > run.log[-1].val_loss, "though it is right more often"
    assert run.log[-1].train_accuracy > run.log[-1].val_accuracy


@pytest.mark.slow
def test_the_photos_that_pass_through_the_frozen_part_are_seen_and_then_a_first_point(
    dataset: Dataset,
) -> None:
    config, folder = config_of(dataset.path, replace(QUICK, strategy="head")), runs_folder() / "one"
    steps = run_job(config, config.photos, folder)
    while read_status(folder).phase != "features":
        next(steps)
    state = read_status(folder)
    page = opened("train", tn_view="live")
    assert f"{state.done:,} of 45" in page.get("progress")[0].proto.text
    (picture,) = pictures(page)
    assert picture.count("<image ") == 6 and f"{state.done / 45:.0%} have" in picture
    (chart,) = charts(page)
    assert not chart["data"][0]["y"], "the axes wait for a point"
    while not find_run("one").first_points:
        next(steps)
    (point,) = find_run("one").first_points
    page = opened("train", tn_view="live")
    assert f"**{point.val_accuracy:.1%}** of 9 photos to test on are right, after 45 of 45 passed" in text(
        page
    )
    (chart,) = charts(page)
    assert [trace["name"] for trace in chart["data"]] == ["a first head"]
    words = chart["layout"]["annotations"][0]["text"]
    assert words == f"a first head, after 45 of 45 photos: {point.val_accuracy:.1%}"
    steps.close()
    assert find_run("one").status.phase == "stopped"
    assert len(done(config, resume=True).log) == 3
    assert [trace["name"] for trace in charts(opened("train", tn_view="live"))[0]["data"]] == [
        "a first head", "tested", "learning"
    ] * 2  # fmt: skip


def test_a_run_that_failed_says_why(dataset: Dataset) -> None:
    config = replace(config_of(dataset.path), data=str(dataset.path) + ".gone")
    with pytest.raises(ValueError):
        done(config)
    page = opened("train", tn_view="live")
    sentence = find_run("one").status.sentence
    assert sentence == "The photos of this run (colours) are not where they were."
    assert page.error[0].value == as_markdown(sentence, 400)


@pytest.mark.slow
def test_a_run_that_was_cut_off_while_the_app_runs_is_told_and_taken_up_by_a_click(dataset: Dataset) -> None:
    page = opened("train", tn_view="live")
    cut_off(dataset)
    page = page.run()
    assert page.warning[0].value == "It was cut off after epoch 0."
    page.button(key="tn_take_up").click().run()
    wait_until(is_done)
    assert find_run("one").seconds > 0


@pytest.mark.slow
def test_a_run_that_was_cut_off_is_taken_up_when_the_server_starts(dataset: Dataset) -> None:
    cut_off(dataset)
    assert find_run("one").was_cut_off
    opened("train", tn_view="live")
    wait_until(is_done)


@pytest.mark.slow
def test_train_again_fills_the_page_in(dataset: Dataset, begun: list[RunConfig]) -> None:
    settings = replace(QUICK, epochs=2, seed=3)
    config = config_of(dataset.path, settings, "First", dataset.label)
    done(config)
    page = opened("train")
    page.session_state["tn_again"] = "one"
    page.session_state["_al_excluded"] = {dataset.key: frozenset({"colours/red/3.png"})}
    begin(page.run())
    assert begun[0].settings == settings
    assert begun[0].label == "First, again"
    assert begun[0].start is None and begun[0].spec == config.spec
    assert "colours/red/3.png" in config.parts and "colours/red/3.png" not in begun[0].parts


@pytest.mark.slow
def test_what_the_page_cannot_take_over_of_a_run_is_told(dataset: Dataset, begun: list[RunConfig]) -> None:
    config = config_of(dataset.path, replace(QUICK, epochs=1, batch_size=20), "First", dataset.label)
    done(config)
    page = opened("train", al_seed="5")
    assert not page.error
    page.session_state["tn_again"] = "one"
    page.run()
    tested = {name for name, part in config.parts.items() if part == "val"}
    learnt = {item.name for item in dataset.photos(0.2, 5).part("train")}
    assert page.error[0].value == (
        "Not as in First: Photos a step. This page does not offer the values, and has its own."
    )
    assert page.warning[0].value == (
        f"The split is another than that of First: {len(tested & learnt)} of the photos that it was "
        "tested on would be learnt from. “Your photos” has the split."
    )
    page.run()
    assert not page.error, "said once"
    page.session_state["al_seed"] = 0
    page.run()
    assert not page.warning
