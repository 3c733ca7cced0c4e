"""How much of a logit comes by each block's shortcut, and how much the block adds.

With s the sum of what the shortcut brings and g(x), and G the gradient of the logit by s, the two parts are
Σ G · shortcut and Σ G · g(x). Behind the last block stand a ReLU, the mean of each channel and one linear
layer, so with the ReLU's open cells as they are, the logit *is* the two parts and a constant: the bias (and,
pre-activated, what the last norm adds). Before the last block the parts are the first order: what the later
layers would make of a small change; the rest of the logit is what their biases and norms add themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from resnet_explorer.explanation.predict import check_input
from resnet_explorer.explanation.target import Target, check_target, members_of
from resnet_explorer.inside.block_values import inner
from resnet_explorer.model.block_parts import after_addition, all_blocks, branch, bypass, has_shortcut
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.table_rows import Row


@dataclass(frozen=True)
class LogitParts:
    """One logit at one block's addition; the three parts sum to it.

    Attributes:
        index: of the block, 0 for the first.
        shortcut: what comes by the shortcut; 0 in a plain network.
        branch: what is new, from g(x).
        rest: what hangs on neither: at the last block the bias, before it what later layers add themselves.
        exact: whether it is more than the first order: at the last block.
    """

    index: int
    shortcut: float
    branch: float
    rest: float
    exact: bool

    @property
    def logit(self) -> float:
        """All three together."""
        return self.shortcut + self.branch + self.rest


@dataclass(frozen=True)
class LogitPasses:
    """The parts of a class's logit at every block."""

    target: int
    logit: float
    probability: float
    blocks: tuple[LogitParts, ...]


def logit_parts(model: ResNet, tensor: Tensor, target: Target | None = None) -> LogitPasses:
    """One pass forward and one back.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W).
        target: index of the class; of a kind, its most probable class; of all classes that, unless told.

    Raises:
        ValueError: for a class that the network does not have, or a tensor that it does not take.
    """
    check_input(model, tensor)
    if target is not None:
        check_target(target, model.spec.num_classes)
    with torch.inference_mode(False), torch.no_grad():
        x = model.stem(tensor)
        with torch.enable_grad():
            x.requires_grad_()
            brought: list[Tensor | None] = []
            added: list[Tensor] = []
            totals: list[Tensor] = []
            for block in all_blocks(model):
                new = branch(block, x)
                shortcut = bypass(block, x) if has_shortcut(block) else None
                total = new if shortcut is None else new + shortcut
                brought.append(None if shortcut is None else shortcut.detach())
                added.append(new.detach())
                totals.append(total)
                x = after_addition(block, total)
            logits = model.head(x)[0]
            among = range(len(logits)) if target is None else members_of(target)
            chosen = max(among, key=logits.tolist().__getitem__)
            gradients = torch.autograd.grad(logits[chosen], totals)
        logit = float(logits[chosen])
        found = []
        for index, (gradient, shortcut, new) in enumerate(zip(gradients, brought, added, strict=True)):
            passed = 0.0 if shortcut is None else inner(gradient[0], shortcut[0])
            own = inner(gradient[0], new[0])
            exact = index == len(totals) - 1
            found.append(LogitParts(index, passed, own, logit - passed - own, exact))
    probability = float(logits.detach().softmax(dim=0)[chosen])
    return LogitPasses(chosen, logit, probability, tuple(found))


def logit_rows(passes: LogitPasses) -> list[Row]:
    """A row a block, for a table, a CSV or a JSON file."""
    return [
        {"by the shortcut": each.shortcut, "new": each.branch, "rest": each.rest, "exact": each.exact}
        for each in passes.blocks
    ]
