"""The loss around trained weights, as a notebook in percent format.

It ends with `found`, `reference` and `trajectories`.
"""

# %% [markdown]
# # The landscape

# %% [markdown]
# prose: landscape_theory

# %%
import torch

from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.landscape.figures import hill_figure, map_figure
from resnet_explorer.labs.landscape.numbers import View, finding
from resnet_explorer.labs.landscape.study import shipped
from resnet_explorer.labs.landscape.surface import perturbed, random_plane, random_surface
from resnet_explorer.labs.photos import photos_of
from resnet_explorer.training.paper_recipe import KINDS
from resnet_explorer.weights import catalogue

# %% tags=["parameters"]
key = "study/residual-20"
count = 100
seed = 0
span = 1.0
steps = 9

# %%
chosen = catalogue.find(key)
model = catalogue.load(chosen)
photos = photos_of(chosen, count)  # without labels: the loss of the trained network's own predictions

# %%
surface = final_answer(random_surface(model, photos, seed, span, steps))
views = {chosen.label: View("random", seed, surface)}
map_figure(views)

# %%
hill_figure(views)

# %%
found = finding(surface)
found

# %% [markdown]
# For reference: one corner, by a network of its own, no norm folded.

# %%
first, second = random_plane(model, seed)
corner = perturbed(perturbed(model, first, span), second, span)
with torch.no_grad():
    labels = model(photos.images).argmax(1) if photos.labels is None else photos.labels
    reference = torch.nn.functional.cross_entropy(corner(photos.images), labels).item()
print(f"the corner: {reference:.6g} by this network, {surface.loss[-1, -1]:.6g} on the map")

# %% [markdown]
# prose: landscape_trajectory

# %%
both = [shipped(kind) for kind in KINDS]
trajectories = map_figure({each.label: each.training for each in both}, trajectory=True)
trajectories
