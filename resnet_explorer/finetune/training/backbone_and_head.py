"""A network cut in two for fine-tuning: what stays as it is, and what learns."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from resnet_explorer.model.resnet import ResNet, build_seeded
from resnet_explorer.network.spec import ResNetSpec


def with_new_head(spec: ResNetSpec, classes: int, seed: int, trained: ResNet | None = None) -> ResNet:
    """A network with a new head for so many classes.

    Args:
        spec: the network.
        classes: outputs of the new fully connected layer.
        seed: of the new head and, without `trained`, of all values.
        trained: the network whose values it begins with, all but the head's.
    """
    model = build_seeded(spec.with_(num_classes=classes, include_top=True), seed)
    if trained is not None:
        values = {name: value for name, value in trained.state_dict().items() if not name.startswith("fc.")}
        model.load_state_dict(values, strict=False)
    return model


class CutNetwork(nn.Module):
    """A network of which the first part does not learn.

    The frozen part is run without gradients and with its norms as they are, so that for one photo it
    always gives the same: it can be run once and its output kept.

    Attributes:
        model: the network.
        frozen: as `settings.frozen_stages` gives it.
    """

    def __init__(self, model: ResNet, frozen: int | None) -> None:
        super().__init__()
        self.model = model
        self.frozen = frozen
        for module in self._frozen_modules():
            module.requires_grad_(False)

    @property
    def head_only(self) -> bool:
        """Whether nothing learns but the fully connected layer."""
        return self.frozen == len(self.model.spec.depths)

    def train(self, mode: bool = True) -> CutNetwork:
        """Training mode, for what learns alone."""
        super().train(mode)
        for module in self._frozen_modules():
            module.eval()
        return self

    @torch.no_grad()
    def frozen_part(self, x: Tensor) -> Tensor:
        """Photos (N, channels, side, side) → the frozen part's output; (N, C) if the head alone learns."""
        if self.frozen is None:
            return x
        x = self.model.stem(x)
        for stage in self.model.stages[: self.frozen]:
            x = stage(x)
        return self.model.pooled(x) if self.head_only else x

    def forward(self, x: Tensor) -> Tensor:
        """What the frozen part put out → logits (N, classes)."""
        if self.frozen is None:
            logits: Tensor = self.model(x)
        else:
            logits = self.model.fc(x) if self.head_only else self.model.from_stage(self.frozen, x)
        return logits

    def _frozen_modules(self) -> Iterator[nn.Module]:
        if self.frozen is None:
            return
        yield from (self.model.conv1, self.model.bn1)
        yield from self.model.stages[: self.frozen]
        if self.head_only:
            yield self.model.bn_last
