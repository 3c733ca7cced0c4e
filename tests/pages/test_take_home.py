"""The Architecture page's last section, and the builder's "From a file", as a reader uses them."""

from __future__ import annotations

import io
import subprocess
import sys
from functools import partial
from typing import Any

import onnx
import pytest
import torch
from streamlit import config
from streamlit.config import get_option
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build, preset
from resnet_explorer.export.model_py import model_file
from tests.pages.opened import checkpoint_uploader, totals, words
from tests.pages.opened import opened as open_page
from tests.places import APP

UPLOADS = "server.maxUploadSize"
WIDE = ResNetSpec("bottleneck", (1, 2), width=8, width_per_group=128, num_classes=7)


def opened(**link: str) -> AppTest:
    """The page with the network of a link, ResNet-18 with ImageNet's classes unless told."""
    return open_page("architecture", **({"net": "resnet18", "weights": "none"} | link))


def saved(content: object) -> bytes:
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


def uploaded(page: AppTest, content: bytes, name: str) -> AppTest:
    page.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    assert not page.exception
    return page


def parameters(page: AppTest) -> str:
    return totals(page)["parameters"]


# Recognise a network


@pytest.fixture
def page() -> AppTest:
    return opened(arch_by="file")


def test_uploads_of_weights_say_how_much_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", lambda name: 1024 if name == UPLOADS else get_option(name))
    page = opened(arch_by="file")
    assert page.file_uploader[0].proto.max_upload_size_mb == 512
    assert checkpoint_uploader(page).proto.max_upload_size_mb == 512


@pytest.mark.slow
def test_a_file_of_torchvision_becomes_the_network_of_the_session(page: AppTest) -> None:
    from torchvision.models import resnet50

    uploaded(page, saved({"state_dict": resnet50().state_dict()}), "r50_*best*.pth")
    assert parameters(page) == "25,557,032"
    assert page.selectbox(key="_network_choice").value == "resnet50"
    assert [box.value for box in page.success] == [r"r50\_\*best\*.pth holds ResNet-50."]
    assert "`layer1`, `layer2`, `layer3`, `layer4` have 3, 4, 6, 3 blocks of three convolutions" in words(
        page
    )
    assert 'The stride is assumed on the 3×3 (v1.5); "1x1" (v1) has the same shapes.' in words(page)
    page.selectbox(key="_network_choice").set_value("resnet18").run()
    assert not page.success, "what was said of the file is about another network now"


def test_a_network_of_ones_own_brings_its_input_size(page: AppTest) -> None:
    uploaded(page, saved(build(preset("resnet20_cifar")).state_dict()), "mine.pt")
    assert parameters(page) == "269,722"
    assert page.number_input(key="arch_height").value == 32
    uploaded(page, saved(build(WIDE).state_dict()), "wide.bin")
    assert (
        page.selectbox(key="_network_choice").value
        == "bottleneck.1-2.width-8.width_per_group-128.num_classes-7"
    )
    assert page.number_input(key="arch_height").value == 224


def test_what_a_file_calls_its_tensors_is_text_and_no_markup(page: AppTest) -> None:
    state = build(preset("resnet20_cifar")).state_dict()
    uploaded(page, saved(state | {"![](http:a.example)": torch.zeros(1)}), "mine.pt")
    assert r"Left aside, for they are no part of the network: !\[\](http:a.example)" in words(page)


def test_a_file_that_fits_none_leaves_what_was_shown(page: AppTest) -> None:
    uploaded(page, saved({"features.0.weight": torch.zeros(4, 3, 3, 3)}), "vgg.pth")
    assert [box.value.replace("\\", "") for box in page.error] == [
        r"vgg.pth: This is no residual network that is known here: "
        r"there is no conv1.weight, but there is features.0.weight."
    ]
    assert parameters(page) == "11,689,512"
    uploaded(page, b"\x89PNG\r\n" + bytes(500), "photo.png")
    assert [box.value for box in page.error] == ["photo.png is a picture, and a checkpoint is needed."]
    assert parameters(page) == "11,689,512"


