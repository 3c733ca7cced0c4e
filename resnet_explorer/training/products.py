"""3×3 convolutions on small maps as products of matrices, where that is faster on a CPU.

oneDNN's bfloat16 convolutions reach 2,400 GFLOP/s on large maps and 75 to 200 on maps of 2 × 2 to 8 × 8 with
many channels, backward by weights above all (measured on two cores with AMX, batch 128); one product of all
windows, laid out as rows, with the weights as a matrix is then up to 16 times as fast. The numbers agree
to bfloat16's last digit. A step of ResNet-18 takes about half the time.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_explorer.network.window import output_size


def use_products(model: nn.Module) -> None:
    """Let the 3×3 convolutions of many channels run as products; parameters and their names stay.

    Args:
        model: a network that is about to be trained in bfloat16; changed in place.
    """
    for parent in list(model.modules()):
        for name, conv in parent.named_children():
            if isinstance(conv, nn.Conv2d) and _fits(conv):
                setattr(parent, name, _ProductConv.of(conv))


def _fits(conv: nn.Conv2d) -> bool:
    return (
        conv.kernel_size == (3, 3)
        and conv.padding == (1, 1)
        and conv.padding_mode == "zeros"
        and conv.dilation == (1, 1)
        and conv.stride[0] == conv.stride[1]
        and conv.groups == 1
        and conv.bias is None
        and conv.out_channels >= 256
    )


class _ProductConv(nn.Conv2d):
    @classmethod
    def of(cls, conv: nn.Conv2d) -> _ProductConv:
        """The same convolution: same parameter, other arithmetic."""
        with torch.device("meta"):
            new = cls(conv.in_channels, conv.out_channels, 3, conv.stride[0], 1, bias=False)
        new.weight = conv.weight
        return new

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        result: Tensor = _Product.apply(x, self.weight, self.stride[0])
        return result


def _windows(x: Tensor, stride: int) -> Tensor:
    """(N, C, H, W) → (N·H'·W', 9·C): a row for each 3×3 window of the padded map."""
    padded = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    n, _, _, channels = padded.shape
    rows, columns = (output_size(size, 3, stride, 1) for size in x.shape[2:])
    image, row, column, channel = padded.stride()
    shape = (n, rows, columns, 3, 3, channels)
    windows = padded.as_strided(shape, (image, row * stride, column * stride, row, column, channel))
    return windows.reshape(n * rows * columns, 9 * channels)


def _as_matrix(weight: Tensor) -> Tensor:
    """(out, in, 3, 3) → (out, 9·in), the order of `_windows`; no copy if the weight is channels last."""
    return weight.permute(0, 2, 3, 1).reshape(len(weight), -1)


class _Product(torch.autograd.Function):
    """A 3×3 convolution with padding 1, each of its three products by the faster way."""

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.bfloat16)  # type: ignore[untyped-decorator]
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.stride = stride
        out_channels = len(weight)
        if out_channels < 512:
            return F.conv2d(x, weight, None, stride, 1)
        rows, columns = (output_size(size, 3, stride, 1) for size in x.shape[2:])
        y = _windows(x, stride) @ _as_matrix(weight).T
        return y.view(len(x), rows, columns, out_channels).permute(0, 3, 1, 2)

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")  # type: ignore[untyped-decorator]
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        x, weight = ctx.saved_tensors
        n, _, height, width = x.shape
        out_channels, channels = weight.shape[:2]
        gradient = gradient.to(x.dtype).contiguous(memory_format=torch.channels_last)
        by_input = by_weight = None
        input_by_product = ctx.stride == 1 and channels >= 512
        weight_by_product = channels >= 512 or gradient.shape[-1] <= 6 or ctx.stride == 2
        if input_by_product:
            # The gradient by the input is a convolution of the gradient with the mirrored kernels.
            mirrored = _as_matrix(weight).view(out_channels, 9, channels).flip(1)
            matrix = mirrored.transpose(0, 1).reshape(9 * out_channels, channels)
            by_input = (_windows(gradient, 1) @ matrix).view(n, height, width, channels).permute(0, 3, 1, 2)
        if weight_by_product:
            rows = gradient.permute(0, 2, 3, 1).reshape(-1, out_channels)
            product = rows.T @ _windows(x, ctx.stride)
            by_weight = product.view(out_channels, 3, 3, channels).permute(0, 3, 1, 2)
        if not (input_by_product and weight_by_product):
            wanted = [not input_by_product, not weight_by_product, False]
            geometry = ([ctx.stride] * 2, [1, 1], [1, 1], False, [0, 0], 1)
            found = torch.ops.aten.convolution_backward(gradient, x, weight, [0], *geometry, wanted)
            by_input = found[0] if by_input is None else by_input
            by_weight = found[1] if by_weight is None else by_weight
        return by_input, by_weight.float() if by_weight is not None else None, None
