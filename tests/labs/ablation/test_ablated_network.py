"""An ablated network against one written out, the sweep against each network from scratch, and the links."""

import copy

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from resnet_explorer import ResNetSpec, plan, preset
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.labs.ablation import ablations
from resnet_explorer.labs.ablation.ablated_network import (
    ablated_network,
    predictions,
    run_block,
    tally,
)
from resnet_explorer.labs.ablation.ablations import WHOLE, Ablation
from resnet_explorer.labs.photos import Photos
from resnet_explorer.model.block_parts import all_blocks, branch, bypass
from resnet_explorer.model.fold_batch_norm import for_evaluation
from tests.labs.networks import images as photos
from tests.labs.networks import network, predictions_from_scratch
from tests.strategies import specs

SMALL = ResNetSpec("basic", (3, 3, 2), width=8, stem="cifar", num_classes=10, shortcut="zero_pad")


@pytest.mark.slow
@given(specs())
@settings(deadline=None, max_examples=40)
def test_a_block_is_its_branch_and_its_shortcut(spec: ResNetSpec) -> None:
    model = network(spec.with_(include_top=True))
    with torch.no_grad():
        x = model.stem(photos(2, spec.in_channels, 20))
        for block, record in zip(all_blocks(model), plan(spec, (20, 20)).blocks, strict=True):
            kept = x.clone()
            y = branch(block, x) if record.shortcut == "none" else branch(block, x) + bypass(block, x)
            reference = y if spec.activation == "pre" else y.relu()
            assert torch.allclose(run_block(block, "whole", x), reference, atol=1e-5)
            if record.shortcut != "none" or record.in_shape == record.out_shape:
                skipped = run_block(block, "skip", x)
                assert skipped.shape[1:] == reference.shape[1:]
                if record.shortcut in ("identity", "none"):
                    assert torch.equal(skipped, x)
            assert torch.equal(x, kept)
            x = block(x)


def test_lesions_by_hand() -> None:
    """ResNet-18 of torchvision's parameters: the forward pass written out with torch's functions."""
    model = network(preset("resnet18").with_(num_classes=10))
    x = photos(2, side=64)
    ablation = Ablation(cut=frozenset({1}), skipped=frozenset({0, 2}))
    with torch.no_grad():
        y = model.maxpool(torch.relu(model.bn1(model.conv1(x))))
        # 1.0 is skipped; 1.1 has no shortcut; 2.0 is its projection alone.
        block = model.layer1[1]
        y = torch.relu(block.bn2(block.conv2(torch.relu(block.bn1(block.conv1(y))))))
        y = torch.relu(model.layer2[0].downsample(y))
        y = model.layer4(model.layer3(model.layer2[1](y)))
        reference = model.fc(y.mean(dim=(2, 3)))
        cut = ablated_network(model, ablation.chain(8))
        assert torch.allclose(cut(x), reference, atol=1e-5)
        assert not torch.allclose(model(x), reference, atol=1e-2)


def test_swapped_blocks_change_places() -> None:
    model = network(SMALL)
    reference = copy.deepcopy(model)
    reference.layer2[1], reference.layer2[2] = reference.layer2[2], reference.layer2[1]
    ablation = WHOLE.with_swapped(5, 4)
    assert ablation.order(8) == [0, 1, 2, 3, 5, 4, 6, 7]
    with torch.no_grad():
        assert torch.equal(ablated_network(model, ablation.chain(8))(photos()), reference(photos()))
    assert ablation.with_swapped(4, 5) == WHOLE


@pytest.mark.parametrize("ready", [False, True])
def test_a_network_with_nothing_cut_is_the_network(ready: bool) -> None:
    model = for_evaluation(network(SMALL)) if ready else network(SMALL)
    with torch.no_grad():
        assert torch.equal(ablated_network(model, WHOLE.chain(8))(photos()), model(photos()))


