"""A real tensor through a real block: d2l's shapes, torchvision's numbers, PyTorch's own sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck

from resnet_explorer.blocks.config import (
    BLOCK_PRESETS,
    BlockChoice,
    block_record,
    broadcast_sentence,
    differences,
    named_dimension,
    what_helps,
    why_it_fails,
)
from resnet_explorer.blocks.run import BlockRun, joined_shapes, make, run_block
from resnet_explorer.blocks.run_svg import run_svg

D2L = BLOCK_PRESETS["d2l_half"]
SMALL = {"batch": 2, "height": 9, "width": 6}


@st.composite
def choices(draw: st.DrawFn) -> BlockChoice:
    kind = draw(st.sampled_from(["basic", "bottleneck"]))
    expansion = draw(st.sampled_from([1, 2, 4]))
    inner = draw(st.integers(1, 5))
    return BlockChoice(
        kind,
        draw(st.integers(1, 9)),
        inner * (expansion if kind == "bottleneck" else 1),
        draw(st.sampled_from([1, 2])),
        draw(st.booleans()),
        expansion,
        draw(st.sampled_from(["post", "pre"])),
        draw(st.sampled_from(["needed", "always", "never"])),
        draw(st.integers(2, 4)),
        draw(st.integers(1, 8)),
        draw(st.integers(1, 8)),
        draw(st.integers(0, 5)),
    )


def shapes(run: BlockRun) -> dict[str, tuple[int, ...]]:
    return {step.role: step.shape for step in run.steps}


def test_d2l_same_shape() -> None:
    run = run_block(BLOCK_PRESETS["d2l_same"])
    assert run.steps[0].shape == (4, 3, 6, 6)
    assert run.output is not None and run.output.shape == (4, 3, 6, 6)
    assert not any(step.place == "shortcut" for step in run.steps)


def test_d2l_doubles_the_channels_and_halves_the_size() -> None:
    run = run_block(D2L)
    assert run.output is not None and run.output.shape == (4, 6, 3, 3)
    assert shapes(run)["downsample.0"] == (4, 6, 3, 3)
    conv1 = run.step("conv1")
    assert (conv1.words, conv1.place) == ("3×3, 6, /2", "branch")


def test_he_basic_and_bottleneck() -> None:
    basic, bottleneck = (run_block(BLOCK_PRESETS[name]) for name in ("he_basic", "he_bottleneck"))
    assert {shape[1] for shape in shapes(basic).values()} == {64}
    convs = [shapes(bottleneck)[role] for role in ("x", "conv1", "conv2", "conv3")]
    assert [shape[1] for shape in convs] == [256, 64, 64, 256]
    assert {shape[2:] for shape in convs} == {(56, 56)}
    assert basic.record.params == 2 * 9 * 64 * 64 + 2 * 2 * 64


def torchvision_twin(choice: BlockChoice, block: nn.Module) -> nn.Module:
    """torchvision's block of the same sizes, with the same weights."""
    out, down = choice.out_channels, None
    if block_record(choice).shortcut == "projection":
        conv = nn.Conv2d(choice.in_channels, out, 1, choice.stride, bias=False)
        down = nn.Sequential(conv, nn.BatchNorm2d(out))
    if choice.kind == "basic":
        near_duplicate: nn.Module = BasicBlock(choice.in_channels, out, choice.stride, down)
    else:
        near_duplicate = Bottleneck(choice.in_channels, out // 4, choice.stride, down)
    near_duplicate.load_state_dict(block.state_dict())
    return near_duplicate


def watched(near_duplicate: nn.Module, x: Tensor) -> tuple[Tensor, dict[str, tuple[float, float]]]:
    """What a block of torchvision gives, and mean and spread after each of its layers with weights."""
    seen: dict[str, tuple[float, float]] = {}

    def watch(role: str) -> Any:
        def hook(_layer: nn.Module, _inputs: Any, y: Tensor) -> None:
            numbers = y.double().numpy()
            seen[role] = (numbers.mean(), numbers.std())

        return hook

    for role, layer in near_duplicate.named_modules():
        if isinstance(layer, nn.Conv2d | nn.BatchNorm2d):
            layer.register_forward_hook(watch(role))
    with torch.no_grad():
        return near_duplicate(x), seen


@pytest.mark.parametrize("kind", ["basic", "bottleneck"])
@pytest.mark.parametrize(("channels", "stride"), [((8, 8), 1), ((8, 16), 2), ((8, 16), 1), ((8, 8), 2)])
def test_means_and_spreads_are_those_of_torchvisions_block(
    kind: Any, channels: tuple[int, int], stride: int
) -> None:
    choice = BlockChoice(kind, *channels, stride, bias=False, **SMALL)
    run, (block, x) = run_block(choice), make(choice)
    output, seen = watched(torchvision_twin(choice, block), x)
    for role, (mean, spread) in seen.items():
        step = run.step(role)
        assert (step.mean, step.spread) == pytest.approx((mean, spread), abs=1e-5), role
    assert run.output is not None
    assert (run.output.shape, run.output.mean) == (tuple(output.shape), pytest.approx(float(output.mean())))
    assert np.allclose(run.output.maps, output[0, :3].numpy(), atol=1e-5)


@pytest.mark.slow
@given(choices())
@settings(max_examples=60)
def test_any_block_does_what_its_forward_does(choice: BlockChoice) -> None:
    block, x = make(choice)
    try:
        with torch.no_grad():
            whole = block(x)
    except (RuntimeError, ValueError) as error:
        run = run_block(choice)
        assert run.failure is not None and run.failure.sentence == str(error)
        assert run.output is None
        found = joined_shapes(run)
        if run.failure.role == "add":
            named = named_dimension(found)
            assert named is not None and f"non-singleton dimension {named.dimension}" in str(error)
            assert f"{named.branch} on the branch, {named.shortcut} on" in why_it_fails(choice, found)
    else:
        run = run_block(choice)
        assert run.failure is None and run.output is not None
        assert run.output.shape == tuple(whole.shape)
        assert (run.output.mean, run.output.spread) == pytest.approx(
            (float(whole.mean()), float(whole.std(correction=0))), abs=1e-5
        )
        for layer in run.record.layers if not joined_shapes(run) else ():
            assert run.step(layer.role).shape == (choice.batch, *layer.out_shape)
    ElementTree.fromstring(run_svg(run))
    for step in run.steps:
        assert sum(step.bars) == round((1 - step.zeros) * np.prod(step.shape))


def test_a_sequence_by_hand_gives_the_same_spread_before_the_last_relu() -> None:
    choice = replace(D2L, out_channels=3, stride=1)
    run, (block, x) = run_block(choice), make(choice)
    layers = [block.get_submodule(role) for role in ("conv1", "bn1", "relu1", "conv2", "bn2")]
    with torch.no_grad():
        y = nn.Sequential(*layers)(x) + x
    added = run.step("add")
    assert added.mean == pytest.approx(float(y.mean()), abs=1e-6)
    assert added.spread == pytest.approx(float(y.numpy().std()), abs=1e-6)
    assert run.step("relu2").zeros == pytest.approx(float((y <= 0).float().mean()), abs=1e-6)
    assert run.step("bn1").mean == pytest.approx(0, abs=1e-6)
    assert run.step("bn1").spread == pytest.approx(1, abs=1e-4)


def test_without_the_1x1_pytorch_fails_and_every_differing_dimension_is_named() -> None:
    choice = replace(D2L, shortcut="never")
    run = run_block(choice)
    assert run.output is None and run.failure is not None
    assert run.failure.sentence == (
        "The size of tensor a (3) must match the size of tensor b (6) at non-singleton dimension 3"
    )
    assert run.failure.shapes == ((4, 6, 3, 3), (4, 3, 6, 6))
    words = why_it_fails(choice, joined_shapes(run))
    assert "dimension 1, the channels: 6 on the branch, 3 on the shortcut" in words
    assert "dimension 3, the columns: 3 on the branch, 6 on the shortcut" in words
    assert "names dimension 3 alone" in words and "3 differ" in words
    assert "brings x from (4, 3, 6, 6) to (4, 6, 3, 3)" in what_helps(choice)
    assert "3 · 6 = 18 weights" in what_helps(choice)
    assert run_svg(run).count('<tspan text-decoration="underline">') == 6, "not by a colour alone"


def test_where_a_count_is_1_pytorch_repeats_it_and_says_nothing() -> None:
    run = run_block(replace(D2L, in_channels=1, stride=1, shortcut="never"))
    assert run.failure is None and run.output is not None
    assert run.output.shape == (4, 6, 6, 6)
    found = joined_shapes(run)
    assert named_dimension(found) is None
    assert "6 on the branch, 1 on the shortcut" in broadcast_sentence(found)
    with pytest.raises(ValueError, match="nothing fails"):
        why_it_fails(D2L, found)


def test_a_1x1_that_is_not_needed_is_option_c() -> None:
    run = run_block(replace(D2L, out_channels=3, stride=1, shortcut="always"))
    assert run.record.shortcut == "projection"
    assert shapes(run)["downsample.0"] == (4, 3, 6, 6)
    assert run.record.params == run_block(BLOCK_PRESETS["d2l_same"]).record.params + 3 * 3 + 3 + 2 * 3


def test_zeros_are_appended_by_option_a() -> None:
    run = run_block(replace(D2L, shortcut="zeros"))
    padded = run.step("downsample")
    assert padded.shape == (4, 6, 3, 3)
    assert padded.zeros == 0.5


def test_a_pre_activated_projection_leaves_after_the_first_relu() -> None:
    assert run_block(replace(D2L, activation="pre")).tap == "relu1"
    assert run_block(BLOCK_PRESETS["preact"]).tap == "x"
    assert [step.role for step in run_block(BLOCK_PRESETS["preact"]).steps][-1] == "add"


def test_one_number_per_channel_fails_in_the_norm() -> None:
    run = run_block(replace(D2L, batch=1, height=1, width=1))
    assert run.failure is not None
    assert (run.failure.role, run.failure.place) == ("bn1", "branch")
    assert run.failure.sentence.startswith("Expected more than 1 value per channel when training")
    assert joined_shapes(run) == ()
    assert "(1, 6, 1, 1) will not do" in run_svg(run)


def test_a_run_shows_the_lines_of_its_own_forward() -> None:
    assert "return self.relu2(y + shortcut)" in run_block(D2L).source
    assert (
        "y = self.conv3("
        in run_block(replace(D2L, kind="bottleneck", out_channels=8, activation="pre")).source
    )


def test_the_seed_decides_and_torchs_own_generator_is_left_alone() -> None:
    torch.manual_seed(7)
    before = torch.get_rng_state()
    one, other = make(D2L)[1], make(replace(D2L, seed=1))[1]
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(one, make(D2L)[1]) and not torch.equal(one, other)


def test_another_shortcut_leaves_x_and_the_branch_as_they_were() -> None:
    projected, bare = (run_block(replace(D2L, shortcut=way)) for way in ("needed", "never"))
    before, after = (
        [step for step in run.steps if step.place in ("input", "branch")] for run in (projected, bare)
    )
    assert [(step.role, step.mean, step.spread) for step in before] == [
        (step.role, step.mean, step.spread) for step in after
    ]
    assert bare.failure is not None and projected.failure is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"kind": "bottleneck", "out_channels": 6},
            r"6 output channels .* expansion 4.*take 4 or 8 channels",
        ),
        ({"kind": "bottleneck", "out_channels": 2}, "take 4 channels"),
        ({"in_channels": 2048, "out_channels": 512, "height": 1, "width": 1}, "up to 5,000,000 are run here"),
        ({"batch": 64, "height": 112, "width": 112}, "64 × 3 × 112 × 112 has 2,408,448 numbers"),
        ({"in_channels": 256, "out_channels": 256, "height": 112}, "multiply–accumulates; up to 300,000,000"),
        ({"out_channels": 2, "shortcut": "zeros"}, "3 cannot become 2"),
        ({"in_channels": 0}, "in_channels is 0"),
        ({"stride": 3}, "stride is 3; 1 and 2"),
        ({"expansion": 3}, "expansion is 3"),
    ],
)
def test_what_cannot_be_run_is_told_in_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        run_block(replace(D2L, **changes))


def test_shapes_differ_where_they_differ() -> None:
    assert differences((4, 6, 3, 3), (4, 6, 3, 3)) == ()
    assert [found.dimension for found in differences((4, 6, 3, 1), (4, 3, 3, 5))] == [1, 3]
    named = named_dimension(differences((4, 6, 3, 1), (4, 3, 3, 5)))
    assert named is not None and named.dimension == 1
