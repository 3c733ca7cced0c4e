"""The Trust page shows what a run's answers come to, and what its network and the one before looked at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from torch import Tensor

from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.cam import evidence
from resnet_explorer.explanation.predict import preprocess
from resnet_explorer.finetune.evaluation.predictions import calibration, read_predictions
from resnet_explorer.finetune.evaluation.weight_change import weight_changes
from resnet_explorer.finetune.runs.store import RunEntry, example_run, find_run
from resnet_explorer.finetune.training.backbone_and_head import with_new_head
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.ui.finetune.evaluation import confusion_view, maps_view
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.user_store import forget
from tests.finetune_colours import QUICK, SEEN, SPEC, colours_zip, done, kept_colours
from tests.pages.opened import charts, opened, pictures, text

BARELY = Settings("all", epochs=1, batch_size=8, rate=1e-5)
"""So little that some photos are named wrong."""
LAST = Settings("stages", epochs=2, batch_size=8, rate=0.01)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a dataset and three runs: from nothing, from that one's network, and hardly trained."""
    home = tmp_path_factory.mktemp("made") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_EXPLORER_HOME", str(home))
        dataset = kept_colours(home.parent)
        photos = dataset.photos()
        config = RunConfig.of(QUICK, None, SPEC, photos, SEEN, "From nothing", dataset.path, dataset.label)
        first = done(config, "nothing")
        assert first.weights
        done(replace(config, settings=LAST, start=first.weights.key, label="Last stage"), "last")
        done(replace(config, settings=BARELY, label="Hardly trained"), "barely")
    return home


