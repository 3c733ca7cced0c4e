"""The Trust page shows what a run's answers come to, and what its network and the one before looked at."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from resnet_explorer.cam import evidence
from resnet_explorer.finetune.albums import keep_zip
from resnet_explorer.finetune.conduct import conduct
from resnet_explorer.finetune.moved import moves
from resnet_explorer.finetune.parts import beginner
from resnet_explorer.finetune.runs import RunEntry, find_run, runs_folder
from resnet_explorer.finetune.settings import Settings
from resnet_explorer.finetune.story import Story
from resnet_explorer.finetune.verdicts import calibration, read_verdicts
from resnet_explorer.photo import open_photo
from resnet_explorer.predictor import preprocess
from resnet_explorer.stage_pass import stage_pass
from resnet_explorer.ui import trust_cells, trust_maps
from resnet_explorer.weights import find, forget, load
from tests.finetune_colours import QUICK, SEEN, SPEC, colours_zip
from tests.pages.opened import opened

BARELY = Settings("all", epochs=1, batch_size=8, rate=1e-5)
"""So little that some photos are named wrong."""
LAST = Settings("stages", epochs=2, batch_size=8, rate=0.01)


def learnt(key: str, story: Story) -> RunEntry:
    for _ in conduct(story, story.photos, runs_folder() / key):
        pass
    return find_run(key)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an album and three runs: from nothing, from that one's network, and hardly trained."""
    home = tmp_path_factory.mktemp("made") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_EXPLORER_HOME", str(home))
        data = colours_zip(home.parent / "colours.zip")
        with data.open("rb") as file:
            album = keep_zip(file, "colours.zip")
        photos = album.photos()
        told = Story.of(QUICK, None, SPEC, photos, SEEN, "From nothing", album.path, album.label)
        first = learnt("nothing", told)
        assert first.weights
        learnt("last", replace(told, settings=LAST, start=first.weights.key, label="Last stage"))
        learnt("barely", replace(told, settings=BARELY, label="Hardly trained"))
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


def verdicts(key: str) -> Any:
    run = find_run(key)
    return read_verdicts(run.folder / "predictions.csv", run.story.classes)


def text(page: AppTest) -> str:
    return " ".join(each.value for each in (*page.markdown, *page.caption, *page.info))


def test_the_head_counts_and_says_what_of() -> None:
    page = opened("trust", ru_run="barely")
    found, run = verdicts("barely"), find_run("barely")
    assert page.metric[0].value == f"{found.right} of 9"
    assert page.metric[0].delta == f"{found.accuracy:.1%}"
    assert run.best and found.accuracy == pytest.approx(run.best.val_accuracy)
    assert "Tested on photos that it did not learn from. Its best epoch, 1 of 1" in text(page)


def test_the_surest_mistakes_are_there_without_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    grids = noted(monkeypatch, trust_cells, "grid_svg")
    page = opened("trust", ru_run="barely")
    found = verdicts("barely")
    mistakes = found.mistakes()
    assert mistakes, "a network that hardly learnt makes some"
    assert f"The surest of {len(mistakes)} mistakes" in text(page)
    (tiles, columns), *_ = grids
    assert columns == 3
    assert [tile.key for tile in tiles] == [str(index) for index in mistakes[:9]]
    first = tiles[0]
    assert first.name == found.names[mistakes[0]]
    answer, truth = found.answers[mistakes[0]], found.labels[mistakes[0]]
    sure = f"{found.confidences[mistakes[0]]:.0%}"
    assert first.lines == (f"{sure} {found.classes[answer]}", f"true: {found.classes[truth]}")
    assert open_photo(first.picture, "tile").image.size == (224, 224)
    assert first.out is False


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
    grids = noted(monkeypatch, trust_cells, "grid_svg")
    found = verdicts("nothing")
    page = opened("trust", ru_run="nothing", tr_cell="0-0")
    count = int(found.confusion[0, 0])
    assert count, "the colours are easy"
    assert f"blue, named right: {count}" in text(page)
    assert [tile.key for tile in grids[-1][0]] == [str(index) for index in found.cell(0, 0)]
    page.button(key="tr_all").click().run()
    assert "tr_cell" not in page.query_params
    assert "named right:" not in text(page)


