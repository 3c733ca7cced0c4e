"""Runs on this machine: begun, stopped, cut off and taken up, named, removed."""

import csv
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import load_file

from resnet_explorer.finetune import background
from resnet_explorer.finetune.conduct import conduct
from resnet_explorer.finetune.engine import Progress
from resnet_explorer.finetune.runs import RunEntry, delete, find_run, rename, runs, runs_folder
from resnet_explorer.finetune.settings import Settings
from resnet_explorer.finetune.state import ALIVE, STOP, Estimate, Notes, State, read_state
from resnet_explorer.finetune.story import Story
from resnet_explorer.finetune.turn import in_turn
from resnet_explorer.weights import available, own
from tests.finetune_colours import QUICK, colours_zip, story_of

LONG = Settings("all", epochs=400, batch_size=4, rate=0.01)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return colours_zip(tmp_path / "colours.zip")


def done(story: Story, key: str = "one", *, resume: bool = False) -> RunEntry:
    """A run from its beginning to its end, in this process."""
    for _ in conduct(story, story.photos, runs_folder() / key, resume=resume):
        pass
    return find_run(key)


def waited_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 240
    while not what():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.1)


def test_a_run_is_kept_with_all_that_it_was_and_became(data: Path) -> None:
    run = done(story_of(data))
    assert runs() == [run]
    assert run.state == State("done", epoch=3, weights=run.state.weights, seconds=run.seconds)
    assert run.seconds > sum(epoch.seconds for epoch in run.log), "the time between epochs is in it"
    assert not run.alive
    assert run.story == story_of(data)
    assert [epoch.epoch for epoch in run.log] == [1, 2, 3]
    assert run.best and run.best.val_accuracy == max(epoch.val_accuracy for epoch in run.log)
    assert run.weights and run.weights.label == "Colours"
    assert run.weights.classes == ("blue", "green", "red")
    assert run.weights.key in [entry.key for entry in available()]
    assert not list(run.folder.glob("features-*")), "what was only of use to the run is gone"


def test_the_story_finds_the_photos_again_and_says_if_they_are_gone(data: Path) -> None:
    story = story_of(data)
    photos = story.photos()
    assert {item.name: item.part for item in photos.items} == story.parts
    assert photos.items[0].name == "colours/blue/0.png"
    assert photos.counts("train") == (12, 12, 12) and photos.counts("val") == (3, 3, 3)
    with pytest.raises(ValueError, match=r"^1 of the 46 photos of Colours are not in colours any more\.$"):
        replace(story, parts=story.parts | {"colours/red/99.png": "val"}).photos()
    data.unlink()
    with pytest.raises(ValueError, match=r"^The photos of this run \(colours\) are not where they were\.$"):
        story.photos()


