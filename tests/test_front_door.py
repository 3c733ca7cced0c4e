"""The front door: what a program or a notebook calls, and what it is told where it cannot be done."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image
from torch import nn

import resnet_explorer
from resnet_explorer import build, draw_graph, explain, fine_tune, plan, predict_photo, preset
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.cam import METHODS, evidence
from resnet_explorer.explanation.predict import default_view, predict, preprocess
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.trained_network import trained_network
from tests.finetune_colours import colours_zip
from tests.places import ROOT

TINY = ResNetSpec("basic", (1, 1), width=4, stem="cifar", num_classes=3)
SQUARE = Preprocessing(32, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))


@pytest.fixture(autouse=True)
def here(temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a photo and a small trained network in it, and a home of the test's own."""
    monkeypatch.chdir(tmp_path)
    open_sample("cat").image.save("cat.png")
    torch.manual_seed(0)
    export_bundled(build(TINY).eval(), ("cat", "dog", "fox"), SQUARE, Path("net.safetensors"), {"label": "A"})
    return tmp_path


def test_importing_it_loads_no_torch() -> None:
    code = "import resnet_explorer, sys; assert dir(resnet_explorer); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
    assert all(hasattr(resnet_explorer, name) for name in dir(resnet_explorer))
    with pytest.raises(AttributeError, match="has no attribute 'predict_video'"):
        resnet_explorer.predict_video  # noqa: B018


@pytest.mark.slow
def test_a_photo_is_predicted_by_the_bundled_network() -> None:
    weights = find("bundled")
    photo = open_photo(Path("cat.png").read_bytes(), "cat.png")
    model = load(weights)
    tensor, _ = preprocess(photo, weights.preprocessing, default_view(model, photo, weights.preprocessing))
    expected = [(weights.classes[index], share) for index, share in predict(model, tensor).top(3)]
    found = predict_photo("cat.png").top(3)
    assert [label for label, _ in found] == [label for label, _ in expected]
    assert [share for _, share in found] == pytest.approx([share for _, share in expected], abs=1e-5)
    assert expected[0][0] in predict_photo(Path("cat.png"))._repr_html_()


def test_a_file_a_live_module_and_a_picture_are_the_same_network_and_photo() -> None:
    by_file = predict_photo("cat.png", model="net.safetensors").top(3)
    assert {label for label, _ in by_file} == {"cat", "dog", "fox"}
    assert predict_photo(Image.open("cat.png"), model=Path("net.safetensors")).top(3) == by_file
    live = trained_network("net.safetensors").network.train()
    before = {name: value.clone() for name, value in live.state_dict().items()}
    found = trained_network(live)
    assert (found.weights.spec, found.weights.classes) == (TINY, ("class 0", "class 1", "class 2"))
    assert predict_photo("cat.png", model=live).top(1)[0][0] in found.weights.classes
    assert live.training, "it is left as it was"
    assert all(torch.equal(value, before[name]) for name, value in live.state_dict().items())


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [torchvision.models.resnet18, lambda: nn.DataParallel(torchvision.models.resnet18(num_classes=7))],
    ids=["torchvision", "wrapped, seven classes"],
)
def test_torchvisions_network_is_read_from_its_values(make: Callable[[], nn.Module]) -> None:
    torch.manual_seed(1)
    module = make().eval()
    inner = getattr(module, "module", module)
    found = trained_network(module)
    assert found.weights.spec.depths == (2, 2, 2, 2)
    assert any("are assumed" in note for note in found.weights.notes)
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(found.network(x), inner(x))
    assert len(found.weights.classes) == inner.fc.out_features
    assert found.weights.key == trained_network(module).weights.key
    inner.fc.bias.data += 1
    assert found.weights.key != trained_network(module).weights.key, "other values are another network"


@pytest.mark.slow
@pytest.mark.parametrize("method", list(METHODS))
def test_an_explanation_is_its_picture(method: str) -> None:
    found = explain("cat.png", model="net.safetensors", method=method, stage=1, target="dog")
    assert found.label == "dog"
    assert found.map.shape == ((32, 32))
    assert found.map.min() >= 0
    with Image.open(io.BytesIO(found._repr_png_())) as picture:
        assert picture.width == 3 * 448 + 4 * 16
    found.overlay().save("cam.png")
    assert Image.open("cam.png").size == (448, 448)
    assert np.array_equal(np.asarray(found.overlay(0.0)), np.asarray(found.square()))


def test_its_map_is_the_libraries_own() -> None:
    trained = trained_network("net.safetensors")
    tensor, _ = preprocess(open_photo(Path("cat.png").read_bytes(), "cat.png"), SQUARE)
    expected = evidence(stage_pass(trained.network, tensor, [2]).outputs[0], "hirescam").map
    found = explain("cat.png", model=trained, method="hirescam")
    np.testing.assert_allclose(found.map, expected, atol=1e-6)