def test_a_run_without_mistakes_says_so() -> None:
    found = verdicts("nothing")
    if found.right < len(found.names):  # the file is what counts
        names = dict(enumerate(found.classes))
        path = find_run("nothing").folder / "predictions.csv"
        rows = [
            f"{name},{names[label]},{','.join('1' if n == label else '0' for n in range(3))}"
            for name, label in zip(found.names, found.labels, strict=True)
        ]
        path.write_text("\n".join(["photo,class,blue,green,red", *rows]))
    assert opened("trust", ru_run="nothing").success[0].value == "Every photo was named right."


def test_a_photo_shows_both_maps_as_the_library_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = noted(monkeypatch, trust_maps, "heat_picture")
    index = 4
    page = opened("trust", ru_run="last", tr_photo=str(index), tr_scale="own", p_stage="2")
    run, found = find_run("last"), verdicts("last")
    shot = open_photo({item.name: item for item in run.story.photos().items}[found.names[index]].read(), "it")
    tensor, _ = preprocess(shot, SEEN)
    assert run.weights and run.story.start
    after = stage_pass(load(run.weights), tensor)
    before = stage_pass(load(find(run.story.start)), tensor)
    maps = [call[0] for call in sheets]
    assert np.allclose(maps[0], evidence(before.outputs[1]).map, atol=1e-4)
    assert np.allclose(maps[1], evidence(after.outputs[1]).map, atol=1e-4)
    probability = float(after.prediction.probabilities.max())
    assert probability == pytest.approx(found.confidences[index], abs=1e-4)
    assert f"Last stage: map for **{found.classes[found.answers[index]]}**, {probability:.1%}" in text(page)
    label = found.classes[before.target]
    assert f"From nothing: map for **{label}**, {before.prediction.probabilities.max():.1%}" in text(page)


def test_a_run_from_nothing_is_held_against_its_own_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = noted(monkeypatch, trust_maps, "heat_picture")
    page = opened("trust", ru_run="nothing", tr_photo="0", p_stage="2")
    run, found = find_run("nothing"), verdicts("nothing")
    shot = open_photo({item.name: item for item in run.story.photos().items}[found.names[0]].read(), "it")
    tensor, _ = preprocess(shot, SEEN)
    before = stage_pass(beginner(SPEC, 3, 0).eval(), tensor)
    assert np.allclose(sheets[0][0], evidence(before.outputs[1]).map, atol=1e-4)
    assert sheets[0][4] == sheets[1][4], "one scale for both"
    assert "untrained, seed 0: map for **" in text(page)
    assert "what it calls the photo is chance" in text(page)


def test_the_map_of_another_class_is_in_the_link() -> None:
    found = verdicts("nothing")
    truth, answer = int(found.labels[0]), int(found.answers[0])
    other = next(number for number in range(3) if number != answer)
    page = opened("trust", ru_run="nothing", tr_photo="0", tr_class=str(other))
    assert f"From nothing: map for **{found.classes[other]}**" in text(page)
    assert f"#### {found.classes[truth]}, " in text(page)


def test_from_photo_to_photo_and_back() -> None:
    cell = verdicts("nothing").cell(0, 0)
    page = opened("trust", ru_run="nothing", tr_cell="0-0", tr_photo=str(cell[0]))
    assert page.button(key="tr_before").disabled
    page.button(key="tr_after").click().run()
    assert page.query_params["tr_photo"] == str(cell[1])
    page.button(key="tr_close").click().run()
    assert "tr_photo" not in page.query_params
    assert page.query_params["tr_cell"] == "0-0"


