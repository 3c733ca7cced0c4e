"""The network as a torch module, built layer by layer from the plan's records.

Nothing is computed here: shapes, strides and groups come from the plan. `forward` is written by
hand, so that it reads like the paper. Names and order of the parameters are torchvision's.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from resnet_explorer.common.i18n import t
from resnet_explorer.model.seeded import seeded
from resnet_explorer.network.budget import check_value_budget
from resnet_explorer.network.layers import Block, Layer, Stage
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec


class ZeroPadShortcut(nn.Module):
    """Option A: every `stride`-th pixel, and channels of zeros added (He et al. 2015, 3.3).

    Args:
        extra_channels: how many are added.
        stride: of the pixels.
        before: how many of them come before the channels of the input; the others come behind.
    """

    def __init__(self, extra_channels: int, stride: int, before: int = 0) -> None:
        super().__init__()
        self.extra_channels = extra_channels
        self.stride = stride
        self.before = before

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C + extra, ⌈H / stride⌉, ⌈W / stride⌉)."""
        x = x[:, :, :: self.stride, :: self.stride]
        return nn.functional.pad(x, (0, 0, 0, 0, self.before, self.extra_channels - self.before))


def build_layer(layer: Layer) -> nn.Module:
    """The torch module of one record.

    Raises:
        ValueError: for an addition, which is a line in `forward` and no module.
    """
    channels, out_channels = layer.in_shape[0], layer.out_shape[0]
    match layer.kind:
        case "conv":
            window = (layer.kernel, layer.stride, layer.padding)
            return nn.Conv2d(channels, out_channels, *window, groups=layer.groups, bias=layer.bias)
        case "norm":
            return nn.BatchNorm2d(channels)
        case "relu":
            return nn.ReLU()
        case "maxpool":
            return nn.MaxPool2d(layer.kernel, layer.stride, layer.padding)
        case "zero_pad":
            return ZeroPadShortcut(out_channels - channels, layer.stride, layer.zeros_before)
        case "avgpool":
            return nn.AdaptiveAvgPool2d(1)
        case "fc":
            return nn.Linear(channels, out_channels)
        case "add":
            raise ValueError(t("{name} is an addition, which is no module.").format(name=layer.name))


class _Roles:
    """The modules of a block or section by role; a role that the network lacks does nothing."""

    def __init__(self, layers: tuple[Layer, ...]) -> None:
        self._layers = {layer.role: layer for layer in layers}

    def __call__(self, role: str) -> nn.Module:
        layer = self._layers.get(role)
        return build_layer(layer) if layer else nn.Identity()

    def downsample(self) -> nn.Module | None:
        """What brings the shortcut to the shape of the branch; None where x passes as it is."""
        if "downsample" in self._layers:
            return self("downsample")
        if "downsample.0" not in self._layers:
            return None
        roles = [role for role in self._layers if role.startswith("downsample.")]
        return nn.Sequential(*map(self, roles))


class BasicBlock(nn.Module):
    """Two 3×3 convolutions (He et al. 2015, fig. 5 left)."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        layer = _Roles(block.layers)
        downsample = layer.downsample()  # drawn first, so that a seed gives torchvision's weights
        self.conv1, self.bn1, self.relu1 = layer("conv1"), layer("bn1"), layer("relu1")
        self.conv2, self.bn2, self.relu2 = layer("conv2"), layer("bn2"), layer("relu2")
        self.downsample = downsample
        self.plain = block.shortcut == "none"

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C', H', W'), as the block's record says."""
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.plain:
            return self.relu2(y)
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu2(y + shortcut)


