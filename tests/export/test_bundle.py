"""The bundle: unzipped somewhere else, its predict.py says of any photo what the app says."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from PIL import Image

from resnet_explorer import ResNetSpec, build
from resnet_explorer.explanation.predict import default_view, predict, preprocess
from resnet_explorer.export.bundle import bundle
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.photos import tile
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import open_sample, sample_bytes
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.checkpoint import read_checkpoint
from resnet_explorer.weights.description import Weights, class_indices, to_metadata
from resnet_explorer.weights.tensors import state_file
from tests.strategies import specs

GREY = ResNetSpec(
    "basic", (1, 2), width=8, stem="cifar", activation="pre", shortcut="zero_pad", conv_bias=True,
    in_channels=1, num_classes=3,
)  # fmt: skip
PLAIN = ResNetSpec("bottleneck", (1, 1), width=8, shortcut="none", norm="none", num_classes=4)
PREACTIVATED = ResNetSpec("bottleneck", (1, 1, 1), width=8, activation="pre", num_classes=5)
IMAGENET = Preprocessing(48, 40, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), "bicubic")
TILE = Preprocessing(64, 64, (0.48, 0.45, 0.4), (0.25, 0.24, 0.26), tile=32)
SMALL = Preprocessing(32, 32, (0.5, 0.4, 0.3), (0.2, 0.25, 0.3))


def network_of(spec: ResNetSpec, preprocessing: Preprocessing) -> tuple[Weights, bytes]:
    """A network that is as sure of some photos as a trained one."""
    torch.manual_seed(5)
    model = build(spec).eval()
    with torch.no_grad():
        model.fc.weight.mul_(5)
    classes = tuple(f"class {number}" for number in range(spec.num_classes))
    weights = Weights("yours/test", "A test", spec, classes, preprocessing, "yours")
    return weights, state_file(model.state_dict(), to_metadata(weights))


def bundled_one(key: str = "bundled") -> tuple[Weights, bytes]:
    weights = find(key)
    return weights, state_file(load(weights).state_dict(), to_metadata(weights))


def unzipped(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed.extractall(folder)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -I predict.py …` as on a machine without this project; -I knows no folder but Python's own."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "predict.py", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Photos as people have them, and as cameras and scanners write them."""
    folder = tmp_path_factory.mktemp("photos")
    cat, coffee = open_sample("cat").image, open_sample("coffee").image
    turned = Image.Exif()
    turned[0x0112] = 6
    seen_through = cat.convert("RGBA")
    seen_through.putalpha(Image.linear_gradient("L").resize(cat.size))
    ramp = np.linspace(0, 65_535, 90 * 70).reshape(70, 90)
    for name, image, options in (
        ("large, on its side.jpg", coffee.resize((2600, 1500)), {"exif": turned}),
        ("palette.png", cat.convert("P"), {}),
        ("transparent.png", seen_through, {}),
        ("grey.jpg", cat.convert("L"), {}),
        ("16-bit.png", Image.fromarray(ramp.astype(np.uint16)), {}),
        ("floats.tiff", Image.fromarray((ramp / 65_535).astype(np.float32)), {}),
        ("strip.png", coffee.resize((1500, 9)), {}),
        ("one pixel.bmp", Image.new("RGB", (1, 1), (200, 30, 60)), {}),
    ):
        image.save(folder / name, **options)
    (folder / "rocket.jpg").write_bytes(sample_bytes("rocket"))
    return sorted(folder.iterdir())


def ours(weights: Weights, network: bytes, photo: Path, folder: Path) -> dict[str, float]:
    """What the app says."""
    file = folder / "ours.safetensors"
    file.write_bytes(network)
    checkpoint = read_checkpoint(file)
    model = for_evaluation(checkpoint.network())
    opened = open_photo(photo.read_bytes(), photo.name)
    view = default_view(model, opened, weights.preprocessing)
    tensor, _ = preprocess(opened, weights.preprocessing, view, weights.spec.in_channels)
    return dict(zip(weights.classes, predict(model, tensor).probabilities.tolist(), strict=True))


