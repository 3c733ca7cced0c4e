"""The landscape as a notebook that runs on this library."""

from __future__ import annotations

from resnet_explorer.i18n import prose, t
from resnet_explorer.notebook import notebook

_BEGIN = """
from resnet_explorer import weights
from resnet_explorer.labs.measured import photos_of

chosen = weights.find({key!r})
model = weights.load(chosen)
photos = photos_of(chosen, {photos})  # without labels: the loss of the trained network's own answers
"""
_RUN = """
from resnet_explorer.labs.landscape import random_surface
from resnet_explorer.labs.landscape_figures import map_figure
from resnet_explorer.labs.landscape_numbers import View, reading

for step in random_surface(model, photos, seed={seed}, span={span}, steps={steps}):
    pass
surface = step.answer
view = View("random", {seed}, surface)
map_figure({{chosen.label: view}})
"""
_HILL = """
from resnet_explorer.labs.landscape_figures import hill_figure

hill_figure({chosen.label: view})
"""
_READING = """
found = reading(surface)
found
"""
_BY_HAND = """
import torch

from resnet_explorer.labs.landscape import moved, random_plane

first, second = random_plane(model, {seed})
corner = moved(moved(model, first, {span}), second, {span})  # a network of its own, no norm folded
labels = photos.labels if photos.labels is not None else model(photos.images).argmax(1)
with torch.no_grad():
    by_hand = torch.nn.functional.cross_entropy(corner(photos.images), labels).item()
print(f"the corner: {{by_hand:.6g}} by hand, {{surface.loss[-1, -1]:.6g}} on the map")
"""
_SHIPPED = """
from resnet_explorer.labs.landscape_study import shipped

both = [shipped(kind) for kind in ("plain", "residual")]
ways = map_figure({each.label: each.training for each in both}, way=True)
ways
"""


def landscape_notebook(key: str, photos: int, seed: int, span: float, steps: int) -> bytes:
    """The notebook; it ends with the names `surface`, `found`, `by_hand` and `ways`.

    Args:
        key: of the weights.
        photos: how many are shown.
        seed: of the directions.
        span: how far out.
        steps: points a side.
    """
    return notebook(
        t("The landscape"),
        [
            ("markdown", prose("landscape_theory")),
            ("code", _BEGIN.format(key=key, photos=photos)),
            ("code", _RUN.format(seed=seed, span=span, steps=steps)),
            ("code", _HILL),
            ("code", _READING),
            ("markdown", t("One corner by hand.")),
            ("code", _BY_HAND.format(seed=seed, span=span)),
            ("markdown", prose("landscape_way")),
            ("code", _SHIPPED),
        ],
    )
