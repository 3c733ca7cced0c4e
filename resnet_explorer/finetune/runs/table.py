"""Runs as rows: what decided them, what they came to, and in what they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from resnet_explorer.common.file_cache import file_cache
from resnet_explorer.common.i18n import msg, nt, t
from resnet_explorer.finetune.runs.store import RunEntry
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.run_config import PACKED, RUN_CONFIG, read_json
from resnet_explorer.network.spec import title

SETTING_NAMES: Final[Mapping[str, str]] = {
    "epochs": msg("Epochs"),
    "batch_size": msg("Photos a step"),
    "optimizer": msg("Optimizer"),
    "rate": msg("Learning rate"),
    "schedule": msg("Schedule"),
    "weight_decay": msg("Weight decay"),
    "label_smoothing": msg("Label smoothing"),
    "balance": msg("Rare classes weigh more"),
    "augment": msg("Augmentation"),
    "crops": msg("Random crops"),
    "batches": msg("Batches"),
    "size": msg("Pixels of a photo"),
    "mixed": msg("Mixed precision"),
    "seed": msg("Seed"),
}
"""What people read of `Settings`, in English; strategy and stages are one, as what learns."""

CURVES: Final = {
    "val_accuracy": msg("Validation accuracy"),
    "val_loss": msg("Validation loss"),
    "train_loss": msg("Training loss"),
}
"""Numbers of an epoch that can be compared, and what people read of them, in English."""

_PHASES: Final[Mapping[str, str]] = {
    "waiting": msg("waiting"),
    "features": msg("looking at the photos"),
    "training": msg("training"),
    "testing": msg("testing"),
    "done": msg("done"),
    "stopped": msg("stopped"),
    "failed": msg("failed"),
}
"""What people read of a phase, in English."""


@dataclass(frozen=True)
class Circumstances:
    """When a run began, and with which versions of what its numbers may depend on."""

    begun: datetime | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunRow:
    """A run in a table.

    Attributes:
        key: of the run.
        run: its name.
        network: the name of its network.
        start: what it began with.
        learns: which of its parameters learn.
        photos, tested: photos to learn from and to test on.
        classes: how many.
        done, epochs: passes over the photos, those made and those asked for.
        best: the share of the photos to test on that its best network gets right; None before an epoch.
        seconds: that it worked, as `RunEntry` counts them.
        state: how far it is, in a word.
        begun: date and time, in the machine's time zone; "" if the run does not say.
    """

    key: str
    run: str
    network: str
    start: str
    learns: str
    photos: int
    tested: int
    classes: int
    done: int
    epochs: int
    best: float | None
    seconds: float
    state: str
    begun: str


def row_of(run: RunEntry, starts: Mapping[str, str]) -> RunRow:
    """The row of a run.

    Args:
        run: the run.
        starts: what people read of trained networks, by their keys.
    """
    config, epochs = run.config, run.log
    best = run.best
    return RunRow(
        run.key,
        config.label,
        title(config.spec),
        start_of(run, starts),
        learns(config.settings),
        config.count("train"),
        config.count("val"),
        len(config.classes),
        len(epochs),
        config.settings.epochs,
        best.val_accuracy if best else None,
        run.seconds,
        status_word(run),
        begun_text(run),
    )


def start_of(run: RunEntry, starts: Mapping[str, str]) -> str:
    """What people read of its initial weights."""
    key = run.config.start
    return t("random values") if key is None else starts.get(key, key)


def learns(settings: Settings) -> str:
    """Which of the three ways a run goes."""
    if settings.strategy == "head":
        return t("a new head")
    if settings.strategy == "all":
        return t("all parameters")
    return nt("the last stage", "the last {n} stages", settings.stages).format(n=settings.stages)


def status_word(run: RunEntry) -> str:
    """How far it is, in a word."""
    if run.is_example:
        return t("example")
    phase = _PHASES.get(run.status.phase, str(run.status.phase))
    return t("cut off") if run.was_cut_off else t(phase)


def circumstances(run: RunEntry) -> Circumstances:
    """When it began and with which versions, as far as its folder says."""
    path = run.folder / (PACKED if run.is_example else RUN_CONFIG)
    try:
        return _circumstances(path)
    except OSError:
        return Circumstances()


@file_cache
def _circumstances(path: Path) -> Circumstances:
    try:
        config = read_json(path.parent)
        begun = datetime.fromisoformat(str(config["begun"])).astimezone()
        return Circumstances(begun, {str(name): str(value) for name, value in config["versions"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Circumstances()


def begun_text(run: RunEntry) -> str:
    """Date and time to the minute, which sort as they are: 2026-11-21 23:05."""
    begun = circumstances(run).begun
    return begun.strftime("%Y-%m-%d %H:%M") if begun else ""


def newest_first(runs: Iterable[RunEntry]) -> list[RunEntry]:
    """By the time at which they began; those that do not say last, and behind all of them the example."""
    return sorted(runs, key=lambda run: (not run.is_example, begun_text(run)), reverse=True)


def labels_of(runs: Sequence[RunEntry]) -> dict[str, str]:
    """What a menu says of each run, by its key: where two have one name, the time or the key as well."""
    labels = {run.key: run.config.label for run in runs}
    for more in ({run.key: begun_text(run) for run in runs}, {run.key: run.key for run in runs}):
        times = Counter(labels.values())
        labels = {
            key: label if times[label] == 1 else f"{label} · {more[key]}" for key, label in labels.items()
        }
    return labels


def settings_of(run: RunEntry, starts: Mapping[str, str]) -> dict[str, str]:
    """All that decides the run, by what people call it."""
    config = run.config
    seen = config.preprocessing
    values = {
        t("Network"): title(config.spec),
        t("Begins with"): start_of(run, starts),
        t("Learns"): learns(config.settings),
        t("Photos"): config.called,
        t("To learn from"): f"{config.count('train'):,}",
        t("To test on"): f"{config.count('val'):,}",
        t("Classes"): ", ".join(map(str, config.classes)),
        t("Sees"): t("{crop} × {crop} pixels of {resize}").format(crop=seen.crop, resize=seen.resize),
    }
    for each in fields(config.settings):
        if each.name not in ("strategy", "stages", "size"):  # said above, in their own words
            name = SETTING_NAMES.get(each.name, each.name.replace("_", " ").capitalize())
            values[t(name)] = _as_text(getattr(config.settings, each.name))
    return values


def differences(runs: Sequence[RunEntry], starts: Mapping[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """In what some runs differ: its name, and the value of each, in their order."""
    settings = [settings_of(run, starts) for run in runs]
    names = list(dict.fromkeys(name for each in settings for name in each))
    rows = [(name, tuple(each.get(name, "") for each in settings)) for name in names]
    return [(name, values) for name, values in rows if len(set(values)) > 1]


_VALUES: Final = (
    msg("adam"),
    msg("sgd"),
    msg("cosine"),
    msg("constant"),
    msg("gentle"),
    msg("even"),
    msg("full"),
)
"""Of settings, as a run's file has them."""


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    return f"{value:g}" if isinstance(value, float) else t(str(value))
