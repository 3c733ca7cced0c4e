"""What a click on a box tells."""

from __future__ import annotations

import pytest
from test_diagram import drawn

from resnet_explorer.node_record import node_record


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


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="'layer9' is no layer and no block"):
        node_record(drawn("resnet18"), "layer9")
