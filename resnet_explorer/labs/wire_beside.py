"""Which network of the study stands beside one: the same blocks, with shortcuts or without."""

from __future__ import annotations

from resnet_explorer.i18n import t
from resnet_explorer.labs.cifar_photos import knows_them
from resnet_explorer.labs.study import SHIPPED, study_networks
from resnet_explorer.short_text import as_markdown
from resnet_explorer.training.paper_recipe import network, run_name
from resnet_explorer.weights import Weights
from resnet_explorer.weights.bundled import STUDY_PREFIX


def beside(weights: Weights) -> Weights | None:
    """The study's network of the other kind with as many blocks in every stage, shown the same photos.

    A plain network stands beside a residual one, and the other way round; None where there is none.
    """
    spec = weights.spec
    if spec.block != "basic" or not knows_them(weights.classes):
        return None
    kind = "residual" if spec.shortcut == "none" else "plain"
    for wanted, depth in SHIPPED:
        if wanted == kind and network(kind, depth).depths == spec.depths:
            key = STUDY_PREFIX + run_name(kind, depth)
            return next((each for each in study_networks() if each.key == key), None)
    return None


def differences(one: Weights, other: Weights) -> str:
    """What two networks beside each other differ in, in a sentence."""
    if all(weights.key.startswith(STUDY_PREFIX) for weights in (one, other)):
        return t(
            "Same recipe, same order of the same images, same photos: **they differ in the shortcuts alone.**"
        )
    from_study, not_of_it = (other, one) if other.key.startswith(STUDY_PREFIX) else (one, other)
    return t(
        "Trained otherwise: {study} is of the study on *Degradation*, {other} is not. For two that differ in "
        "the shortcuts alone, choose one of the study’s above."
    ).format(study=as_markdown(from_study.label), other=as_markdown(not_of_it.label))
