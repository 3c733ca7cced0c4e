"""Maps of evidence: against their definitions, against three peers, and among threads."""

import copy
import gc
import threading
import weakref

import captum.attr
import numpy as np
import pytest
import pytorch_grad_cam
import torch
import torchcam.methods
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor

from resnet_explorer import build, preset
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.cam import METHODS, ONE_PASS, Evidence, evidence
from resnet_explorer.explanation.multi_pass import MULTI_PASS
from resnet_explorer.explanation.predict import predict
from resnet_explorer.model.resnet import ResNet
from tests.small_networks import noise_photo, small_network


def grad_cam(model: ResNet, tensor: Tensor, stage: int, target: int | None = None) -> Evidence:
    return evidence(stage_pass(model, tensor, [stage], target).outputs[0])


def defined_map(model: ResNet, tensor: Tensor, stage: int, target: int) -> np.ndarray:
    """Equations 1 and 2 of the paper: a backward pass through the whole network, in float64."""
    model = copy.deepcopy(model).double()
    outputs = model.stage_outputs(tensor.double())
    for output in outputs:
        output.retain_grad()
    model.head(outputs[-1])[0, target].backward()
    activations, gradients = outputs[stage][0].detach().numpy(), outputs[stage].grad[0].numpy()
    alphas = gradients.sum(axis=(1, 2)) / gradients[0].size
    return np.maximum(sum(alpha * plane for alpha, plane in zip(alphas, activations, strict=True)), 0)


VARIANTS = [
    {},
    {"activation": "pre"},
    {"block": "bottleneck"},
    {"shortcut": "zero_pad"},
    {"shortcut": "none"},
    {"norm": "none", "conv_bias": True},
    {"depths": (1,)},
]


@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_the_map_is_the_papers_at_every_stage(changes: dict[str, object]) -> None:
    model, tensor = small_network(**changes), noise_photo()
    for stage in range(len(model.stages) + 1):
        result = grad_cam(model, tensor, stage, target=3)
        expected = defined_map(model, tensor, stage, 3)
        assert result.map.shape == expected.shape == model.stage_outputs(tensor)[stage].shape[2:]
        assert result.map.numpy() == pytest.approx(expected, rel=1e-4, abs=1e-5 * (expected.max() + 1e-9))
        assert result.peak == pytest.approx(expected.max(), rel=1e-4)


def test_the_channel_weights_of_the_last_stage_are_the_classs_row_over_the_pixels() -> None:
    # logits = W · mean(A) + b, so d logit_c / d A^k = W[c, k] / (H · W) at every pixel.
    model, tensor = small_network(), noise_photo()
    features = model.stage_outputs(tensor)[-1][0].detach()
    for target in range(10):
        weights = model.fc.weight[target].detach() / (8 * 8)
        expected = torch.einsum("c,chw->hw", weights, features).relu()
        assert torch.allclose(grad_cam(model, tensor, 3, target).map, expected, atol=1e-6)


def test_one_pass_gives_the_prediction_too() -> None:
    model, tensor = small_network(), noise_photo()
    result = stage_pass(model, tensor)
    assert torch.equal(result.prediction.logits, predict(model, tensor).logits)
    assert result.target == int(result.prediction.logits.argmax())
    assert [output.stage for output in result.outputs] == [1, 2, 3]


def test_the_maps_of_one_pass_are_those_of_a_pass_for_each() -> None:
    model, tensor = small_network(), noise_photo()
    together = stage_pass(model, tensor, range(4), 6)
    for stage, output in enumerate(together.outputs):
        assert torch.allclose(evidence(output).map, grad_cam(model, tensor, stage, 6).map, atol=1e-6)


def test_another_class_has_another_map() -> None:
    model, tensor = small_network(), noise_photo()
    maps = [grad_cam(model, tensor, 3, target).map for target in range(10)]
    assert all(not torch.equal(maps[0], other) for other in maps[1:])


