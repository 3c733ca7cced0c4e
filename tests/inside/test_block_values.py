"""x, g(x), their sum and what leaves each block: against torch's hooks on torchvision's own networks."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from torch import Tensor, nn
from torchvision.models import get_model

from resnet_explorer import ResNetSpec, build, preset
from resnet_explorer.inside.additions import addition_rows, additions
from resnet_explorer.inside.block_values import BlockValues, Part, block_values_at, walk_blocks
from resnet_explorer.inside.logit_parts import logit_parts
from resnet_explorer.labs.photos import photos_for
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.kinds import Kind
from tests.labs.networks import network
from tests.model.test_torchvision import live_norms
from tests.small_networks import noise_photo
from tests.strategies import specs

Seen = dict[str, Tensor]


def seen_by_hooks(theirs: nn.Module, tensor: Tensor) -> tuple[list[Seen], Tensor]:
    """What passes torchvision's blocks, copied before its additions and ReLUs change it in place."""
    found: list[Seen] = []
    blocks = [module for module in theirs.modules() if hasattr(module, "downsample")]
    handles = []
    for block in blocks:
        seen: Seen = {}
        found.append(seen)

        def keep(name: str, seen: Seen = seen) -> object:
            return lambda _module, inputs, output=None: seen.update(
                {name: (inputs[0] if output is None else output)[0].clone()}
            )

        last = block.bn3 if hasattr(block, "bn3") else block.bn2
        handles.append(block.register_forward_pre_hook(keep("x")))
        handles.append(last.register_forward_hook(keep("branch")))
        if block.downsample is not None:
            handles.append(block.downsample.register_forward_hook(keep("shortcut")))
        handles.append(block.relu.register_forward_pre_hook(keep("total")))  # the last call stays
        handles.append(block.register_forward_hook(keep("output")))
    with torch.no_grad():
        logits = theirs(tensor)[0]
    for handle in handles:
        handle.remove()
    return found, logits


def test_sums_beyond_float32_are_told_and_no_angle_is_made_of_them() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = build(ResNetSpec("basic", (1, 1), width=8, stem="cifar", norm="none", num_classes=2)).eval()
    with torch.no_grad():
        model.conv1.weight *= 1e19  # type: ignore[operator]
    with pytest.raises(ValueError, match=r"^The values at layer1\.0 leave the range of float32"):
        additions(model, noise_photo())


@pytest.fixture(scope="module", params=["resnet18", "resnet50"])
def pair(request: pytest.FixtureRequest) -> tuple[ResNet, nn.Module]:
    """Ours and torchvision's, with the same values in weights and norms."""
    torch.manual_seed(2017)
    theirs = get_model(request.param).eval()
    live_norms(theirs)
    ours = build(preset(request.param)).eval()
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def test_every_value_is_what_torchs_hooks_see_in_torchvisions_network(pair: tuple[ResNet, nn.Module]) -> None:
    ours, theirs = pair
    photo = noise_photo(side=64)
    seen, _ = seen_by_hooks(theirs, photo)
    found = list(walk_blocks(ours, photo))
    assert len(found) == len(seen) == sum(ours.spec.depths)
    for values, there in zip(found, seen, strict=True):
        assert values.is_identity == ("shortcut" not in there)
        for part, tensor in ({"shortcut": there["x"]} | there).items():
            mine = values.tensor(part)  # type: ignore[arg-type]
            assert mine is not None and torch.equal(mine, tensor), (values.index, part)
    at = block_values_at(ours, photo, 3)
    assert torch.equal(at.total, found[3].total) and at.index == 3


def test_norms_ratio_and_angle_are_those_of_the_hooked_tensors(pair: tuple[ResNet, nn.Module]) -> None:
    ours, theirs = pair
    photo = noise_photo(side=64)
    seen, _ = seen_by_hooks(theirs, photo)
    for each, there in zip(additions(ours, photo), seen, strict=True):
        g = there["branch"].double().flatten()
        x = there.get("shortcut", there["x"]).double().flatten()
        assert each.branch_norm == pytest.approx(float(g.norm()), rel=1e-5)
        assert each.shortcut_norm == pytest.approx(float(x.norm()), rel=1e-5)
        assert each.ratio == pytest.approx(float(g.norm() / x.norm()), rel=1e-5)
        cosine = float(torch.cosine_similarity(g, x, dim=0))
        assert each.angle == pytest.approx(math.degrees(math.acos(cosine)), abs=1e-3)
        assert each.open_share == pytest.approx(float((there["total"] > 0).float().mean()), abs=1e-6)
        np.testing.assert_allclose(each.branch_mean, there["branch"].mean(dim=0), atol=1e-6)