def test_the_predictions_agree_with_the_log(data: Path) -> None:
    run = done(story_of(data))
    with (run.folder / "predictions.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["photo", "class", "blue", "green", "red"]
    assert {row[0] for row in rows} == {name for name, part in run.story.parts.items() if part == "val"}
    answers = [header[2:][max(range(3), key=lambda place: float(row[2 + place]))] for row in rows]
    right = sum(answer == row[1] for answer, row in zip(answers, rows, strict=True))
    assert run.best and right / len(rows) == pytest.approx(run.best.val_accuracy)
    assert all(sum(map(float, row[2:])) == pytest.approx(1, abs=1e-5) for row in rows)


def test_a_stop_keeps_the_best_so_far_and_the_run_goes_on_to_the_same_numbers(data: Path) -> None:
    whole = done(story_of(data), "whole")
    story, folder = story_of(data, label="Parts"), runs_folder() / "parts"
    for progress in conduct(story, story.photos, folder):
        if isinstance(progress, Progress) and progress.result and progress.epoch == 2:
            (folder / STOP).touch()
    stopped = find_run("parts")
    assert (stopped.state.phase, stopped.state.epoch) == ("stopped", 2)
    assert stopped.weights, "the best so far can be used"
    again = done(story, "parts", resume=True)
    assert again.state.phase == "done"

    def numbers(run: RunEntry) -> list[tuple[float, ...]]:
        return [(e.epoch, e.train_loss, e.train_accuracy, e.val_loss, e.val_accuracy) for e in run.log]

    assert numbers(again) == numbers(whole)
    one, other = (load_file(run.folder / "network.safetensors") for run in (whole, again))
    assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
    assert [weights.label for weights in own.kept()] == ["Colours", "Parts"], "what it had before went"


def test_a_run_that_fails_says_why_and_keeps_what_it_had(data: Path) -> None:
    story, folder = story_of(data), runs_folder() / "one"
    with pytest.raises(ValueError, match="is damaged in the archive"):
        for progress in conduct(story, story.photos, folder):
            if isinstance(progress, Progress) and progress.result:
                data.write_bytes(b"\0" * data.stat().st_size)  # the photos are gone from under it
    run = find_run("one")
    assert run.state.phase == "failed"
    assert "is damaged in the archive." in run.state.sentence
    assert len(run.log) == 1 and run.weights


def test_a_run_waits_for_the_one_before_it(data: Path) -> None:
    story, folder = story_of(data), runs_folder() / "second"
    with in_turn():
        steps = conduct(story, story.photos, folder)
        assert next(steps) == State("waiting", total=1)
        assert read_state(folder).phase == "waiting"
    assert isinstance(next(steps), Progress)
    steps.close()
    assert read_state(folder).phase == "stopped"


def test_a_run_is_not_conducted_twice_at_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnet_explorer.finetune.conduct.PATIENCE", 0.1)
    story, folder = story_of(data), runs_folder() / "one"
    steps = conduct(story, story.photos, folder)
    next(steps)
    with pytest.raises(ValueError, match="is under way already"):
        next(conduct(story, story.photos, folder, resume=True))
    steps.close()


def test_a_killed_process_is_taken_up_where_it_was(data: Path) -> None:
    key = background.begin(story_of(data, replace(QUICK, epochs=20)))
    waited_for(lambda: len(find_run(key).log) >= 2)
    (process,) = [
        each
        for each in psutil.process_iter(["cmdline"])
        if str(runs_folder() / key) in (each.info["cmdline"] or [])
    ]
    process.kill()
    process.wait(10)
    cut_off = find_run(key)
    assert cut_off.was_cut_off and not cut_off.alive
    before = cut_off.log
    background.revive()
    waited_for(lambda: not find_run(key).alive)
    run = find_run(key)
    assert run.state.phase == "done" and len(run.log) == 20
    assert run.log[: len(before)] == before


def test_two_runs_queue_and_stop(data: Path) -> None:
    first = background.begin(story_of(data, LONG, "First"))
    waited_for(lambda: find_run(first).state.phase == "training")
    second = background.begin(story_of(data, LONG, "Second"))
    waited_for(lambda: find_run(second).state == State("waiting", total=1))
    with pytest.raises(ValueError, match=r"^First is under way\.$"):
        background.go_on(first)
    with pytest.raises(ValueError, match=r"^First is under way; stop it first\.$"):
        delete(first)
    background.stop(first)
    waited_for(lambda: find_run(second).state.phase == "training")
    background.stop(second)
    waited_for(lambda: not find_run(second).alive)
    assert {run.state.phase for run in runs()} == {"stopped"}
    assert [run.story.label for run in runs()] == ["Second", "First"], "the newest first"


def test_a_run_that_is_done_goes_on_for_more_epochs(data: Path) -> None:
    run = done(story_of(data))
    first = run.log
    background.go_on(run.key, epochs=5)
    waited_for(lambda: not find_run(run.key).alive)
    again = find_run(run.key)
    assert again.state.phase == "done" and again.story.settings.epochs == 5
    assert again.log[:3] == first and len(again.log) == 5


def test_a_run_whose_photos_are_gone_stays_as_it_is(data: Path) -> None:
    run = done(story_of(data))
    data.unlink()
    with pytest.raises(ValueError, match="are not where they were"):
        background.go_on(run.key, epochs=5)
    assert find_run(run.key) == run


def test_on_a_full_disk_the_end_is_noted_over_the_last_note(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = done(story_of(data))

    def full(path: Path, content: str) -> None:
        raise ValueError("No space left on device")

    monkeypatch.setattr("resnet_explorer.finetune.state.write_text", full)
    Notes(run.folder).write(State("failed", sentence="The disk is full."))
    assert read_state(run.folder) == State("failed", sentence="The disk is full.")


def test_a_new_name_is_the_networks_too_and_deleting_takes_both(data: Path) -> None:
    run = done(story_of(data))
    rename(run.key, "  Three\ncolours ")
    renamed = find_run(run.key)
    assert renamed.story.label == "Threecolours"
    assert renamed.weights and renamed.weights.label == "Threecolours"
    with pytest.raises(ValueError, match=r"^A run needs a name\.$"):
        rename(run.key, " ")
    delete(run.key)
    assert runs() == []
    assert run.state.weights not in [entry.key for entry in available()]
    with pytest.raises(ValueError, match="There is no run"):
        delete(run.key)


@pytest.mark.parametrize("key", ["", "..", "../weights", "/etc", "unknown", "a/b"])
def test_a_key_leads_nowhere_else(key: str) -> None:
    with pytest.raises(ValueError, match="There is no run"):
        find_run(key)


def test_foreign_folders_and_damaged_stories_are_passed_over(data: Path) -> None:
    run = done(story_of(data))
    for name, content in {
        "empty": "",
        "text": "dear diary",
        "list": "[1]",
        "half": '{"settings": {}}',
    }.items():
        (runs_folder() / name).mkdir()
        (runs_folder() / name / "run.json").write_text(content)
    (runs_folder() / "nothing").mkdir()
    (run.folder / "state.json").write_text("{}")
    assert [each.key for each in runs()] == [run.key]
    assert runs()[0].state == State("stopped")


def test_the_lock_of_a_living_run_is_what_counts(data: Path) -> None:
    run = done(story_of(data))
    assert (run.folder / ALIVE).exists() and not run.alive


def test_an_estimate_counts_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    estimate = Estimate(epochs=3)
    assert estimate.left("features", 1, 0, 100) is None
    now[0] = 2
    assert estimate.left("features", 1, 25, 100) == pytest.approx(6)
    estimate.left("training", 1, 0, 10)
    now[0] = 3  # one second for the first of ten batches: nine more, and two epochs of ten
    assert estimate.left("training", 1, 1, 10) == pytest.approx(9 + 20)
    estimate.epoch_took(12)
    estimate.left("training", 2, 0, 10)
    now[0] = 9
    assert estimate.left("training", 2, 5, 10) == pytest.approx(6 + 12)
    assert estimate.left("testing", 2, 1, 4) == pytest.approx(6 + 12)