def told(output: str) -> dict[str, dict[str, float]]:
    """What predict.py printed: of each photo, each class's probability."""
    found: dict[str, dict[str, float]] = {}
    photo = ""
    for line in output.splitlines():
        if line.startswith("  "):
            share, _, name = line.strip().partition("  ")
            found[photo][name] = float(share.rstrip("%")) / 100
        else:
            photo = line
            found[photo] = {}
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "made",
    [
        bundled_one,
        lambda: bundled_one("bundled/resnet20"),
        lambda: network_of(GREY, SMALL),
        lambda: network_of(GREY, replace(TILE, crop_policy="most_confident")),
        lambda: network_of(PLAIN, IMAGENET),
        lambda: network_of(PREACTIVATED, IMAGENET),
    ],
    ids=["bundled", "surest", "grey", "grey tile", "plain", "preactivated"],
)
def test_it_says_what_the_app_says(
    made: Callable[[], tuple[Weights, bytes]], photos: list[Path], tmp_path: Path
) -> None:
    weights, network = made()
    folder = unzipped(bundle(weights, network), tmp_path / "bundle")
    done = run(folder, "--top", "999", *map(str, photos))
    assert (done.returncode, done.stderr) == (0, "")
    answers = told(done.stdout)
    assert list(answers) == list(map(str, photos))
    for photo in photos:
        expected = ours(weights, network, photo, tmp_path)
        found = answers[str(photo)]
        assert list(found.values()) == sorted(found.values(), reverse=True)
        assert found == {name: pytest.approx(value, abs=1e-4) for name, value in expected.items()}


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(spec=specs())
def test_any_network_that_takes_photos(spec: ResNetSpec) -> None:
    """Its predict.py in this process: another for each network would take minutes."""
    spec = spec.with_(include_top=True, in_channels=1 if spec.in_channels < 3 else 3)
    weights, network = network_of(spec, IMAGENET)
    with TemporaryDirectory() as name:
        folder = unzipped(bundle(weights, network), Path(name))
        model = ModuleType("model")
        exec(compile((folder / "model.py").read_text(encoding="utf-8"), "model.py", "exec"), model.__dict__)
        alone: dict[str, Any] = {"__name__": "predict", "__file__": str(folder / "predict.py")}
        exec(compile((folder / "predict.py").read_text(encoding="utf-8"), "predict.py", "exec"), alone)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(sys.modules, "model", model)
            theirs, classes = alone["trained_network"]()
        photo = folder / "rocket.jpg"
        photo.write_bytes(sample_bytes("rocket"))
        found = alone["probabilities"](theirs, alone["opened"](photo)).tolist()
        assert dict(zip(classes, found, strict=True)) == {
            label: pytest.approx(value, abs=1e-4)
            for label, value in ours(weights, network, photo, folder).items()
        }


