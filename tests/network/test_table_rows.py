"""Tables: sums that equal the totals, and CSV that comes back as it went."""

import csv
import io

import pytest

from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec, preset
from resnet_explorer.network.table_rows import (
    activation_bytes,
    layer_rows,
    search,
    stage_rows,
    to_csv,
    to_markdown,
    totals,
)


@pytest.mark.parametrize("name", PRESETS)
def test_the_rows_add_up_to_the_totals(name: str) -> None:
    p = plan(PRESETS[name], PRESETS[name].natural_size)
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


def test_activation_memory_of_a_network_small_enough_to_add_up_by_hand() -> None:
    tiny = ResNetSpec("basic", (1,), width=2, stem="cifar", norm="none", in_channels=1, include_top=False)
    # conv1, relu, conv1, relu1, conv2, add, relu2: seven maps of 2 × 4 × 4 numbers of 4 bytes.
    assert activation_bytes(plan(tiny, (4, 4))) == 7 * 2 * 16 * 4


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
