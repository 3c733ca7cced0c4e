"""The signal through the depth, as a notebook in percent format; it ends with `found` and `reference`."""

# %% [markdown]
# # Signal forward

# %% [markdown]
# prose: signal_theory

# %%
import torch

from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.figure import SIGNAL_VIEWS, view_figure
from resnet_explorer.labs.depth.measure import batch, network
from resnet_explorer.labs.depth.passes import border_share
from resnet_explorer.labs.depth.signal import measure_signal

# %% tags=["parameters"]
config = DepthConfig(activation="pre")

# %%
print(config.words)
found = final_answer(measure_signal(config))

# %%
for stage in found.residual.stages:
    size = next(place.size for place in found.residual.places if place.stage == stage)
    print(stage, "grows by", found.residual.growth(stage), "a block; the border leaves", border_share(size))

# %% [markdown]
# The variance through the depth: solid is residual, dotted is plain.

# %%
figure = view_figure(found, SIGNAL_VIEWS["variance"])
figure

# %% [markdown]
# For reference: the residual network, stage after stage.

# %%
model = network(config, residual=True)
images, _ = batch(config)
with torch.no_grad():
    last = model.stage_outputs(images)[-1]
reference = last.double().var(correction=0).item()
print(f"behind the last block: {reference:.6g}, and {found.residual.places[-1].output.variance:.6g}")
