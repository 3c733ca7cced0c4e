"""Every convention against the tool that it is named for, and the steps between them."""

from __future__ import annotations

from dataclasses import fields
from importlib.metadata import version
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_explorer import ResNetSpec, plan, preset
from resnet_explorer.counting import conventions as counting
from resnet_explorer.counting.ask_tools import Answer, ask, ask_tool
from resnet_explorer.counting.conventions import (
    RULES,
    TOOLS,
    Convention,
    Count,
    change_rows,
    count,
    count_of,
    printed_in_paper,
    tool,
    tool_count,
    tool_of,
    walk,
)
from resnet_explorer.network.spec import PRESETS, TORCHVISION_NAMES
from resnet_explorer.network.spec_code import decode_spec
from tests.strategies import input_sizes, specs

RESNET50 = preset("resnet50")
FULL = (224, 224)
ASKED = ("torchinfo", "fvcore", "thop", "torch")


def total(key: str, spec: ResNetSpec = RESNET50, size: tuple[int, int] = FULL) -> int:
    return tool_count(spec, size, tool(key)).total


def steps(key: str, spec: ResNetSpec = RESNET50, size: tuple[int, int] = FULL) -> dict[str, int]:
    return {step.key: step.amount for step in from_paper(spec, size, key)}


def from_paper(spec: ResNetSpec, size: tuple[int, int], key: str) -> tuple[counting.Step, ...]:
    return walk(tool_count(spec, size, tool("paper")), tool_count(spec, size, tool(key)))


def ptflops(spec: ResNetSpec, size: tuple[int, int]) -> int:
    from ptflops import get_model_complexity_info

    from resnet_explorer import build

    shape = plan(spec, size).input_shape
    macs, _ = get_model_complexity_info(build(spec), shape, as_strings=False, print_per_layer_stat=False)
    return int(macs)


conventions = st.builds(
    Convention.of_codes,
    st.sampled_from([1, 2]),
    st.fixed_dictionaries({term: st.sampled_from(sorted(rules)) for term, rules in RULES.items()}),
)


# The tools themselves


@pytest.mark.slow
@pytest.mark.parametrize("key", ASKED)
@pytest.mark.parametrize("name", TORCHVISION_NAMES)
def test_a_tool_says_the_same_of_torchvisions_networks(name: str, key: str) -> None:
    """At 32 × 32, because fvcore runs the networks."""
    assert ask_tool(key, preset(name), (32, 32)) == total(key, preset(name), (32, 32))


@pytest.mark.slow
@pytest.mark.parametrize("key", ASKED)
@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_a_tool_says_the_same_at_full_size(name: str, key: str) -> None:
    assert ask_tool(key, preset(name)) == total(key, preset(name))


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(spec=specs(), size=input_sizes)
@pytest.mark.parametrize("key", ASKED)
def test_a_tool_says_the_same_of_any_network(key: str, spec: ResNetSpec, size: tuple[int, int]) -> None:
    assert ask_tool(key, spec, size) == total(key, spec, size)


@settings(max_examples=20, deadline=None)
@given(spec=specs(), size=input_sizes)
def test_ptflops_says_the_same_of_any_network(spec: ResNetSpec, size: tuple[int, int]) -> None:
    assert ptflops(spec, size) == total("ptflops", spec, size)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnext50_32x4d", "resnet18_d2l"])
def test_ptflops_says_the_same_of_known_networks(name: str) -> None:
    assert ptflops(preset(name), (96, 96)) == total("ptflops", preset(name), (96, 96))


def test_in_training_mode_fvcore_counts_five_for_each_number_of_a_norm() -> None:
    import torch
    from fvcore.nn import FlopCountAnalysis

    from resnet_explorer import build

    spec = preset("resnet20_cifar")
    analysis = FlopCountAnalysis(build(spec).train(), torch.zeros(1, 3, 32, 32))
    analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    five = Convention(norm=RULES["norm"]["5"], avgpool=RULES["avgpool"]["1"])
    assert analysis.total() == count(plan(spec, (32, 32)), five).total


@pytest.mark.parametrize("package", ["fvcore", "thop"])
def test_a_source_names_the_version_that_is_asked(package: str) -> None:
    assert tool(package).source.startswith(f"{package} {version(package).replace('-', '.post')},")


# Figures that people know


def test_the_figures_of_resnet50() -> None:
    assert total("paper") == 3_857_973_248
    assert total("tv") == plan(RESNET50).macs == 4_089_184_256
    assert total("torchinfo") == 4_089_238_376
    assert total("fvcore") == 4_111_512_576
    assert total("thop") == 4_133_742_592
    assert total("ptflops") == 4_132_436_968
    assert total("torch") == 8_178_368_512 == 2 * 4_089_184_256


