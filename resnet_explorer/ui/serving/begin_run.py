"""How a page begins a run, or lets one go on: if who asks may."""

from __future__ import annotations

from resnet_explorer.finetune.runs import worker_process
from resnet_explorer.finetune.runs.queue import starting, waiting
from resnet_explorer.finetune.runs.store import find_run, runs
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.network.plan import plan
from resnet_explorer.serving.classroom import classroom
from resnet_explorer.serving.rights import Training, check_training, memory_of
from resnet_explorer.ui.serving.visitor import role


def begin_run(config: RunConfig) -> str:
    """Start a run.

    Returns:
        Its key.

    Raises:
        ValueError: in one sentence, if it may not or cannot begin.
    """
    with starting():  # two clicks at once, perhaps in two processes, are two runs otherwise
        _check(config, config.settings.epochs)
        return worker_process.begin(config)


def continue_run(key: str, epochs: int | None = None) -> None:
    """Let a run go on (`worker_process.go_on`).

    Raises:
        ValueError: in one sentence, if it may not or cannot.
    """
    config = find_run(key).config
    with starting():
        _check(config, epochs or config.settings.epochs)
        worker_process.go_on(key, epochs)


def may_train() -> bool:
    """Whether who asks may train at all now: a class may be served anew without that."""
    room = classroom()
    return role() != "student" or (room is not None and room.can_train)


def _check(config: RunConfig, epochs: int) -> None:
    own, side = sum(run.alive for run in runs()), config.preprocessing.crop
    memory = memory_of(plan(config.spec, (side, side)), min(config.settings.batch_size, len(config.parts)))
    check_training(role(), classroom(), Training(epochs, len(config.parts), own, waiting(), memory))