def test_a_class_without_evidence_has_an_empty_map() -> None:
    model = small_network()
    with torch.no_grad():
        model.fc.weight[4] = -1.0  # after a ReLU every channel is ≥ 0, so every pixel speaks against it
    result = grad_cam(model, noise_photo(), 3, 4)
    assert result.is_empty
    assert result.peak == 0.0
    assert not grad_cam(model, noise_photo(), 3, 5).is_empty


@pytest.mark.parametrize("grad_enabled", [True, False])
@pytest.mark.parametrize("trainable", [True, False])
def test_nothing_is_left_behind(grad_enabled: bool, trainable: bool) -> None:
    model, tensor = small_network().requires_grad_(trainable), noise_photo()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.set_grad_enabled(grad_enabled):
        result = stage_pass(model, tensor, [1, 2])
        assert torch.is_grad_enabled() == grad_enabled
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(parameter.requires_grad == trainable for parameter in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not tensor.requires_grad
    first = result.outputs[0]
    for kept in (first.features, first.gradient, evidence(first).map, result.prediction.logits):
        assert kept.grad_fn is None
        assert not kept.requires_grad
    assert not any(module._forward_hooks or module._backward_hooks for module in model.modules())


@pytest.mark.slow
def test_the_graph_is_freed() -> None:
    model = small_network()
    seen: list[weakref.ref[Tensor]] = []
    stage = model.layer3

    class Spy(torch.nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            seen.append(weakref.ref(x))
            return stage(x)

    model.layer3 = Spy()
    result = grad_cam(model, noise_photo(), 1)
    gc.collect()
    assert [reference() for reference in seen] == [None]
    assert result.map.shape == (32, 32)


def test_inside_inference_mode() -> None:
    model = small_network()
    with torch.inference_mode():
        tensor = noise_photo()
        result = grad_cam(model, tensor, 2)
    assert torch.equal(result.map, grad_cam(model, noise_photo(), 2).map)


def test_threads_on_one_model_get_their_own_maps() -> None:
    model = small_network()
    tasks = [(noise_photo(seed), seed % 4, seed % 10) for seed in range(8)]
    alone = [stage_pass(model, tensor, [stage], target) for tensor, stage, target in tasks]
    wrong: list[str] = []
    together = threading.Barrier(2)

    def session(mine: int) -> None:
        together.wait()
        for turn in range(100):
            number = (turn + mine * 3) % len(tasks)
            tensor, stage, target = tasks[number]
            result = stage_pass(model, tensor, [stage], target)
            if not torch.equal(evidence(result.outputs[0]).map, evidence(alone[number].outputs[0]).map):
                wrong.append(f"thread {mine}, pass {turn}: map")
            if not torch.equal(result.prediction.logits, alone[number].prediction.logits):
                wrong.append(f"thread {mine}, pass {turn}: logits")

    threads = [threading.Thread(target=session, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("stage", "target", "sentence"),
    [
        (4, None, r"stage is 4; 0 \(the stem\) to 3 is allowed\."),
        (-1, None, r"stage is -1; 0 \(the stem\) to 3 is allowed\."),
        (None, 10, r"target is 10; the classes go from 0 to 9\."),
    ],
)
def test_what_the_network_lacks_is_refused(stage: int | None, target: int | None, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        stage_pass(small_network(), noise_photo(), None if stage is None else [stage], target)


@pytest.fixture(scope="module")
def resnet18() -> ResNet:
    torch.manual_seed(0)
    return build(preset("resnet18")).eval()


def scaled(heat: Tensor | np.ndarray) -> np.ndarray:
    """From 0 to 1, as the peers return their maps."""
    values = np.asarray(heat, dtype=np.float64).squeeze()
    values = values - values.min()
    return values / values.max()


@pytest.mark.parametrize("stage", [2, 4])
def test_torchcam_agrees(resnet18: ResNet, stage: int) -> None:
    tensor = noise_photo(1, 64)
    model = copy.deepcopy(resnet18)
    with torchcam.methods.GradCAM(model, getattr(model, f"layer{stage}")) as extractor:
        logits = model(tensor.clone().requires_grad_())
        theirs = extractor(7, logits)[0]
    assert scaled(theirs) == pytest.approx(scaled(grad_cam(resnet18, tensor, stage, 7).map), abs=1e-5)


@pytest.mark.parametrize("stage", [2, 4])
def test_captum_agrees(resnet18: ResNet, stage: int) -> None:
    tensor = noise_photo(1, 64)
    model = copy.deepcopy(resnet18)
    theirs = captum.attr.LayerGradCam(model, getattr(model, f"layer{stage}")).attribute(
        tensor, target=7, relu_attributions=True
    )
    ours = grad_cam(resnet18, tensor, stage, 7).map
    assert theirs[0, 0].detach().numpy() == pytest.approx(ours.numpy(), abs=1e-5 * float(ours.max()))


PEERS = {
    "gradcam": pytorch_grad_cam.GradCAM,
    "gradcampp": pytorch_grad_cam.GradCAMPlusPlus,
    "hirescam": pytorch_grad_cam.HiResCAM,
    "layercam": pytorch_grad_cam.LayerCAM,
}


@pytest.fixture(scope="module")
def steep(resnet18: ResNet) -> ResNet:
    """A network whose gradients are far above the 1e-6 that a peer adds below a fraction."""
    model = copy.deepcopy(resnet18)
    with torch.no_grad():
        model.fc.weight *= 1000
    return model


@pytest.mark.parametrize("method", ONE_PASS)
@pytest.mark.parametrize("stage", [1, 2, 3, 4])
def test_every_method_is_pytorch_grad_cams(steep: ResNet, method: str, stage: int) -> None:
    tensor = noise_photo(1, 64)
    model = copy.deepcopy(steep)
    layer = getattr(model, f"layer{stage}")
    with PEERS[method](model, [layer]) as cam:
        cam(tensor, [ClassifierOutputTarget(7)])
        activations = cam.activations_and_grads.activations[0].detach().cpu().numpy()
        gradients = cam.activations_and_grads.gradients[0].detach().cpu().numpy()
        theirs = cam.get_cam_image(tensor, layer, [], activations, gradients, eigen_smooth=False)[0]
    (output,) = stage_pass(steep, tensor, [stage], 7).outputs
    for negative in (False, True):
        ours = evidence(output, method, negative=negative).map.numpy()
        expected = np.maximum(-theirs if negative else theirs, 0)
        assert ours == pytest.approx(expected, abs=1e-4 * float(np.abs(theirs).max()))


def test_what_hires_cam_marks_at_the_last_stage_is_the_logit() -> None:
    # Average pooling and one linear layer follow: logit = Σ G ∘ A + b exactly (Draelos & Carin 2020).
    model, tensor = small_network(), noise_photo()
    result = stage_pass(model, tensor, target=2)
    logit = float(result.prediction.logits[2] - model.fc.bias[2].detach())
    assert float(evidence(result.outputs[-1], "hirescam").signed_map.sum()) == pytest.approx(logit, rel=1e-4)


def test_the_two_sides_make_the_balance() -> None:
    (output,) = stage_pass(small_network(), noise_photo(), [2]).outputs
    for method in ONE_PASS:
        pro, contra = (evidence(output, method, negative=negative) for negative in (False, True))
        assert torch.equal(pro.map - contra.map, pro.signed_map)
        assert torch.equal(pro.signed_map, contra.signed_map)


def test_one_sided_methods_have_nothing_against_after_a_relu() -> None:
    passes = [stage_pass(small_network(), noise_photo(), [3], target) for target in range(10)]
    for method in ONE_PASS:
        empty = [evidence(each.outputs[0], method, negative=True).is_empty for each in passes]
        assert all(empty) == METHODS[method].one_sided


@pytest.mark.parametrize("name", ["saliency", "scorecam"])
def test_no_method_of_that_name_in_one_pass(name: str) -> None:
    (output,) = stage_pass(small_network(), noise_photo(), [2]).outputs
    with pytest.raises(ValueError, match=rf"^'{name}' is no method of one pass; there are gradcam, "):
        evidence(output, name)


def test_every_method_is_computed_by_one_table() -> None:
    assert sorted([*ONE_PASS, *MULTI_PASS]) == sorted(METHODS)
