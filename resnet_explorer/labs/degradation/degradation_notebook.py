"""The study of degradation and a paired training, as a notebook in percent format; it ends with `pair`."""

# %% [markdown]
# # Degradation

# %% [markdown]
# prose: degradation_theory

# %% [markdown]
# The runs that this project made and keeps: training error dotted, test error solid.

# %%
from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.degradation.figures import paired_figure, study_figure
from resnet_explorer.labs.degradation.findings import rows
from resnet_explorer.labs.degradation.paired_config import PairedConfig, PairedNetwork
from resnet_explorer.labs.degradation.paired_training import train_pair
from resnet_explorer.labs.degradation.study import logs_of_all

logs = logs_of_all()
study_figure(logs, "both")

# %%
for row in rows(logs):
    print(row)

# %% [markdown]
# Two networks trained now, on the photos that ship with the library.

# %% tags=["parameters"]
config = PairedConfig((PairedNetwork("plain", 32), PairedNetwork("residual", 32)), epochs=5)

# %%
pair = final_answer(train_pair(config))
for network, log in zip(config.networks, pair.logs, strict=True):
    print(f"{network.name}: training error {log[-1].train_error:.1%}, test error {log[-1].test_error:.1%}")

# %%
figure = paired_figure(config, pair, "both")
figure
