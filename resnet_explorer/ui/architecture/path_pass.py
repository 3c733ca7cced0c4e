"""The session's photo through the session's network, for the picture of the path: once for all sessions.

It is one pass, at the size that the weights see, as on Predict, Feature maps and Inside: the maps on the
fronts, the answer and what each block adds are those of these pages, at whatever size the blueprint is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resnet_explorer.features.path_photo import TOP
from resnet_explorer.photos.crop import CENTRE, View
from resnet_explorer.photos.decode import Photo
from resnet_explorer.ui.photos.viewed_photo import class_names, digest_of
from resnet_explorer.ui.session.background_result import background_result
from resnet_explorer.ui.session.loaded_networks import torch_gate, trained
from resnet_explorer.weights.catalogue import find
from resnet_explorer.weights.description import OWN_PREFIX

if TYPE_CHECKING:
    from resnet_explorer.features.path_maps import BoxMap
    from resnet_explorer.inside.additions import Addition
    from resnet_explorer.photos.preprocessing import Preprocessing


@dataclass(frozen=True, eq=False)
class PathPass:
    """A photo in a network.

    Attributes:
        maps: of the boxes.
        best: the likeliest classes and their probabilities.
        added: what each block adds.
        view: the square of the photo that the network saw.
        preprocessing: of the weights.
    """

    maps: tuple[BoxMap, ...]
    best: tuple[tuple[str, float], ...]
    added: tuple[Addition, ...]
    view: View
    preprocessing: Preprocessing


def path_pass(photo: Photo, view: View, key: str, mode: str) -> PathPass | None:
    """The pass if it is there; None if not yet (`ui.session.background_result`).

    Args:
        photo: the photo.
        view: the square that was chosen of it.
        key: of the weights.
        mode: "mean" or "speaks", as in `features.path_maps`.

    Raises:
        ValueError: in one sentence, if the network cannot be had or cannot take a photo.
    """
    # Two people may have one file and call its classes by other names; the answer holds them.
    named = find(key).classes if key.startswith(OWN_PREFIX) else ()
    question = ("path", digest_of(photo), view, key, named, mode)
    return background_result(question, lambda: _pass(photo, view, key, mode))


def _pass(photo: Photo, view: View, key: str, mode: str) -> PathPass:
    """For the thread beside the pages: no Streamlit, but for the networks that all share."""
    weights = find(key)
    model = trained(weights)
    from resnet_explorer.explanation.predict import default_view, predict, preprocess
    from resnet_explorer.features.path_maps import mean_maps, speaking_maps
    from resnet_explorer.inside.additions import additions

    with torch_gate():
        if view == CENTRE:
            view = default_view(model, photo, weights.preprocessing)
        tensor, _ = preprocess(photo, weights.preprocessing, view, weights.spec.in_channels)
        best, added = predict(model, tensor).top(TOP), additions(model, tensor)
        maps = speaking_maps(model, tensor, best[0][0]) if mode == "speaks" else mean_maps(model, tensor)
    names = class_names(weights.classes)
    return PathPass(
        maps,
        tuple((names[index], probability) for index, probability in best),
        added,
        view,
        weights.preprocessing,
    )
