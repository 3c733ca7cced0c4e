"""Shortcuts that average 2 × 2 pixels where they are halved: to know them by their norms.

ResNet-D (He et al. 2018, Bag of Tricks) averages before its 1×1 convolution, and some write option A so. No
spec has them: a shortcut of this library skips every second pixel.
"""

from __future__ import annotations

from torch import Tensor, nn

from resnet_explorer.model.block_parts import all_blocks
from resnet_explorer.model.resnet import ResNet, ZeroPadShortcut


class _AveragingZeroPad(ZeroPadShortcut):
    """Option A, its pixels averaged."""

    def forward(self, x: Tensor) -> Tensor:
        """As `ZeroPadShortcut`, a mean in place of one pixel of each window."""
        x = nn.functional.avg_pool2d(x, self.stride, ceil_mode=True)
        return nn.functional.pad(x, (0, 0, 0, 0, self.before, self.extra_channels - self.before))


def average_shortcuts(network: ResNet) -> None:
    """Let each shortcut that skips pixels average them."""
    for block in all_blocks(network):
        shortcut = block.downsample
        if isinstance(shortcut, ZeroPadShortcut) and shortcut.stride > 1:
            block.downsample = _AveragingZeroPad(shortcut.extra_channels, shortcut.stride, shortcut.before)
        elif isinstance(shortcut, nn.Sequential):
            conv = shortcut[0]
            assert isinstance(conv, nn.Conv2d)
            if conv.stride == (1, 1):
                continue
            pool = nn.AvgPool2d(2, ceil_mode=True)
            conv.stride = (1, 1)
            block.downsample = nn.Sequential(pool, *shortcut)
