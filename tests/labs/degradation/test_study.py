"""What ships of the study of degradation: whole, by one recipe, and told as it was."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_explorer.cli import main
from resnet_explorer.labs.degradation.figures import study_figure
from resnet_explorer.labs.degradation.findings import (
    ALIKE,
    differences,
    outcome,
    reading,
    residual_sentence,
    rows,
    sentence,
)
from resnet_explorer.labs.degradation.study import (
    NETWORKS,
    PAPER_ERRORS,
    keep,
    log,
    logs_of_all,
    recipe,
    run_config,
    weights_of,
)
from resnet_explorer.labs.photos import photos_for
from resnet_explorer.training.paper_recipe import KINDS, PaperEpoch, PaperRecipe
from resnet_explorer.weights.catalogue import available, find, load


def ended(train_error: float, test_error: float = 0.5) -> tuple[PaperEpoch, ...]:
    return (PaperEpoch(1, 0.1, 1.0, train_error, 1.0, test_error),)


def test_every_run_is_whole_and_of_one_recipe() -> None:
    recipes = {recipe(kind, depth) for kind, depth in NETWORKS}
    assert len(recipes) == 1
    (used,) = recipes
    assert (used.side, used.momentum, used.weight_decay) == (32, 0.9, 1e-4)
    assert used.rate / used.batch_size == pytest.approx(0.1 / 128)  # for an image as much as the paper's
    assert len({run_config(kind, depth)["images"] for kind, depth in NETWORKS}) == 1
    for epochs in logs_of_all().values():
        assert [epoch.epoch for epoch in epochs] == list(range(1, used.epochs + 1))
        assert [epoch.rate for epoch in epochs] == pytest.approx(
            [used.rate_at(number / used.epochs) for number in range(used.epochs)]
        )


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "depth"), NETWORKS)
def test_a_shipped_network_is_the_one_of_its_log(kind: str, depth: int) -> None:
    """On 1,000 of the 10,000 test images, within three standard deviations of the log's error."""
    weights = weights_of(kind, depth)  # type: ignore[arg-type]
    assert weights.preprocessing.crop == recipe(kind, depth).side  # type: ignore[arg-type]
    photos = photos_for(weights, 1000)
    with torch.inference_mode():
        logits = load(weights)(photos.images)
    assert photos.labels is not None
    error = float((logits.argmax(1) != photos.labels).float().mean())
    saved = log(kind, depth)[-1].test_error  # type: ignore[arg-type]
    assert abs(error - saved) < 3 * (saved * (1 - saved) / 1000) ** 0.5


def test_the_studys_networks_are_found_by_their_key_and_stand_in_no_list() -> None:
    assert find("study/plain-56") == weights_of("plain", 56)
    assert not any(entry.key.startswith("study/") for entry in available())
    with pytest.raises(ValueError, match="is no trained network"):
        find("study/../../bundled/resnet20")


def test_degradation_is_seen_in_the_logs() -> None:
    """Deeper is worse by far without shortcuts, and better with them (He et al. 2015, figure 6)."""
    ends = {network: epochs[-1] for network, epochs in logs_of_all().items()}
    assert ends["plain", 56].train_error > ends["plain", 20].train_error + 0.1
    assert ends["residual", 56].train_error < ends["residual", 20].train_error - ALIKE
    assert ends["residual", 56].test_error < ends["residual", 20].test_error - ALIKE


def test_the_sentences_follow_the_numbers() -> None:
    errors = {("plain", 20): 0.2, ("plain", 56): 0.5, ("residual", 20): 0.25, ("residual", 56): 0.1}
    logs = {network: ended(error, error / 2) for network, error in errors.items()}
    assert outcome(logs) == "shallow"
    assert "plain 20 **20.0%**, plain 56 **50.0%**; residual 20 **25.0%**, residual 56 **10.0%**" in sentence(
        logs
    )
    assert "by +30.0 points plain, −15.0 residual: with shortcuts depth pays." in reading(logs)
    assert reading(logs | {("residual", 56): ended(0.3)}).endswith("but with shortcuts it harms less.")
    assert reading(logs | {("residual", 56): ended(0.6)}).endswith("1 short epochs do not show.")
    assert residual_sentence(logs).endswith("and tests better.")
    assert outcome(logs | {("plain", 56): ended(0.01)}) == "deep"
    assert outcome(logs | {("plain", 56): ended(0.205)}) == "alike"
    assert "still behind the shallower" in residual_sentence(logs | {("residual", 56): ended(0.9, 0.9)})
    assert residual_sentence(logs | {("residual", 56): ended(0.1, 0.9)}).endswith("but tests worse.")
    assert residual_sentence(logs | {("residual", 56): ended(0.9, 0.1)}).endswith("but tests better.")


