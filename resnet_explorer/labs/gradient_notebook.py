"""The gradient's way as a notebook that runs on this library."""

from __future__ import annotations

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.setting import Setting
from resnet_explorer.labs.setting_code import setting_code
from resnet_explorer.notebook import Cell, notebook


def gradient_notebook(setting: Setting) -> bytes:
    """The experiment of a setting, cell by cell; it ends with the names `found` and `by_hand`."""
    cells: list[Cell] = [
        ("markdown", prose("gradient_theory")),
        ("markdown", t("The experiment: {words}.").format(words=setting.words)),
        ("code", setting_code(setting)),
        ("code", _RUN),
        ("code", _FACTORS),
        ("markdown", t("The norms through the depth: solid is residual, dotted is plain.")),
        ("code", _FIGURE),
        ("markdown", t("The same by hand: one backward pass through the whole plain network.")),
        ("code", _BY_HAND),
    ]
    return notebook(t("The gradient’s way"), cells)


_RUN = """
from resnet_explorer.labs.gradient_flow import gradient_flow

for step in gradient_flow(setting):
    pass
found = step.answer
"""

_FACTORS = """
for flow in (found.plain, found.residual):
    name = "residual" if flow.residual else "plain"
    print(f"{name}: {len(flow.blocks)} factors, product {flow.product:.6g}, end to end {flow.end_to_end:.6g}")
"""

_FIGURE = """
from resnet_explorer.labs.gradient_figures import gradient_figure

figure = gradient_figure(found, "weights")
figure
"""

_BY_HAND = """
import torch

from resnet_explorer.labs.networks import batch, network

model = network(setting, residual=False)
images, labels = batch(setting)
loss = torch.nn.functional.cross_entropy(model(images), labels)
(gradient,) = torch.autograd.grad(loss, [model.conv1.weight])
by_hand = gradient.norm().item()
print(f"first convolution: {by_hand:.6g} in one pass, {found.plain.layers[0].norm:.6g} block by block")
"""
