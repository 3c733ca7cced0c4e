"""The Counting page, by the figures that people ask about."""

from __future__ import annotations

import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.counting.conventions import TOOLS, Tool, change_rows, count_of, tool, tool_count, walk
from resnet_explorer.network.spec import preset
from resnet_explorer.network.spec_code import encode_spec
from resnet_explorer.network.table_rows import to_csv
from tests.pages.opened import opened, text


def counting_page(net: str = "resnet50", **link: str) -> AppTest:
    return opened("counting", net=net, weights="none", **link)


def total(at: AppTest) -> int:
    return int(at.metric[0].value.replace(",", ""))


def who(at: AppTest) -> str | None:
    chosen: str | None = at.session_state["cnt_tool"]
    return chosen


def listed(at: AppTest) -> list[str]:
    return [str(name) for name in at.dataframe[0].value["layer"]]


def test_the_first_view_is_the_way_to_fvcores_count() -> None:
    at = counting_page()
    assert total(at) == 4_111_512_576
    assert who(at) == "fvcore"
    assert "**4.11 G**, as fvcore counts." in text(at)
    assert listed(at) == ["layer2.0.conv1", "layer3.0.conv1", "layer4.0.conv1"]
    assert "**231,211,008** operations in **3** layers" in text(at)


@pytest.mark.parametrize("known", TOOLS, ids=lambda known: known.key)
def test_choosing_a_tool_moves_the_switches_and_the_link(known: Tool) -> None:
    at = counting_page()
    at.segmented_control(key="cnt_tool").set_value(known.key).run()
    assert not at.exception
    assert total(at) == tool_count(preset("resnet50"), (224, 224), known).total
    assert who(at) == known.key
    assert known.says in text(at) and known.source in text(at)
    assert at.query_params.get("cnt_stride") == ("1x1" if known.key == "paper" else None)
    again = counting_page(**{key: code for key, code in at.query_params.items() if key.startswith("cnt_")})
    assert total(again) == total(at) and who(again) == known.key
    assert not again.warning


def test_a_switch_changes_the_total_and_whose_count_it_is() -> None:
    at = counting_page()
    at.segmented_control(key="cnt_norm").set_value("0").run()
    at.segmented_control(key="cnt_avgpool").set_value("0").run()
    assert (total(at), who(at)) == (4_089_184_256, "tv")
    at.segmented_control(key="cnt_stride").set_value("1x1").run()
    assert (total(at), who(at)) == (3_857_973_248, "paper")
    assert "The paper prints 3.8 billion." in text(at)
    at.segmented_control(key="cnt_add").set_value("1").run()
    assert who(at) is None
    assert "by rules that are none of these tools’" in text(at)
    at.segmented_control(key="cnt_mac").set_value(2).run()
    assert total(at) > 2 * 3_857_973_248


def test_each_step_lists_its_layers_and_the_table_can_be_taken_away() -> None:
    at = counting_page()
    at.segmented_control(key="cnt_step").set_value("norm").run()
    assert at.query_params["cnt_step"] == "norm"
    assert "**22,227,968** operations in **53** layers" in text(at)
    assert listed(at)[0] == "bn1"
    at.segmented_control(key="cnt_step").set_value("goal").run()
    assert "**4,111,512,576** operations in **108** layers" in text(at)
    at.segmented_control(key="cnt_step").set_value("start").run()
    assert "**3,857,973,248** operations in **54** layers" in text(at)


def test_a_step_that_is_no_more_gives_way_to_the_widest() -> None:
    at = counting_page(cnt_step="avgpool")
    assert listed(at) == ["avgpool"]
    at.segmented_control(key="cnt_tool").set_value("torchinfo").run()
    assert at.segmented_control(key="cnt_step").value == "stride"
    assert not at.exception


def test_another_network_brings_its_own_stride() -> None:
    at = counting_page(encode_spec(preset("resnet50").with_(stride_in="1x1")))
    assert at.segmented_control(key="cnt_stride").value == "1x1"
    assert total(at) < 4_000_000_000
    at.selectbox(key="_network_choice").set_value("resnet50").run()
    assert at.segmented_control(key="cnt_stride").value == "3x3"
    assert total(at) == 4_111_512_576


@pytest.mark.parametrize(
    "net",
    ["resnet18", "resnet20_cifar", "plain34", "resnet18_d2l", "resnet200_preact", "resnext50_32x4d"],
)
def test_networks_of_every_kind(net: str) -> None:
    at = counting_page(net)
    spec = preset(net)
    assert total(at) == count_of(spec, spec.natural_size, tool("fvcore").convention).total
    assert ("v1 and v1.5 are the same network here" in text(at)) == (spec.block == "basic")


def test_a_link_that_asks_in_vain_is_told() -> None:
    at = counting_page(cnt_norm="7")
    assert "`cnt_norm=7`" in at.warning[0].value
    assert total(at) == 4_111_512_576


@pytest.mark.slow
def test_the_tools_are_asked_when_they_are_asked_for() -> None:
    at = counting_page("resnet20_cifar")
    assert len(at.dataframe) == 1
    at.toggle(key="cnt_ask").set_value(True).run()
    answers = at.dataframe[1].value.set_index("tool")
    assert answers.loc["fvcore", "its own figure"] == "40,931,968"
    assert answers.loc["torchinfo", "its own figure"] == "40,552,426"
    assert answers.loc["FlopCounterMode", "its own figure"] == "81,102,080"
    assert list(answers["equal"]) == ["—", "yes", "yes", "yes", "—", "yes"]


def test_the_csv_sums_to_the_step() -> None:
    spec = preset("resnet50")
    counts = [tool_count(spec, (224, 224), tool(key)) for key in ("paper", "fvcore")]
    for step in walk(*counts):
        rows = list(csv.DictReader(io.StringIO(to_csv(change_rows(step.changes)))))
        assert sum(int(row["amount"]) for row in rows) == step.amount
