"""A photo through a network: tensor, logits, probabilities, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from resnet_explorer.common.i18n import t
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.photos.crop import ALONG, CENTRE, Crop, View, crop_photo
from resnet_explorer.photos.decode import Photo

if TYPE_CHECKING:
    from resnet_explorer.photos.preprocessing import Preprocessing


def beyond_float32(place: str) -> ValueError:
    """What is said of values that are infinite or no numbers, and of where they are."""
    return ValueError(
        t("The values at {place} leave the range of float32, so there is nothing to draw.").format(
            place=place
        )
    )


@dataclass(frozen=True, eq=False)
class Prediction:
    """The prediction for one photo.

    Attributes:
        logits: (classes,), before the softmax.
        milliseconds: the forward pass alone, by the clock on the wall.
        device: where it ran, as torch names it.
    """

    logits: Tensor
    milliseconds: float
    device: str

    def __post_init__(self) -> None:
        """Refuse what is no prediction: no map and no chart could be drawn of it.

        Raises:
            ValueError: in one sentence, if a logit is infinite or no number.
        """
        if not self.logits.isfinite().all():
            raise beyond_float32("fc")

    @property
    def probabilities(self) -> Tensor:
        """(classes,), their sum 1."""
        return self.logits.softmax(dim=0)

    def top(self, k: int = 5) -> list[tuple[int, float]]:
        """The k most probable classes as (index, probability), the likeliest first.

        Raises:
            ValueError: if k is no whole number, or below zero.
        """
        if not isinstance(k, Integral) or k < 0:
            raise ValueError(t("k is {k!r}; a whole number from 0 up is allowed.").format(k=k))
        values, indices = self.probabilities.topk(min(k, len(self.logits)))
        return list(zip(indices.tolist(), values.tolist(), strict=True))


def preprocess(
    photo: Photo, preprocessing: Preprocessing, view: View = CENTRE, channels: int = 3
) -> tuple[Tensor, Crop]:
    """A photo as the network takes it.

    Returns:
        The tensor (1, channels, crop, crop), normalised, and the crop it was made from. In the
        centre it equals torchvision's transforms (a test says how closely).

    Raises:
        ValueError: for a network that takes neither one channel nor three.
    """
    crop = crop_photo(photo, preprocessing, view)
    return to_tensor(crop.image, preprocessing, channels), crop


def default_view(model: ResNet, photo: Photo, preprocessing: Preprocessing) -> View:
    """The crop by the crop policy of the weights.

    In the centre or, for weights of the policy "most_confident", the one of three squares along the
    longer side whose most probable class is the most probable: what is off-centre is not cut off.

    Raises:
        ValueError: for such weights of a network that takes neither one channel nor three.
    """
    if preprocessing.crop_policy == "centre":
        return CENTRE
    channels = model.spec.in_channels
    squares = [preprocess(photo, preprocessing, view, channels)[0] for view in ALONG]
    with torch.inference_mode():
        confidence = model(torch.cat(squares)).softmax(dim=1).amax(dim=1)  # (3,)
    return ALONG[int(confidence.argmax())]


def to_tensor(image: Image.Image, preprocessing: Preprocessing, channels: int = 3) -> Tensor:
    """A picture as (1, channels, H, W): bytes / 255, less the mean, over the deviation.

    A network of one channel gets the picture in grey, and the average of the three means and
    deviations.

    Raises:
        ValueError: for a network that takes neither one channel nor three.
    """
    if channels not in (1, 3):
        raise ValueError(
            t("The network takes {channels} channels; a photo has 3, or 1 in grey.").format(channels=channels)
        )
    pixels = np.array(image.convert("L" if channels == 1 else "RGB"))
    tensor = torch.from_numpy(pixels).view(*pixels.shape[:2], channels)  # H × W × channels
    tensor = tensor.permute(2, 0, 1).to(torch.float32).div(255)
    mean, std = torch.tensor(preprocessing.mean), torch.tensor(preprocessing.std)
    if channels == 1:
        mean, std = mean.mean(0, keepdim=True), std.mean(0, keepdim=True)
    return tensor.sub(mean.view(-1, 1, 1)).div(std.view(-1, 1, 1)).unsqueeze(0)


def predict(model: ResNet, tensor: Tensor) -> Prediction:
    """One forward pass of one photo.

    Args:
        model: a network in evaluation mode.
        tensor: (1, channels, H, W).

    Raises:
        ValueError: if the network cannot classify this tensor, in one sentence.
    """
    check_input(model, tensor)
    start = time.perf_counter()
    with torch.inference_mode():
        logits = model(tensor)[0]
    return Prediction(logits.clone(), (time.perf_counter() - start) * 1000, str(logits.device))


def scores_by_batch(
    model: nn.Module, batches: Iterable[Tensor], score: Callable[[Tensor], Tensor]
) -> Iterator[Tensor]:
    """One forward pass for each batch of inputs, without gradients.

    Args:
        model: a network in evaluation mode.
        batches: (N, channels, H, W) each, made as they are needed.
        score: a number of each input by its logits: (N, classes) → (N,).

    Yields:
        After each pass the scores of all inputs so far.
    """
    found: list[Tensor] = []
    for batch in batches:
        with torch.no_grad():
            found.append(score(model(batch)))
        yield torch.cat(found)


def check_input(model: ResNet, tensor: Tensor) -> None:
    """Refuse what would end in an error of torch, or in a wrong answer.

    Raises:
        ValueError: in training mode, without the top, or for a tensor of another shape.
    """
    if model.training:
        raise ValueError(t("The network is in training mode, where a batch norm learns; call eval() first."))
    if not model.spec.include_top:
        raise ValueError(t("The network has no fully connected layer, so it knows no classes."))
    if tensor.ndim != 4 or tensor.shape[0] != 1 or tensor.shape[1] != model.spec.in_channels:
        raise ValueError(
            t("The tensor is {shape}; (1, {in_channels}, height, width) is needed.").format(
                shape=tuple(tensor.shape), in_channels=model.spec.in_channels
            )
        )
