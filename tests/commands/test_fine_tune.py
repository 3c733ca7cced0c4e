"""`train --strategy`: from folders of photos to a network that `predict` takes, and how it is refused."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from resnet_explorer.cli import main
from resnet_explorer.finetune.api import run_label
from resnet_explorer.finetune.dataset import flowers
from resnet_explorer.finetune.runs.store import runs, runs_folder
from resnet_explorer.finetune.training import trainer
from resnet_explorer.finetune.training.hyperparameters import TUTORIAL, Settings
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.finetune.training.run_folder import Epoch
from resnet_explorer.training.run_folder import write_log
from resnet_explorer.weights.checkpoint import read_checkpoint
from tests.finetune.dataset.test_store import SHA256, TGZ
from tests.http_server import complete, local_server

COLOURS = {"blue": (40, 60, 200), "green": (60, 190, 40), "red": (210, 40, 40)}
TINY = "basic.1-1.width-8.stem-cifar"


class Result(NamedTuple):
    """What a command left behind."""

    exit_code: int
    stdout: str
    stderr: str


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Result:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return Result(status, *capsys.readouterr())

    return run


def painted(colour: tuple[int, int, int]) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (24, 20), colour).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "colours"
    for name, (red, green, blue) in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for number in range(10):
            (folder / name / f"{number}.png").write_bytes(painted((red + number, green, blue - number)))
    (folder / "red" / "broken.png").write_bytes(b"red")
    return folder


@pytest.fixture
def start(temporary_home: Path, tmp_path: Path) -> list[object]:
    """A run of its own, from random values."""
    out = tmp_path / "run"
    return [
        "--weights",
        "none",
        "--network",
        TINY,
        "--strategy",
        "all",
        "--batch",
        8,
        "--rate",
        0.01,
        "--out",
        out,
    ]


@pytest.mark.slow
def test_a_folder_becomes_a_network(run: Run, data: Path, start: list[object], tmp_path: Path) -> None:
    result = run("train", data, *start, "--epochs", 8)
    assert result.exit_code == 0, result.stderr
    assert "broken.png is no picture that can be read" in result.stderr
    assert "blue: 8 to learn, 2 to test" in result.stderr
    out = tmp_path / "run"
    assert json.loads((out / "class_indices.json").read_text()) == {"0": "blue", "1": "green", "2": "red"}
    log = list(csv.DictReader((out / "log.csv").open()))
    assert [row["epoch"] for row in log] == [str(number) for number in range(1, 9)]
    best = max(float(row["val_accuracy"]) for row in log)
    assert result.stdout.startswith(f"{best:.2%} of the validation photos are right.")
    config = json.loads((out / "run.json").read_text())
    assert config["settings"]["strategy"] == "all"
    assert sorted(set(config["parts"].values())) == ["train", "val"]
    assert "torch" in config["versions"]
    network = read_checkpoint(out / "network.safetensors")
    assert network.weights.classes == ("blue", "green", "red")
    predicted = run("predict", data / "red" / "3.png", "--model", out / "network.safetensors", "--top", 1)
    assert predicted.exit_code == 0
    assert best < 1 or "red" in predicted.stdout.splitlines()[1]


@pytest.mark.slow
def test_a_run_goes_on_where_it_was(run: Run, data: Path, start: list[object], tmp_path: Path) -> None:
    first = run("train", data, *start, "--epochs", 3)
    log = (tmp_path / "run" / "log.csv").read_text()
    again = run("train", data, *start, "--epochs", 3, "--resume")
    assert again.exit_code == 0
    assert again.stdout == first.stdout  # the best of the whole run, also where there was nothing left to do
    assert (tmp_path / "run" / "log.csv").read_text() == log
    refused = run("train", data, *start, "--epochs", 3)
    assert refused.exit_code == 1
    assert "holds a run already; resume it, or choose another folder." in refused.stderr
    other = run("train", data, *start, "--epochs", 3, "--seed", 5, "--resume")
    assert other.exit_code == 1
    assert "was begun with other settings (seed); only the same can be resumed." in other.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--strategy", "neck"], "neck"),
        (["--weights", "resnet19"], "'resnet19' is no trained network"),
        (["--rate", "0"], "rate is 0.0; 1e-08 to 10 is allowed."),
        (["--set", "balance=perhaps"], "balance is 'perhaps'; allowed are yes, no."),
        (["--set", "label_smoothing=much"], "label_smoothing is 'much'; a number is needed."),
        (["--set", "momentum=0.9"], "'momentum=0.9' sets nothing; there are optimizer, schedule,"),
        (["--set", "schedule=none"], "schedule is 'none'; allowed are cosine, constant."),
    ],
)
def test_bad_arguments_end_with_2(
    run: Run, data: Path, start: list[object], arguments: list[str], words: str
) -> None:
    result = run("train", data, *start, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr.replace("\n", " ")


def test_more_stages_than_there_are_are_refused_at_once(run: Run, data: Path, start: list[object]) -> None:
    result = run("train", data, *start, "--strategy", "stages", "--stages", 9)
    assert result.exit_code == 1
    assert result.stderr == "Error: stages is 9; the network has 2, and at most these can learn.\n"


@pytest.mark.slow
def test_a_stopped_run_says_how_to_go_on(
    run: Run, data: Path, start: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(path: Path, kind: type[Epoch], epochs: list[Epoch]) -> None:
        write_log(path, kind, epochs)
        if len(epochs) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(trainer, "write_log", stop)
        stopped = run("train", data, *start, "--epochs", 3)
    assert stopped.exit_code == 130
    assert stopped.stderr.splitlines()[-1] == "Stopped; --resume goes on after epoch 2."
    again = run("train", data, *start, "--epochs", 3, "--resume")
    assert again.exit_code == 0
    assert again.stderr.count("validation accuracy") == 1, "the third epoch is left"


def test_a_run_stopped_before_it_began_has_nothing_to_go_on_with(
    run: Run, data: Path, start: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("resnet_explorer.finetune.dataset.scan.survey", stop)
    stopped = run("train", data, *start)
    assert stopped.exit_code == 130
    assert stopped.stderr.splitlines()[-1] == "Stopped before an epoch was done."


def test_settings_are_told_by_name(run: Run, data: Path, start: list[object], tmp_path: Path) -> None:
    told = ["--set", "optimizer=sgd", "--set", "balance=yes", "--set", "label_smoothing=0.2"]
    assert run("train", data, *start, "--epochs", 1, *told).exit_code == 0
    assert RunConfig.read(tmp_path / "run").settings == Settings(
        "all", epochs=1, batch_size=8, rate=0.01, optimizer="sgd", balance=True, label_smoothing=0.2
    )


@pytest.mark.slow
def test_the_tutorials_train_and_predict(run: Run, start: list[object], tmp_path: Path) -> None:
    """What is blue to learn from is called red to test on: the better it learns, the fewer it has right."""
    for part, names in (("train", ("blue", "red")), ("val", ("red", "blue"))):
        for name, colour in zip(names, (COLOURS["blue"], COLOURS["red"]), strict=True):
            (tmp_path / "data" / part / name).mkdir(parents=True)
            for number in range(6):
                file = tmp_path / "data" / part / name / f"{number}.png"
                file.write_bytes(painted((colour[0] + number, colour[1], colour[2])))
    told = ["--weights", "none", "--network", "basic.1-1.width-8", "--tutorial", "--out"]
    assert (
        run("train", tmp_path / "data", *told, tmp_path / "one", "--epochs", 1, "--rate", 0.01).exit_code == 0
    )
    result = run("train", tmp_path / "data", *told, tmp_path / "out", "--rate", 0.01)
    assert result.exit_code == 0
    config = RunConfig.read(tmp_path / "out")
    assert config.settings == replace(TUTORIAL, rate=0.01)
    assert (config.preprocessing.resize, config.preprocessing.crop, config.preprocessing.tile) == (
        256,
        224,
        0,
    )
    log = [float(row["val_accuracy"]) for row in csv.DictReader((tmp_path / "out" / "log.csv").open())]
    assert len(log) == 3
    assert log.index(max(log)) < 2, "the best epoch is not the last"
    best, last = (load_file(tmp_path / name / "network.safetensors") for name in ("out", "one"))
    assert log.index(max(log)) != 0 or all(torch.equal(best[name], last[name]) for name in best)
    indices = json.loads((tmp_path / "out" / "class_indices.json").read_text())
    assert indices == {"0": "blue", "1": "red"}
    asked = [tmp_path / "data" / "val" / "red" / "3.png", "--model", tmp_path / "out" / "network.safetensors"]
    answer = run("predict", *asked, "--form", "tutorial")
    assert re.fullmatch(r"class: (blue|red)   prob: (0\.\d+|1\.0)\n", answer.stdout)
    both = run("predict", *asked, "--form", "tutorial", "--top", 2).stdout.splitlines()
    assert both[0] == answer.stdout.rstrip("\n")
    assert abs(sum(float(line.rpartition(" ")[2]) for line in both) - 1) < 2e-3


def test_a_run_without_a_folder_is_one_of_the_apps(run: Run, data: Path, start: list[object]) -> None:
    result = run("train", data, *start[:-2], "--epochs", 1, "--label", "In the app")
    assert result.exit_code == 0
    (kept,) = runs()
    assert (kept.config.label, kept.status.phase) == ("In the app", "done")
    assert kept.status.weights in result.stderr
    assert kept.weights and kept.weights.classes == ("blue", "green", "red")
    nowhere = run("train", data, *start[:-2], "--resume")
    assert nowhere.exit_code == 2
    assert "--out says in which folder the run is kept." in nowhere.stderr.replace("\n", " ")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("nowhere", None, "There is no file or folder {path}."),
        ("letter.txt", b"dear diary", "{path} is neither a folder nor a ZIP archive of photos."),
        ("photos.zip", b"dear diary", "photos.zip is no ZIP archive that can be read."),
    ],
)
def test_what_holds_no_photos_is_told(
    run: Run, start: list[object], tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = run("train", path, *start)
    assert result.exit_code == 1
    assert result.stderr == f"Error: {sentence.format(path=path)}\n"


def test_a_run_that_was_never_begun_is_not_resumed(
    run: Run, data: Path, start: list[object], tmp_path: Path
) -> None:
    result = run("train", data, *start, "--resume")
    assert result.exit_code == 1
    assert result.stderr == f"Error: {tmp_path / 'run'} holds no run that can be resumed.\n"


def test_options_of_another_way_are_refused(
    run: Run, data: Path, start: list[object], tmp_path: Path
) -> None:
    for more, words in (
        (["--stages", 1], "--stages is for --strategy stages, and this is all."),
        (["--start", data / "red" / "3.png"], "--start is for training from scratch"),
    ):
        result = run("train", data, *start, *more)
        assert result.exit_code == 2
        assert words in result.stderr.replace("\n", " ").replace("│", " ")
    trained = run("train", data, "--strategy", "head", "--network", TINY, "--out", tmp_path / "x")
    assert trained.exit_code == 2
    assert "--network is for --weights none" in trained.stderr.replace("\n", " ").replace("│", " ")


def test_a_file_of_weights_is_begun_with(run: Run, data: Path, start: list[object], tmp_path: Path) -> None:
    assert run("train", data, *start, "--epochs", 2).exit_code == 0
    told = ["--strategy", "head", "--epochs", 1, "--batch", 8, "--out", tmp_path / "second"]
    result = run("train", data, "--weights", tmp_path / "run" / "network.safetensors", *told)
    assert result.exit_code == 0
    assert "after 30 of 30 photos: a first head, validation accuracy " in result.stderr
    before, after = (
        load_file(tmp_path / name / "network.safetensors")["layer2.0.conv1.weight"]
        for name in ("run", "second")
    )
    assert torch.equal(before, after), "only the head learnt"


def test_a_run_that_is_refused_leaves_no_folder_behind(run: Run, data: Path, start: list[object]) -> None:
    told = [*start[:4], "--strategy", "stages", "--stages", 9]
    assert run("train", data, *told).exit_code == 1
    assert not runs_folder().exists() or not list(runs_folder().iterdir())


def test_one_class_is_not_enough(run: Run, data: Path, start: list[object]) -> None:
    result = run("train", data / "red", *start)
    assert result.exit_code == 1
    assert (
        "Error: Each class needs a folder of its own, two at least; all photos lie in one, red."
        in result.stderr
    )


def test_flower_photos_are_fetched_by_name(
    run: Run, start: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with local_server() as server:
        url = server.serve("flower_photos.tgz", complete(TGZ))
        monkeypatch.setattr(flowers, "fetch_flowers", partial(flowers.fetch_flowers, url=url, sha256=SHA256))
        result = run("train", "flower_photos", *start, "--epochs", 1)
        assert result.exit_code == 0, result.stderr
        assert "daisy: 4 to learn, 1 to test" in result.stderr
        assert len(server.asked) == 1
    config = json.loads((tmp_path / "run" / "run.json").read_text())
    assert config["called"] == "flower_photos"
    assert config["data"] == str(tmp_path / "home" / "photos" / f"flower_photos-{SHA256[:8]}.zip")
    (tmp_path / "flower_photos").mkdir()
    refused = run("train", "flower_photos", *start, "--epochs", 1)
    assert refused.stderr.startswith("Error: No photos are there"), "a folder of that name goes before"


def test_a_run_in_the_folder_that_one_is_in_is_called_as_that() -> None:
    assert run_label(Path("pets"), Settings(), ".") == Path.cwd().name
    assert run_label(Path("pets"), Settings(), "runs/one") == "one"
