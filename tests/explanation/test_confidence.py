"""What is said of an answer: sure, unsure, of a kind; and that a file keeps what it is said by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from resnet_explorer import ResNetSpec, build
from resnet_explorer.cli import app
from resnet_explorer.explanation.confidence import confidence_of, in_words, with_article
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.weights import bundled
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.calibration import Bin, Calibration
from resnet_explorer.weights.description import Weights, from_metadata, to_metadata
from resnet_explorer.weights.kinds import Kind

NAMES = ("golden retriever", "Labrador", "boxer", "tabby", "barn", "bow-tie")
DOG = Kind("dog", (0, 1, 2))
TABLE = Calibration(
    (
        Bin(0, 0.2, 10, 1, 0.15),
        Bin(0.2, 0.5, 100, 35, 0.4),
        Bin(0.5, 0.8, 100, 74, 0.7),
        Bin(0.8, 1, 100, 96, 0.9),
    )
)
WEIGHTS = Weights(
    "bundled",
    "A network for tests",
    ResNetSpec("basic", (1,), width=8, stem="cifar", num_classes=6),
    NAMES,
    Preprocessing(32, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)),
    "bundled",
    calibration=TABLE,
    kinds=(DOG,),
)


def words(*probabilities: float, weights: Weights = WEIGHTS) -> str:
    return in_words(confidence_of(torch.tensor(probabilities), weights), weights.classes)


def test_a_kind_is_said_where_no_class_is_likely() -> None:
    assert words(0.27, 0.31, 0.26, 0.1, 0.05, 0.01) == (
        "Unsure which: Labrador 31%, golden retriever 27%, boxer 26%. "
        "Of answers as unsure as this one 35% are right."
    )
    assert words(0.48, 0.3, 0.001, 0.1, 0.1, 0.019).startswith(
        "Unsure which: golden retriever 48%, Labrador 30%, …. "
    )


def test_where_no_kind_is_likely_it_may_be_none_of_the_things() -> None:
    assert words(0.1, 0.1, 0.1, 0.3, 0.2, 0.2) == (
        "Unsure: it may well be none of the 6 things that this network knows. "
        "Of answers as unsure as this one 35% are right."
    )
    assert words(0.17, 0.17, 0.1, 0.19, 0.19, 0.18) == (  # of such answers ten were seen: too few to say
        "Unsure: it may well be none of the 6 things that this network knows."
    )


def test_a_sure_answer_says_how_many_of_such_are_right() -> None:
    assert words(0.1, 0.1, 0.05, 0.6, 0.1, 0.05) == "Of answers as sure as this one 74% are right."
    assert words(0.02, 0.01, 0.01, 0.95, 0.01, 0.0) == "Of answers as sure as this one 96% are right."


def test_without_a_measurement_nothing_is_called_unsure() -> None:
    unmeasured = replace(WEIGHTS, calibration=None)
    assert words(0.1, 0.1, 0.1, 0.3, 0.2, 0.2, weights=unmeasured) == ""
    assert words(0.3, 0.3, 0.1, 0.1, 0.1, 0.1, weights=unmeasured).startswith(
        "Unsure which: golden retriever 30%,"
    )
    assert words(0.3, 0.3, 0.1, 0.1, 0.1, 0.1, weights=replace(unmeasured, kinds=())) == ""


def test_a_kind_must_reach_the_threshold_of_the_network() -> None:
    """Of answers below 0.8 fewer than half are right here: a dog of 0.7 is not likely either."""
    strict = replace(WEIGHTS, calibration=Calibration((Bin(0, 0.8, 100, 40, 0.5), Bin(0.8, 1, 100, 90, 0.9))))
    assert "may well be none" in words(0.6, 0.1, 0.0, 0.1, 0.1, 0.1, weights=strict)
    assert "Unsure which: golden retriever 60%" in words(0.6, 0.25, 0.0, 0.05, 0.05, 0.05, weights=strict)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("dog", "a dog"), ("insect", "an insect"), ("electronic device", "an electronic device")],
)
def test_a_kind_is_one_of_its_things(kind: str, said: str) -> None:
    assert with_article(kind) == said


def test_a_file_keeps_table_and_kinds() -> None:
    assert from_metadata(to_metadata(WEIGHTS), "bundled", "bundled") == WEIGHTS
    plain = replace(WEIGHTS, calibration=None, kinds=())
    assert not {"calibration", "kinds"} & set(to_metadata(plain))
    assert from_metadata(to_metadata(plain), "bundled", "bundled") == plain


@pytest.mark.parametrize(
    "changed",
    [
        {"kinds": '[{"name": "dog", "members": [6]}]'},
        {"kinds": "7"},
        {"kinds": "null"},
        {"calibration": '{"bins": []}'},
        {"calibration": "{"},
    ],
)
def test_a_file_of_nonsense_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="does not describe a trained network"):
        from_metadata(to_metadata(WEIGHTS) | changed, "bundled", "bundled")


def test_the_command_says_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    model = build(WEIGHTS.spec).eval()
    with torch.no_grad():
        model.fc.weight.zero_()
        model.fc.bias.copy_(torch.tensor([0.27, 0.31, 0.26, 0.1, 0.05, 0.01]).log())
    file = tmp_path / "network.safetensors"
    export_bundled(model, NAMES, WEIGHTS.preprocessing, file, {}, TABLE, (DOG,))
    monkeypatch.setattr(bundled, "FILE", file)
    photo = tmp_path / "photo.jpg"
    open_sample("cat").image.save(photo)
    done = CliRunner().invoke(app, ["predict", str(photo), "--top", "2"])
    assert done.exit_code == 0, done.output
    assert "  1.  31.00%  Labrador\n" in done.output
    said = "      a dog, 84%\n      Unsure which: Labrador 31%, golden retriever 27%, boxer 26%."
    assert said in done.output
    folder = tmp_path / "maps"
    done = CliRunner().invoke(app, ["predict", str(photo), "--cam", str(folder), "--class", "kind:dog"])
    assert done.exit_code == 0, done.output
    assert [each.name for each in folder.iterdir()] == ["photo-cam.png"]
    done = CliRunner().invoke(app, ["predict", str(photo), "--cam", str(folder), "--class", "kind:cat"])
    assert done.exit_code == 2