@pytest.mark.slow
@given(specs(), st.integers(0, 1000))
@settings(deadline=None, max_examples=25)
def test_the_walk_gives_what_each_network_from_scratch_gives(spec: ResNetSpec, seed: int) -> None:
    spec = spec.with_(include_top=True)
    blocks = plan(spec, (20, 20)).blocks
    able = sum(map(ablations.can_skip, blocks))
    assume(able)
    model = for_evaluation(network(spec))
    chains = [WHOLE.chain(len(blocks)), *ablations.each_skipped(blocks).values()]
    chains += ablations.each_cut(blocks).values()
    chains += ablations.random_skips(blocks, max(1, able // 2), 4, seed)
    chains += [WHOLE.with_swapped(*pair).chain(len(blocks)) for pair in ablations.swappable(blocks)]
    images = photos(3, spec.in_channels, 20)
    assert torch.equal(predictions(model, images, chains), predictions_from_scratch(model, images, chains))


def test_nothing_is_left_behind() -> None:
    model = for_evaluation(network(SMALL))
    names = [(name, module.training) for name, module in model.named_modules()]
    values = {name: value.clone() for name, value in model.state_dict().items()}
    cut = ablated_network(model, Ablation(frozenset({1}), frozenset({2}), frozenset({(4, 5)})).chain(8))
    result = stage_pass(cut, photos(1))
    assert [output.stage for output in result.outputs] == [1, 2, 3]
    predictions(model, photos(), [*ablations.each_skipped(plan(SMALL, (16, 16)).blocks).values()])
    assert [(name, module.training) for name, module in model.named_modules()] == names
    assert all(torch.equal(value, values[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
    assert not any(m._forward_hooks or m._backward_hooks for m in model.modules())


def test_a_cut_networks_gradients_are_those_of_the_chain_by_hand() -> None:
    model = for_evaluation(network(SMALL))
    cut = ablated_network(model, WHOLE.with_skipped(7).chain(8))
    result = stage_pass(cut, photos(1), [2, 3], target=4)
    x = result.outputs[0].features[None].requires_grad_()
    y = model.layer3[0](x)
    last = model.head(y)[0, 4]
    reference = torch.autograd.grad(last, [x, y])
    for output, expected in zip(result.outputs, reference, strict=True):
        assert torch.allclose(output.gradient, expected[0], atol=1e-6)


def test_tally_counts_and_is_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    model, blocks = for_evaluation(network(SMALL)), plan(SMALL, (16, 16)).blocks
    images = photos(23)
    labels = torch.arange(23) % 10
    chains = list(ablations.each_skipped(blocks).values())
    monkeypatch.setattr("resnet_explorer.labs.photos.PIXELS", 5 * 16 * 16)
    *_, last = steps = list(tally(model, Photos(images, labels), chains))
    assert [(step.done, step.total) for step in steps] == [(n, 23) for n in (5, 10, 15, 20, 23)]
    assert last.answer is not None
    found = predictions_from_scratch(model, images, [WHOLE.chain(8), *chains])
    assert last.answer.right == tuple((found[1:] == labels).sum(dim=1).tolist())
    assert last.answer.same == tuple((found[1:] == found[0]).sum(dim=1).tolist())
    assert last.answer.whole_right == int((found[0] == labels).sum())
    *_, unlabelled = tally(model, Photos(images, None), chains)
    assert unlabelled.answer is not None
    assert unlabelled.answer.scores == [count / 23 for count in last.answer.same]
    assert unlabelled.answer.whole == 1.0


def test_the_sweep_runs_no_more_blocks_than_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    model, blocks = network(SMALL), plan(SMALL, (16, 16)).blocks
    ran = {"whole": 0, "skip": 0}  # photos that went through a block

    def counted(block: nn.Module, how: ablations.How, x: torch.Tensor) -> torch.Tensor:
        ran[how] += len(x)
        return run_block(block, how, x)

    monkeypatch.setattr("resnet_explorer.labs.ablation.ablated_network.run_block", counted)
    predictions(model, photos(), [WHOLE.chain(8), *ablations.each_skipped(blocks).values()])
    assert ran == {"skip": 6 * 8, "whole": 6 * (8 + sum(range(8)))}  # from scratch: 6 · (8 + 8 · 7)


def test_links() -> None:
    blocks = plan(SMALL, (16, 16)).blocks
    ablation = WHOLE.with_cut(0).with_skipped(3).with_swapped(2, 1)
    assert ablations.write(ablation, blocks) == "c1.0,s2.0,x1.1-1.2"
    assert ablations.read("c1.0,s2.0,x1.1-1.2", blocks) == ablation
    assert ablations.read("", blocks) == WHOLE
    assert ablations.fits(ablation, blocks)
    assert not ablations.fits(ablation, blocks[:2])
    assert ablation.with_skipped(0).cut == frozenset()
    for text in ("c9.0", "q1.0", "c1.0,s1.0", "x1.0-2.1", "x2.0-2.1", "x1.0", "c", "x1.1-1.1", "c1.0-1.1"):
        with pytest.raises(ValueError, match=r"allowed|cannot|twice"):
            ablations.read(text, blocks)


def test_plain_networks_have_no_shortcut_to_cut() -> None:
    blocks = plan(preset("plain18"), (64, 64)).blocks
    assert not any(map(ablations.can_cut, blocks))
    able = [True, True, False, True, False, True, False, True]
    assert list(map(ablations.can_skip, blocks)) == able
    with pytest.raises(ValueError, match="no shortcut"):
        ablations.read("c1.0", blocks)
    with pytest.raises(ValueError, match="changes the shape"):
        ablations.read("s2.0", blocks)


def test_one_block_out_is_each_block_once() -> None:
    """The mean of the draws of one block is the sweep's; so it is of all but one."""
    blocks = plan(SMALL, (16, 16)).blocks
    rows = ablations.random_rows(blocks, draws=3, seed=0)
    assert set(rows[0]) == set(ablations.each_skipped(blocks).values())
    assert [len(row) for row in rows] == [8, *[3] * 5, 8, 1]


def test_draws_depend_on_seed_and_number_only() -> None:
    blocks = plan(SMALL, (16, 16)).blocks
    ten = ablations.random_skips(blocks, 3, 10, seed=5)
    assert ten[:4] == ablations.random_skips(blocks, 3, 4, seed=5)
    assert ten != ablations.random_skips(blocks, 3, 10, seed=6)
    assert all(sum(how == "skip" for _, how in chain) == 3 for chain in ten)
    assert list(ablations.first_of_stage(blocks)) == [True, False, False, True, False, False, True, False]