class Spy:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("it ran",)


def test_code_in_a_file_does_not_run(page: AppTest, capsys: pytest.CaptureFixture[str]) -> None:
    uploaded(page, saved({"conv1.weight": Spy()}), "spy.pth")
    assert "holds more than tensors" in page.error[0].value
    assert "it ran" not in capsys.readouterr().out


# Take it home


def files(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What each button would give, by its file's name."""
    import streamlit as st

    given: dict[str, Any] = {}
    button = st.delta_generator.DeltaGenerator.download_button

    def note(self: Any, label: str, data: Any, file_name: str, *rest: Any, **more: Any) -> bool:
        given[file_name] = data
        pressed: bool = button(self, label, data, file_name, *rest, **more)
        return pressed

    with monkeypatch.context() as patched:
        patched.setattr(st.delta_generator.DeltaGenerator, "download_button", note)
        patched.setattr(st, "download_button", partial(note, st._main))
        page.run()
    assert not page.exception
    return {name: data() if callable(data) else data for name, data in given.items()}


def test_every_file_is_of_the_network_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(net="resnet34", size="96x64")
    given: dict[str, Any] = files(page, monkeypatch)
    assert given["model.py"] == model_file(preset("resnet34"), (96, 64))
    assert given["resnet34-96x64.dot"].startswith("digraph resnet {")
    assert given["resnet34-96x64-graph.svg"].startswith("<svg")
    assert len(given["resnet34-96x64-layers.csv"].splitlines()) == 1 + 124
    markdown = given["resnet34-96x64-layers.md"].splitlines()
    assert len(markdown) == 2 + 124
    assert markdown[-1].startswith("| head | fc | fc |  | 512 | 1000 | 513,000 | 2.3535 | 512,000 |")
    assert "checks its 21,797,672 parameters. It can load torchvision’s weights." in words(page)
    assert files(page, monkeypatch) == given, "the same network gives the same files"


def test_the_code_can_be_read_on_the_page() -> None:
    page = opened(net="plain18", home_code="1")
    assert "class PlainNet(nn.Module):" in page.code[0].value
    assert "torchvision’s weights" not in words(page)
    page.toggle(key="home_code").set_value(False).run()
    assert not page.code


@pytest.mark.slow
def test_onnx_is_prepared_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(net="resnet20_cifar")
    assert "resnet20_cifar-32.onnx" not in files(page, monkeypatch)
    state = torch.random.get_rng_state()
    page.button(key="home_onnx").click().run()
    assert torch.equal(torch.random.get_rng_state(), state), "nobody else's random numbers were drawn"
    content = files(page, monkeypatch)["resnet20_cifar-32.onnx"]
    assert isinstance(content, bytes)
    read = onnx.load_from_string(content)
    torch.manual_seed(0)
    weight = build(preset("resnet20_cifar")).state_dict()["conv1.weight"]
    first = next(value for value in read.graph.initializer if value.name == "conv1.weight")
    assert torch.equal(torch.from_numpy(onnx.numpy_helper.to_array(first).copy()), weight)
    page.selectbox(key="_network_choice").set_value("resnet18").run()
    assert page.button(key="home_onnx").label == "Prepare ONNX"


def test_a_giant_gets_a_sentence_and_no_onnx() -> None:
    page = opened(net="bottleneck.50-50-50-50.width-256")
    assert page.button(key="home_onnx").disabled
    assert "As ONNX this network would be a file of 19.1 GB, and up to 537 MB are written" in words(page)


@pytest.mark.slow
def test_no_torch_is_loaded_for_any_of_it() -> None:
    script = f"""
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({APP!r}, default_timeout=60)
page.query_params["arch_by"] = "file"
page.query_params["home_code"] = "1"
page.switch_page("pages/architecture.py").run()
print(len(page.exception), len(page.code), sorted({{"torch", "onnx"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["0 1 []"]