def test_a_run_is_a_network_and_its_curves(here: Path) -> None:
    data = colours_zip(here / "colours.zip", each=10)
    told: list[str] = []
    run = fine_tune(
        data, strategy="stages", out="runs/colours", model="net.safetensors", epochs=2, batch_size=8,
        tell=told.append,
    )  # fmt: skip
    assert [line.partition(":")[0] for line in told[-2:]] == ["epoch 1", "epoch 2"]
    assert (run.folder, len(run.log), run.status.phase) == (Path("runs/colours"), 2, "done")
    assert run.config.settings.strategy == "stages"
    shown = run._repr_html_()
    assert shown.count("<svg") == 2
    assert f"{run.best.val_accuracy:.1%}" in shown if run.best else False
    predicted = predict_photo("cat.png", model=run.folder / "network.safetensors").top(1)
    assert predicted[0][0] in run.config.classes
    again = fine_tune(data, model=build(TINY), epochs=1, batch_size=8, tell=told.append)
    assert again.folder.parent == here / "home" / "runs"
    assert again.config.start and again.config.start.startswith("yours/")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: predict_photo("no.jpg"), "no.jpg cannot be read: No such file or directory."),
        (lambda: predict_photo("cat.png", model="resnet19"), "'resnet19' is no trained network; there are "),
        (lambda: predict_photo("cat.png", model="no.pth"), "no.pth cannot be read: No such file"),
        (
            lambda: predict_photo("cat.png", model="plain18"),
            "There are no trained values of Plain-18 on this machine.",
        ),
        (lambda: predict_photo("cat.png", model=nn.Linear(2, 2)), "Linear: This is no residual network"),
        (lambda: explain("cat.png", stage=7), "stage is 7; 0 (the stem) to 4 is allowed."),
        (lambda: explain("cat.png", target="unicorn"), "target is 'unicorn'; a name (tench, goldfish, "),
        (lambda: explain("cat.png", method="guess"), "'guess' is no method; there are gradcam, "),
        (lambda: fine_tune("no"), "There is no file or folder no."),
        (lambda: fine_tune("no", strategy="neck"), "strategy is 'neck'; allowed are head, stages, all."),
        (lambda: fine_tune("no", rate=0.0), "rate is 0.0; 1e-08 to 10 is allowed."),
        (lambda: fine_tune("no", out="run", resume=True), "run holds no run that can be resumed."),
        (lambda: fine_tune("no", epoch=3), "'epoch' is no setting; there are strategy, stages, epochs, "),
        (lambda: fine_tune("no", epochs=2.5), "epochs is 2.5; a whole number is needed."),
        (lambda: fine_tune("no", rate="fast"), "rate is 'fast'; a number is needed."),
        (lambda: fine_tune("no", augment=3), "augment is 3; True or False is needed."),
        (lambda: fine_tune(""), "data is ''; a path is needed."),
        (lambda: fine_tune("no", out=5), "out is 5; a path is needed."),
        (lambda: plan("resnet50"), "The network is 'resnet50'; a ResNetSpec is needed, such as preset("),
        (lambda: build(nn.Linear(2, 2)), "The network is Linear(in_features=2, "),
        (lambda: draw_graph(5), "The network is 5; a ResNetSpec is needed"),
        (lambda: predict_photo(torch.zeros(3, 8, 8)), "photo is tensor([[["),
        (lambda: predict_photo(""), "photo is ''; a file or a picture of PIL is needed."),
        (lambda: predict_photo(Image.new("RGB", (0, 9))), "The picture has no pixels: it is 0 × 9."),
        (lambda: predict_photo("cat.png", model=TINY), "model is ResNetSpec(block='basic', "),
        (lambda: predict_photo("cat.png", model=build(TINY).to("meta")), "ResNet has no values: it is on "),
        (lambda: predict_photo("cat.png").top(-1), "k is -1; a whole number from 0 up is allowed."),
        (lambda: explain("cat.png", method=["gradcam"]), "['gradcam'] is no method; there are gradcam, "),
        (lambda: explain("cat.png", stage="layer4"), "stage is 'layer4'; 0 (the stem) to 4 is allowed."),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(call: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:
        call()
    assert str(refusal.value).startswith(sentence)
    assert "\n" not in str(refusal.value)


def test_a_plan_shows_itself_as_a_table() -> None:
    shown = plan(preset("resnet50"))._repr_html_()
    assert shown.count("<tr>") == 8, "heads, stem, four stages, head, totals"
    assert "<td>25,557,032</td><td>4,089,184,256</td>" in shown
