"""A pass through a network is kept under all that it depends on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from resnet_explorer.model.resnet import build
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.photos.decode import Photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.ui.photos import viewed_photo
from resnet_explorer.weights.description import Weights

SPEC = ResNetSpec("basic", (1,), width=4, stem="cifar", num_classes=2)
SEEN = Preprocessing(32, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))


def test_weights_that_see_photos_otherwise_are_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run begins with weights and shows them photos in its own size: its map of before is of that size."""
    monkeypatch.setattr(viewed_photo, "trained", lambda _: build(SPEC).eval())
    photo = Photo("grey.png", Image.new("RGB", (40, 40), "grey"), (40, 40))
    weights = Weights("bundled", "tiny", SPEC, ("cat", "dog"), SEEN, "bundled")
    smaller = replace(weights, preprocessing=replace(SEEN, resize=16, crop=16))
    sides = [viewed_photo.cached_pass(photo, each, CENTRE, None) for each in (weights, smaller, weights)]
    assert [each.outputs[0].features.shape[1:] for each in sides] == [(32, 32), (16, 16), (32, 32)]
    assert sides[0] is sides[2], "one that was asked before is not asked again"
