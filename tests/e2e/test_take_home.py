"""A network comes as a file of weights and goes as a file of code, in a real browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import onnxruntime
import torch
from playwright.sync_api import Page, expect

from resnet_explorer import ResNetSpec, build
from tests.e2e.conftest import close_popover, link_says, settle, visit

SPEC = ResNetSpec("bottleneck", (1, 2, 1), width=16, groups=4, stem="cifar", num_classes=7)


def open_file(page: Page, file: Path) -> None:
    """Give a file to the builder, behind its button."""
    page.locator(".st-key-arch_builder button").first.click()
    uploader = page.get_by_test_id("stPopoverBody").get_by_test_id("stFileUploader")
    uploader.locator("input[type=file]").set_input_files(file)


def test_a_file_of_weights_becomes_the_network_and_its_code_runs_elsewhere(
    page: Page, app: str, tmp_path: Path
) -> None:
    model = build(SPEC)
    parameters = f"{sum(value.numel() for value in model.parameters()):,}"
    torch.save({"state_dict": model.state_dict()}, tmp_path / "mine.pth")
    visit(page, f"{app}/architecture?arch_by=file", "Architecture")
    open_file(page, tmp_path / "mine.pth")
    expect(page.get_by_text("mine.pth holds").first).to_be_visible()
    settle(page)
    expect(page.get_by_text("4 groups of").first).to_be_visible()
    close_popover(page)
    expect(page.locator(".st-key-foot").get_by_text(parameters, exact=True)).to_be_visible()
    link_says(page, "net=bottleneck.1-2-1.width-16.groups-4.stem-cifar.num_classes-7")

    with page.expect_download() as download:
        page.get_by_role("button", name="model.py").click()
    download.value.save_as(tmp_path / "model.py")
    done = subprocess.run(
        [sys.executable, "-I", "model.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0] == f"{parameters} parameters"

    page.get_by_role("button", name="Prepare ONNX").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="ONNX").and_(
            page.get_by_test_id("stDownloadButton").get_by_role("button")
        ).click()
    download.value.save_as(tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx", providers=["CPUExecutionProvider"])
    (logits,) = session.run(None, {"image": torch.zeros(2, 3, 32, 32).numpy()})
    assert logits.shape == (2, 7)


def test_a_file_that_is_no_network_gets_a_sentence(page: Page, app: str, tmp_path: Path) -> None:
    (tmp_path / "holiday.pth").write_bytes(b"\x89PNG" + bytes(400))
    visit(page, f"{app}/architecture?arch_by=file", "Architecture")
    open_file(page, tmp_path / "holiday.pth")
    expect(page.get_by_test_id("stAlert").get_by_text("holiday.pth is a picture")).to_be_visible()
    expect(page.locator(".st-key-foot").get_by_text("11,270,904")).to_be_visible()
