"""A trained network however it is given: a preset's name, a key of weights, a file, or the module itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import shortened
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.spec import PRESETS, TORCHVISION_NAMES, preset, title
from resnet_explorer.weights.catalogue import best_for, find, is_file_name, load
from resnet_explorer.weights.checkpoint import Checkpoint, checkpoint_of, read_checkpoint
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.download import Progress


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A network with its trained values, and what they are."""

    weights: Weights
    network: ResNet

    def folded(self) -> TrainedNetwork:
        """One that gives the same predictions sooner, to look at photos with."""
        return TrainedNetwork(self.weights, for_evaluation(self.network))


Model = str | Path | nn.Module | TrainedNetwork
"""A preset's name, a key of `weights list`, a file, a live module, or what `trained_network` gave before."""


def trained_network(model: Model = "bundled", progress: Progress | None = None) -> TrainedNetwork:
    """A trained network with its values as they are stored, in evaluation mode.

    Args:
        model: which; of a module, values and spec are read as a file's are, and it is left as it is.
        progress: told of the bytes, if torchvision's have to be fetched first.

    Raises:
        ValueError: in one sentence, if it cannot be had.
    """
    if isinstance(model, TrainedNetwork):
        return model
    if checkpoint := own_checkpoint(model):
        return TrainedNetwork(checkpoint.weights, checkpoint.network())
    weights = find(key_named(str(model)))
    return TrainedNetwork(weights, load(weights, progress))


def own_checkpoint(model: str | Path | nn.Module) -> Checkpoint | None:
    """What a module or a file holds; None for a name.

    Raises:
        ValueError: in one sentence, if it holds no residual network, or is nothing of these.
    """
    if not isinstance(model, str | Path | nn.Module):
        raise ValueError(
            t("model is {value}; a name, a file or a live nn.Module is needed.").format(
                value=shortened(repr(model))
            )
        )
    if isinstance(model, nn.Module):
        return checkpoint_of(model)
    if is_file_name(str(model)):
        return read_checkpoint(Path(model))
    return None


def key_named(name: str) -> str:
    """A name as `find` knows it: of a preset that torchvision has not, the key of weights on this machine.

    Raises:
        ValueError: if there are none.
    """
    if name not in PRESETS or name in TORCHVISION_NAMES:
        return name
    key = best_for(preset(name), any_classes=True)
    if key is None:
        raise ValueError(
            t("There are no trained values of {name} on this machine.").format(name=title(preset(name)))
        )
    return key
