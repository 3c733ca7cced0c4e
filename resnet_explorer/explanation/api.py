"""What a network says of a photo, and why, in one call each: the front door for programs and notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from resnet_explorer.common.html_table import html_table
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.progress import final_answer
from resnet_explorer.common.text import shortened, unknown
from resnet_explorer.explanation.activations_and_gradients import StagePass, stage_pass
from resnet_explorer.explanation.cam import METHODS, ONE_PASS, PIXELS, Evidence, evidence
from resnet_explorer.explanation.captioned_figure import Caption, ColourBar, figure
from resnet_explorer.explanation.heatmap import COLOUR_MAPS, heat_picture, overlay, png_bytes, whole_box
from resnet_explorer.explanation.multi_pass import MULTI_PASS
from resnet_explorer.explanation.predict import Prediction, default_view, predict, preprocess
from resnet_explorer.explanation.target import Target
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.layers import section_name
from resnet_explorer.network.spec import title
from resnet_explorer.photos.crop import View, seen_box
from resnet_explorer.photos.decode import Photo, open_photo
from resnet_explorer.photos.sources import read_file
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.trained_network import Model, TrainedNetwork, trained_network

SIDE: Final = 448
"""Pixels of a panel's side: a multiple of 224, 32 and 7, so that cells are whole."""


@dataclass(frozen=True, eq=False)
class PhotoPrediction:
    """What a network says of a photo; a notebook shows its five likeliest classes.

    Attributes:
        prediction: logits, probabilities and time.
        classes: a name for each output.
    """

    prediction: Prediction
    classes: tuple[str, ...]

    def top(self, k: int = 5) -> list[tuple[str, float]]:
        """The k most probable classes as (label, probability), the likeliest first."""
        return [(self.classes[index], probability) for index, probability in self.prediction.top(k)]

    def _repr_html_(self) -> str:
        rows = [(label, f"{probability:.1%}") for label, probability in self.top()]
        return html_table(rows, (t("class"), t("probability")))


@dataclass(frozen=True, eq=False)
class Explanation:
    """Where in a photo the evidence for a class is; a notebook shows it as its picture.

    Attributes:
        photo: the photo.
        weights: of the network that was asked.
        view: which square of the photo it saw.
        method: a key of `METHODS`.
        evidence: the map.
        result: the pass that it is of: the class, its probability, the logits.
    """

    photo: Photo
    weights: Weights
    view: View
    method: str
    evidence: Evidence
    result: StagePass

    @property
    def label(self) -> str:
        """The class or kind that the evidence is for."""
        return self.result.name(self.weights.classes)

    @property
    def probability(self) -> float:
        """Of that class or kind."""
        return self.result.probability

    @property
    def map(self) -> NDArray[np.float32]:
        """(h, w), ≥ 0, in the unit of the score: zeros are an answer, no evidence for the class here."""
        values: NDArray[np.float32] = self.evidence.map.numpy()
        return values

    def square(self) -> Image.Image:
        """The square of the photo that the network saw."""
        box = whole_box(seen_box(self.photo, self.weights.preprocessing, self.view), self.photo.image.size)
        return self.photo.image.crop(box).resize((SIDE, SIDE), Image.Resampling.BICUBIC)

    def heat(self) -> Image.Image:
        """The map in colours, its largest value the brightest."""
        return heat_picture(self.map, (SIDE, SIDE), COLOUR_MAPS[0])

    def overlay(self, alpha: float = 0.5) -> Image.Image:
        """The map over the square.

        Args:
            alpha: 0 shows the photo, 1 the map.

        Raises:
            ValueError: if alpha is not within 0 to 1.
        """
        return overlay(self.square(), self.heat(), alpha)

    def figure(self) -> bytes:
        """Square, map and overlay with colour bar and caption, as the bytes of a PNG."""
        method = METHODS[self.method]
        caption = Caption(
            title(self.weights.spec),
            self.weights.label,
            PurePosixPath(self.photo.name).name,  # a picture that is passed on does not tell of folders
            self.label,
            self.probability,
            t("the input") if self.evidence.stage == PIXELS else section_name(self.evidence.stage),
            method.citation,
        )
        height, width = self.map.shape
        titles = (
            t("Original"),
            t("Map: {height} × {width} cells").format(height=height, width=width),
            t("Overlay"),
        )
        scale = ColourBar(COLOUR_MAPS[0], "0", f"{self.evidence.peak:.3g}", t("evidence for the class"))
        return figure([self.square(), self.heat(), self.overlay()], caption.lines, scale, titles)

    def _repr_png_(self) -> bytes:
        return self.figure()