def test_photos_are_left_out_and_the_train_page_is_told() -> None:
    found = verdicts("nothing")
    page = opened("trust", ru_run="nothing", tr_photo="3")
    assert page.button(key="tr_again").disabled
    page.checkbox(key="tr_out").check().run()
    assert page.button(key="tr_again").label == "Train again without this photo"
    (album,) = page.session_state["_al_left_out"]
    assert page.session_state["_al_left_out"][album] == {found.names[3]}
    page.checkbox(key="tr_out").uncheck().run()
    assert page.session_state["_al_left_out"][album] == frozenset()
    page.checkbox(key="tr_out").check().run()
    page.button(key="tr_again").click().run()
    assert page.title[0].value == "Train"
    assert page.text_input(key="tn_name").value == "From nothing, again"


def test_the_table_of_classes_is_the_librarys() -> None:
    from sklearn.metrics import precision_score, recall_score

    found = verdicts("barely")
    table = opened("trust", ru_run="barely", tr_view="classes").dataframe[0].value
    assert list(table["class"]) == ["blue", "green", "red"]
    truth, answers = found.labels, found.answers
    recalls = recall_score(truth, answers, average=None, labels=range(3), zero_division=np.nan)
    precisions = precision_score(truth, answers, average=None, labels=range(3), zero_division=np.nan)
    assert list(table["recall"]) == pytest.approx((100 * recalls).tolist(), nan_ok=True)
    assert list(table["precision"]) == pytest.approx((100 * precisions).tolist(), nan_ok=True)
    assert list(table["photos"]) == [3, 3, 3]


def test_the_calibration_says_its_error_in_numbers_and_words() -> None:
    page = opened("trust", ru_run="nothing", tr_view="sure")
    found = calibration(verdicts("nothing"))
    assert page.metric[1].value == f"{found.error:.3f}"
    assert f"**{found.confidence:.0%} sure** and right in **{found.accuracy:.0%}**" in text(page)


def test_what_was_frozen_has_not_moved() -> None:
    page = opened("trust", ru_run="last", tr_view="moved")
    run = find_run("last")
    assert run.weights and run.story.start
    expected = moves(load(find(run.story.start)), load(run.weights))
    assert [move.distance for move in expected[:2]] == [0, 0] and expected[2].distance > 0
    (bar,) = json.loads(page.get("plotly_chart")[0].proto.spec)["data"]
    assert bar["text"] == [*["0 · stayed as it was"] * 2, f"{expected[2].distance:.1%}"]


def test_without_its_photos_the_figures_stand(home: Path) -> None:
    run = find_run("barely")
    replace(run.story, data=str(home / "gone.zip")).write(run.folder)
    page = opened("trust", ru_run="barely")
    assert page.metric[0].value == f"{verdicts('barely').right} of 9"
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
    start = find_run("last").story.start
    assert start
    forget(start)
    page = opened("trust", ru_run="last", tr_photo="0")
    assert "No map of before: " in text(page)
    assert "Last stage: map for **" in text(page)


def test_a_run_without_answers_says_so_and_its_name_is_text() -> None:
    run = find_run("barely")
    (run.folder / "predictions.csv").unlink()
    replace(run.story, label="*My* $run").write(run.folder)
    page = opened("trust", ru_run="barely")
    words = r"\*My\* \$run ended before its first epoch did\: it has no answers."
    assert page.info[0].value == words


@pytest.mark.parametrize("cell", ["9-0", "0", "0-", "x-y", "0-0-0", "-1-0"])
def test_a_bad_cell_in_the_link_is_told(cell: str) -> None:
    page = opened("trust", ru_run="barely", tr_cell=cell)
    assert "allowed: two classes from 0 to 2, as 2-4." in page.warning[0].value


def test_another_run_forgets_the_places_of_this_one() -> None:
    page = opened("trust", ru_run="nothing", tr_cell="0-0", tr_photo="3")
    page.selectbox(key="ru_run").set_value("last").run()
    assert "tr_cell" not in page.query_params and "tr_photo" not in page.query_params


def test_photos_that_are_in_no_album_cannot_be_left_out(home: Path) -> None:
    run = find_run("barely")
    data = colours_zip(home / "elsewhere.zip")
    replace(run.story, data=str(data)).write(run.folder)
    page = opened("trust", ru_run="barely", tr_photo="0")
    assert not [each for each in page.button if each.key == "tr_again"]
    assert not page.checkbox
