"""In a real Jupyter: a plan, the graph that folds, a prediction, an explanation and a run show themselves."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Error, Page, expect

from resnet_explorer.photos.samples import open_sample
from resnet_explorer.serving.processes import free_ports
from tests.e2e.conftest import PATIENCE
from tests.finetune_colours import colours_zip
from tests.places import ROOT

OTHER_PYTHON = os.environ.get("JUPYTER_PYTHON")
"""A Python that has Jupyter: another than the tests' own may, as it brings a hundred packages."""

pytestmark = pytest.mark.skipif(
    OTHER_PYTHON is None and importlib.util.find_spec("notebook") is None,
    reason="Jupyter is not installed here: pip install notebook, or JUPYTER_PYTHON=…/bin/python",
)

CELLS = (
    "from resnet_explorer import draw_graph, explain, fine_tune, plan, predict_photo, preset",
    'plan(preset("resnet50"))',
    'draw_graph("resnet50")',
    'predict_photo("cat.png")',
    'explain("cat.png", method="gradcam", stage=4)',
    'fine_tune("colours.zip", strategy="head", epochs=2, batch_size=8, out="run")',
)


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a notebook whose cells are written, and not yet run."""
    folder, (port,) = tmp_path_factory.mktemp("jupyter"), free_ports(1)
    open_sample("cat").image.save(folder / "cat.png")
    colours_zip(folder / "colours.zip", each=10)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS], metadata=kernel
    )
    nbformat.write(notebook, folder / "try.ipynb")
    home = {"RESNET_EXPLORER_HOME": str(folder / "home"), "JUPYTER_CONFIG_DIR": str(folder / "config")}
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ip=127.0.0.1",
        "--IdentityProvider.token=",
    ]
    server = subprocess.Popen(
        [OTHER_PYTHON or sys.executable, "-m", "notebook", *options, f"--ServerApp.root_dir={folder}"],
        cwd=folder,
        env=os.environ | home | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}/notebooks/try.ipynb"
    server.terminate()
    server.wait(60)


def opened(page: Page, address: str) -> None:
    for _ in range(120):
        try:
            page.goto(address)
            break
        except Error:  # it is not up yet
            page.wait_for_timeout(1000)
    page.locator(".jp-Notebook").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def test_everything_shows_itself(page: Page, jupyter: str, tmp_path: Path) -> None:
    asked: list[str] = []
    here = jupyter.removesuffix("/notebooks/try.ipynb")
    page.on("request", lambda request: asked.append(request.url))
    opened(page, jupyter)
    cells = page.locator(".jp-CodeCell")
    expect(cells.nth(5).locator("svg[role=img]")).to_have_count(2, timeout=2 * PATIENCE)
    expect(cells.nth(1).locator("table")).to_contain_text("25,557,032")
    expect(cells.nth(3).locator("table tbody tr")).to_have_count(5)
    picture = cells.nth(4).locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 3 * 448 + 4 * 16
    expect(cells.nth(5)).to_contain_text("epoch 2: training loss")
    cells.nth(2).scroll_into_view_if_needed()
    graph = cells.nth(2).frame_locator("iframe")
    expect(graph.locator(".node")).to_have_count(21)
    graph.get_by_role("button", name="See all").click()
    graph.locator('.node[data-part="layer3.1"]').dblclick()
    expect(graph.locator(".node")).to_have_count(29)
    expect(graph.locator(".about")).to_have_text("layer3.1 → 1024 × 14 × 14")
    graph.locator('.node[data-part="layer3.4"]').dblclick()
    expect(graph.locator(".node")).to_have_count(21)
    expect(graph.locator(".about")).to_contain_text("layer3.1 – 3.5 (×5)")
    assert [url for url in asked if url.startswith("http") and not url.startswith(here)] == []
