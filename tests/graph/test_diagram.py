"""The graph of a network: its lines, their reasons, and what a folded box stands for."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.common.svg import INK
from resnet_explorer.graph.diagram import cells, dashed_blocks, edges, standing_for, to_dot
from resnet_explorer.graph.records import node_record, parts
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import PRESETS, ResNetSpec, preset
from tests.strategies import input_sizes, specs

NODE = re.compile(r'^\t(?:"([^"]+)"|([\w]+)) \[label=', re.M)
EDGE = re.compile(r'^\t(?:"([^"]+)"|(\w+)) -> (?:"([^"]+)"|(\w+)) \[(.*)\]$', re.M)


def drawn(name: str) -> Plan:
    return plan(preset(name), preset(name).natural_size)


def planned(spec: ResNetSpec, size: tuple[int, int]) -> Plan:
    try:
        return plan(spec, size)
    except ValueError:
        assume(False)
        raise


@pytest.mark.parametrize(
    ("name", "identity", "projection"),
    [
        ("resnet18", 5, 3),
        ("resnet34", 13, 3),
        ("resnet50", 12, 4),
        ("resnet101", 29, 4),
        ("resnet152", 46, 4),
        ("plain34", 0, 0),
    ],
)
def test_solid_and_dashed_lines_of_the_published_networks(name: str, identity: int, projection: int) -> None:
    kinds = [edge.kind for edge in edges(cells(drawn(name), folds=False))]
    assert (kinds.count("identity"), kinds.count("projection")) == (identity, projection)
    assert kinds.count("zero_pad") == 0


def test_option_a_appends_zeros_where_the_size_is_halved() -> None:
    dashed = [edge for edge in edges(cells(drawn("resnet20_cifar"), folds=False)) if edge.kind == "zero_pad"]
    assert [edge.reason for edge in dashed] == [
        "32 → 16, 16 → 32 channels, zeros appended",
        "16 → 8, 32 → 64 channels, zeros appended",
    ]


def test_option_c_projects_everywhere() -> None:
    p = plan(preset("resnet18").with_(shortcut="projection_all"))
    kinds = [edge.kind for edge in edges(cells(p, folds=False))]
    assert (kinds.count("identity"), kinds.count("projection")) == (0, 8)


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        (
            "resnet18",
            ["56 → 28, 64 → 128 channels", "28 → 14, 128 → 256 channels", "14 → 7, 256 → 512 channels"],
        ),
        (
            "resnet50",
            [
                *("64 → 256 channels, same size", "56 → 28, 256 → 512 channels"),
                *("28 → 14, 512 → 1024 channels", "14 → 7, 1024 → 2048 channels"),
            ],
        ),
        ("plain18", []),
    ],
)
def test_each_dashed_line_has_its_reason(name: str, reasons: list[str]) -> None:
    dashed = dashed_blocks(drawn(name))
    assert [block.shortcut_reason for block in dashed] == reasons
    assert [block.name for block in dashed] == [f"layer{stage}.0" for stage in range(5 - len(reasons), 5)]


@pytest.mark.parametrize("layers", [False, True])
@pytest.mark.parametrize("name", PRESETS)
def test_folded_boxes_stand_for_every_block_once(name: str, layers: bool) -> None:
    p = drawn(name)
    chain = [cell for cell in cells(p, layers=layers) if cell.names[0].startswith("layer")]
    assert [block for cell in chain for block in cell.names] == [block.name for block in p.blocks]
    assert sum(cell.count for cell in chain) == len(p.blocks)


def test_resnet152_folds_to_a_dashed_and_a_solid_box_per_stage() -> None:
    chain = [cell for cell in cells(drawn("resnet152")) if cell.names[0].startswith("layer")]
    assert [cell.count for cell in chain] == [1, 2, 1, 7, 1, 35, 1, 2]
    assert chain[5].title == "layer3.1 – 3.35"


def test_one_stage_is_unfolded_alone() -> None:
    folds = {"stage 1", "stage 2", "stage 4"}
    names = [cell.names[0] for cell in cells(drawn("resnet50"), folds=folds) if cell.section == "stage 3"]
    assert names == [f"layer3.{number}" for number in range(6)]


def test_a_preactivated_projection_reads_the_activated_input() -> None:
    lines = list(edges(cells(drawn("resnet200_preact"), layers=True, folds=False)))
    sources = {edge.target: edge.source for edge in lines if edge.kind == "projection"}
    assert sources["layer2.0.downsample.0"] == "layer2.0.relu1"
    identity = {edge.target: edge.source for edge in lines if edge.kind == "identity"}
    assert identity["layer2.1.add"] == "layer2.0.add"


@given(spec=specs(), size=input_sizes)
def test_unfolded_layer_by_layer_the_graph_has_every_layer_of_the_plan(
    spec: ResNetSpec, size: tuple[int, int]
) -> None:
    p = planned(spec, size)
    chain = cells(p, layers=True, folds=False)
    assert [node.key for cell in chain for node in cell.nodes] == [
        "input",
        *(layer.name for layer in p.layers),
    ]
    shortcuts = [edge for edge in edges(chain) if edge.kind != "data"]
    assert bool(shortcuts) == (spec.shortcut != "none")
    reached = {"input"}
    for edge in edges(chain):  # the order of the data: nothing is used before it is there
        assert edge.source in reached
        reached.add(edge.target)
    assert reached == {"input", *(layer.name for layer in p.layers)}


@pytest.mark.parametrize("layers", [False, True])
@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("name", ["resnet18", "resnet152", "resnet20_cifar", "resnet200_preact", "plain34"])
def test_dot_names_every_node_it_joins(name: str, folded: bool, layers: bool) -> None:
    dot = to_dot(drawn(name), layers=layers, folded=folded)
    nodes = {quoted or bare for quoted, bare in NODE.findall(dot)}
    ends = {a or b for a, b, _, _, _ in EDGE.findall(dot)} | {c or d for _, _, c, d, _ in EDGE.findall(dot)}
    assert ends == nodes
    assert dot.startswith("digraph") and dot.rstrip().endswith("}")
    assert dot.count("{") == dot.count("}") == 1
    assert "bgcolor=white" in dot and f'fontcolor="{INK}"' in dot and f'fontcolor="{LINE_GREY}"' not in dot


def test_dot_draws_identity_solid_and_projection_dashed() -> None:
    for name, solid, dashed in (("resnet18", 5, 3), ("resnet152", 46, 4), ("plain18", 0, 0)):
        dot = to_dot(drawn(name), folded=False)
        assert (dot.count("style=solid"), dot.count("style=dashed")) == (solid, dashed)


def test_dot_says_direction_repeats_and_reason_and_is_the_same_every_time() -> None:
    p = drawn("resnet152")
    dot = to_dot(p, direction="LR")
    assert "rankdir=LR" in dot
    assert "× 35" in dot
    assert "64 → 256 channels, same size" in dot
    assert dot == to_dot(p, direction="LR")


@given(spec=specs(), size=input_sizes, folds=st.booleans())
def test_every_line_has_the_shape_that_its_ends_have(
    spec: ResNetSpec, size: tuple[int, int], folds: bool
) -> None:
    p = planned(spec, size)
    gives = {"input": p.input_shape, **{layer.name: layer.out_shape for layer in p.layers}}
    takes = {layer.name: layer.in_shape for layer in p.layers}
    for edge in edges(cells(p, layers=True, folds=folds)):
        assert edge.shape == gives[edge.source]
        if not edge.target.startswith("fc"):  # the pooled map is flattened on its way into it
            assert edge.shape == takes[edge.target]
        else:
            assert edge.shape == (*takes[edge.target], 1, 1)


@given(spec=specs(), size=input_sizes, layers=st.booleans())
def test_every_shortcut_is_of_its_blocks_kind(spec: ResNetSpec, size: tuple[int, int], layers: bool) -> None:
    p = planned(spec, size)
    kinds = {
        edge.key: edge.kind for edge in edges(cells(p, layers=layers, folds=False)) if edge.kind != "data"
    }
    assert kinds == {f"{b.name}~shortcut": b.shortcut for b in p.blocks if b.shortcut != "none"}
    for block in p.blocks:  # solid exactly where the shape stays, options A and B
        if spec.shortcut in ("projection", "zero_pad"):
            assert (block.shortcut == "identity") == (block.in_shape == block.out_shape)


@pytest.mark.slow
@given(spec=specs(), size=input_sizes, layers=st.booleans(), folds=st.booleans())
def test_all_that_is_drawn_has_a_record_and_stands_for_itself(
    spec: ResNetSpec, size: tuple[int, int], layers: bool, folds: bool
) -> None:
    p = planned(spec, size)
    chain = cells(p, layers=layers, folds=folds)
    drawn_parts = [node.key for cell in chain for node in cell.nodes] + [edge.key for edge in edges(chain)]
    known = parts(p)
    for part in drawn_parts:
        assert part in known or part.rpartition("~")[0].rpartition(".")[2].startswith("downsample")
        assert standing_for(chain, part) == part
        if part in known:
            assert node_record(p, part, 1, layers)


@pytest.mark.parametrize(
    ("layers", "folds", "part", "stand_in"),
    [
        (False, True, "layer3.4.conv2", "layer3.1"),  # the folded box of blocks 1 to 5
        (True, True, "layer3.4.conv2", "layer3.1.conv2"),
        (False, False, "layer3.4.conv2", "layer3.4"),
        (True, False, "layer3.4.conv2", "layer3.4.conv2"),
        (False, True, "layer3.4~shortcut", "layer3.1~shortcut"),
        (False, True, "layer3.4.add", "layer3.1.add"),
        (True, False, "layer3.4~in", "layer3.4.conv1~in"),
        (False, False, "layer3.4.conv1~in", "layer3.4"),
        (False, False, "bn1", None),
    ],
)
def test_what_is_not_drawn_is_shown_by_what_it_belongs_to(
    layers: bool, folds: bool, part: str, stand_in: str | None
) -> None:
    assert standing_for(cells(drawn("resnet50"), layers=layers, folds=folds), part) == stand_in
