"""The Shortcuts page: the reasons, the record of a box, and a view that outlives the network."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opened import opened, words


def shortcuts_page(net: str) -> AppTest:
    return opened("shortcuts", net=net)


def boxes(at: AppTest) -> set[str]:
    """What is drawn in the first picture."""
    return set(re.findall(r'<g class="node" data-part="([^"]+)"', str(pictures(at)[0]["svg"])))


def pictures(at: AppTest) -> list[dict[str, object]]:
    components = [json.loads(graph.proto.json) for graph in at.get("bidi_component")]
    return [component for component in components if "legend" in component]


def record(at: AppTest) -> str:
    """What the panel says."""
    found = pictures(at)[0]["record"]
    assert isinstance(found, dict)
    return " · ".join((found["title"], *found["facts"]))


def test_resnet50_lists_four_projections_with_their_reasons() -> None:
    said = words(shortcuts_page("resnet50"))
    assert "12 identity shortcuts, 4 projection shortcuts: a solid line adds x itself" in said
    for line in (
        "- **layer1.0** · 64 → 256 channels, same size",
        "- **layer2.0** · 56 → 28, 256 → 512 channels",
        "- **layer3.0** · 28 → 14, 512 → 1024 channels",
        "- **layer4.0** · 14 → 7, 1024 → 2048 channels",
    ):
        assert line in said


def test_stage_1_of_resnet18_does_not_project() -> None:
    said = words(shortcuts_page("resnet18"))
    assert "5 identity shortcuts, 3 projection shortcuts:" in said
    assert "**layer1.0**" not in said
    assert "- **layer2.0** · 56 → 28, 64 → 128 channels" in said


def test_option_a_says_where_the_zeros_come() -> None:
    said = words(shortcuts_page("resnet20_cifar"))
    assert "7 identity shortcuts, 2 shortcuts, zeros added:" in said
    assert "- **layer2.0** · 32 → 16, 16 → 32 channels · zeros appended" in said
    said = words(
        shortcuts_page("basic.3-3-3.width-16.stem-cifar.shortcut-zero_pad.zero_pad-around.num_classes-10")
    )
    assert "- **layer2.0** · 32 → 16, 16 → 32 channels · zeros before and behind" in said


@pytest.mark.parametrize("net", ["resnet152", "resnet1202_cifar", "resnet200_preact", "resnet18_d2l"])
def test_every_kind_of_network_is_shown(net: str) -> None:
    assert len(pictures(shortcuts_page(net))) == 1


def test_a_stage_is_unfolded_and_stays_so_when_the_network_changes() -> None:
    at = shortcuts_page("resnet152")
    assert "layer3.20" not in boxes(at)
    at.pills(key="sc_unfold").set_value([3]).run()
    assert "layer3.20" in boxes(at)
    assert "layer2.5" not in boxes(at)
    at.selectbox(key="_network_choice").set_value("resnet101").run()
    assert at.pills(key="sc_unfold").value == [3]
    assert "layer3.20" in boxes(at)


def test_a_network_of_three_stages_forgets_the_fourth() -> None:
    at = shortcuts_page("resnet50")
    at.pills(key="sc_unfold").set_value([2, 4]).run()
    at.selectbox(key="_network_choice").set_value("resnet20_cifar").run()
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
    assert "379,392 parameters" in record(at)
    assert "projection shortcut (dashed): 56 → 28, 256 → 512 channels" in record(at)
    at.query_params["sc_node"] = "layer3.1"  # as a click on the folded box does
    at.run()
    assert record(at).startswith("layer3.1 – 3.5 ×5 ·")


def test_a_box_that_the_next_network_has_not_is_let_go() -> None:
    at = shortcuts_page("resnet50")
    at.selectbox(key="sc_node").set_value("layer4.0").run()
    at.selectbox(key="_network_choice").set_value("resnet20_cifar").run()
    assert not at.exception
    assert at.selectbox(key="sc_node").value is None
    assert pictures(at)[0]["record"] is None


def test_a_shortcut_and_a_line_have_records_and_stand_in_the_link() -> None:
    at = shortcuts_page("resnet18")
    at.query_params["sc_node"] = "layer2.0~shortcut"
    at.run()
    assert "dashed: projection, 56 → 28, 64 → 128 channels" in record(at)
    assert pictures(at)[0]["picked"] == "layer2.0~shortcut"
    at.query_params["sc_node"] = "maxpool~in"
    at.run()
    assert record(at).startswith("conv1 → maxpool ·")
    assert pictures(at)[0]["picked"] == "maxpool~in"


def test_searching_a_layer_unfolds_its_stage_and_shows_layers() -> None:
    at = shortcuts_page("resnet152")
    at.selectbox(key="sc_node").set_value("layer3.20.conv2").run()
    assert at.pills(key="sc_unfold").value == [3]
    assert at.toggle(key="sc_layers").value is True
    assert {"layer3.20.conv2", "layer2.1.conv2"} <= boxes(at)
    assert "layer2.2.conv2" not in boxes(at)
    assert pictures(at)[0]["picked"] == "layer3.20.conv2"


def test_searching_a_block_leaves_the_layers_alone() -> None:
    at = shortcuts_page("resnet152")
    at.selectbox(key="sc_node").set_value("layer2.5").run()
    assert at.pills(key="sc_unfold").value == [2]
    assert at.toggle(key="sc_layers").value is False


def test_folding_again_marks_the_box_that_holds_what_was_found() -> None:
    at = shortcuts_page("resnet152")
    at.selectbox(key="sc_node").set_value("layer3.20").run()
    assert at.pills(key="sc_unfold").value == [3]
    assert '"fold": "Fold stage 3"' in json.dumps(pictures(at)[0]["record"])
    at.pills(key="sc_unfold").set_value([]).run()
    assert pictures(at)[0]["picked"] == "layer3.1"
    assert record(at).startswith("layer3.20 ·")  # its own record, not its neighbours'
    assert '"fold": "Unfold stage 3"' in json.dumps(pictures(at)[0]["record"])


def test_without_shapes_none_is_drawn() -> None:
    at = shortcuts_page("resnet18")
    assert "64\u2009×\u200956" in str(pictures(at)[0]["svg"])
    at.toggle(key="sc_shapes").set_value(False).run()
    assert 'class="shape"' not in str(pictures(at)[0]["svg"])


@pytest.mark.parametrize(
    ("code", "value"), [("sc_dir", "RL"), ("sc_unfold", "7"), ("sc_node", "layer9"), ("sc_layers", "yes")]
)
def test_what_a_link_asks_in_vain_is_told(code: str, value: str) -> None:
    at = shortcuts_page("resnet18")
    at.query_params[code] = value
    at.run()
    assert f"`{code}={value}`" in at.warning[0].value
    assert len(pictures(at)) == 1


@pytest.mark.slow
def test_only_a_giant_picture_is_smaller_as_png() -> None:
    at = shortcuts_page("resnet1202_cifar")
    assert not [caption for caption in at.caption if "PNG" in caption.value]
    at.pills(key="sc_unfold").set_value([1, 2, 3]).run()
    assert [caption for caption in at.caption if "10,000 pixels" in caption.value]


def networks(at: AppTest) -> dict[str, bool]:
    """The networks in the one picture by their names, and whether they have shortcuts."""
    (picture,) = pictures(at)
    drawn = str(picture["svg"]).split('<g class="network">')[1:]
    names = (re.search(r'class="network_name"[^>]*>([^<]+)<', network) for network in drawn)
    return {
        name[1]: 'class="shortcut"' in network for name, network in zip(names, drawn, strict=True) if name
    }


def test_the_plain_network_stands_beside_it() -> None:
    at = shortcuts_page("resnet34")
    assert networks(at) == {}  # one alone has its name in the head
    at.toggle(key="sc_plain").set_value(True).run()
    assert networks(at) == {"ResNet-34": True, "plain": False}


def test_beside_a_plain_network_stands_the_residual_one() -> None:
    at = shortcuts_page("plain18")
    assert "nothing is added" in words(at)
    at.toggle(key="sc_plain").set_value(True).run()
    assert networks(at) == {"Plain-18": False, "residual": True}
