"""x, g(x) and the sums of all blocks against a forward pass alone, and a click on the page Inside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_explorer import build, preset
from resnet_explorer.explanation.predict import predict
from resnet_explorer.inside.additions import additions
from resnet_explorer.inside.block_values import walk_blocks
from resnet_explorer.model.fold_batch_norm import for_evaluation
from tests.benchmarks.timing import Row, side_by_side
from tests.framed import keep_frame
from tests.places import APP


def rows() -> Iterator[Row]:
    torch.manual_seed(0)
    photo = torch.randn(1, 3, 224, 224)
    for name, words in (("resnet18", "ResNet-18"), ("resnet50", "ResNet-50")):
        model = for_evaluation(build(preset(name)))
        times = side_by_side(
            {
                "forward": lambda model=model: predict(model, photo),  # type: ignore[misc]
                "kept": lambda model=model: list(walk_blocks(model, photo)),  # type: ignore[misc]
                "sums": lambda model=model: [each.total for each in walk_blocks(model, photo)],  # type: ignore[misc]
                "numbers": lambda model=model: additions(model, photo),  # type: ignore[misc]
            },
            rounds=31,
        )
        what = f"all blocks' x, g(x) and sums, {words}"
        yield Row(f"{what}, kept", times["kept"], "our forward pass", times["forward"], "≤ 1.05")
        yield Row(f"{what}, each sum added again", times["sums"], "our forward pass", times["forward"])
        yield Row(f"{what}, in numbers", times["numbers"], "our forward pass", times["forward"], "≤ 1.3")
    yield _clicks()
    yield _numbers()


def _clicks() -> Row:
    """A block picked, from the click to the end of the script, beside a rerun in which nothing changes."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        keep_frame(monkeypatch)
        page = AppTest.from_file(APP, default_timeout=120).switch_page("pages/inside.py").run()
        options = page.selectbox(key="in_block").options
        names = cycle(f"layer{option.removeprefix('block ')}" for option in options)

        def click() -> None:
            page.selectbox(key="in_block").set_value(next(names)).run()

        times = side_by_side({"click": click, "rerun": page.run}, rounds=24)
    return Row("Inside, a click on a block", times["click"], "a rerun", times["rerun"], "≤ 150 ms")


def _numbers() -> Row:
    """Another layer's number, which runs the network up to it, beside a rerun in which nothing changes."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        keep_frame(monkeypatch)
        page = AppTest.from_file(APP, default_timeout=120).switch_page("pages/inside.py")
        page.query_params["in_source"] = "arithmetic"
        page.run()
        layers = cycle(option.partition(":")[0] for option in page.selectbox(key="in_layer").options)

        def click() -> None:
            page.selectbox(key="in_layer").set_value(next(layers)).run()

        times = side_by_side({"click": click, "rerun": page.run}, rounds=42)
    return Row("Inside, a number of another layer", times["click"], "a rerun", times["rerun"], "≤ 150 ms")