def test_the_table_has_the_papers_table_6_beside_ours() -> None:
    found = rows(logs_of_all())
    assert [row["layers"] for row in found] == [20, 56]
    assert [round(row["parameters"] / 1e6, 2) for row in found] == [0.27, 0.85]
    assert [row["paper, residual, test"] for row in found] == [0.0875, 0.0697]
    assert found[0]["plain, test"] == log("plain", 20)[-1].test_error


def test_the_figure_draws_every_run_where_it_belongs() -> None:
    logs = logs_of_all()
    figure = study_figure(logs, "both")
    assert len(figure.data) == 8 + 2
    drawn = {(trace.xaxis, trace.name, trace.line.dash): list(trace.y) for trace in figure.data}
    assert drawn["x", "20", "dot"] == [epoch.train_error for epoch in log("plain", 20)]
    assert drawn["x2", "56", "solid"] == [epoch.test_error for epoch in log("residual", 56)]
    assert len(study_figure(logs, "train").data) == 4
    ends = [trace for trace in figure.data if trace.mode == "markers"]
    assert [(trace.xaxis, *trace.x, *trace.y) for trace in ends] == [
        ("x2", len(log("plain", 20)), PAPER_ERRORS[depth]) for depth in (20, 56)
    ]


def test_what_differs_from_the_paper_is_told() -> None:
    saved = differences(PaperRecipe(epochs=10, batch_size=32, rate=0.025))
    assert saved == (
        "10 epochs instead of 164, batches of 32 instead of 128 and the rate in proportion, float32, seed 0, "
        "one run each"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty images of ten classes, of 8 × 8 pixels, ten of them to test on."""
    generator = np.random.default_rng(0)
    for part, count in (("train", 2), ("test", 1)):
        for label in range(10):
            place = tmp_path / "data" / part / f"class{label}"
            place.mkdir(parents=True)
            for number in range(count):
                pixels = generator.integers(0, 255, (8, 8, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(place / f"{number}.png")
    return tmp_path / "data"


@pytest.mark.slow
def test_the_command_trains_and_what_ships_is_kept(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "runs"
    arguments = ["--out", str(out), "--epochs", "1", "--side", "4", "--batch", "8"]
    assert main(["degradation", str(folder), *arguments]) == 0
    assert "residual 56, epoch 1: training error" in capsys.readouterr().err
    assert sorted(each.name for each in out.iterdir()) == sorted(
        f"{kind}-{depth}" for kind in KINDS for depth in (20, 32, 44, 56)
    )
    recipe = json.loads((out / "plain-44" / "run.json").read_text())["recipe"]
    assert (recipe["batch_size"], recipe["rate"]) == (8, 0.1 / 16)
    assert keep(out, tmp_path / "study") == ["plain-20", "residual-20", "plain-56", "residual-56"]
    with (tmp_path / "study" / "residual-56.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1"]
    assert main(["degradation", str(folder), "plain-20", *arguments]) == 1
    assert "holds a run already" in capsys.readouterr().err
    assert main(["degradation", str(folder), "plain-20", *arguments, "--epochs", "2", "--resume"]) == 1
    assert "was begun with epochs 1, and this is 2" in capsys.readouterr().err
    assert main(["degradation", str(folder), "plain-21", "--out", str(out)]) == 2


def test_a_run_that_is_not_at_its_end_does_not_ship(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    assert (
        main(["degradation", str(folder), "plain-20", "--out", str(out), "--epochs", "1", "--side", "4"]) == 0
    )
    text = (out / "plain-20" / "run.json").read_text()
    (out / "plain-20" / "run.json").write_text(text.replace('"epochs": 1', '"epochs": 3'))
    with pytest.raises(ValueError, match="The run plain-20 has 1 of 3 epochs"):
        keep(out, tmp_path / "study")