def jpeg_2000_that_claims(width: int, height: int) -> bytes:
    """A small codestream whose SIZ marker (ISO/IEC 15444-1, A.5.1) says that it is larger."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG2000", no_jp2=True)
    data = bytearray(file.getvalue())
    data[8:16] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return bytes(data)


@pytest.mark.slow
def test_what_cannot_be_read_is_told_in_a_sentence_and_the_others_are_done(
    photos: list[Path], tmp_path: Path
) -> None:
    folder = unzipped(bundle(*network_of(GREY, SMALL)), tmp_path)
    (folder / "diary.jpg").write_text("dear diary")
    (folder / "cut.jpg").write_bytes(sample_bytes("rocket")[:3000])
    Image.new("1", (20_000, 20_000)).save(folder / "giant.png")
    (folder / "scan.jp2").write_bytes(jpeg_2000_that_claims(6000, 5000))
    rocket = next(str(photo) for photo in photos if photo.name == "rocket.jpg")
    done = run(folder, "no.png", "diary.jpg", "cut.jpg", "giant.png", "scan.jp2", ".", rocket, "--top", "2")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Error: There is no file no.png.",
        "Error: diary.jpg is no picture that can be read.",
        "Error: cut.jpg cannot be read: it is damaged, or cut off.",
        "Error: giant.png has more than 100 megapixels, the most that is read.",
        "Error: scan.jp2 has more than 25 megapixels, the most that is read.",
        "Error: . cannot be read: Is a directory.",
    ]
    assert [len(answer) for answer in told(done.stdout).values()] == [2]
    (folder / "network.safetensors").write_bytes(b"no")
    damaged = run(folder, rocket)
    assert (damaged.returncode, damaged.stderr.count("\n")) == (1, 1)
    assert damaged.stderr.startswith("Error: model.py, network.safetensors and class_indices.json do not")


def test_what_is_in_it() -> None:
    weights, network = network_of(GREY, SMALL)
    content = bundle(weights, network, "Fine-tuned in 3 epochs.")
    assert bundle(weights, network, "Fine-tuned in 3 epochs.") == content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assert list(files) == [
        "README.md", "predict.py", "model.py", "requirements.txt", "class_indices.json",
        "network.safetensors",
    ]  # fmt: skip
    assert json.loads(files["class_indices.json"]) == {"0": "class 0", "1": "class 1", "2": "class 2"}
    readme = files["README.md"].decode()
    assert readme.startswith("# A test\n\nA trained ResNet-8 that tells 3 classes of photos apart: class 0, ")
    assert readme.endswith("\n\nFine-tuned in 3 epochs.\n")
    assert b"resnet_explorer" not in files["predict.py"] + files["model.py"]
    again = read_checkpoint_of(files["network.safetensors"])
    assert (again.classes, again.preprocessing, again.spec) == (weights.classes, SMALL, GREY)


def test_what_makes_a_tile_is_the_apps_own_file() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle(*network_of(GREY, TILE)))) as packed:
        text = packed.read("tile.py").decode()
        assert "from tile import seen_small" in packed.read("predict.py").decode()
    licence, _, source = text.partition("\n")
    assert source == Path(tile.__file__).read_text(encoding="utf-8")
    assert "MIT License" in licence
    assert "resnet_explorer" not in text


@pytest.mark.slow
def test_without_a_file_it_says_which(tmp_path: Path) -> None:
    folder = unzipped(bundle(*network_of(GREY, TILE)), tmp_path)
    (folder / "tile.py").unlink()
    done = run(folder, "photo.png")
    assert (done.returncode, done.stderr) == (1, "Error: tile.py is missing beside predict.py.\n")


def read_checkpoint_of(content: bytes) -> Weights:
    return read_checkpoint(content, "network.safetensors").weights


def test_names_of_any_form_are_text() -> None:
    assert json.loads(class_indices(('a"b', "# 菊"))) == {"0": 'a"b', "1": "# 菊"}
    _, network = network_of(GREY, SMALL)
    named = Weights("yours/test", "<b>[x](y)", GREY, ("*a*", "b", "c"), SMALL, "yours")
    with zipfile.ZipFile(io.BytesIO(bundle(named, network))) as packed:
        readme = packed.read("README.md").decode()
    assert readme.startswith(r"# \<b\>\[x\]\(y\)")
    assert r"\*a\*, b, c" in readme


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (GREY.with_(in_channels=4), "The network takes 4 channels; a photo has 3, or 1 in grey."),
        (GREY.with_(include_top=False), "The network has no fully connected layer, so it knows no classes."),
    ],
)
def test_a_network_that_takes_no_photo_or_knows_no_class(spec: ResNetSpec, words: str) -> None:
    weights = Weights("yours/test", "A test", spec, (), SMALL, "yours")
    with pytest.raises(ValueError) as refusal:
        bundle(weights, b"")
    assert str(refusal.value) == words


def test_ruff_has_nothing_to_say(tmp_path: Path) -> None:
    looks = {"centre": SMALL, "surest": replace(SMALL, crop_policy="most_confident"), "tile": TILE}
    for name, preprocessing in looks.items():
        unzipped(bundle(*network_of(GREY, preprocessing)), tmp_path / name)
    (tmp_path / "tile" / "tile.py").unlink()  # our own file, with our own length of lines
    for arguments in (["check", "--select=E,F,I,UP,B,SIM,C4,N,PERF"], ["format", "--diff"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "."]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
