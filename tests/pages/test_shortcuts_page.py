"""The Shortcuts page: the reasons, the record of a box, and a view that outlives the network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "app.py")


def shortcuts_page(net: str = "resnet18") -> AppTest:
    at = AppTest.from_file(APP, default_timeout=60)
    at.query_params["net"] = net
    at.run()
    at.switch_page("pages/shortcuts.py").run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    return "\n".join(markdown.value for markdown in at.markdown)


def boxes(at: AppTest) -> list[str]:
    return list(at.selectbox(key="sc_node").options)


def pictures(at: AppTest) -> list[dict[str, object]]:
    return [json.loads(graph.proto.json) for graph in at.get("bidi_component")]


def test_resnet50_lists_four_projections_with_their_reasons() -> None:
    said = words(shortcuts_page("resnet50"))
    assert "12 identity shortcuts, 4 projection shortcuts." in said
    for line in (
        "- **layer1.0** · 64 → 256 channels, same size",
        "- **layer2.0** · 56 → 28, 256 → 512 channels",
        "- **layer3.0** · 28 → 14, 512 → 1024 channels",
        "- **layer4.0** · 14 → 7, 1024 → 2048 channels",
    ):
        assert line in said


def test_stage_1_of_resnet18_does_not_project() -> None:
    said = words(shortcuts_page("resnet18"))
    assert "5 identity shortcuts, 3 projection shortcuts." in said
    assert "**layer1.0**" not in said
    assert "- **layer2.0** · 56 → 28, 64 → 128 channels" in said


def test_option_a_says_that_zeros_are_appended() -> None:
    said = words(shortcuts_page("resnet20_cifar"))
    assert "7 identity shortcuts, 2 shortcuts, zeros appended." in said
    assert "- **layer2.0** · 32 → 16, 16 → 32 channels (zeros appended)" in said


@pytest.mark.parametrize("net", ["resnet152", "resnet1202_cifar", "resnet200_preact", "resnet18_d2l"])
def test_every_kind_of_network_is_shown(net: str) -> None:
    assert len(pictures(shortcuts_page(net))) == 1


def test_a_stage_is_unfolded_and_stays_so_when_the_network_changes() -> None:
    at = shortcuts_page("resnet152")
    assert "layer3.20" not in boxes(at)
    at.pills(key="sc_unfold").set_value([3]).run()
    assert "layer3.20" in boxes(at)
    assert "layer2.5" not in boxes(at)
    at.sidebar.selectbox[0].set_value("resnet101").run()
    assert at.pills(key="sc_unfold").value == [3]
    assert "layer3.20" in boxes(at)


def test_a_network_of_three_stages_forgets_the_fourth() -> None:
    at = shortcuts_page("resnet50")
    at.pills(key="sc_unfold").set_value([2, 4]).run()
    at.sidebar.selectbox[0].set_value("resnet20_cifar").run()
    assert not at.exception
    assert at.pills(key="sc_unfold").value == [2]


def test_every_layer_on_demand() -> None:
    at = shortcuts_page("resnet50")
    assert "layer1.0.downsample.0" not in boxes(at)
    at.toggle(key="sc_layers").set_value(True).run()
    assert "layer1.0.downsample.0" in boxes(at)


def test_the_record_of_a_box_and_of_a_folded_one() -> None:
    at = shortcuts_page("resnet50")
    at.selectbox(key="sc_node").set_value("layer2.0").run()
    assert "379,392 parameters" in words(at)
    assert "projection shortcut (dashed): 56 → 28, 256 → 512 channels" in words(at)
    at.selectbox(key="sc_node").set_value("layer3.1").run()
    assert "**layer3.1 – 3.5** ×5" in words(at)


def test_a_box_that_the_next_network_has_not_is_let_go() -> None:
    at = shortcuts_page("resnet50")
    at.selectbox(key="sc_node").set_value("layer4.0").run()
    at.sidebar.selectbox[0].set_value("resnet20_cifar").run()
    assert not at.exception
    assert at.selectbox(key="sc_node").value is None


def test_the_plain_network_stands_beside_it() -> None:
    at = shortcuts_page("resnet34")
    at.toggle(key="sc_plain").set_value(True).run()
    assert [heading.value for heading in at.subheader] == ["ResNet-34", "Plain-34"]
    residual, plain = pictures(at)
    assert 'class="shortcut"' in str(residual["svg"])
    assert 'class="shortcut"' not in str(plain["svg"])
    assert plain["legend"] == [[None, "no shortcut"]]


def test_beside_a_plain_network_stands_the_residual_one() -> None:
    at = shortcuts_page("plain18")
    assert "nothing is added" in words(at)
    at.toggle(key="sc_plain").set_value(True).run()
    assert [heading.value for heading in at.subheader] == ["Plain-18", "ResNet-18"]