@pytest.fixture(autouse=True)
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of it, so that a test may spoil it; its photos are where they were."""
    shutil.copytree(made / "weights", tmp_path / "weights")
    shutil.copytree(made / "runs", tmp_path / "runs")
    (tmp_path / "photos").symlink_to(made / "photos")
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path))
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


def predictions(key: str) -> Any:
    run = find_run(key)
    return read_predictions(run.folder / "predictions.csv", run.config.classes)


def network_input(run: RunEntry, name: str) -> Tensor:
    """A photo of a run as its network takes it."""
    (item,) = (item for item in run.config.photos().items if item.name == name)
    return preprocess(open_photo(item.read(), name), SEEN)[0]


@pytest.mark.slow
def test_the_head_counts_and_says_what_of() -> None:
    page = opened("trust", ru_run="barely")
    found, run = predictions("barely"), find_run("barely")
    assert f"**{found.correct} of 9** correct, {found.accuracy:.1%}." in text(page)
    assert run.best and found.accuracy == pytest.approx(run.best.val_accuracy)
    assert "Tested on photos that it did not learn from. Its best epoch, 1 of 1" in text(page)


def test_the_most_confident_mistakes_are_there_without_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    grids = noted(monkeypatch, confusion_view, "thumbnail_grid")
    page = opened("trust", ru_run="barely")
    found = predictions("barely")
    mistakes = found.mistakes()
    assert mistakes, "a network that hardly learnt makes some"
    assert f"The most confident of {len(mistakes)} mistakes" in text(page)
    (thumbnails, *room), *_ = grids
    assert room == [5, 2, 130]
    assert [each.key for each in thumbnails] == [str(index) for index in mistakes[:10]]
    first = thumbnails[0]
    assert first.name == found.names[mistakes[0]]
    predicted, reference = found.predicted[mistakes[0]], found.labels[mistakes[0]]
    sure = f"{found.confidences[mistakes[0]]:.0%}"
    assert first.lines == (f"{sure} {found.classes[predicted]}", f"true: {found.classes[reference]}")
    assert open_photo(first.file, "thumbnail").image.size == (224, 224)
    assert first.is_excluded is False


def noted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[tuple[Any, ...]]:
    """What a function of a module is called with, from now on."""
    calls: list[tuple[Any, ...]] = []
    whole = getattr(module, name)

    def note(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return whole(*args, **kwargs)

    monkeypatch.setattr(module, name, note)
    return calls


def test_a_cell_of_the_link_shows_its_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    grids = noted(monkeypatch, confusion_view, "thumbnail_grid")
    found = predictions("nothing")
    page = opened("trust", ru_run="nothing", tr_cell="0-0")
    count = int(found.confusion[0, 0])
    assert count, "the colours are easy"
    assert f"blue, correct: {count}" in text(page)
    assert [each.key for each in grids[-1][0]] == [str(index) for index in found.cell(0, 0)]
    page.button(key="tr_all").click().run()
    assert "tr_cell" not in page.query_params
    assert "correct:" not in text(page)


def test_a_run_without_mistakes_says_so() -> None:
    found = predictions("nothing")
    if found.correct < len(found.names):  # the file is what counts
        names = dict(enumerate(found.classes))
        path = find_run("nothing").folder / "predictions.csv"
        rows = [
            f"{name},{names[label]},{','.join('1' if n == label else '0' for n in range(3))}"
            for name, label in zip(found.names, found.labels, strict=True)
        ]
        path.write_text("\n".join(["photo,class,blue,green,red", *rows]))
    assert opened("trust", ru_run="nothing").success[0].value == "Every prediction is correct."


def test_a_photo_shows_both_maps_as_the_library_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = noted(monkeypatch, maps_view, "heat_picture")
    index = 4
    page = opened("trust", ru_run="last", tr_photo=str(index), tr_scale="own", p_stage="2")
    run, found = find_run("last"), predictions("last")
    tensor = network_input(run, found.names[index])
    assert run.weights and run.config.start
    after = stage_pass(load(run.weights), tensor)
    before = stage_pass(load(find(run.config.start)), tensor)
    maps = [call[0] for call in figures]
    assert np.allclose(maps[0], evidence(before.outputs[1]).map, atol=1e-4)
    assert np.allclose(maps[1], evidence(after.outputs[1]).map, atol=1e-4)
    probability = float(after.prediction.probabilities.max())
    assert probability == pytest.approx(found.confidences[index], abs=1e-4)
    assert f"Last stage: map for **{found.classes[found.predicted[index]]}**, {probability:.1%}" in text(page)
    label = found.classes[before.target]
    assert f"From nothing: map for **{label}**, {before.prediction.probabilities.max():.1%}" in text(page)


def test_a_run_from_nothing_is_held_against_its_own_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = noted(monkeypatch, maps_view, "heat_picture")
    page = opened("trust", ru_run="nothing", tr_photo="0", p_stage="2")
    run, found = find_run("nothing"), predictions("nothing")
    tensor = network_input(run, found.names[0])
    before = stage_pass(with_new_head(SPEC, 3, 0).eval(), tensor)
    assert np.allclose(figures[0][0], evidence(before.outputs[1]).map, atol=1e-4)
    assert figures[0][4] == figures[1][4], "one scale for both"
    assert "untrained, seed 0: map for **" in text(page)
    assert "what it calls the photo is chance" in text(page)


def test_the_map_of_another_class_is_in_the_link() -> None:
    found = predictions("nothing")
    reference, predicted = int(found.labels[0]), int(found.predicted[0])
    other = next(number for number in range(3) if number != predicted)
    page = opened("trust", ru_run="nothing", tr_photo="0", tr_class=str(other))
    assert f"From nothing: map for **{found.classes[other]}**" in text(page)
    assert f"**{found.classes[reference]}, " in text(page)


def test_from_photo_to_photo_and_back() -> None:
    cell = predictions("nothing").cell(0, 0)
    page = opened("trust", ru_run="nothing", tr_cell="0-0", tr_photo=str(cell[0]))
    assert page.button(key="tr_before").disabled
    page.button(key="tr_after").click().run()
    assert page.query_params["tr_photo"] == str(cell[1])
    page.button(key="tr_close").click().run()
    assert "tr_photo" not in page.query_params
    assert page.query_params["tr_cell"] == "0-0"


@pytest.mark.slow
def test_photos_are_excluded_and_the_train_page_is_told() -> None:
    found = predictions("nothing")
    page = opened("trust", ru_run="nothing", tr_photo="3")
    assert page.button(key="tr_again").disabled
    page.checkbox(key="tr_out").check().run()
    assert page.button(key="tr_again").label == "Train again without this photo"
    (dataset,) = page.session_state["_al_excluded"]
    assert page.session_state["_al_excluded"][dataset] == {found.names[3]}
    page.checkbox(key="tr_out").uncheck().run()
    assert page.session_state["_al_excluded"][dataset] == frozenset()
    page.checkbox(key="tr_out").check().run()
    page.button(key="tr_again").click().run()
    assert page.title[0].value == "Train"
    assert page.text_input(key="tn_name").value == "From nothing, again"


def test_the_table_of_classes_is_the_librarys() -> None:
    from sklearn.metrics import precision_score, recall_score

    found = predictions("barely")
    table = opened("trust", ru_run="barely", tr_view="classes").dataframe[0].value
    assert list(table["class"]) == ["blue", "green", "red"]
    reference, predicted = found.labels, found.predicted
    recalls = recall_score(reference, predicted, average=None, labels=range(3), zero_division=np.nan)
    precisions = precision_score(reference, predicted, average=None, labels=range(3), zero_division=np.nan)
    assert list(table["recall"]) == pytest.approx((100 * recalls).tolist(), nan_ok=True)
    assert list(table["precision"]) == pytest.approx((100 * precisions).tolist(), nan_ok=True)
    assert list(table["photos"]) == [3, 3, 3]


def test_the_calibration_says_its_error_in_numbers_and_words() -> None:
    page = opened("trust", ru_run="nothing", tr_view="sure")
    found = calibration(predictions("nothing"))
    assert f"Expected calibration error **{found.error:.3f}**." in text(page)
    assert f"confidence is **{found.confidence:.0%}**, its accuracy **{found.accuracy:.0%}**" in text(page)


def test_what_was_frozen_is_unchanged() -> None:
    page = opened("trust", ru_run="last", tr_view="moved")
    run = find_run("last")
    assert run.weights and run.config.start
    expected = weight_changes(load(find(run.config.start)), load(run.weights))
    assert [change.distance for change in expected[:2]] == [0, 0] and expected[2].distance > 0
    (bar,) = charts(page)[0]["data"]
    assert bar["text"] == [*["0 · unchanged"] * 2, f"{expected[2].distance:.1%}"]


def test_without_its_photos_the_figures_stand(home: Path) -> None:
    run = find_run("barely")
    replace(run.config, data=str(home / "gone.zip")).write(run.folder)
    page = opened("trust", ru_run="barely")
    assert f"**{predictions('barely').correct} of 9** correct" in text(page)
    (sentence,) = [each.value for each in page.info]
    assert sentence == "The photos of Hardly trained are not where they were. The figures stand."
    page = opened("trust", ru_run="barely", tr_photo="0")
    assert page.error[0].value == "The photos of Hardly trained are not where they were."


def test_without_its_network_a_photo_has_no_maps() -> None:
    weights = find_run("barely").weights
    assert weights
    forget(weights.key)
    assert "there is nobody to ask for a map" in text(opened("trust", ru_run="barely", tr_photo="0"))
    assert "there is nothing to compare" in text(opened("trust", ru_run="barely", tr_view="moved"))


def test_without_the_first_network_the_map_of_after_stands() -> None:
    start = find_run("last").config.start
    assert start
    forget(start)
    page = opened("trust", ru_run="last", tr_photo="0")
    assert "No map of before: " in text(page)
    assert "Last stage: map for **" in text(page)


def test_a_run_without_answers_says_so_and_its_name_is_text() -> None:
    run = find_run("barely")
    (run.folder / "predictions.csv").unlink()
    replace(run.config, label="*My* $run").write(run.folder)
    page = opened("trust", ru_run="barely")
    words = r"\*My\* \$run ended before its first epoch did\: it has no predictions."
    assert page.info[0].value == words


def test_the_example_shows_what_ships_and_says_what_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    run = example_run()
    found = read_predictions(run.folder / "predictions.csv", run.config.classes)
    grids = noted(monkeypatch, confusion_view, "thumbnail_grid")
    page = opened("trust", ru_run="example")
    assert f"**{found.correct} of 736** correct" in text(page) and "CC BY 2.0" in text(page)
    thumbnails = grids[-1][0]
    assert [each.key for each in thumbnails] == [str(index) for index in found.mistakes()[:10]]
    assert all(each.file and each.is_excluded is None for each in thumbnails)
    assert not [each for each in page.button if each.key == "tr_again"]

    roses = found.cell(2, 2)
    page = opened("trust", ru_run="example", tr_cell="2-2")
    assert f"roses, correct: {len(roses)}**; 2 of them ship" in text(page)
    page = opened("trust", ru_run="example", tr_cell="2-2", tr_photo=str(roses[0]))
    assert "The example ships without its network: where it looked is seen of your own runs." in text(page)
    assert f"{found.confidences[roses[0]]:.1%}" in "".join(pictures(page))

    page = opened("trust", ru_run="example", tr_view="moved")
    (bar,) = charts(page)[0]["data"]
    assert bar["text"][:4] == ["0 · unchanged"] * 4 and bar["text"][4].endswith("%")
    for view in ("classes", "sure"):
        assert "CC BY 2.0" in text(opened("trust", ru_run="example", tr_view=view))


def test_ones_own_run_comes_before_the_example() -> None:
    assert opened("trust").selectbox(key="ru_run").value != "example"


@pytest.mark.parametrize("cell", ["9-0", "0", "0-", "x-y", "0-0-0", "-1-0"])
def test_a_bad_cell_in_the_link_is_told(cell: str) -> None:
    page = opened("trust", ru_run="barely", tr_cell=cell)
    assert "allowed: two classes from 0 to 2, as 2-4." in page.warning[0].value


def test_another_run_forgets_the_places_of_this_one() -> None:
    page = opened("trust", ru_run="nothing", tr_cell="0-0", tr_photo="3")
    page.selectbox(key="ru_run").set_value("last").run()
    assert "tr_cell" not in page.query_params and "tr_photo" not in page.query_params


def test_photos_that_are_in_no_dataset_cannot_be_excluded(home: Path) -> None:
    run = find_run("barely")
    data = colours_zip(home / "elsewhere.zip")
    replace(run.config, data=str(data)).write(run.folder)
    page = opened("trust", ru_run="barely", tr_photo="0")
    assert not [each for each in page.button if each.key == "tr_again"]
    assert not page.checkbox
