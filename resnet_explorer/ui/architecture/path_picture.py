"""The path of the feature map on the page, with the session's photo in it.

The photo itself is on the first box at once. What it becomes in the others, and the answer, are there as
soon as torch is: nothing moves for them, and the picture does not wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from resnet_explorer.architecture.feature_path_svg import NOTHING, OnPath
from resnet_explorer.architecture.map_box_svg import Face
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.svg import data_address
from resnet_explorer.common.text import enumerated
from resnet_explorer.explanation.heatmap import jpeg_bytes
from resnet_explorer.features.path_photo import answer_end, channel_notes, face
from resnet_explorer.network.layers import Plan
from resnet_explorer.photos.crop import View, crop_box
from resnet_explorer.photos.decode import Photo
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.architecture.path_pass import PathPass, path_pass
from resnet_explorer.ui.photos.photo_input import current_photo, current_view
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.network import current_spec, weights_key
from resnet_explorer.ui.widgets.linked_inputs import linked_select
from resnet_explorer.weights.catalogue import find

FACES: Final = {
    "mean": msg("Fronts: mean"),
    "speaks": msg("Fronts: top channel"),
    "plain": msg("Fronts: plain"),
}
"""What is on the fronts of the boxes."""
_SIDE: Final = 380
"""Pixels of the photo's longer side on the box: twice what a projector shows of it."""
_RESIZE, _CROP = 256, 224
"""As ImageNet's photos are cut unless their weights say otherwise."""


def faces_input() -> None:
    """The choice of what is on the fronts, for a page's head; none where no network can fill them."""
    if _can_answer():
        linked_select(
            "arch_faces", t("Fronts"), FACES, default="mean", label_visibility="collapsed", width=190
        )
    else:
        linked("arch_faces", "mean", one_of(FACES))


@dataclass(frozen=True)
class PathView:
    """The session's network and photo on the path, as far as it is known by now.

    Attributes:
        on_path: what the photo adds to the picture.
        has_answer: whether the network can answer, now or soon.
        found: the pass; None before it is there, and where nothing is asked of it.
    """

    on_path: OnPath
    has_answer: bool = False
    found: PathPass | None = None

    def channel(self, key: str) -> int | None:
        """Which channel is on the front of a box; None for the mean, or for nothing."""
        maps = self.found.maps if self.found else ()
        return next((each.channel for each in maps if each.key == key), None)


def path_view(p: Plan) -> PathView:
    """What the session's photo adds to the picture of a network.

    Args:
        p: the session's network at its size.
    """
    mode = linked("arch_faces", "mean", one_of(FACES))
    photo, view, key = current_photo(), current_view(), weights_key()
    if p.input_shape[0] not in (1, 3):
        return PathView(NOTHING)
    faces = _input_face(photo, view, _cut(), p)
    if mode == "plain" or key is None or not _can_answer():
        return PathView(OnPath(faces))
    try:
        found = path_pass(photo, view, key, mode)
    except ValueError as refusal:
        return PathView(OnPath(faces, words=str(refusal)))
    if found is None:
        notes: dict[str, str] | None = {} if mode == "speaks" else None
        return PathView(OnPath(faces, notes, answer_end((), "")), has_answer=True)
    inputs = (found, photo, p, mode)
    return PathView(cached_result("_path_photo", inputs, lambda: _filled(*inputs)), True, found)


def _filled(found: PathPass, photo: Photo, p: Plan, mode: str) -> OnPath:
    """All of it."""
    cut, side = (found.preprocessing.resize, found.preprocessing.crop), found.preprocessing.crop
    is_same_size = p.input_size == (side, side)
    heading = t("answer") if is_same_size else t("photo at {side} × {side}").format(side=side)
    return OnPath(
        {**_input_face(photo, found.view, cut, p), **{each.key: face(each) for each in found.maps}},
        channel_notes(found.maps) if mode == "speaks" else None,
        answer_end(found.best, heading),
        _in_words(found, photo, mode),
    )


def _in_words(found: PathPass, photo: Photo, mode: str) -> str:
    """What is seen on the fronts, and the answer."""
    if mode == "mean":
        what = t("the mean of the channels")
    else:
        what = t("the channel that speaks most for {name}").format(name=found.best[0][0])
    return t(
        "On the fronts, of {photo} at {side} × {side}, as the weights see it: {what}; each on a scale of its "
        "own, 0 black, the most white. Answer: {answer}"
    ).format(
        photo=photo.name,
        side=found.preprocessing.crop,
        what=what,
        answer=enumerated(f"{name} {probability:.0%}" for name, probability in found.best),
    )


def _can_answer() -> bool:
    """Whether the session's network has weights that know classes, and takes photos."""
    spec = current_spec()
    return weights_key() is not None and spec.include_top and spec.in_channels in (1, 3)


def _cut() -> tuple[int, int]:
    """The resize and the crop of the session's weights, where that is known without torch."""
    key = weights_key()
    if key is None or key.startswith("torchvision/"):
        return _RESIZE, _CROP
    try:
        preprocessing = find(key).preprocessing
    except ValueError:  # they are not here any more
        return _RESIZE, _CROP
    return preprocessing.resize, preprocessing.crop


def _input_face(photo: Photo, view: View, cut: tuple[int, int], p: Plan) -> Mapping[str, Face]:
    """The photo as the front of the input's box, by the key of that map."""
    question = (photo, view, cut, p.input_shape)
    draw = lambda: Face(_photo_address(photo, view, cut, *p.input_shape), words=t("the photo"))  # noqa: E731
    return {"input": cached_result("_input_face", question, draw)}


def _photo_address(
    photo: Photo, view: View, cut: tuple[int, int], channels: int, height: int, width: int
) -> str:
    left, top, right, bottom = map(round, crop_box(photo.image.size, *cut, view))
    seen = photo.image.crop((left, top, right, bottom))
    scale = _SIDE / max(height, width)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    small = seen.resize((min(width, wide), min(height, high)))
    return data_address(jpeg_bytes(small.convert("L") if channels == 1 else small))
