"""Two networks on Architecture, from the link or the controls, and what is said of them."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.network.spec import TORCHVISION_NAMES
from tests.pages.opened import charts, opened

CUSTOM = "bottleneck.3-4-36-3.stride_in-1x1"


def compare_page(**link: str) -> AppTest:
    return opened("compare", **({"net": "resnet50", "weights": "none"} | link))


def words(at: AppTest) -> str:
    """What the page says in Markdown and in HTML of its own, without the tags."""
    html = "\n".join([*(each.value for each in at.markdown), *(each.proto.body for each in at.get("html"))])
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL))


def rings(at: AppTest) -> list[str]:
    chart = charts(at)[0]
    return [trace["name"] for trace in chart["data"] if " · " in trace.get("name", "")]


def test_the_first_view_lays_resnet_101_beside_resnet_50() -> None:
    at = compare_page()
    assert "+17 identity blocks in stage 3; nothing else." in words(at)
    assert "25,557,032 → 44,549,160" in words(at)
    assert "+18,992,128 (+74 %)" in words(at)
    assert rings(at) == ["A · ResNet-50", "B · ResNet-101"]
    assert "cmp_with" not in at.query_params


def test_an_old_link_leads_here_with_all_that_it_asks_for() -> None:
    at = compare_page(cmp_with="resnet152")
    assert at.title[0].value == "Architecture"
    assert at.segmented_control(key="arch_show").value == "compare"
    assert {name: at.query_params[name] for name in ("net", "cmp_with", "arch_show")} == {
        "net": "resnet50", "cmp_with": "resnet152", "arch_show": "compare",
    }  # fmt: skip
    at.segmented_control(key="arch_show").set_value("network").run()
    assert not at.warning
    assert "cmp_with" not in at.query_params
    at.segmented_control(key="arch_show").set_value("compare").run()
    assert at.query_params["cmp_with"] == "resnet152"


@pytest.mark.slow
def test_b_has_as_many_classes_as_a_unless_told() -> None:
    at = opened("compare")
    assert at.selectbox(key="cmp_with").value == "resnet34"
    assert "+1 in stage 4; nothing else." in words(at)
    assert "11,270,904 → 21,379,064" in words(at)
    assert rings(at) == ["A · ResNet-18", "B · ResNet-34"]
    told = (
        "What is published of **ResNet-18** and of **ResNet-34** was measured with ImageNet’s 1,000 classes."
    )
    assert told in [each.value for each in at.markdown]
    at.button(key="cmp_swap").click().run()
    assert (at.query_params["net"], at.query_params["weights"]) == ("basic.3-4-6-3.num_classes-184", "none")
    assert at.selectbox(key="cmp_with").value == "resnet18"
    at.button(key="cmp_swap").click().run()
    assert (at.query_params["net"], at.query_params["weights"]) == ("resnet18", "bundled")
    code = "basic.3-4-6-3.num_classes-7"
    assert "7 classes instead of 184" in words(opened("compare", cmp_with=code))


def test_b_is_chosen_and_stands_in_the_link() -> None:
    at = compare_page()
    at.selectbox(key="cmp_with").set_value("resnet152").run()
    assert at.query_params["cmp_with"] == "resnet152"
    assert "+4 identity blocks in stage 2, +30 in stage 3; nothing else." in words(at)


def test_a_link_opens_both_networks_with_their_sizes_and_switches() -> None:
    at = compare_page(
        net="resnet20_cifar",
        cmp_with=CUSTOM,
        cmp_size="224x160",
        cmp_unit="FLOPs",
        cmp_top="5",
        cmp_against="params",
        cmp_click="A",
        cmp_figures="1",
    )
    assert not at.warning
    assert at.selectbox(key="cmp_with").value == CUSTOM
    assert "An input of 224 × 160 pixels instead of 32 × 32" in words(at)
    chart = charts(at)[0]
    assert chart["layout"]["yaxis"]["title"]["text"] == "top-5 accuracy, %"
    assert chart["layout"]["xaxis"]["title"]["text"] == "million parameters"
    assert "80.858" in words(at)
    # Neither has published weights: two lines, and a sentence that names them.
    assert rings(at) == []
    assert any("**ResNet-20 CIFAR** and of **ResNet-140" in text.value for text in at.markdown)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("cmp_with", "resnet51", "which is no preset and no code of a network"),
        ("cmp_with", "basic.2-0", "1 to 4 stages of 1 to 500 blocks"),
        ("cmp_size", "99999", "two whole numbers from 1 to 4096"),
        ("cmp_size", "huge", "a size is written as 224 or 224x160"),
        ("cmp_unit", "FLOP", "allowed: MACs, FLOPs"),
    ],
)
def test_a_bad_link_opens_the_default_with_a_sentence(name: str, value: str, sentence: str) -> None:
    at = compare_page(**{name: value})
    assert f"`{name}={value}`" in at.warning[0].value
    assert sentence in at.warning[0].value
    assert "+17 identity blocks in stage 3; nothing else." in words(at)
    assert name not in at.query_params


def test_swapping_and_back() -> None:
    at = compare_page(net="resnet20_cifar", cmp_with="resnet18", cmp_size="224")
    before = words(at)
    at.button(key="cmp_swap").click().run()
    assert (at.query_params["net"], at.query_params["size"]) == ("resnet18", "224")
    assert (at.query_params["cmp_with"], at.query_params["cmp_size"]) == ("resnet20_cifar", "32")
    assert "10 classes instead of 1,000" in words(at)
    at.button(key="cmp_swap").click().run()
    assert words(at) == before


@pytest.mark.slow
def test_a_network_of_ones_own_is_kept_as_b() -> None:
    at = compare_page(net=CUSTOM)
    at.button(key="cmp_keep").click().run()
    assert "They are the same network." in words(at)
    at.selectbox(key="_network_choice").set_value("resnet50").run()
    assert at.query_params["cmp_with"] == CUSTOM
    assert "+30 identity blocks in stage 3; the stride moves from the 3×3 to the 1×1" in words(at)


def test_flops_are_twice_the_macs() -> None:
    at = compare_page()
    assert "4.09 G → 7.80 G" in words(at)
    at.segmented_control(key="cmp_unit").set_value("FLOPs").run()
    assert "8.18 G → 15.6 G" in words(at)
    chart = charts(at)[0]
    assert chart["layout"]["xaxis"]["title"]["text"] == "GFLOPs"


@pytest.mark.parametrize("other", ["resnet1202_cifar", "resnext101_64x4d", "plain34", "resnet200_preact"])
def test_every_kind_of_network_can_be_b(other: str) -> None:
    at = compare_page(net="resnet18", cmp_with=other)
    assert not at.warning
    assert len(rings(at)) == 1 + (other in TORCHVISION_NAMES)


def test_that_all_layers_are_the_same_is_said_alone_in_any_language() -> None:
    plain = "basic.2-2-2-2.shortcut-none"
    at = compare_page(
        lang="zh", net=plain, cmp_with=f"{plain}.stride_in-1x1.projection_norm-0.zero_pad-around"
    )
    assert any("</ul><p>逐层看完全相同。</p>" in each.proto.body for each in at.get("html"))


def test_b_has_its_own_size_where_that_of_a_is_too_small_for_it() -> None:
    at = compare_page(net="resnet18", size="4", cmp_with="resnet18_d2l_unpadded")
    assert "An input of 224 × 224 pixels instead of 4 × 4" in words(at)
