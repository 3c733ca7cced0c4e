"""`train` on mosaics, from tiles to the file that is shipped and its card."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from resnet_explorer import ResNetSpec, build
from resnet_explorer.cli import main
from resnet_explorer.explanation.predict import predict, preprocess
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.photos.tile import SIDE
from resnet_explorer.training.tile_recipe import fold_temperature, next_cycle, tile_preprocessing, tile_recipe
from resnet_explorer.weights import bundled

COLOURS = {"red": (200, 60, 60), "blue": (60, 60, 200)}
COLUMNS = 4
ARGUMENTS = ("train", "mosaics", "--out", "run", "--network", "basic.1.width-4", "--seed", "3")


def noisy(colour: tuple[int, int, int], random: np.random.Generator) -> np.ndarray:
    """A picture of noise around a colour, (64, 64, 3)."""
    return np.clip(random.normal(colour, 40, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)


@pytest.fixture(autouse=True)
def mosaics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of reddish and bluish tiles, and sharp photos of the same."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    folder = Path("mosaics")
    folder.mkdir()
    classes = []
    for number, (name, colour) in enumerate(COLOURS.items()):
        found = []
        for part, rows in (("train", 6), ("test", 2)):
            tiles = [[noisy(colour, random) for _ in range(COLUMNS)] for _ in range(rows)]
            file = f"{name}-{part}.png"
            Image.fromarray(np.vstack([np.hstack(row) for row in tiles])).save(folder / file)
            size = {"count": rows * COLUMNS, "side": SIDE, "columns": COLUMNS}
            found.append({"part": part, "source": "a collection", "file": file, **size})
        classes.append({"id": f"n0000000{number}", "name": name, "mosaics": found})
    (folder / "index.json").write_text(json.dumps({"classes": classes}))
    with zipfile.ZipFile("photos.zip", "w") as packed:
        for name, colour in COLOURS.items():
            for number in range(8):
                file = io.BytesIO()
                Image.fromarray(noisy(colour, random)).resize((200, 150)).save(file, "PNG")
                packed.writestr(f"photos/{name}/{number}.png", file.getvalue())


@pytest.mark.slow
def test_from_mosaics_to_a_file_that_looks_at_tiles(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ARGUMENTS, "--epochs", "2", "--photos", "photos.zip", "--label", "Two colours"]) == 0
    told = capsys.readouterr()
    assert "48 training and 16 test tiles, 2 epochs" in told.err
    assert {file.name for file in Path("run").iterdir()} == {
        "card.md", "last.pt", "log.csv", "network.safetensors", "recipe.json",
    }  # fmt: skip
    weights = bundled.describe(Path("run/network.safetensors"))
    assert (weights.classes, weights.label) == (("red", "blue"), "Two colours")
    assert weights.preprocessing == tile_preprocessing()
    assert (weights.preprocessing.crop, weights.preprocessing.tile) == (128, SIDE)
    assert weights.calibration is not None
    assert weights.kinds == (), "those of the bundled network are of other classes"
    assert Path("run/card.md").read_text().startswith("# Two colours\n")

    model = bundled.load(Path("run/network.safetensors"))
    file = io.BytesIO()
    Image.fromarray(noisy(COLOURS["red"], np.random.default_rng(9))).resize((300, 400)).save(file, "PNG")
    photo = open_photo(file.getvalue(), "red.png")
    ((index, _),) = predict(model, preprocess(photo, weights.preprocessing)[0]).top(1)
    assert weights.classes[index] == "red"


@pytest.mark.slow
def test_a_run_that_is_there_is_resumed_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ARGUMENTS, "--epochs", "1"]) == 0
    first = load_file("run/network.safetensors")
    assert main([*ARGUMENTS, "--epochs", "1"]) == 1
    assert "--resume goes on with it" in capsys.readouterr().err
    assert main([*ARGUMENTS, "--epochs", "1", "--resume"]) == 0, "nothing is left but the finish"
    again = load_file("run/network.safetensors")
    assert all(torch.equal(again[name], first[name]) for name in first)
    assert main([*ARGUMENTS, "--seed", "4", "--epochs", "1", "--resume"]) == 1
    assert "was begun with seed 3, and this is 4" in capsys.readouterr().err


@pytest.mark.slow
def test_a_start_of_another_shape_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ARGUMENTS, "--epochs", "1"]) == 0
    start = ["--start", "run/network.safetensors", "--epochs", "1"]
    other = ["train", "mosaics", "--out", "second", "--network", "basic.1.width-8"]
    assert main([*other, *start]) == 1
    assert "holds basic.1.width-4.num_classes-2, and this run is of " in capsys.readouterr().err
    assert main([*other[:4], *start]) == 0
    assert bundled.describe(Path("second/network.safetensors")).spec.width == 4


def test_a_broken_folder_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mosaics/red-train.png").write_bytes(b"no picture")
    assert main([*ARGUMENTS]) == 1
    assert "Error: mosaics holds no mosaics that can be read" in capsys.readouterr().err


def test_the_recipe_grows_its_pictures_and_a_second_cycle_goes_on() -> None:
    first = tile_recipe(seed=5)
    sizes = [first.size(epoch) for epoch in range(first.epochs)]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (64, 128)
    second = next_cycle(first, "0" * 64)
    assert second.peak_rate < first.peak_rate
    assert second.size(0) > 64
    assert (second.start, second.zero_last_norms, second.seed) == ("0" * 64, False, 5)


def test_a_folded_temperature_divides_the_logits() -> None:
    torch.manual_seed(0)
    model = build(ResNetSpec("basic", (1,), width=4, stem="cifar", num_classes=3)).eval()
    photo = torch.randn(2, 3, 16, 16)
    with torch.inference_mode():
        before = model(photo)
        fold_temperature(model, 1.7)
        assert torch.allclose(model(photo), before / 1.7, atol=1e-5)
