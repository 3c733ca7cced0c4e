"""The signal's way as a notebook that runs on this library."""

from __future__ import annotations

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.setting import Setting
from resnet_explorer.labs.setting_code import setting_code
from resnet_explorer.notebook import Cell, notebook


def signal_notebook(setting: Setting) -> bytes:
    """The experiment of a setting, cell by cell; it ends with the names `found` and `by_hand`."""
    cells: list[Cell] = [
        ("markdown", prose("signal_theory")),
        ("markdown", t("The experiment: {words}.").format(words=setting.words)),
        ("code", setting_code(setting)),
        ("code", _RUN),
        ("code", _GROWTH),
        ("markdown", t("The variance through the depth: solid is residual, dotted is plain.")),
        ("code", _FIGURE),
        ("markdown", t("The same by hand: the residual network, stage after stage.")),
        ("code", _BY_HAND),
    ]
    return notebook(t("Signal forward"), cells)


_RUN = """
from resnet_explorer.labs.signal import signals

for step in signals(setting):
    pass
found = step.answer
"""

_GROWTH = """
from resnet_explorer.labs.signal_numbers import border_share, stages_of

for stage in stages_of(found.residual.places):
    size = next(place.size for place in found.residual.places if place.stage == stage)
    print(stage, "grows by", found.residual.growth(stage), "a block; the border leaves", border_share(size))
"""

_FIGURE = """
from resnet_explorer.labs.signal_figures import signal_figure

figure = signal_figure(found, "variance")
figure
"""

_BY_HAND = """
import torch

from resnet_explorer.labs.networks import batch, network

model = network(setting, residual=True)
images, _ = batch(setting)
with torch.no_grad():
    *_, last = model.stage_outputs(images)
by_hand = last.double().var(correction=0).item()
print(f"behind the last block: {by_hand:.6g}, and {found.residual.places[-1].output.variance:.6g}")
"""
