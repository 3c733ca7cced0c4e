"""Cascading randomization: does the map change when the network loses, section by section, what it learned?

Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim: Sanity Checks for Saliency Maps, NeurIPS 2018, section 3.1:
from the output down.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.cam import evidence
from resnet_explorer.explanation.map_similarity import rank_correlation, structural_similarity
from resnet_explorer.explanation.target import Target
from resnet_explorer.faithfulness.pixel_ranking import Map, upsampled
from resnet_explorer.model.resnet import ResNet, build_seeded


@dataclass(frozen=True, eq=False)
class CascadeStep:
    """A network of the cascade, and its map.

    Attributes:
        section: what was randomised last, "head", "stage n" or "stem"; "" for the trained network.
        map: (h, w) of the same class, method and stage.
        probability: of the class.
        correlation: Spearman's of this map's cells and the first one's; None where a map is level.
        ssim: of both at the size of the input; None where that is below 7 pixels.
    """

    section: str
    map: Map
    probability: float
    correlation: float | None
    ssim: float | None


Cascade = tuple[CascadeStep, ...]
"""The trained network first, then one more section at random each."""


def sections(model: ResNet) -> dict[str, tuple[str, ...]]:
    """The modules of each section, from the head down to the stem; a module without values is excluded."""
    stages = [f"stage {number}" for number in range(len(model.stages), 0, -1)]
    names: dict[str, tuple[str, ...]] = {"head": ("bn_last", "fc")}
    names |= {stage: (f"layer{stage.removeprefix('stage ')}",) for stage in stages}
    names |= {"stem": ("conv1", "bn1")}
    return {
        section: tuple(name for name in modules if model.get_submodule(name).state_dict())
        for section, modules in names.items()
    }


def randomise(model: ResNet, untrained: ResNet, section: str) -> None:
    """Give a section of the network, in place, the values that it has in the untrained one."""
    for name in sections(model)[section]:
        model.get_submodule(name).load_state_dict(untrained.get_submodule(name).state_dict())


def cascade(
    model: ResNet, tensor: Tensor, target: Target, stage: int, method: str = "gradcam", seed: int = 0
) -> Iterator[Step[Cascade]]:
    """The map of the trained network, then of networks of which ever more is random.

    Args:
        model: the network with its values as they are stored, norms and all; it is left as it is.
        tensor: (1, channels, H, W).
        target: index of the class, or a kind.
        stage: whose output is read.
        method: a key of `cam.ONE_PASS`.
        seed: of the random weights.

    Yields:
        Networks done; the steps so far.

    Raises:
        ValueError: for a stage, class or method that there is not, or a tensor that it does not take.
    """
    network = copy.deepcopy(model).requires_grad_(False)
    untrained = build_seeded(model.spec, seed)  # its norms change nothing
    size = (tensor.shape[2], tensor.shape[3])
    names = ["", *sections(network)]
    found: list[CascadeStep] = []
    for section in names:
        if section:
            randomise(network, untrained, section)
        result = stage_pass(network, tensor, [stage], target)
        heat: Map = evidence(result.outputs[0], method).map.numpy()
        trained = found[0].map if found else heat
        ssim = structural_similarity(upsampled(trained, size), upsampled(heat, size))
        found.append(CascadeStep(section, heat, result.probability, rank_correlation(trained, heat), ssim))
        if len(found) == len(names):
            del network, untrained  # whoever keeps this generator keeps no networks
        yield Step(len(found), len(names), tuple(found))
