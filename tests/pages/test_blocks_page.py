"""The Blocks page, by the figures a reader would check."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.network.spec import preset
from tests.pages.opened import charts, opened, words


def blocks_page(net: str = "resnet18") -> AppTest:
    return opened("blocks", net=net)


def metrics(at: AppTest) -> list[str]:
    return [metric.value for metric in at.metric]


def test_the_first_view_is_the_papers_comparison() -> None:
    at = blocks_page()
    assert metrics(at)[:4] == ["1,179,648", "3.70 G", "69,632", "218 M"]
    assert "**16.9 times** the weights of a bottleneck: **1,179,648 / 69,632** on 256 channels." in words(at)
    assert "3 · 3 · 256 · 256 = 589,824" in words(at)
    assert "1 · 1 · 256 · 64 = 16,384" in words(at)


def test_another_channel_count_and_size() -> None:
    at = blocks_page()
    at.number_input(key="blk_channels").set_value(64)
    at.number_input(key="blk_size").set_value(28).run()
    basic, bottleneck = 2 * 9 * 64 * 64, 2 * 64 * 16 + 9 * 16 * 16
    assert metrics(at)[0] == f"{basic:,}" == "73,728"
    assert metrics(at)[2] == f"{bottleneck:,}" == "4,352"
    assert metrics(at)[1] == "57.8 M"
    assert "Two blocks on 64 channels" in [header.value for header in at.header]


def test_channels_that_cannot_be_quartered_leave_the_last_comparison() -> None:
    at = blocks_page()
    at.number_input(key="blk_channels").set_value(128).run()
    at.number_input(key="blk_channels").set_value(130).run()
    assert [warning.value for warning in at.warning] == [
        "channels is 130, and a bottleneck squeezes them to a quarter; a multiple of 4 is needed, "
        "such as 128 or 132."
    ]
    assert metrics(at)[0] == f"{2 * 9 * 128 * 128:,}"
    assert "Two blocks on 128 channels" in [header.value for header in at.header]


def test_norms_and_flops_by_switch() -> None:
    at = blocks_page()
    at.toggle(key="blk_norms").set_value(True)
    at.segmented_control(key="blk_unit").set_value("FLOPs").run()
    assert metrics(at)[:4] == ["1,180,672", "7.40 G", "70,400", "437 M"]
    assert [metric.label for metric in at.metric][:2] == ["Parameters", "FLOPs"]


def test_whole_networks_of_the_chosen_depths() -> None:
    at = blocks_page("resnet50")
    labels = [(metric.label, metric.value) for metric in at.metric][4:]
    assert labels == [
        ("ResNet-34, basic: parameters", "21.8 M"),
        ("ResNet-50, bottleneck: parameters", "25.6 M"),
    ]
    at.segmented_control(key="blk_count").set_value("MACs").run()
    labels = [(metric.label, metric.value) for metric in at.metric][4:]
    assert labels == [("ResNet-34, basic: MACs", "3.66 G"), ("ResNet-50, bottleneck: MACs", "4.09 G")]


@pytest.mark.parametrize(
    "net", ["resnet1202_cifar", "resnext50_32x4d", "wide_resnet50_2", "plain34", "resnet18_d2l"]
)
def test_every_kind_of_network_is_compared(net: str) -> None:
    at = blocks_page(net)
    bars, curve = charts(at)
    assert [trace["name"] for trace in bars["data"]] == ["basic", "bottleneck"]
    assert curve["data"][-1]["x"][0] == preset(net).depth
    adapted = any("no width per group" in caption.value for caption in at.caption)
    assert adapted == (net in ("resnext50_32x4d", "wide_resnet50_2"))


def test_what_was_set_stays_when_the_network_changes() -> None:
    at = blocks_page()
    at.number_input(key="blk_channels").set_value(512).run()
    at.selectbox(key="_network_choice").set_value("resnet152").run()
    assert at.number_input(key="blk_channels").value == 512
    assert metrics(at)[0] == f"{2 * 9 * 512 * 512:,}"