@pytest.mark.parametrize(("name", "printed"), [("resnet18", 1.8), ("resnet50", 3.8), ("resnet152", 11.3)])
def test_the_papers_count_is_what_it_prints_within_a_tenth(name: str, printed: float) -> None:
    assert printed_in_paper(preset(name), FULL) == str(printed)
    assert abs(total("paper", preset(name)) / 1e9 - printed) < 0.1


def test_the_paper_prints_nothing_of_other_networks_and_sizes() -> None:
    assert printed_in_paper(preset("resnext50_32x4d"), FULL) is None
    assert printed_in_paper(RESNET50, (192, 192)) is None


def test_the_figures_of_resnet18_that_peers_were_seen_to_give() -> None:
    spec = preset("resnet18")
    assert total("torch", spec) == 2 * 1_814_073_344
    assert total("torchinfo", spec) == 1_814_083_944
    assert total("fvcore", spec) == 1_819_065_856


def test_from_the_paper_to_each_tool_step_by_step() -> None:
    stride = {"stride": 231_211_008}
    assert steps("paper") == {}
    assert steps("tv") == stride
    assert steps("torchinfo") == stride | {"bias": 1_000, "norm": 53_120}
    assert steps("fvcore") == stride | {"norm": 22_227_968, "avgpool": 7 * 7 * 2048}
    assert steps("thop") == stride | {"norm": 44_455_936, "avgpool": (7 * 7 + 1) * 2048}
    assert steps("torch") == stride | {"flops": 4_089_184_256}
    assert steps("ptflops")["maxpool"] == 2 * 64 * 112 * 112
    assert list(steps("ptflops")) == ["stride", "bias", "norm", "relu", "maxpool", "avgpool"]


def test_the_stride_costs_three_convolutions_four_times_their_pixels_less_what_the_1x1_saves() -> None:
    (step,) = from_paper(RESNET50, FULL, "tv")
    rows = change_rows(step.changes)
    assert [row["layer"] for row in rows] == ["layer2.0.conv1", "layer3.0.conv1", "layer4.0.conv1"]
    assert rows[0] == {
        "stage": "stage 2",
        "layer": "layer2.0.conv1",
        "kind": "conv",
        "input": "256 × 56 × 56",
        "output": "128 × 56 × 56",
        "before": 256 * 128 * 28 * 28,
        "after": 256 * 128 * 56 * 56,
        "amount": 3 * 256 * 128 * 28 * 28,
    }
    assert step.by_stage == {"stage 2": 77_070_336, "stage 3": 77_070_336, "stage 4": 77_070_336}


def test_batch_norms_are_listed_with_twice_what_enters_them() -> None:
    step = next(step for step in from_paper(RESNET50, FULL, "fvcore") if step.key == "norm")
    assert len(step.changes) == 53
    assert (step.changes[0].layer.name, step.changes[0].before, step.changes[0].amount) == (
        "bn1",
        0,
        2 * 64 * 112 * 112,
    )


def test_biases_of_convolutions_cost_as_much_as_comes_out() -> None:
    spec = preset("resnet18_d2l")
    step = next(step for step in from_paper(spec, FULL, "torchinfo") if step.key == "bias")
    layers = [layer for layer in plan(spec).layers if layer.kind in ("conv", "fc")]
    assert len(step.changes) == len(layers) == 21
    assert step.amount == sum(prod(layer.out_shape) for layer in layers)
    assert step.changes[-1].amount == 10  # fc: ten classes


# Networks of every kind


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet20_cifar", "plain34", "resnet18_d2l"])
def test_a_basic_block_knows_no_v1_nor_v15(name: str) -> None:
    spec = preset(name)
    assert "stride" not in steps("fvcore", spec, spec.natural_size)
    assert total("paper", spec, spec.natural_size) == total("tv", spec, spec.natural_size)


def test_without_norm_or_top_there_is_no_such_step() -> None:
    spec = RESNET50.with_(norm="none", include_top=False)
    assert list(steps("fvcore", spec)) == ["stride"]
    assert list(steps("torchinfo", spec)) == ["stride"]
    assert total("fvcore", spec) == plan(spec).macs


@settings(max_examples=60)
@given(spec=specs(), size=input_sizes, first=conventions, last=conventions)
def test_a_walk_arrives_and_each_step_is_the_sum_of_its_layers(
    spec: ResNetSpec, size: tuple[int, int], first: Convention, last: Convention
) -> None:
    start = count_of(spec.with_(stride_in="1x1"), size, first)
    goal = count_of(spec.with_(stride_in="3x3"), size, last)
    way = walk(start, goal)
    here = start.total
    for step in way:
        assert step.before == here
        assert step.amount == sum(change.amount for change in step.changes) == sum(step.by_stage.values())
        assert all(change.amount for change in step.changes)
        here = step.after
    assert here == goal.total
    back = walk(goal, start)
    assert sum(step.amount for step in back) == start.total - goal.total