def test_the_parts_sum_to_the_logit_and_at_the_last_block_are_made_by_hand(
    pair: tuple[ResNet, nn.Module],
) -> None:
    ours, theirs = pair
    photo = noise_photo(side=64)
    seen, logits = seen_by_hooks(theirs, photo)
    passes = logit_parts(ours, photo, target=7)
    for each in passes.blocks:
        assert each.shortcut + each.branch + each.rest == pytest.approx(float(logits[7]), abs=1e-4)
    assert [each.exact for each in passes.blocks] == [False] * (len(seen) - 1) + [True]
    last, there = passes.blocks[-1], seen[-1]
    is_open = there["total"] > 0
    weight, bias = theirs.fc.weight[7].detach(), theirs.fc.bias[7].item()
    by_hand = [float((weight * (is_open * there[name]).mean(dim=(1, 2))).sum()) for name in ("x", "branch")]
    assert [last.shortcut, last.branch] == pytest.approx(by_hand, abs=1e-4)
    assert last.rest == pytest.approx(bias, abs=1e-4)


def test_a_network_made_ready_for_photos_keeps_its_sums_though_its_relus_write_over_them() -> None:
    for activation in ("post", "pre"):
        spec = ResNetSpec("basic", (2, 1), width=4, stem="cifar", activation=activation, num_classes=3)
        stored, photo = network(spec), noise_photo(side=8)
        ready = for_evaluation(stored)
        for mine, there in zip(walk_blocks(ready, photo), walk_blocks(stored, photo), strict=True):
            assert mine.has_relu == (activation == "post")
            for part in get_args(Part):
                torch.testing.assert_close(mine.tensor(part), there.tensor(part), rtol=1e-4, atol=1e-5)
        found, expected = (logit_parts(each, photo, 2).blocks for each in (ready, stored))
        for one, other in zip(found, expected, strict=True):
            mine = [one.shortcut, one.branch, one.rest]
            assert mine == pytest.approx([other.shortcut, other.branch, other.rest], abs=1e-4)


def test_of_a_kind_it_is_the_most_probable_member_that_is_taken_apart() -> None:
    model, photo = (
        network(ResNetSpec("basic", (1,), width=4, stem="cifar", num_classes=5)),
        noise_photo(side=8),
    )
    with torch.no_grad():
        logits = model(photo)[0]
    order = logits.argsort(descending=True).tolist()
    passes = logit_parts(model, photo, Kind("some", (order[3], order[1])))
    assert passes.target == order[1] and passes.logit == pytest.approx(float(logits[order[1]]), rel=1e-5)


def test_before_the_last_block_the_parts_are_what_a_small_change_does() -> None:
    model = network(ResNetSpec("basic", (2, 1), width=4, stem="cifar", num_classes=3)).double()
    photo = noise_photo(side=8).double()
    values, passes = block_values_at(model, photo, 0), logit_parts(model, photo, target=1)
    step = 1e-6
    second = model.get_submodule("layer1.1")

    def logit(total: Tensor) -> float:
        with torch.no_grad():
            return float(model.from_stage(1, second(total.relu()[None]))[0, 1])

    for part, expected in (("shortcut", passes.blocks[0].shortcut), ("branch", passes.blocks[0].branch)):
        moved = values.total + step * values.tensor(part)  # type: ignore[arg-type,operator]
        assert (logit(moved) - logit(values.total)) / step == pytest.approx(expected, abs=1e-4)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(specs())
