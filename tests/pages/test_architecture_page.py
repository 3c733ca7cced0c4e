"""The Architecture page as a reader uses it: build a network, read its numbers, follow a size."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.common.i18n import speaking
from tests.pages.opened import opened, pictures, totals
from tests.places import APP, ROOT

RESNET18 = {"net": "resnet18", "weights": "none"}
"""With ImageNet's classes."""


@pytest.fixture
def page() -> AppTest:
    return opened("architecture", **RESNET18)


def shown_text(page: AppTest) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.get("html"), *page.subheader))


def build_by(page: AppTest, way: str) -> AppTest:
    return page.segmented_control(key="arch_by").set_value(way).run()


@pytest.mark.slow
def test_the_first_visit_shows_resnet18(page: AppTest) -> None:
    assert totals(page) == {
        "layers": "18",
        "parameters": "11,689,512",
        "MACs": "1.81 G",
        "activations": "32.9 MB",
        "output": "1000",
    }


def test_with_the_bundled_weights_it_has_their_classes() -> None:
    page = opened("architecture", net="resnet18", weights="bundled")
    assert totals(page)["parameters"] == "11,270,904", "512 × 184 + 184 in its last layer"
    assert totals(page)["output"] == "184"
    last = page.dataframe[0].value.iloc[-1]
    assert (last["layer"], last["params"]) == ("fc", 512 * 184 + 184)


def test_resnet50_by_preset(page: AppTest) -> None:
    page.segmented_control(key="arch_resnet").set_value("resnet50").run()
    assert totals(page)["parameters"] == "25,557,032"
    assert totals(page)["MACs"] == "4.09 G"
    page.segmented_control(key="arch_unit").set_value("FLOPs").run()
    assert totals(page)["FLOPs"] == "8.18 G"
    assert "MACs" not in totals(page)


def test_another_network_by_name(page: AppTest) -> None:
    page.selectbox(key="arch_preset").set_value("resnext50_32x4d").run()
    assert totals(page)["parameters"] == "25,028,904"
    assert page.segmented_control(key="arch_resnet").value is None


def test_depth_152(page: AppTest) -> None:
    build_by(page, "depth")
    assert page.number_input(key="arch_depth").value == 18
    page.number_input(key="arch_depth").set_value(152).run()
    assert totals(page)["parameters"] == "60,192,808"
    assert not page.info


def test_depth_51_does_not_exist_and_the_page_says_why(page: AppTest) -> None:
    build_by(page, "depth")
    page.number_input(key="arch_depth").set_value(51).run()
    assert totals(page)["layers"] == "50"
    assert [info.value for info in page.info] == [
        "51 layers do not exist with bottlenecks, which come in steps of three (3 × blocks + 2): "
        "the closest are 50 and 53; 50 is shown."
    ]
    assert page.number_input(key="arch_depth").value == 51
    page.number_input(key="arch_height").set_value(64).run()  # another control changes nothing of that
    assert page.number_input(key="arch_depth").value == 51
    assert len(page.info) == 1


def test_a_cifar_network_by_depth_brings_its_size(page: AppTest) -> None:
    build_by(page, "depth")
    page.segmented_control(key="arch_depth_stem").set_value("cifar").run()
    page.number_input(key="arch_depth").set_value(110).run()
    assert totals(page)["layers"] == "110"
    assert totals(page)["output"] == "10"
    assert page.number_input(key="arch_height").value == 32
    assert "32 → 16 → 8 → 1" in pictures(page)[0]


@pytest.mark.slow
def test_free_fields_build_wide_resnet50(page: AppTest) -> None:
    build_by(page, "free")
    page.segmented_control(key="arch_block").set_value("bottleneck").run()
    for stage, blocks in enumerate((3, 4, 6, 3), start=1):
        page.number_input(key=f"arch_stage{stage}").set_value(blocks)
    page.run()
    page.number_input(key="arch_width_per_group").set_value(128).run()
    assert totals(page)["parameters"] == "68,883,240"
    assert page.selectbox(key="_network_choice").value == "wide_resnet50_2"


