"""The experiments of "Cut the wire", as a notebook in percent format.

Cells tagged "counterpart" need a network of the other kind, those tagged "paths" a network with shortcuts.
"""

# %% [markdown]
# # Cut the wire

# %% [markdown]
# Veit, Wilber, Belongie: *Residual Networks Behave Like Ensembles of Relatively Shallow Networks*, NeurIPS
# 2016. A trained network, photos that it never saw, and what is left when blocks are taken out.

# %%
from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.ablation.ablated_network import tally, tally_rows
from resnet_explorer.labs.ablation.ablations import each_skipped, random_rows, read
from resnet_explorer.labs.ablation.figures import drops_figure, path_gradients_figure, sweep_figure
from resnet_explorer.labs.ablation.paths import photo_gradients
from resnet_explorer.labs.ablation.sweep import drops_of, sweep_of
from resnet_explorer.labs.photos import photos_of
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.weights import catalogue

# %% tags=["parameters"]
key = "study/residual-20"
other_key = "study/plain-20"
count = 200
ablation = "s1.1"
draws = 5
seed = 0

# %%
chosen = catalogue.find(key)
model = for_evaluation(catalogue.load(chosen))
blocks = chosen.plan.blocks
photos = photos_of(chosen, count)  # with labels: accuracy; without: agreement with the whole network

# %% [markdown]
# ## Without each block in turn (section 4.1)

# %%
chains = each_skipped(blocks)
sweep = sweep_of(chosen.label, blocks, chains, final_answer(tally(model, photos, list(chains.values()))))
sweep_figure([sweep], None, "left")

# %% [markdown] tags=["counterpart"]
# ## The network of the other kind beside it

# %% tags=["counterpart"]
other = catalogue.find(other_key)
other_model = for_evaluation(catalogue.load(other))
other_blocks, other_photos = other.plan.blocks, photos_of(other, count)

other_chains = each_skipped(other_blocks)
other_found = final_answer(tally(other_model, other_photos, list(other_chains.values())))
other_sweep = sweep_of(other.label, other_blocks, other_chains, other_found)
sweep_figure([sweep, other_sweep], None, "left")

# %% [markdown]
# ## Blocks cut one by one

# %%
chain = read(ablation, blocks).chain(len(blocks))  # c: shortcut cut, s: block skipped, x: two blocks swapped
score = final_answer(tally(model, photos, [chain])).scores[0]
score

# %% [markdown]
# ## Without several, drawn at random (section 4.2)

# %%
rows = random_rows(blocks, draws, seed)
drops = drops_of(chosen.label, blocks, final_answer(tally_rows(model, photos, rows)))
drops_figure([drops], None, "lost")

# %% tags=["counterpart"]
other_rows = random_rows(other_blocks, draws, seed)
other_drops = drops_of(
    other.label, other_blocks, final_answer(tally_rows(other_model, other_photos, other_rows))
)
drops_figure([drops, other_drops], None, "lost")

# %% [markdown] tags=["paths"]
# ## The gradient along paths of each length (section 5)

# %% tags=["paths"]
gradients = final_answer(photo_gradients(model, photos, draws, seed))
path_gradients_figure(gradients)
