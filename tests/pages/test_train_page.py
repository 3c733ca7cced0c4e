"""The Train page tells a run what its controls say, shows it while it works, and how it ended."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from resnet_explorer.finetune import background
from resnet_explorer.finetune.albums import Album, keep_zip
from resnet_explorer.finetune.conduct import conduct
from resnet_explorer.finetune.runs import find_run, runs, runs_folder
from resnet_explorer.finetune.settings import SOUND, TUTORIAL, Settings
from resnet_explorer.finetune.state import STOP, read_state
from resnet_explorer.finetune.story import Story, learned_from
from resnet_explorer.plan import plan
from resnet_explorer.short_text import as_markdown
from resnet_explorer.weights import bundled, find
from tests.finetune_colours import QUICK, colours_zip, story_of
from tests.pages.opened import opened

TINY = {"net": "basic.1-1.width-8.stem-cifar", "tn_from": "none"}


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


@pytest.fixture
def album(tmp_path: Path) -> Album:
    with colours_zip(tmp_path / "colours.zip").open("rb") as file:
        return keep_zip(file, "colours.zip")


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Story]:
    """The stories of the runs that were begun; none of them runs."""
    stories: list[Story] = []
    monkeypatch.setattr(background, "begin", lambda story: stories.append(story) or f"run-{len(stories)}")
    return stories


def train(page: AppTest) -> AppTest:
    return page.button(key="tn_begin").click().run()


def words(page: AppTest) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.info))


def test_without_photos_the_way_to_add_some_is_shown() -> None:
    page = opened("train")
    assert not page.button or "tn_begin" not in [button.key for button in page.button]
    assert page.file_uploader


def test_the_usual_run_is_a_new_head_on_the_bundled_network(album: Album, begun: list[Story]) -> None:
    page = opened("train")
    assert "**36** to learn from, **9** to test on; 3 classes" in words(page)
    body = plan(find("bundled").spec.with_(include_top=False), (224, 224))
    assert body.params == 11_176_512
    assert "1,539 of 11,178,051 parameters learn." in words(page), "512 × 3 weights and 3 biases"
    assert "Begins with **ResNet-18** and its weights: " in words(page)
    page = train(page)
    (story,) = begun
    assert story.settings == SOUND["head"]
    assert (story.start, story.label) == ("bundled", "colours · a new head")
    assert story.spec == find("bundled").spec.with_(num_classes=3)
    assert story.preprocessing == learned_from(find("bundled").preprocessing)
    assert story.photos().counts("val") == (3, 3, 3)
    assert page.session_state["tn_view"] == "live"


def test_every_control_decides_what_it_says(album: Album, begun: list[Story]) -> None:
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
    train(page)
    assert begun[0].settings == Settings(
        "stages", 2, 4, 8, "sgd", 3e-4, "constant", 1e-3, 0.2, balance=True, augment=False, mixed=True, seed=7
    )
    assert begun[0].label == "Ours"


def test_the_tutorials_settings_are_a_click_away(album: Album, begun: list[Story]) -> None:
    page = opened("train", tn_way="all")
    train(page.button(key="tn_tutorial").click().run())
    assert begun[0].settings == TUTORIAL
    assert (TUTORIAL.rate, TUTORIAL.batch_size, TUTORIAL.epochs, TUTORIAL.optimizer) == (1e-4, 16, 3, "adam")


def test_from_nothing_the_network_of_the_sidebar_learns(album: Album, begun: list[Story]) -> None:
    page = opened("train", tn_way="all", **TINY)
    assert "5,147 of 5,147 parameters learn." in words(page)
    train(page)
    assert begun[0].start is None
    assert begun[0].spec.width == 8 and begun[0].spec.num_classes == 3


def test_a_trained_network_learns_from_nothing_when_told(album: Album, begun: list[Story]) -> None:
    page = opened("train", tn_way="all")
    page.toggle(key="tn_scratch").set_value(True).run()
    assert page.query_params["tn_scratch"] == "1"
    train(page)
    (story,) = begun
    assert story.start is None
    assert story.spec == find("bundled").spec.with_(num_classes=3)


def test_links_of_before_begin_with_what_they_named(album: Album, begun: list[Story]) -> None:
    for link in ({"tn_start": "bundled/resnet20"}, {"tn_from": "none"}, {"tn_from": "torchvision"}):
        page = opened("train", **link)
        assert not page.warning
        assert not page.query_params.keys() & link.keys()
        train(page)
    assert [story.start for story in begun] == ["bundled/resnet20", None, "bundled"]


def test_a_missing_bundled_network_is_told(
    album: Album, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "FILE", tmp_path / "gone" / "resnet18.safetensors")
    page = opened("train")
    assert "The bundled network is missing" in page.error[0].value
    assert "tn_begin" not in [button.key for button in page.button]


def test_a_run_is_shown_to_its_end(album: Album) -> None:
    page = train(opened("train", tn_way="all", tn_epochs="3", tn_batch="8", **TINY))
    until = time.monotonic() + 240
    (run,) = runs()
    while run.alive:
        assert time.monotonic() < until
        time.sleep(0.2)
        (run,) = runs()
    assert run.state.phase == "done"
    page = page.run()
    assert run.best is not None
    assert f"**{run.best.val_accuracy:.1%}** of the 9 photos to test on are right" in words(page)
    assert len(page.get("plotly_chart")) == 2
    assert page.session_state["ru_run"] == run.key


def test_a_run_that_works_shows_how_far_it_is_and_stops(album: Album) -> None:
    story, folder = story_of(album.path), runs_folder() / "one"
    steps = conduct(story, story.photos, folder)
    while read_state(folder).phase != "training":
        next(steps)
    page = opened("train", tn_view="live")
    assert "Epoch 1 of 3, step" in page.get("progress")[0].proto.text
    page.button(key="tn_stop_one").click().run()
    assert (folder / STOP).exists()
    for _ in steps:
        pass
    assert find_run("one").state.phase == "stopped"
    assert "It ended before an epoch was done, so there is no network of it." in words(
        opened("train", tn_view="live")
    )


def test_a_run_that_failed_says_why(album: Album) -> None:
    story = replace(story_of(album.path), data=str(album.path) + ".gone")
    with pytest.raises(ValueError):
        for _ in conduct(story, story.photos, runs_folder() / "one"):
            pass
    page = opened("train", tn_view="live")
    sentence = find_run("one").state.sentence
    assert sentence == "The photos of this run (colours) are not where they were."
    assert page.error[0].value == as_markdown(sentence, 400)


def test_a_run_that_was_cut_off_while_the_app_runs_is_told_and_taken_up_by_a_click(album: Album) -> None:
    page = opened("train", tn_view="live")
    story, folder = story_of(album.path), runs_folder() / "one"
    folder.mkdir(parents=True)
    story.write(folder)
    (folder / "state.json").write_text('{"phase": "training", "epoch": 1}')
    page = page.run()
    assert page.warning[0].value == "It was cut off after epoch 0."
    page.button(key="tn_take_up").click().run()
    until = time.monotonic() + 240
    while find_run("one").state.phase != "done":
        assert time.monotonic() < until
        time.sleep(0.2)
    assert find_run("one").seconds > 0


def test_a_run_that_was_cut_off_is_taken_up_when_the_server_starts(album: Album) -> None:
    story, folder = story_of(album.path), runs_folder() / "one"
    folder.mkdir(parents=True)
    story.write(folder)
    (folder / "state.json").write_text('{"phase": "training", "epoch": 1}')
    assert find_run("one").was_cut_off
    opened("train", tn_view="live")
    until = time.monotonic() + 240
    while find_run("one").state.phase != "done":
        assert time.monotonic() < until
        time.sleep(0.2)


def test_train_again_fills_the_page_in(album: Album, begun: list[Story]) -> None:
    settings = replace(QUICK, epochs=2, seed=3)
    story = story_of(album.path, settings, "First", album.label)
    for _ in conduct(story, story.photos, runs_folder() / "one"):
        pass
    page = opened("train")
    page.session_state["tn_again"] = "one"
    page.session_state["_al_left_out"] = {album.key: frozenset({"colours/red/3.png"})}
    train(page.run())
    assert begun[0].settings == settings
    assert begun[0].label == "First, again"
    assert begun[0].start is None and begun[0].spec == story.spec
    assert "colours/red/3.png" in story.parts and "colours/red/3.png" not in begun[0].parts