def predict_photo(photo: str | Path | Image.Image, *, model: Model = "bundled") -> PhotoPrediction:
    """Name the likeliest classes of a photo.

    Args:
        photo: a file of any usual format, or a picture.
        model: a preset's name (torchvision's best weights are fetched the first time), a key of weights, a
            file of them, or a live module of a residual network's form.

    Raises:
        ValueError: in one sentence, if the photo cannot be read, or the network cannot be had.
    """
    trained, shown = _ready(model), opened(photo)
    view = default_view(trained.network, shown, trained.weights.preprocessing)
    return PhotoPrediction(predict(trained.network, _tensor(trained, shown, view)), trained.weights.classes)


def explain(
    photo: str | Path | Image.Image,
    *,
    model: Model = "bundled",
    method: str = "gradcam",
    stage: int | None = None,
    target: str | int | None = None,
) -> Explanation:
    """Where in a photo the evidence for a class is.

    Args:
        photo: a file of any usual format, or a picture.
        model: as `predict_photo` takes it.
        method: a key of `cam.METHODS`, such as gradcam, layercam, scorecam or integrated.
        stage: whose output is read, 0 for the stem's; the last unless told. Integrated Gradients read none.
        target: a class by its name or number, or "kind:" and the name of a kind; the predicted class unless
            told.

    Raises:
        ValueError: in one sentence, for what there is not, or a photo that cannot be read.
    """
    trained, shown = _ready(model), opened(photo)
    chosen = None if target is None else target_named(trained.weights, str(target))
    view = default_view(trained.network, shown, trained.weights.preprocessing)
    return explain_square(trained, shown, view, method=method, stage=stage, target=chosen)


def explain_square(
    trained: TrainedNetwork,
    photo: Photo,
    view: View,
    *,
    method: str = "gradcam",
    stage: int | None = None,
    target: Target | None = None,
) -> Explanation:
    """The evidence in a square of a photo that the network was shown.

    Args:
        trained: a network, best with its batch norms folded.
        photo: the photo.
        view: which square of it the network is shown.
        method: a key of `METHODS`.
        stage: whose output is read; the last stage's unless told.
        target: the class or kind; the predicted class unless told.

    Raises:
        ValueError: for a stage, class or method that there is not.
    """
    if method not in tuple(METHODS):  # by ==: a list is refused, too
        raise unknown(msg("{name!r} is no method; there are {listed}."), method, METHODS)
    tensor = _tensor(trained, photo, view)
    number = len(trained.weights.spec.depths) if stage is None else stage
    result = stage_pass(trained.network, tensor, [number], target)
    found = _evidence(trained.network, tensor, method, result)
    return Explanation(photo, trained.weights, view, method, found, result)


def target_named(weights: Weights, name: str, asked: str = "target") -> Target:
    """The class of a name; where several have it or none has, of a number; or the kind of "kind:NAME".

    Args:
        weights: whose classes and kinds.
        name: what was asked for.
        asked: what the refusal calls it.

    Raises:
        ValueError: with some of the names that there are.
    """
    classes = weights.classes
    if classes.count(name) == 1:
        return classes.index(name)
    if name.isdecimal() and int(name) < len(classes):
        return int(name)
    for kind in weights.kinds:
        if name == f"kind:{kind.name}":
            return kind
    known = ", ".join(classes[:12]) + (", …" if len(classes) > 12 else "")
    raise ValueError(
        t("{asked} is {name!r}; a name ({known}) or 0 to {count} is allowed.").format(
            asked=asked, name=shortened(name), known=known, count=len(classes) - 1
        )
    )


def opened(photo: str | Path | Image.Image) -> Photo:
    """A photo from a file or a picture.

    Raises:
        ValueError: in one sentence, if it cannot be read.
    """
    if not isinstance(photo, str | Path | Image.Image) or photo == "":
        raise ValueError(
            t("photo is {value}; a file or a picture of PIL is needed.").format(value=shortened(repr(photo)))
        )
    if not isinstance(photo, Image.Image):
        return open_photo(read_file(Path(photo), str(photo)), str(photo))
    if 0 in photo.size:
        raise ValueError(
            t("The picture has no pixels: it is {width} × {height}.").format(
                width=photo.width, height=photo.height
            )
        )
    writable = photo if photo.mode in ("L", "RGB", "RGBA", "P") else photo.convert("RGB")
    return open_photo(png_bytes(writable), getattr(photo, "filename", "") or "photo")


def _ready(model: Model) -> TrainedNetwork:
    return model if isinstance(model, TrainedNetwork) else trained_network(model).folded()


def _tensor(trained: TrainedNetwork, photo: Photo, view: View) -> Tensor:
    """A square of a photo as the network takes it, (1, channels, H, W)."""
    return preprocess(photo, trained.weights.preprocessing, view, trained.weights.spec.in_channels)[0]


def _evidence(model: ResNet, tensor: Tensor, method: str, result: StagePass) -> Evidence:
    (output,) = result.outputs
    if method in ONE_PASS:
        return evidence(output, method)
    return final_answer(MULTI_PASS[method](model, tensor, output.stage, result.target)).evidence
