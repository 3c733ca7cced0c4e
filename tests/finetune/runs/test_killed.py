"""A run whose process is killed, without a word, at random moments: it resumes to the same numbers."""

from __future__ import annotations

import multiprocessing
import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from resnet_explorer.finetune.runs.job import run_job
from resnet_explorer.finetune.runs.store import runs_folder
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.run_config import RunConfig
from tests.finetune_colours import colours_zip, config_of, done, numbers

pytestmark = [pytest.mark.usefixtures("temporary_home"), pytest.mark.slow]
KILLS = 20
LONGEST = 0.2
"""Until a kill, at most, of the time that the whole run takes."""
LOADED_LATE = ["torch._dynamo", "torchvision"]
"""By the first optimizer; two seconds in which no kill would meet the run."""


def resumed(config: RunConfig, folder: Path) -> None:
    for _ in run_job(config, config.photos, folder, resume=True):
        pass


@pytest.mark.parametrize(
    "settings",
    [
        Settings("stages", epochs=50, batch_size=8, rate=0.003, augment=True),
        Settings("all", epochs=30, batch_size=8, rate=0.003, augment=True),
    ],
    ids=lambda settings: settings.strategy,
)
def test_a_run_killed_twenty_times_comes_to_the_same_numbers(tmp_path: Path, settings: Settings) -> None:
    config = config_of(colours_zip(tmp_path / "colours.zip"), settings)
    whole = done(config, "whole")
    longest = LONGEST * whole.seconds
    moments = random.Random(20)
    # A process of this kind has loaded torch already when it is made: a kill falls into the run.
    workers = multiprocessing.get_context("forkserver")
    workers.set_forkserver_preload(
        ["tests.finetune_colours", "resnet_explorer.finetune.training.trainer", *LOADED_LATE]
    )
    folder = runs_folder() / "killed"
    for _ in range(KILLS):
        worker = workers.Process(target=resumed, args=(config, folder))
        worker.start()
        worker.join(moments.uniform(0, longest))
        worker.kill()
        worker.join()
    again = done(config, "killed", resume=True)
    assert again.status.phase == "done"
    assert numbers(again.log) == numbers(whole.log)
    one, other = (load_file(run.folder / "network.safetensors") for run in (whole, again))
    assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
    assert not list(folder.glob("*.part")), "what a kill left half written is gone"
