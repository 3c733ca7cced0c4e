"""Table 1 is the paper's, entry by entry, and the chosen network stands out in it."""

import pytest

from resnet_explorer import ResNetSpec, plan, preset
from resnet_explorer.architecture.table1 import PAPER_DEPTHS, TABLE1_ROWS, table1, table1_html, table1_rows


def test_table1_is_the_papers() -> None:
    columns = {column.name: column for column in table1(preset("resnet50"))}
    assert list(columns) == ["ResNet-18", "ResNet-34", "ResNet-50", "ResNet-101", "ResNet-152"]
    texts = {name: [column.cells[row].text for row in TABLE1_ROWS[:-1]] for name, column in columns.items()}
    assert texts["ResNet-18"] == [
        "7×7, 64, stride 2",
        "[3×3, 64 | 3×3, 64] × 2",
        "[3×3, 128 | 3×3, 128] × 2",
        "[3×3, 256 | 3×3, 256] × 2",
        "[3×3, 512 | 3×3, 512] × 2",
    ]
    assert texts["ResNet-152"][1:] == [
        "[1×1, 64 | 3×3, 64 | 1×1, 256] × 3",
        "[1×1, 128 | 3×3, 128 | 1×1, 512] × 8",
        "[1×1, 256 | 3×3, 256 | 1×1, 1024] × 36",
        "[1×1, 512 | 3×3, 512 | 1×1, 2048] × 3",
    ]
    assert [cell.size for cell in columns["ResNet-50"].cells.values()] == ["112", "56", "28", "14", "7", "1"]
    assert [column.params for column in columns.values()] == [
        plan(preset(f"resnet{n}")).params for n in PAPER_DEPTHS
    ]


def test_the_papers_flops_are_our_macs_of_v1() -> None:
    for column in table1(preset("resnet18")):
        # The paper cuts ResNet-34's 3.66 down to 3.6; all others are rounded.
        assert column.macs_v1 / 1e9 == pytest.approx(float(column.paper_flops), abs=0.07)
    resnet50 = table1(preset("resnet50"))[2]
    assert (resnet50.macs_v1, resnet50.macs_v15) == (3_857_973_248, 4_089_184_256)


def test_one_column_is_marked_and_another_network_gets_its_own() -> None:
    assert [c.name for c in table1(preset("resnet101")) if c.marked] == ["ResNet-101"]
    assert [c.name for c in table1(preset("resnet50").with_(stride_in="1x1")) if c.marked] == ["ResNet-50"]
    resnext = table1(preset("resnext50_32x4d"))
    assert [c.name for c in resnext if c.marked] == ["ResNeXt-50 32x4d"]
    assert resnext[-1].cells["conv2_x"].text == "[1×1, 128 | 3×3, 128, C=32 | 1×1, 256] × 3"


def test_a_network_for_small_images_has_no_column_at_224() -> None:
    columns = table1(preset("resnet1202_cifar"))
    assert [column.name for column in columns] == [f"ResNet-{depth}" for depth in PAPER_DEPTHS]


def test_table1_of_a_network_with_fewer_stages_and_no_top() -> None:
    columns = table1(ResNetSpec("basic", (2, 3), include_top=False))
    assert set(columns[-1].cells) == {"conv1", "conv2_x", "conv3_x"}
    html = table1_html(columns)
    assert html.count('<td class="chosen">—</td>') == 4  # conv4_x, conv5_x, the top, the paper's FLOPs
    rows = table1_rows(columns)
    assert [row["row"] for row in rows][:6] == list(TABLE1_ROWS)
    assert rows[3][columns[-1].name] == ""