def test_any_network_leaves_its_blocks_as_its_own_forward_does(spec: ResNetSpec) -> None:
    assume(spec.include_top)
    model = network(spec)
    photo = noise_photo(side=16, channels=spec.in_channels)
    x = model.stem(photo)
    blocks = [block for stage in model.stages for block in stage]  # type: ignore[attr-defined]
    for values, block in zip(walk_blocks(model, photo), blocks, strict=True):
        assert torch.equal(values.x, x[0])
        x = block(x)
        assert torch.equal(values.output, x[0])
        if spec.shortcut == "none":
            assert values.shortcut is None and values.total is values.branch
        else:
            assert torch.equal(values.total, values.branch + values.shortcut)
        assert values.has_relu == (spec.activation == "post")
        if values.has_relu:
            assert torch.equal(values.output, values.total.relu())
    passes = logit_parts(model, photo)
    with torch.no_grad():
        logits = model(photo)[0]
    assert passes.target == int(logits.argmax())
    assert passes.logit == pytest.approx(float(logits.max()), rel=1e-5, abs=1e-4)
    assert passes.blocks[-1].exact


def test_the_padded_x_of_option_a_has_zeros_for_its_new_channels() -> None:
    spec = ResNetSpec("basic", (1, 1), width=4, stem="cifar", shortcut="zero_pad", num_classes=3)
    values = block_values_at(network(spec), noise_photo(side=8), 1)
    assert values.shortcut is not None and not values.is_identity
    assert torch.equal(values.shortcut[:4], values.x[:, ::2, ::2])
    assert not values.shortcut[4:].any()


def test_preactivated_the_last_norms_shift_is_told_with_the_bias() -> None:
    spec = ResNetSpec("basic", (1, 1), width=4, stem="cifar", activation="pre", num_classes=3)
    model, photo = network(spec), noise_photo(side=8)
    values, last = block_values_at(model, photo, 1), logit_parts(model, photo, 2).blocks[-1]
    norm = model.bn_last
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    shift = norm.bias - norm.running_mean * scale
    with torch.no_grad():
        is_open = norm(values.total[None])[0] > 0
        weight = model.fc.weight[2]
        by_hand = [
            float((weight * scale * (is_open * part).mean(dim=(1, 2))).sum())
            for part in (values.shortcut, values.branch)
        ]
        rest = float((weight * shift * is_open.float().mean(dim=(1, 2))).sum() + model.fc.bias[2])
    assert [last.shortcut, last.branch, last.rest] == pytest.approx([*by_hand, rest], abs=1e-5)


def test_without_a_shortcut_there_is_no_ratio_and_nothing_passes_by_it() -> None:
    model = network(ResNetSpec("basic", (2,), width=4, stem="cifar", shortcut="none", num_classes=3))
    found = additions(model, noise_photo(side=8))
    assert [(each.shortcut_norm, each.ratio, each.angle) for each in found] == [(None, None, None)] * 2
    assert [each.shortcut for each in logit_parts(model, noise_photo(side=8)).blocks] == [0, 0]
    assert [row["ratio"] for row in addition_rows(found)] == [None, None]


def test_a_block_channel_class_or_tensor_that_there_is_not_is_refused_in_a_sentence() -> None:
    model = network(ResNetSpec("basic", (1, 1), width=4, stem="cifar", shortcut="none", num_classes=3))
    values: BlockValues = block_values_at(model, noise_photo(side=8), 1)
    with pytest.raises(ValueError, match="block is 2; 0 to 1 is allowed"):
        block_values_at(model, noise_photo(side=8), 2)
    with pytest.raises(ValueError, match="channel is 8; 0 to 7 is allowed"):
        values.map("branch", 8)
    with pytest.raises(ValueError, match="no shortcut"):
        values.map("shortcut")
    with pytest.raises(ValueError, match="classes go from 0 to 2"):
        logit_parts(model, noise_photo(side=8), 3)
    with pytest.raises(ValueError, match=r"\(1, 3, height, width\) is needed"):
        additions(model, torch.zeros(3, 8, 8))


@pytest.mark.slow
def test_in_stage_1_of_nine_blocks_the_first_rewrites_and_the_last_refines() -> None:
    """The study's residual 56; the median of ‖g(x)‖ / ‖x‖ over its first 12 test photos."""
    weights = find("study/residual-56")
    model = load(weights)
    found = [additions(model, photo[None]) for photo in photos_for(weights, 12).images]
    ratios = np.median([[each.ratio for each in blocks[:9]] for blocks in found], axis=0)
    assert [round(float(ratio), 2) for ratio in (ratios[0], ratios[-1])] == [0.72, 0.24]
    assert (ratios[1:] < 0.5).all()
