"""The referee: plan, trace of the real module and torchinfo, on networks at random."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from torch import nn

from resnet_explorer import PRESETS, ResNetSpec, plan, preset
from resnet_explorer.model import audit
from resnet_explorer.model.audit import Finding, compare, summarize, trace
from resnet_explorer.network.layers import Plan
from tests.strategies import input_sizes, specs


def finding(result: audit.Audit, figure: str) -> Finding:
    return next(finding for finding in result.findings if finding.figure == figure)


@settings(max_examples=30)
@given(spec=specs(), size=input_sizes)
def test_the_plan_is_the_trace_layer_by_layer(spec: ResNetSpec, size: tuple[int, int]) -> None:
    planned = [
        (layer.name, layer.kind, layer.in_shape, layer.out_shape, layer.params, layer.macs)
        for layer in plan(spec, size).layers
    ]
    traced = [
        (layer.name, layer.kind, layer.in_shape, layer.out_shape, layer.params, layer.macs)
        for layer in trace(spec, size)
    ]
    assert planned == traced


@settings(max_examples=15)
@given(spec=specs(), size=input_sizes)
def test_the_plan_agrees_with_torchinfos_totals(spec: ResNetSpec, size: tuple[int, int]) -> None:
    records = plan(spec, size)
    norms = sum(layer.params for layer in records.layers if layer.kind == "norm")
    biases = sum(
        layer.out_shape[0] * (layer.out_shape[1] * layer.out_shape[2] if layer.kind == "conv" else 1)
        for layer in records.layers
        if layer.bias
    )
    result = compare(records)
    assert result.agree
    assert finding(result, "parameters").torchinfo == records.params
    assert finding(result, "= torchinfo's mult-adds").torchinfo == records.macs + norms + biases


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if spec.depth > 100 else name
        for name, spec in PRESETS.items()
        if spec.depth <= 200
    ],
)
def test_every_preset_agrees(name: str) -> None:
    result = compare(plan(preset(name)))
    assert result.agree and result.first_difference is None
    assert [finding.figure for finding in result.findings if not finding.agree] == []


def test_resnet18_in_torchinfos_convention_and_in_ours() -> None:
    result = compare(plan(preset("resnet18")))
    counted = {finding.figure: (finding.plan, finding.torchinfo) for finding in result.findings}
    assert counted == {
        "layers": (68, None),
        "layers that are modules": (60, 60),
        "parameters": (11_689_512, 11_689_512),
        "MACs": (1_814_073_344, 1_814_073_344),
        "+ norms": (9_600, 9_600),
        "+ biases": (1_000, 1_000),
        "= torchinfo's mult-adds": (1_814_083_944, 1_814_083_944),
        "output shape": ((1000,), (1000,)),
    }


def test_torchinfo_counts_the_bias_of_a_convolution_once_per_pixel() -> None:
    spec = ResNetSpec("basic", (1,), width=2, stem="cifar", conv_bias=True, norm="none", num_classes=3)
    result = compare(plan(spec, (5, 4)))
    assert finding(result, "+ biases").torchinfo == 3 * (2 * 5 * 4) + 3
    assert result.agree


def test_the_summary_is_torchinfos_text() -> None:
    text = str(summarize(preset("resnet50")))
    assert compare(plan(preset("resnet50"))).summary == text
    assert "Total params: 25,557,032" in text
    assert "Bottleneck (0)" in text and "[1, 2048, 7, 7]" in text
    assert text.count("Conv2d") == 53


def test_a_second_network_is_not_reported_as_the_first() -> None:
    """torchinfo's cache_forward_pass would: its key is the name of the class."""
    params = [summarize(preset(name)).total_params for name in ("resnet18", "resnet50", "resnet18")]
    assert params == [11_689_512, 25_557_032, 11_689_512]


# A referee that could not find a fault would be none


def with_layer(records: Plan, name: str, **changes: object) -> Plan:
    """The plan with one layer of its first stage changed, as a slip in the arithmetic would."""
    first, *others = records.stages
    layers = tuple(
        replace(layer, **changes) if layer.name == name else layer  # type: ignore[arg-type]
        for layer in first.layers
    )
    return replace(records, stages=(replace(first, layers=layers), *others))


def test_a_wrong_count_is_found() -> None:
    result = compare(with_layer(plan(preset("resnet18")), "layer1.0.conv1", params=36_865))
    assert not result.agree
    assert not finding(result, "parameters").agree and finding(result, "MACs").agree
    assert result.first_difference == (
        "Layer 5: the plan has layer1.0.conv1 (conv), 64 × 56 × 56 → 64 × 56 × 56, 36,865 parameters, "
        "115,605,504 MACs; the trace has layer1.0.conv1 (conv), 64 × 56 × 56 → 64 × 56 × 56, "
        "36,864 parameters, 115,605,504 MACs."
    )


def test_a_wrong_shape_is_found_though_every_sum_agrees() -> None:
    result = compare(with_layer(plan(preset("resnet18")), "layer1.0.relu1", out_shape=(64, 55, 56)))
    assert all(finding.agree for finding in result.findings)
    assert not result.agree
    assert result.first_difference is not None and "64 × 55 × 56" in result.first_difference


def test_a_missing_layer_is_found() -> None:
    records = plan(preset("resnet18"))
    shorter = replace(records, head=replace(records.head, layers=records.head.layers[:-1]))
    result = compare(shorter)
    assert result.first_difference == "Layer 68, fc, is in the trace and not in the plan."
    assert not finding(result, "layers").agree and not finding(result, "output shape").agree


def test_a_module_that_adds_otherwise_is_found(monkeypatch: pytest.MonkeyPatch) -> None:

    real = audit.build

    def forgetful(spec: ResNetSpec) -> nn.Module:
        model = real(spec)
        model.get_submodule("layer1.1").plain = True  # type: ignore[assignment]
        return model

    monkeypatch.setattr(audit, "build", forgetful)
    result = compare(plan(preset("resnet18")))
    assert not result.agree
    assert finding(result, "layers").trace == 67
    assert (
        result.first_difference is not None and "the plan has layer1.1.add (add)" in result.first_difference
    )


def test_an_agreement_needs_everyone_who_counted() -> None:
    assert Finding("layers", 3, 3, None).agree
    assert Finding("layers", 3, 3, 3).agree
    assert not Finding("layers", 3, 3, 4).agree
    assert not Finding("layers", 3, 4, None).agree
    assert not Finding("layers", 3, 3, 0).agree


# The referee leaves nothing behind


def test_a_trace_takes_no_memory_no_random_numbers_and_no_gradients() -> None:
    state, enabled = torch.get_rng_state(), torch.is_grad_enabled()
    compare(plan(preset("resnet152")))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled() == enabled
    assert torch.empty(1).device.type == "cpu"


def test_two_threads_get_each_their_own_trace() -> None:
    names = ["resnet18", "resnet50"] * 3
    traced: dict[int, int] = {}

    def run(number: int, name: str) -> None:
        traced[number] = len(trace(preset(name), (32, 32)))

    threads = [threading.Thread(target=run, args=item) for item in enumerate(names)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [traced[number] for number in range(6)] == [68, 174] * 3


def test_an_input_that_cannot_be_is_refused_as_the_plan_does() -> None:
    with pytest.raises(ValueError, match=r"^input_size is \(0, 224\); two whole numbers from 1 to 4096 "):
        trace(preset("resnet18"), (0, 224))
