"""A bundled network of random weights in place of the one that is shipped, for pages about a photo."""

from __future__ import annotations

from typing import Any

import streamlit as st
import torch

from resnet_explorer import ResNetSpec, build
from resnet_explorer.explanation.predict import preprocess
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.photos.crop import CENTRE, View
from resnet_explorer.photos.decode import Photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import first_known, open_sample
from resnet_explorer.weights import bundled
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import find, load

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
SPEC = ResNetSpec("basic", (1, 1, 1), width=16, stem="cifar", num_classes=10)


def random_network(spec: ResNetSpec = SPEC, confidence: float = 1) -> ResNet:
    """A network of random weights, ready to predict; its logits grow with the confidence."""
    torch.manual_seed(11)
    model = build(spec).eval()
    with torch.no_grad():
        model.fc.weight *= confidence
    return model


def bundle(model: ResNet, *more: Any, label: str = "A network for tests") -> None:
    """Bundle a network in place of the one before; `more` is its calibration and its kinds."""
    export_bundled(model, CLASSES, SEEN, bundled.FILE, {"label": label}, *more)
    st.cache_resource.clear()


def network_and_input(
    key: str = "bundled", photo: Photo | None = None, view: View = CENTRE
) -> tuple[ResNet, torch.Tensor]:
    """The network of weights, and a photo, the sample that greets unless told, as it takes it."""
    weights = find(key)
    photo = photo or open_sample(first_known(weights.classes).name)
    return load(weights), preprocess(photo, weights.preprocessing, view, weights.spec.in_channels)[0]
