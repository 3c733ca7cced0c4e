"""The command line as a person uses it: what is printed, what is written, and the exit status."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

from resnet_explorer.cli import main
from resnet_explorer.commands import from_scratch
from resnet_explorer.commands.predict import FigureNames
from resnet_explorer.explanation.api import explain_square
from resnet_explorer.explanation.predict import preprocess
from resnet_explorer.model.resnet import build
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.training.scratch import Epoch
from resnet_explorer.weights import bundled
from resnet_explorer.weights import imagenet as imagenet_weights
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.imagenet_files import cache_folder
from resnet_explorer.weights.trained_network import trained_network
from tests.http_server import local_server, status
from tests.places import ROOT

SMALL = ResNetSpec("basic", (1, 1), width=4, stem="cifar", num_classes=3)
SQUARE = Preprocessing(32, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))


@pytest.fixture(autouse=True)
def places(temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, and caches of this test's own."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture
def network() -> None:
    """A bundled-like file, net.safetensors, of random values."""
    torch.manual_seed(0)
    export_bundled(
        build(SMALL).eval(), ("cat", "dog", "fox"), SQUARE, Path("net.safetensors"), {"label": "pets"}
    )


@pytest.fixture
def photo() -> None:
    open_sample("cat").image.save("cat.png")


def one_sentence(text: str) -> str:
    """The only line on stderr that tells of a failure; there is never a traceback."""
    assert "Traceback" not in text
    (sentence,) = (line for line in text.splitlines() if line.startswith("Error: "))
    return sentence.removeprefix("Error: ")


def refuse_bad(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == 2
    return " ".join(capsys.readouterr().err.split())


class TestSummary:
    def test_stages_and_totals_of_resnet_50(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["summary", "resnet50"]) == 0
        text = capsys.readouterr().out
        assert text.startswith("ResNet-50, input 3 × 224 × 224\n")
        assert text.endswith("25,557,032 parameters, 4,089,184,256 MACs for one image.\n")
        stage_2 = next(line for line in text.splitlines() if line.startswith("stage 2"))
        expected = "stage 2 conv3_x layer2 512 × 28 × 28 4 1,219,584 4.8 % 1,027,604,480 25.1 %"
        assert " ".join(stage_2.split()) == expected

    def test_flops_are_twice_the_macs(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["summary", "resnet18", "--flops"]) == 0
        assert "11,689,512 parameters, 3,628,146,688 FLOPs for one image" in capsys.readouterr().out

    def test_layers_of_a_code_at_a_size(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["summary", "basic.1-1.width-8.stem-cifar", "--size", "32x20", "--layers"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].endswith("input 3 × 32 × 20")
        layer = next(line for line in lines if line.startswith("layer2.0.conv1"))
        assert " ".join(layer.split()) == "layer2.0.conv1 conv 3×3, stride 2 16 × 16 × 10 1,152 184,320"

    def test_a_cifar_network_is_shown_at_32(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["summary", "resnet20_cifar"]) == 0
        assert "input 3 × 32 × 32" in capsys.readouterr().out


class TestBadArguments:
    def test_a_wrong_name_lists_the_names(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "'resnet19' is no preset; there are resnet18, resnet34" in refuse_bad(
            ["summary", "resnet19"], capsys
        )

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["summary", "basic.0"], "depths is (0,)"),
            (["summary", "resnet18", "--size", "big"], "a size is written as 224 or 224x160"),
            (["summary", "resnet18", "--size", "0"], "from 1 to 4096 are allowed"),
            (["summary", "resnet18", "--size", "5000"], "from 1 to 4096 are allowed"),
            (["summary"], "Missing argument"),
            (["summary", "resnet18", "--colour"], "No such option"),
            (["nothing"], "No such command"),
            (["predict"], "Missing argument"),
            (["predict", "a.jpg", "--top", "0"], "greater than or equal to 1"),
            (["predict", "a.jpg", "--model", "resnet19"], "no trained network; there are bundled, "),
            (["weights", "download", "bundled"], "is missing"),
            (["weights", "remove", "resnet18"], "is not one of your own"),
            (["train", "data"], "--out says in which folder the run is kept."),
            (["train", "data", "--out", "run", "--epochs", "0"], "greater than or equal to 1"),
        ],
    )
    def test_status_2(
        self,
        arguments: list[str],
        words: str,
        capsys: pytest.CaptureFixture[str],
        network: None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        if "bundled" in arguments:
            monkeypatch.setattr(bundled, "FILE", Path("net.safetensors"))
            words = "is here already"
        assert words in refuse_bad(arguments, capsys)


class TestPredict:
    def test_rows_are_the_networks_own(
        self, network: None, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = ["predict", "./cat.png", "--model", "net.safetensors", "--top", "2", "--csv", "out.csv"]
        assert main(arguments) == 0
        tensor, _ = preprocess(open_sample("cat"), SQUARE)
        with torch.inference_mode():
            expected = bundled.load(Path("net.safetensors"))(tensor)[0].softmax(0)
        values, indices = expected.sort(descending=True)
        with Path("out.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert list(rows[0]) == ["photo", "rank", "label", "probability"]
        assert [row["photo"] for row in rows] == ["./cat.png"] * 2, "the path as given"
        assert [row["rank"] for row in rows] == ["1", "2"]
        assert [row["label"] for row in rows] == [("cat", "dog", "fox")[i] for i in indices[:2]]
        assert [float(row["probability"]) for row in rows] == pytest.approx(values[:2].tolist(), abs=1e-6)
        assert f"1.  {values[0]:.2%}  {rows[0]['label']}" in capsys.readouterr().out

    def test_odd_names_break_neither_the_lines_nor_a_spreadsheet(
        self, network: None, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name in ("=1+2.png", "two\nlines.png"):
            Path(name).write_bytes(Path("cat.png").read_bytes())
        Path("no\nphoto.png").write_bytes(b"x")
        photos = ["=1+2.png", "two\nlines.png", "no\nphoto.png"]
        arguments = ["--model", "net.safetensors", "--top", "1", "--csv", "out.csv"]
        assert main(["predict", *photos, *arguments]) == 1
        told = capsys.readouterr()
        assert told.out.splitlines()[::2] == ["=1+2.png", r"two\nlines.png"]
        assert told.err.startswith(r"Error: no\nphoto.png is no picture")
        with Path("out.csv").open(newline="") as file:
            assert [row["photo"] for row in csv.DictReader(file)] == ["'=1+2.png", "two\nlines.png"]

    def test_a_folder_without_a_photo_is_a_failure(
        self, network: None, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("trip").mkdir()
        assert main(["predict", "trip", "cat.png", "--model", "net.safetensors"]) == 1
        told = capsys.readouterr()
        assert "Error: No photo is in trip." in told.err.splitlines()
        assert told.out.startswith("cat.png")

    def test_a_photo_that_cannot_be_read_is_named_and_the_others_are_done(
        self, network: None, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("notes.jpg").write_text("not a photo")
        photos = ["missing.png", "cat.png", "notes.jpg", "cat.png"]
        assert main(["predict", *photos, "--model", "net.safetensors", "--csv", "out.csv"]) == 1
        errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Error: ")]
        assert len(errors) == 2
        assert errors[0] == "Error: missing.png cannot be read: No such file or directory."
        assert errors[1].startswith("Error: notes.jpg is no picture")
        with Path("out.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["photo"] for row in rows] == ["cat.png"] * 6, "three classes, twice"

    def test_folders_and_archives_are_read_to_their_end(
        self, network: None, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("album/deep").mkdir(parents=True)
        Path("album/deep/a.png").write_bytes(Path("cat.png").read_bytes())
        Path("album/notes.txt").write_text("not a photo")
        with zipfile.ZipFile("trip.zip", "w") as packed:
            packed.write("cat.png", "day 1/b.png")
            packed.writestr("day 1/c.zip", b"PK")
        photos = ["cat.png", "album", "trip.zip"]
        assert main(["predict", *photos, "--model", "net.safetensors", "--top", "1", "--csv", "out.csv"]) == 1
        captured = capsys.readouterr()
        assert captured.err.splitlines() == [
            "Error: album/notes.txt is no picture that can be read; JPEG, JPEG 2000, PNG, WebP, GIF, TIFF, "
            "BMP, HEIC or AVIF can.",
            "Error: trip.zip/day 1/c.zip is an archive in an archive, which is not opened.",
        ]
        with Path("out.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["photo"] for row in rows] == ["cat.png", "album/deep/a.png", "trip.zip/day 1/b.png"]
        assert len({row["probability"] for row in rows}) == 1
        assert captured.out.splitlines()[::2] == [row["photo"] for row in rows]

    @pytest.mark.slow
    def test_sheets_show_where_the_evidence_is(
        self, network: None, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("album").mkdir()
        Path("album/cat.png").write_bytes(Path("cat.png").read_bytes())
        arguments = ["predict", "cat.png", "album", "--model", "net.safetensors"]
        assert main([*arguments, "--cam", "out/maps"]) == 0
        files = {file.name: file for file in Path("out/maps").iterdir()}
        assert set(files) == {"cat-cam.png", "cat-2-cam.png"}
        with Image.open(files["cat-cam.png"]) as figure:
            assert figure.width == 3 * 448 + 4 * 16
            likeliest = figure.tobytes()
        trained = trained_network("net.safetensors").folded()
        cat = open_photo(Path("cat.png").read_bytes(), "cat.png")
        expected = explain_square(trained, cat, CENTRE, method="hirescam", stage=1, target=2).figure()
        assert main([*arguments, "--cam", "x", "--stage", "1", "--method", "hirescam", "--class", "fox"]) == 0
        assert Path("x/cat-cam.png").read_bytes() == expected
        assert main([*arguments, "--cam", "y", "--class", "2", "--method", "hirescam", "--stage", "1"]) == 0
        assert Path("y/cat-2-cam.png").exists()
        with Image.open("x/cat-cam.png") as figure:
            assert figure.tobytes() != likeliest

    @pytest.mark.slow
    def test_a_sheet_never_overwrites_a_photo(
        self, network: None, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("cat-cam.png").write_bytes(Path("cat.png").read_bytes())
        photos = ["cat.png", "cat-cam.png"]
        assert main(["predict", *photos, "--model", "net.safetensors", "--cam", "."]) == 0
        assert Path("cat-cam.png").read_bytes() == Path("cat.png").read_bytes()
        assert Path("cat-2-cam.png").exists()

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--cam", "x", "--method", "guess"], "'guess' is no method; there are gradcam, "),
            (["--cam", "x", "--stage", "3"], "--stage is 3; 0 (the stem) to 2 is allowed."),
            (
                ["--cam", "x", "--class", "cow"],
                "--class is 'cow'; a name (cat, dog, fox) or 0 to 2 is allowed.",
            ),
            (["--stage", "1"], "say which map --cam draws"),
        ],
    )
    def test_maps_that_there_are_not(
        self, network: None, photo: None, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        told = refuse_bad(["predict", "cat.png", "--model", "net.safetensors", *options], capsys)
        assert words in told
        assert not Path("x").exists()

    def test_sheets_that_cannot_be_written(
        self, network: None, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["predict", "cat.png", "--model", "net.safetensors", "--cam", "cat.png"]) == 1
        assert one_sentence(capsys.readouterr().err) == "cat.png cannot be made: File exists."

    @pytest.mark.parametrize(
        ("model", "words"),
        [
            ("nothing.pth", "nothing.pth cannot be read: No such file or directory."),
            ("yours/0123456789ab", "is not kept here; import its file again"),
            ("notes.pth", "notes.pth is damaged, or neither .pth nor .safetensors."),
        ],
    )
    def test_a_model_that_cannot_be_had(
        self, photo: None, model: str, words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("notes.pth").write_text("a shopping list, and no network")
        assert main(["predict", "cat.png", "--model", model]) == 1
        assert words in one_sentence(capsys.readouterr().err)

    def test_a_csv_that_cannot_be_written(
        self, network: None, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["predict", "cat.png", "--model", "net.safetensors", "--csv", "no/such/out.csv"]) == 1
        assert one_sentence(capsys.readouterr().err).startswith("no/such/out.csv cannot be written")

    def test_weights_that_cannot_be_downloaded(
        self, photo: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with local_server() as server:
            url = server.serve("resnet18-f37072fd.pth", status(503))
            monkeypatch.setattr(imagenet_weights, "address", lambda _: url)
            assert main(["predict", "cat.png", "--model", "resnet18"]) == 1
        sentence = one_sentence(capsys.readouterr().err)
        assert "answered 503" in sentence
        assert sentence.endswith(f"put the file resnet18-f37072fd.pth from {url} into "
                                 f"{cache_folder()}.")  # fmt: skip


def test_figures_stay_in_their_folder_under_names_of_their_own(tmp_path: Path) -> None:
    names = FigureNames(tmp_path, [str(tmp_path / "dog-cam.png")])
    written = [
        names.for_photo(name).relative_to(tmp_path).as_posix()
        for name in (
            "a/cat.jpg",
            "b/CAT.png",
            "dog.jpg",
            "../../etc/passwd",
            "..",
            "z.zip/..\\..\\x:y.png",
        )
    ]
    assert written == ["cat-cam.png", "CAT-2-cam.png", "dog-2-cam.png", "passwd-cam.png", "photo-cam.png",
                       "x_y-cam.png"]  # fmt: skip
    assert len(names.for_photo("long" * 500).name) < 100


class TestWeights:
    def test_the_list_names_every_network(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["weights"]) == 0
        alone = capsys.readouterr().out
        assert main(["weights", "list"]) == 0
        assert capsys.readouterr().out == alone
        rows = [line.split(maxsplit=1) for line in alone.splitlines()]
        assert ["torchvision/resnet152/IMAGENET1K_V2", "ResNet-152 · ImageNet V2"] in rows
        assert sum(line.startswith("torchvision/") for line in alone.splitlines()) == 17

    def test_where_names_files_addresses_and_folders(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cache = tmp_path / "torch" / "hub" / "checkpoints"
        cache.mkdir(parents=True)
        (cache / "resnet50-11ad3fa6.pth").touch()
        assert main(["weights", "where"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert f"torchvision's: {cache}" in lines
        assert [line.split()[:3] for line in lines if line.startswith("resnet50/")] == [
            ["resnet50/IMAGENET1K_V2", "yes", "resnet50-11ad3fa6.pth"],
            ["resnet50/IMAGENET1K_V1", "no", "resnet50-0676ba61.pth"],
        ]

    def test_a_checkpoint_is_inspected_imported_used_and_removed(
        self, photo: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        safetensors.torch.save_file(build(SMALL).state_dict(), "mine.safetensors")
        Path("names.json").write_text(json.dumps({"0": "oak", "1": "elm", "2": "fir"}))
        assert main(["weights", "inspect", "mine.safetensors", "--classes", "names.json"]) == 0
        text = capsys.readouterr().out
        assert "basic.1-1.width-4.stem-cifar.num_classes-3" in text
        assert "3: oak, elm, fir" in text
        assert f"parameters  {sum(p.numel() for p in build(SMALL).parameters()):,}\n" in text
        assert (
            main(["weights", "import", "mine.safetensors", "--classes", "names.json", "--label", "trees"])
            == 0
        )
        key = capsys.readouterr().out.split()[-1]
        assert main(["weights"]) == 0
        assert f"{key} trees" in " ".join(capsys.readouterr().out.split())
        assert main(["predict", "cat.png", "--model", key]) == 0
        assert {line.split()[-1] for line in capsys.readouterr().out.splitlines()[1:]} == {
            "oak",
            "elm",
            "fir",
        }
        assert main(["weights", "remove", key]) == 0
        assert main(["weights", "remove", key]) == 1

    def test_another_network_of_the_same_shapes_and_another_input_are_chosen(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        option_a = SMALL.with_(shortcut="zero_pad")
        safetensors.torch.save_file(build(option_a).state_dict(), "a.safetensors")
        assert main(["weights", "inspect", "a.safetensors"]) == 0
        text = capsys.readouterr().out
        code = "basic.1-1.width-4.stem-cifar.shortcut-zero_pad.num_classes-3.zero_pad-around"
        assert "- No norm tells what it saw in training" in text
        (listed,) = [line for line in text.splitlines() if line.split()[:1] == [code]]
        assert listed.endswith("option A, its zeros half before and half behind the channels")
        assert "minus1-1-bgr" in text
        chosen = ["--network", code, "--input", "minus1-1-bgr"]
        assert main(["weights", "import", "a.safetensors", *chosen]) == 0
        weights = find(capsys.readouterr().out.split()[-1])
        assert weights.spec == option_a.with_(zero_pad="around")
        assert weights.preprocessing.mean == weights.preprocessing.std == (0.5, 0.5, 0.5)
        stored, before = load(weights).conv1.weight, safetensors.torch.load_file("a.safetensors")
        assert torch.equal(stored, before["conv1.weight"].flip(1)), "for photos with red first"
        assert main(["weights", "inspect", "a.safetensors", "--network", "resnet18"]) == 1
        assert "would have to be 64" in capsys.readouterr().err
        assert main(["weights", "inspect", "a.safetensors", "--input", "sepia"]) == 1
        assert "there are imagenet, 0-1, minus1-1, cifar10" in capsys.readouterr().err

    def test_a_file_that_is_no_network(self, capsys: pytest.CaptureFixture[str]) -> None:
        torch.save({"features.0.weight": torch.zeros(4, 3, 3, 3)}, "vgg.pth")
        assert main(["weights", "inspect", "vgg.pth"]) == 1
        assert "there is features.0.weight" in one_sentence(capsys.readouterr().err)


@pytest.fixture
def colours() -> Path:
    """Forty images of 12 pixels, red or blue."""
    random = np.random.default_rng(0)
    for part, count in (("train", 12), ("test", 8)):
        for name, channel in (("red", 0), ("blue", 2)):
            folder = Path("colours") / part / name
            folder.mkdir(parents=True)
            for number in range(count):
                pixels = random.integers(0, 90, (12, 12, 3), dtype=np.uint8)
                pixels[..., channel] += 150
                Image.fromarray(pixels).save(folder / f"{number}.png")
    return Path("colours")


class TestTrain:
    ARGUMENTS = ("--network", "basic.1.width-8.stem-cifar", "--seed", "3")

    @pytest.mark.slow
    def test_from_images_to_a_network_that_predicts(
        self, colours: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = ["train", "colours", "--out", "run", *self.ARGUMENTS]
        assert main([*arguments, "--epochs", "2"]) == 0
        log = capsys.readouterr()
        assert "24 training and 16 test images, 2 epochs" in log.err
        assert log.err.count("test accuracy") == 2
        files = {file.name for file in Path("run").iterdir()}
        assert files == {"card.md", "last.pt", "log.csv", "network.safetensors", "recipe.json"}
        card = Path("run/card.md").read_text()
        assert "colours, 24 training and 16 test images." in card
        assert "**Seed**: 3" in card
        exported = bundled.describe(Path("run/network.safetensors"))
        assert (exported.classes, exported.label) == (("blue", "red"), "colours")
        assert exported.preprocessing.crop == 12
        measured = next(line for line in card.splitlines() if line.startswith("| all test images"))
        assert log.out.split("%")[0] in measured

        assert main(["predict", "colours/test/red/0.png", "--model", "run/network.safetensors"]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 3

        assert main(arguments) == 1
        assert "--resume goes on with it" in one_sentence(capsys.readouterr().err)

        assert main([*arguments, "--epochs", "3", "--resume"]) == 1
        sentence = one_sentence(capsys.readouterr().err)
        assert (
            sentence == "The run in run was begun with epochs 2, and this is 3; only the same can be resumed."
        )

    @pytest.mark.slow
    def test_a_stopped_run_is_resumed(
        self, colours: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        arguments = ["train", "colours", "--out", "run", *self.ARGUMENTS, "--epochs", "3"]

        def stop(epoch: Epoch) -> str:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(from_scratch, "log_line", stop)
            assert main(arguments) == 130
        assert capsys.readouterr().err.splitlines()[-1] == "Stopped; --resume goes on after epoch 1."
        assert main([*arguments, "--resume"]) == 0
        assert capsys.readouterr().err.count("test accuracy") == 2, "the second and the third epoch are left"
        assert len(Path("run/log.csv").read_text().splitlines()) == 4

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda path: None, "There is no file or folder data."),
            (os.mkfifo, "neither a folder nor an archive"),
            (lambda path: path.mkdir(), "No images were found"),
            (
                lambda path: zipfile.ZipFile(path, "w").close(),
                "is a ZIP: to learn from the photos in it, choose",
            ),
            (lambda path: path.write_text("no archive"), "is no tar archive that can be read"),
        ],
    )
    def test_data_that_is_none(self, make: object, words: str, capsys: pytest.CaptureFixture[str]) -> None:
        make(Path("data"))  # type: ignore[operator]
        assert main(["train", "data", "--out", "run"]) == 1
        assert words in one_sentence(capsys.readouterr().err)
        assert not Path("run").exists()

    @pytest.mark.slow
    def test_another_network_does_not_resume(self, colours: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["train", "colours", "--out", "run", *self.ARGUMENTS, "--epochs", "1"]) == 0
        capsys.readouterr()
        other = ["--network", "basic.1.width-4.stem-cifar", "--epochs", "2", "--resume"]
        assert main(["train", "colours", "--out", "run", *other]) == 1
        assert "was begun with width 8, and this is 4" in one_sentence(capsys.readouterr().err)

    @pytest.mark.slow
    def test_a_trained_network_is_trained_further(
        self, colours: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        first = ["train", "colours", "--out", "first", *self.ARGUMENTS, "--epochs", "4"]
        assert main(first) == 0
        further = ["train", "colours", "--start", "first/network.safetensors", "--epochs", "1"]
        assert main([*further, "--out", "second"]) == 0
        digest = hashlib.sha256(Path("first/network.safetensors").read_bytes()).hexdigest()
        assert f"an earlier run's file, SHA-256 {digest}." in Path("second/card.md").read_text()
        assert bundled.describe(Path("second/network.safetensors")).spec.width == 8
        capsys.readouterr()
        assert main([*further, "--out", "third", "--network", "basic.1.width-4.stem-cifar"]) == 1
        sentence = one_sentence(capsys.readouterr().err)
        assert sentence.startswith("first/network.safetensors holds basic.1.width-8.stem-cifar")
        assert not Path("third").exists()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter in the project's folder."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["predict", "--help"], ["weights", "--help"], ["summary", "resnet152"]]
)
def test_help_and_summary_load_no_torch(arguments: list[str]) -> None:
    code = (
        "import sys; from resnet_explorer.cli import main\n"
        f"status = main({arguments!r}); sys.exit(status or 9 * ('torch' in sys.modules))"
    )
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_python_m_is_the_same_program() -> None:
    done = run("-m", "resnet_explorer", "summary", "resnet19")
    assert done.returncode == 2
    assert "no preset" in done.stderr
    assert "Traceback" not in done.stderr