class Bottleneck(nn.Module):
    """1×1 down, 3×3, 1×1 up (He et al. 2015, fig. 5 right)."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        layer = _Roles(block.layers)
        downsample = layer.downsample()
        self.conv1, self.bn1, self.relu1 = layer("conv1"), layer("bn1"), layer("relu1")
        self.conv2, self.bn2, self.relu2 = layer("conv2"), layer("bn2"), layer("relu2")
        self.conv3, self.bn3, self.relu3 = layer("conv3"), layer("bn3"), layer("relu3")
        self.downsample = downsample
        self.plain = block.shortcut == "none"

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C', H', W'), as the block's record says."""
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.relu2(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        if self.plain:
            return self.relu3(y)
        shortcut = x if self.downsample is None else self.downsample(x)
        return self.relu3(y + shortcut)


class PreActBasicBlock(BasicBlock):
    """Norm and ReLU before each convolution, nothing after the addition (He et al. 2016, fig. 4e)."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C', H', W'), as the block's record says."""
        activated = self.relu1(self.bn1(x))
        y = self.conv1(activated)
        y = self.conv2(self.relu2(self.bn2(y)))
        return y if self.plain else y + _preact_shortcut(self.downsample, x, activated)


class PreActBottleneck(Bottleneck):
    """The bottleneck, pre-activated (He et al. 2016, fig. 4e and section 4)."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C', H', W'), as the block's record says."""
        activated = self.relu1(self.bn1(x))
        y = self.conv1(activated)
        y = self.conv2(self.relu2(self.bn2(y)))
        y = self.conv3(self.relu3(self.bn3(y)))
        return y if self.plain else y + _preact_shortcut(self.downsample, x, activated)


def _preact_shortcut(downsample: nn.Module | None, x: Tensor, activated: Tensor) -> Tensor:
    """x itself, or x padded; a projection reads the activated input, as the branch does."""
    if downsample is None:
        return x
    return downsample(x if isinstance(downsample, ZeroPadShortcut) else activated)


def build_block(block: Block) -> nn.Module:
    """The torch module of one block's record, with torch's default initial weights."""
    basic, bottleneck = (
        (PreActBasicBlock, PreActBottleneck) if block.preactivation else (BasicBlock, Bottleneck)
    )
    return (basic if block.kind == "basic" else bottleneck)(block)


class ResNet(nn.Module):
    """A residual network with torchvision's parameter names.

    Attributes:
        spec: what it was built from.

    Raises:
        ValueError: for what is no spec, or would take more memory than networks may.
    """

    def __init__(self, spec: ResNetSpec) -> None:
        super().__init__()
        self.spec = spec
        records = plan(spec)
        if torch.get_default_device().type != "meta":  # there, nothing is made
            check_value_budget(records)
        stem, head = _Roles(records.stem.layers), _Roles(records.head.layers)
        self.conv1, self.bn1, self.relu = stem("conv1"), stem("bn1"), stem("relu")
        self.maxpool = stem("maxpool")
        for number, stage in enumerate(records.stages, start=1):
            setattr(self, f"layer{number}", _build_stage(stage))
        self.bn_last, self.relu_last = head("bn_last"), head("relu_last")
        self.avgpool, self.fc = head("avgpool"), head("fc")
        initialize(self)

    @property
    def stages(self) -> list[nn.Module]:
        """The residual stages, layer1 first."""
        return [getattr(self, f"layer{number + 1}") for number in range(len(self.spec.depths))]

    def stem(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) → (N, width, H', W')."""
        return self.maxpool(self.relu(self.bn1(self.conv1(x))))

    def head(self, x: Tensor) -> Tensor:
        """The last feature map → logits (N, num_classes), or the map itself without the top."""
        return self.fc(self.pooled(x)) if self.spec.include_top else self.relu_last(self.bn_last(x))

    def pooled(self, x: Tensor) -> Tensor:
        """The last feature map → the mean of each channel (N, C), which the fully connected layer reads."""
        return torch.flatten(self.avgpool(self.relu_last(self.bn_last(x))), 1)

    def stage_outputs(self, x: Tensor) -> list[Tensor]:
        """The feature maps after the stem and after each stage, for all who look inside."""
        outputs = [self.stem(x)]
        for stage in self.stages:
            outputs.append(stage(outputs[-1]))
        return outputs

    def from_stage(self, index: int, x: Tensor) -> Tensor:
        """The logits from the output of stage `index`, where 0 is the stem's."""
        for stage in self.stages[index:]:
            x = stage(x)
        return self.head(x)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) → logits (N, num_classes)."""
        return self.from_stage(0, self.stem(x))


def _build_stage(stage: Stage) -> nn.Sequential:
    return nn.Sequential(*map(build_block, stage.blocks))


def build(spec: ResNetSpec) -> ResNet:
    """The network of a spec, with torchvision's initial weights under the same seed.

    Under `torch.device("meta")` it costs no memory and no random numbers.

    Raises:
        ValueError: as `ResNet`.
    """
    return ResNet(spec)


def build_seeded(spec: ResNetSpec, seed: int) -> ResNet:
    """The network as `torch.manual_seed(seed)` and `build(spec)` make it; torch's generator stays as it was.

    Raises:
        ValueError: as `ResNet`.
    """
    with seeded(seed):
        return build(spec)


def initialize(model: nn.Module) -> None:
    """He initialisation of the convolutions, by fan out (He et al. 2015b, section 2.2).

    What has no values yet (on torch's meta device) is left: there is nothing to draw, and to draw it would
    load torch's compiler first, which takes seconds.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d) and not module.weight.is_meta:
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