@pytest.mark.slow
def test_every_free_field_reaches_the_network(page: AppTest) -> None:
    build_by(page, "free")
    for key, value in {"arch_in_channels": 1, "arch_num_classes": 10}.items():
        page.number_input(key=key).set_value(value).run()
    page.toggle(key="arch_conv_bias").set_value(True).run()
    page.toggle(key="arch_projection_norm").set_value(False).run()
    assert page.selectbox(key="_network_choice").value == "resnet18_d2l"
    page.toggle(key="arch_include_top").set_value(False).run()
    assert totals(page)["output"] == "512 × 7 × 7"
    for key, value in {
        "arch_stem": "cifar",
        "arch_shortcut": "none",
        "arch_stride_in": "1x1",
        "arch_activation": "pre",
        "arch_norm": "none",
    }.items():
        page.selectbox(key=key).set_value(value).run()
    assert page.selectbox(key="_network_choice").value == (
        "basic.2-2-2-2.stem-cifar.stride_in-1x1.activation-pre.shortcut-none.norm-none"
        ".conv_bias-1.in_channels-1.num_classes-10.include_top-0.projection_norm-0"
    )


def test_a_refused_network_leaves_the_last_good_one_on_the_screen(page: AppTest) -> None:
    build_by(page, "free")
    page.number_input(key="arch_groups").set_value(3).run()
    assert [error.value for error in page.error] == [
        "groups is 3, which does not divide the width 64; a divisor of the width is allowed."
    ]
    assert totals(page)["parameters"] == "11,689,512"
    page.number_input(key="arch_groups").set_value(2).run()
    assert not page.error
    assert totals(page)["parameters"] != "11,689,512"


def test_a_refusal_is_told_in_chinese_too() -> None:
    at = opened("architecture", lang="zh", arch_by="free")
    with speaking("zh"):  # the test's own reading of the choices
        at.number_input(key="arch_groups").set_value(3).run()
    assert [error.value for error in at.error] == ["groups（组数）为 3，不能整除宽度 64；只能是宽度的约数。"]


def test_a_stage_without_blocks_before_one_with_blocks_is_refused(page: AppTest) -> None:
    build_by(page, "free")
    page.number_input(key="arch_stage2").set_value(0).run()
    assert page.error[0].value.startswith("depths is (2, 0, 2, 2), and 0 of it will not do")
    assert totals(page)["layers"] == "18"
    page.number_input(key="arch_stage3").set_value(0)
    page.number_input(key="arch_stage4").set_value(0).run()
    assert not page.error
    assert totals(page)["layers"] == "6"


def test_the_controls_follow_the_head(page: AppTest) -> None:
    build_by(page, "free")
    page.number_input(key="arch_groups").set_value(3).run()
    page.selectbox(key="_network_choice").set_value("resnet56_cifar").run()
    assert not page.error
    assert page.number_input(key="arch_groups").value == 1
    assert [page.number_input(key=f"arch_stage{n}").value for n in range(1, 5)] == [9, 9, 9, 0]
    assert page.selectbox(key="arch_shortcut").value == "zero_pad"
    assert page.number_input(key="arch_height").value == 32


def test_the_controls_follow_the_link() -> None:
    page = opened("architecture", net="bottleneck.1-2.groups-4", size="96x64", arch_by="free")
    assert page.segmented_control(key="arch_by").value == "free"
    assert page.number_input(key="arch_groups").value == 4
    assert [page.number_input(key=f"arch_stage{n}").value for n in range(1, 5)] == [1, 2, 0, 0]
    assert [page.number_input(key=f"arch_{side}").value for side in ("height", "width_px")] == [96, 64]


def test_what_the_floor_leaves_at_224_and_at_225(page: AppTest) -> None:
    assert "The last window starts at column 222 and ends at 228: the last column (229) is never read" in (
        shown_text(page)
    )
    assert "<td>⌊111.5⌋</td><td>= 111</td>" in shown_text(page)
    page.number_input(key="arch_height").set_value(225)
    page.number_input(key="arch_width_px").set_value(225).run()
    assert "nothing is left over, so the floor changes nothing" in shown_text(page)
    assert "⌊" not in shown_text(page)