@settings(max_examples=30)
@given(spec=specs(), size=input_sizes)
def test_flops_are_two_for_each_multiply_add(spec: ResNetSpec, size: tuple[int, int]) -> None:
    p = plan(spec, size)
    assert count(p, Convention()).total == p.macs
    assert count(p, Convention(per_mac=2)).total == 2 * p.macs


def test_two_networks_with_other_layers_have_no_walk() -> None:
    counts = [count(plan(preset(name)), Convention()) for name in ("resnet18", "resnet50")]
    with pytest.raises(ValueError, match=r"^The two networks have different layers; two that differ in the"):
        walk(*counts)


# Conventions and their names


def test_every_rule_of_a_tool_has_a_code_to_choose_it_by() -> None:
    for known in TOOLS:
        convention = known.convention
        assert Convention.of_codes(convention.per_mac, convention.codes()) == convention


def test_every_term_of_a_convention_can_be_switched() -> None:
    assert {field.name for field in fields(Convention)} == {"per_mac", *RULES}


def test_a_convention_is_known_by_its_rules_and_the_stride() -> None:
    assert tool_of(Convention(), "1x1") is tool("paper")
    assert tool_of(Convention(), "3x3") is tool("tv")
    for key in ("torchinfo", "fvcore", "thop", "ptflops", "torch"):
        for stride_in in ("1x1", "3x3"):
            assert tool_of(tool(key).convention, stride_in) is tool(key)
    assert tool_of(Convention(add=RULES["add"]["1"]), "3x3") is None


def test_a_wrong_name_says_which_there_are() -> None:
    with pytest.raises(ValueError, match=r"^'keras' is no tool; there are paper, tv, torchinfo, fvcore, "):
        tool("keras")


def test_what_the_shortcuts_add() -> None:
    p = plan(preset("resnet18"))
    added = count(p, Convention(add=RULES["add"]["1"])).total - p.macs
    assert added == 2 * (64 * 56 * 56 + 128 * 28 * 28 + 256 * 14 * 14 + 512 * 7 * 7) == 752_640


def test_one_number_for_each_layer() -> None:
    for spec in PRESETS.values():
        counted = count_of(spec, spec.natural_size, tool("ptflops").convention)
        assert isinstance(counted, Count) and len(counted.amounts) == len(counted.plan.layers)


# Asked on the page


def test_who_is_asked_and_who_agrees() -> None:
    answers = {answer.tool.key: answer for answer in ask(preset("resnet18"))}
    assert list(answers) == ["tv", "torchinfo", "fvcore", "thop", "ptflops", "torch"]
    assert answers["tv"].theirs == 1_814_000_000 and answers["tv"].equal
    assert answers["fvcore"].theirs == 1_819_065_856 and answers["fvcore"].equal
    assert answers["ptflops"].theirs is None and answers["ptflops"].equal is None
    assert [key for key, answer in answers.items() if answer.equal is False] == []


def test_torchvision_is_asked_of_its_own_networks_only() -> None:
    spec = preset("resnet20_cifar")
    published = next(answer for answer in ask(spec, (32, 32)) if answer.tool.key == "tv")
    assert published.theirs is None and published.note.startswith("publishes a figure for its ten networks")


def test_a_figure_that_differs_is_not_called_equal() -> None:
    known = tool("torchinfo")
    assert Answer(known, 100, 100).equal is True
    assert Answer(known, 100, 101).equal is False
    assert Answer(known, 4_089_184_256, 4_089_000_000, 1_000_000).equal is True
    assert Answer(known, 4_089_584_256, 4_089_000_000, 1_000_000).equal is False


def test_a_network_that_would_take_minutes_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnet_explorer.counting.ask_tools.MOST_MACS", 1_000)
    answer = next(answer for answer in ask(preset("resnet18"), (32, 32)) if answer.tool.key == "fvcore")
    assert answer.theirs is None and "would take minutes" in answer.note


def test_no_tool_is_asked_of_thousands_of_blocks() -> None:
    """A link alone asks, and each of them would be busy for a minute."""
    answers = ask(decode_spec("basic.500-500-500-500.width-1"))
    assert all(answer.theirs is None and answer.note for answer in answers)
    assert "would take minutes" in next(answer.note for answer in answers if answer.tool.key == "torch")
