"""How far the first norm is from what it remembers, for every way in which photos become numbers at once.

A convolution is linear. With U_c, what its kernels make of channel c of the photos, and V_c, what they make
of ones (less than their sum at the border, where zeros are padded), numbers of (x − mean) / deviation leave
Σ_c (U_c − mean_c V_c) / deviation_c. So mean and variance of the channels are known for every form from the
mean and covariance of U and V, and photos go through the convolution once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_explorer.weights.recognition.input_forms import InputForm
from resnet_explorer.weights.recognition.norm_distance import channel_distances


def first_norm_distances(
    conv: nn.Conv2d, norm: nn.BatchNorm2d, batches: Iterable[Tensor], forms: Sequence[InputForm]
) -> Tensor:
    """The mean distance of the channels of the first norm: (forms, batches).

    Args:
        conv: the first convolution.
        norm: what follows it.
        batches: photos as values of 0 to 1, (N, channels, H, W) each.
        forms: ways to make these into numbers.
    """
    with torch.inference_mode():
        return torch.stack([_of_batch(conv, norm, batch, forms) for batch in batches], dim=1)


def _of_batch(conv: nn.Conv2d, norm: nn.BatchNorm2d, photos: Tensor, forms: Sequence[InputForm]) -> Tensor:
    channels = photos.shape[1]
    stride, padding = (cast(tuple[int, int], each) for each in (conv.stride, conv.padding))
    with_ones = torch.cat([photos, torch.ones_like(photos[:1])])
    by_channel = [
        F.conv2d(
            with_ones[:, channel : channel + 1], conv.weight[:, channel : channel + 1], None, stride, padding
        )
        for channel in range(channels)
    ]
    made = torch.stack(by_channel, dim=2)  # (N + 1, kernels, channels, H', W')
    of_photos, of_ones = made[:-1], made[-1:].expand(len(photos), -1, -1, -1, -1)
    parts = torch.cat([of_photos, of_ones], dim=2).permute(1, 2, 0, 3, 4).flatten(2)
    count, means = parts.shape[2], parts.mean(dim=2)
    parts = parts - means.unsqueeze(2)
    covariance = parts @ parts.mT / (count - 1)  # unbiased, as the norm keeps it
    bias = 0 if conv.bias is None else conv.bias
    found = []
    for form in forms:
        scale = 1 / torch.tensor(form.std[:channels])
        weights = torch.cat([scale, -scale * torch.tensor(form.mean[:channels])])
        variance = (covariance @ weights) @ weights
        found.append(channel_distances(norm, means @ weights + bias, variance.clamp(min=0)).mean())
    return torch.stack(found)
