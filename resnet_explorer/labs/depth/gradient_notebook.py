"""The gradient through the depth, as a notebook in percent format; it ends with `found` and `reference`."""

# %% [markdown]
# # The gradient’s way

# %% [markdown]
# prose: gradient_theory

# %%
import torch

from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.figure import GRADIENT_VIEWS, view_figure
from resnet_explorer.labs.depth.gradient import measure_gradient
from resnet_explorer.labs.depth.measure import batch, network
from resnet_explorer.labs.depth.prediction import predict

# %% tags=["parameters"]
config = DepthConfig()

# %%
print(config.words)
found = final_answer(measure_gradient(config))

# %%
for each in found.both:
    name = "residual" if each.residual else "plain"
    print(f"{name}: {len(each.blocks)} factors, product {each.product:.6g}, end to end {each.end_to_end:.6g}")

# %% [markdown]
# The norms through the depth: solid is residual, dotted is plain, dashed what theory says of wide layers.

# %%
theory = predict(config, False), predict(config, True)
figure = view_figure(found, GRADIENT_VIEWS["inputs"], theory)
figure

# %% [markdown]
# For reference: one backward pass through the whole plain network.

# %%
model = network(config, residual=False)
images, labels = batch(config)
loss = torch.nn.functional.cross_entropy(model(images), labels)
(gradient,) = torch.autograd.grad(loss, [model.get_parameter("conv1.weight")])
reference = gradient.norm().item()
print(f"first convolution: {reference:.6g} in one pass, {found.plain.layers[0].norm:.6g} block by block")
