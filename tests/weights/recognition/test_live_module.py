"""A live module is held against what it puts out: the network of its shapes is found, another one refused."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from resnet_explorer import ResNetSpec
from resnet_explorer.model.resnet import ResNet, build
from resnet_explorer.weights.checkpoint import checkpoint_of

SMALL = ResNetSpec("basic", (1, 1), width=8, stem="cifar", num_classes=4)
DEEP = ResNetSpec("bottleneck", (2, 1), width=8, stem="cifar", num_classes=4)


def random_network(spec: ResNetSpec) -> ResNet:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return build(spec)


class Wrapped(nn.Module):
    """Somebody's module, which says nothing of its spec."""

    def __init__(self, spec: ResNetSpec = SMALL) -> None:
        super().__init__()
        self.net = random_network(spec)

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Beside(Wrapped):
    """A backbone, its head beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.net.fc, self.head = nn.Identity(), nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.net(x))


class Preparing(ResNet):
    """Subtracts and divides itself, and ends in a softmax."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward((x - 0.5) / 0.5).softmax(dim=1)


class Several(ResNet):
    """Puts out more than a tensor: nothing can be told by it."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, super().forward(x)


@pytest.mark.parametrize(
    "spec",
    [
        SMALL,
        DEEP.with_(stride_in="1x1"),
        DEEP.with_(stride_in="1x1", stem_padding=0, stem_pool=True),
        SMALL.with_(shortcut="none"),
        SMALL.with_(shortcut="zero_pad", zero_pad="around"),
        SMALL.with_(depths=(2, 2), norm="none", activation="pre", conv_bias=True),
    ],
    ids=["v1.5", "v1", "v1, unpadded and pooled", "plain", "zeros around", "pre-activation without a norm"],
)
def test_what_no_shape_tells_is_told_by_running_it(spec: ResNetSpec) -> None:
    module = Wrapped(spec).train()
    found = checkpoint_of(module)
    assert found.weights.spec == spec
    assert all(part.training for part in module.modules()), "it is left as it is"
    image = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(found.network()(image), module.eval()(image))


def test_the_same_values_in_two_networks_are_two_keys() -> None:
    usual, paper = Wrapped(DEEP), Wrapped(DEEP.with_(stride_in="1x1"))
    paper.load_state_dict(usual.state_dict())
    assert checkpoint_of(usual).weights.key == checkpoint_of(usual).weights.key
    assert checkpoint_of(usual).weights.key != checkpoint_of(paper).weights.key


def strided_otherwise(network: ResNet) -> None:
    for conv in network.layer2.modules():
        if isinstance(conv, nn.Conv2d):
            conv.stride = (1, 1)


def leaky(network: ResNet) -> None:
    network.layer1[0].relu1 = nn.LeakyReLU(0.2)


def with_another_epsilon(network: ResNet) -> None:
    for norm in network.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.eps = 1e-2


@pytest.mark.parametrize("change", [strided_otherwise, leaky, with_another_epsilon])
@pytest.mark.parametrize("is_ours", [True, False])
def test_a_module_that_is_another_network_is_refused(change: object, is_ours: bool) -> None:
    module = Wrapped()
    change(module.net)  # type: ignore[operator]
    with pytest.raises(
        ValueError, match=r": It puts out other numbers than every network .* the image first\.$"
    ):
        checkpoint_of(module.net if is_ours else module)


def test_a_head_beside_and_what_is_done_to_the_image_first_are_no_reason_to_refuse() -> None:
    assert checkpoint_of(Beside()).weights.spec == SMALL.with_(num_classes=5)
    assert checkpoint_of(Preparing(DEEP)).weights.spec == DEEP
    assert checkpoint_of(Several(SMALL)).weights.spec == SMALL