def test_a_later_step_shows_the_shortcut_too(page: AppTest) -> None:
    page.segmented_control(key="arch_step").set_value("stage 2").run()
    assert "it reads 784 of 3,136 (25 %)" in shown_text(page)
    page.selectbox(key="_network_choice").set_value("plain18").run()
    assert "it reads" not in shown_text(page)


def test_a_step_of_a_stage_that_is_gone_falls_back_to_the_first(page: AppTest) -> None:
    page.segmented_control(key="arch_step").set_value("stage 4").run()
    page.selectbox(key="_network_choice").set_value("resnet20_cifar").run()
    assert page.segmented_control(key="arch_step").value == "conv1"
    assert not page.exception


def test_the_layer_table_its_search_and_its_sums(page: AppTest) -> None:
    table = page.dataframe[0].value
    assert table["params"].sum() == 11_689_512
    assert "**68 of 68 rows** · 11,689,512 parameters · 1,814,073,344 MACs" in shown_text(page)
    page.text_input(key="arch_search").set_value("downsample conv").run()
    assert list(page.dataframe[0].value["layer"]) == [f"layer{n}.0.downsample.0" for n in (2, 3, 4)]
    assert "**3 of 68 rows** · 172,032 parameters" in shown_text(page)
    page.text_input(key="arch_search").set_value("no such layer").run()
    assert page.info[0].value == "No layer has all of these words."


def test_only_the_chosen_view_is_drawn(page: AppTest) -> None:
    assert not page.get("plotly_chart")
    page.segmented_control(key="arch_view").set_value("stages").run()
    assert len(page.get("plotly_chart")) == 1
    assert "Most parameters: **stage 4**, 72 %. Most MACs: **stage 1**, 25 %." in shown_text(page)
    page.segmented_control(key="arch_view").set_value("table1").run()
    assert not page.get("plotly_chart")
    assert not page.dataframe
    assert '<th class="chosen">ResNet-18</th>' in shown_text(page)


def test_torchinfo_agrees_figure_by_figure(page: AppTest) -> None:
    page.selectbox(key="_network_choice").set_value("resnet20_cifar").run()
    page.segmented_control(key="arch_view").set_value("torchinfo").run()
    assert [box.value for box in page.success] == ["They agree: every layer and every figure."]
    table = page.dataframe[0].value
    assert list(table.loc[table["figure"] == "parameters"].iloc[0])[1:5] == ["269,722"] * 3 + ["yes"]
    assert "Total params: 269,722" in page.code[0].value


@pytest.mark.slow
def test_without_torchinfo_no_torch_is_loaded() -> None:
    script = f"""
import sys
from streamlit.testing.v1 import AppTest
from tests.pages.opened import totals
for view in ("layers", "stages", "table1"):
    page = AppTest.from_file({APP!r}, default_timeout=60)
    page.query_params["arch_view"] = view
    page.query_params.update({{"net": "resnet18", "weights": "bundled" if view == "table1" else "none"}})
    page.switch_page("pages/architecture.py").run()
    print(page.segmented_control(key="arch_view").value, totals(page)["parameters"])
print(sorted({{"torch", "torchinfo"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = done.stdout.splitlines()
    assert found == ["layers 11,689,512", "stages 11,689,512", "table1 11,270,904", "[]"]


def test_before_the_photos_maps_are_there_the_blocks_stand_below_the_path_without_numbers() -> None:
    page = opened("architecture", net="resnet18", weights="bundled")
    path, strip = pictures(page)[:2]
    assert path.count("<image") == 1 and path.count('opacity="0.18"') == 5
    blocks = re.findall(r'data-key="(layer[^"]+)"', strip)
    assert blocks == [f"layer{stage}.{block}" for stage in range(1, 5) for block in range(2)]
    assert "<image" not in strip


@pytest.mark.slow
def test_the_channels_of_the_chosen_box_are_a_click_away() -> None:
    page = opened("architecture", net="resnet18", weights="bundled", arch_step="stage 3")
    page.button(key="arch_channels").click().run()
    assert page.title[0].value == "Feature maps"
    assert page.query_params["p_stage"] == "3"
