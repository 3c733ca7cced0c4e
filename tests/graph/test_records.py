"""What a click on a box tells."""

from __future__ import annotations

import pytest

from resnet_explorer.graph.records import node_record
from tests.graph.test_diagram import drawn


def test_a_block_tells_its_shapes_costs_and_why_it_projects() -> None:
    assert node_record(drawn("resnet50"), "layer2.0") == (
        "**layer2.0** · bottleneck block of stage 2 · 256 × 56 × 56 → 512 × 28 × 28 · 379,392 parameters · "
        "373 M MACs · projection shortcut (dashed): 56 → 28, 256 → 512 channels"
    )


def test_a_folded_box_tells_what_its_blocks_come_to_together() -> None:
    record = node_record(drawn("resnet152"), "layer3.1", 35)
    assert record.startswith("**layer3.1 – 3.35** ×35")
    assert "1,117,184 parameters each" in record
    assert f"together {35 * 1_117_184:,}" in record


def test_a_layer_tells_its_window_and_its_parameters() -> None:
    record = node_record(drawn("resnet18"), "layer2.0.downsample.0")
    assert "convolution 1×1, stride 2" in record
    assert "64 × 56 × 56 → 128 × 28 × 28" in record
    assert "8,192 parameters" in record
    assert "no parameters" in node_record(drawn("resnet18"), "layer1.0.add")


def test_a_dashed_line_tells_what_it_costs_and_a_solid_one_that_it_is_free() -> None:
    assert node_record(drawn("resnet18"), "layer2.0~shortcut") == (
        "**shortcut of layer2.0** · layer1.1.add → layer2.0.add · 64 × 56 × 56 → 128 × 28 × 28 · "
        "dashed: projection, 56 → 28, 64 → 128 channels · convolution 1×1, stride 2 · batch norm · "
        "8,448 parameters · 6.42 M MACs"
    )
    assert node_record(drawn("resnet152"), "layer3.1~shortcut", 35) == (
        "**shortcut of layer3.1 – 3.35** ×35 · layer3.0.add → layer3.1.add · 1024 × 14 × 14 · "
        "solid: identity, input and output are both 1024 × 14 × 14 · no parameters · no MACs"
    )
    zeros = node_record(drawn("resnet20_cifar"), "layer2.0~shortcut")
    assert "dashed: zero padding, 32 → 16, 16 → 32 channels · zeros appended · no parameters" in zeros


def test_a_line_tells_what_flows_in_it_as_it_is_drawn() -> None:
    flows = "thin line: the data's way · 64 × 112 × 112 · 802,816 numbers, 3.21 MB in float32"
    assert node_record(drawn("resnet18"), "maxpool~in") == f"**conv1 → maxpool** · {flows}"
    assert node_record(drawn("resnet18"), "maxpool~in", by_layer=True) == f"**relu → maxpool** · {flows}"


@pytest.mark.parametrize("key", ["layer9~in", "layer9.0~shortcut", "input~in"])
def test_a_line_that_is_not_there_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="is no layer and no block"):
        node_record(drawn("resnet18"), key)


def test_a_plain_network_has_no_record_of_a_shortcut() -> None:
    with pytest.raises(ValueError, match="is no layer and no block"):
        node_record(drawn("plain18"), "layer2.0~shortcut")


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="'layer9' is no layer and no block"):
        node_record(drawn("resnet18"), "layer9")
