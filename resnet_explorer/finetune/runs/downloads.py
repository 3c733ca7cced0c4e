"""The network of a run as a file, as ONNX, and as a bundle that runs without this project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.export.bundle import bundle
from resnet_explorer.finetune.runs.store import RunEntry
from resnet_explorer.finetune.runs.table import learns, start_of
from resnet_explorer.finetune.training.run_folder import NETWORK
from resnet_explorer.weights.description import Weights, from_file, to_metadata


def network_path(run: RunEntry) -> Path | None:
    """Where the best network of a run lies so far; None before there is one."""
    path = run.folder / NETWORK
    return path if path.is_file() else None


def check_network(run: RunEntry) -> None:
    """See that there is a network to download, by the header of its file.

    Raises:
        ValueError: in one sentence, if there is none, or its file is damaged.
    """
    _described(run)


def network_file(run: RunEntry) -> bytes:
    """The best network so far as a safetensors file, under the name that the run has by now.

    Raises:
        ValueError: if there is none, or its file is damaged.
    """
    stored, named, path = _described(run)
    if stored == named:
        return path.read_bytes()
    from resnet_explorer.weights.tensors import read_state, state_file

    return state_file(read_state(path), to_metadata(named))


def network_onnx(run: RunEntry) -> bytes:
    """The best network so far as ONNX.

    Raises:
        ValueError: if there is none, its file is damaged, or it would be too large.
    """
    from resnet_explorer.export.onnx import trained_onnx
    from resnet_explorer.weights.tensors import read_state

    _, named, path = _described(run)
    return trained_onnx(named, read_state(path))


def run_bundle(run: RunEntry, starts: dict[str, str]) -> bytes:
    """The ZIP that names the classes of photos without this project.

    Args:
        run: with a network.
        starts: what people read of trained networks, by their keys.

    Raises:
        ValueError: if there is no network, or its file is damaged.
    """
    _, named, _ = _described(run)
    return bundle(named, network_file(run), origin(run, starts))


def origin(run: RunEntry, starts: dict[str, str]) -> str:
    """Where the network comes from: the run, its settings, how often it is right; in Markdown."""
    config, epochs = run.config, run.log
    settings = config.settings
    best = run.best
    words = t(
        "ResNet Explorer trained it in the run {run}, begun with {start}: {learns} learnt ({optimizer}, "
        "learning rate {rate}, {batch} photos a step, {epochs} epochs, seed {seed})"
    ).format(
        run=as_markdown(config.label, 80),
        start=as_markdown(start_of(run, starts), 80),
        learns=learns(settings),
        optimizer={"adam": "Adam", "sgd": "SGD"}[settings.optimizer],
        rate=f"{settings.rate:g}",
        batch=settings.batch_size,
        epochs=len(epochs),
        seed=settings.seed,
    )
    if best is None:
        return words + t(".")
    right = t("; after epoch {epoch} it was right on {share:.1%} of {count:,} photos that it had not learnt.")
    return words + right.format(epoch=best.epoch, share=best.val_accuracy, count=config.count("val"))


def _described(run: RunEntry) -> tuple[Weights, Weights, Path]:
    """The network as its file says, and under the run's name of today; and the file."""
    path = network_path(run)
    if path is None:
        raise ValueError(t("{label} has no network yet.").format(label=run.config.label))
    stored = from_file(path, "yours/run", "yours")
    return stored, replace(stored, label=run.config.label), path
