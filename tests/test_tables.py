"""Tables: sums that equal the totals, CSV that comes back as it went, and the paper's Table 1."""

import csv
import io

import pytest

from resnet_explorer.plan import plan
from resnet_explorer.spec import PRESETS, ResNetSpec, preset
from resnet_explorer.table1 import TABLE1_ROWS, table1, table1_html, table1_rows
from resnet_explorer.tables import (
    activation_bytes,
    bytes_text,
    count_text,
    layer_rows,
    search,
    stage_rows,
    to_csv,
    to_markdown,
    totals,
)

NATURAL = {name: (32, 32) if spec.stem == "cifar" else (224, 224) for name, spec in PRESETS.items()}


@pytest.mark.parametrize("name", PRESETS)
def test_the_rows_add_up_to_the_totals(name: str) -> None:
    p = plan(PRESETS[name], NATURAL[name])
    assert totals(layer_rows(p)) == (p.params, p.macs)
    assert totals(stage_rows(p)) == (p.params, p.macs)
    for key in ("params share", "macs share"):
        assert sum(row[key] for row in stage_rows(p)) == pytest.approx(100, abs=0.01)


def test_a_row_of_resnet50_reads_like_the_paper() -> None:
    row = layer_rows(plan(preset("resnet50")))[0]
    assert row == {
        "stage": "stem",
        "layer": "conv1",
        "kind": "conv",
        "window": "7×7, stride 2",
        "input": "3 × 224 × 224",
        "output": "64 × 112 × 112",
        "params": 9408,
        "params share": 0.0368,
        "macs": 118013952,
        "macs share": 2.886,
    }


def test_stages_carry_all_three_names() -> None:
    names = [(row["stage"], row["paper"], row["torchvision"]) for row in stage_rows(plan(preset("resnet18")))]
    assert names == [
        ("stem", "conv1", "conv1, bn1, relu, maxpool"),
        ("stage 1", "conv2_x", "layer1"),
        ("stage 2", "conv3_x", "layer2"),
        ("stage 3", "conv4_x", "layer3"),
        ("stage 4", "conv5_x", "layer4"),
        ("head", "average pool, fc", "avgpool, fc"),
    ]


def test_csv_comes_back_as_it_went_and_is_the_same_each_time() -> None:
    rows = layer_rows(plan(preset("resnet18")))
    text = to_csv(rows)
    back = list(csv.DictReader(io.StringIO(text)))
    assert back == [{name: str(value) for name, value in row.items()} for row in rows]
    assert sum(int(row["params"]) for row in back) == 11_689_512
    assert text == to_csv(layer_rows(plan(preset("resnet18"))))
    assert to_csv([]) == ""


def test_search_wants_every_word_in_any_column() -> None:
    rows = layer_rows(plan(preset("resnet50")))
    assert [row["layer"] for row in search(rows, "layer2.0 DOWNSAMPLE conv")] == ["layer2.0.downsample.0"]
    assert {row["window"] for row in search(rows, "7×7")} == {"7×7, stride 2"}
    assert search(rows, "layer9") == []
    assert search(rows, "  ") == rows


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (640, "640"),
        (999, "999"),
        (1000, "1.00 k"),
        (999_499, "999 k"),
        (999_999, "1.00 M"),
        (25_557_032, "25.6 M"),
        (4_089_184_256, "4.09 G"),
        (11_513_626_624, "11.5 G"),
        (123_456_789_012, "123 G"),
        (2.5e12, "2.50 T"),
    ],
)
def test_counts_as_people_say_them(count: float, text: str) -> None:
    assert count_text(count) == text


def test_activation_memory_of_a_network_small_enough_to_add_up_by_hand() -> None:
    tiny = ResNetSpec("basic", (1,), width=2, stem="cifar", norm="none", in_channels=1, include_top=False)
    # conv1, relu, conv1, relu1, conv2, add, relu2: seven maps of 2 × 4 × 4 numbers of 4 bytes.
    assert activation_bytes(plan(tiny, (4, 4))) == 7 * 2 * 16 * 4
    assert bytes_text(896) == "896 B"
    assert bytes_text(32_900_000) == "32.9 MB"


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
        11_689_512,
        21_797_672,
        25_557_032,
        44_549_160,
        60_192_808,
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
    assert [column.name for column in columns] == [f"ResNet-{depth}" for depth in (18, 34, 50, 101, 152)]


def test_table1_of_a_network_with_fewer_stages_and_no_top() -> None:
    columns = table1(ResNetSpec("basic", (2, 3), include_top=False))
    assert set(columns[-1].cells) == {"conv1", "conv2_x", "conv3_x"}
    html = table1_html(columns)
    assert html.count('<td class="chosen">—</td>') == 4  # conv4_x, conv5_x, the top, the paper's FLOPs
    rows = table1_rows(columns)
    assert [row["row"] for row in rows][:6] == list(TABLE1_ROWS)
    assert rows[3][columns[-1].name] == ""


def test_markdown_has_numbers_flush_right_and_a_row_for_each_layer() -> None:
    p = plan(preset("resnet18"))
    lines = to_markdown(layer_rows(p)).splitlines()
    assert lines[0].startswith("| stage | layer | kind | window | input | output | params |")
    assert lines[1] == "| --- | --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: |"
    assert lines[2] == (
        "| stem | conv1 | conv | 7×7, stride 2 | 3 × 224 × 224 | 64 × 112 × 112 "
        "| 9,408 | 0.0805 | 118,013,952 | 6.5055 |"
    )
    assert len(lines) == 2 + len(p.layers)
    assert to_markdown([]) == ""
    odd = to_markdown([{"a|b": "c|d\ne", "yes": True, "c\\|d": "1.5%"}], right={"c\\|d"}).splitlines()
    assert odd == ["| a\\|b | yes | c\\|d |", "| --- | ---: | ---: |", "| c\\|d e | True | 1.5% |"]
