"""Runs as rows: what they were told, what they came to, and in what they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from resnet_explorer.finetune.runs import RunEntry
from resnet_explorer.finetune.settings import Settings
from resnet_explorer.finetune.story import STORY
from resnet_explorer.i18n import t
from resnet_explorer.spec import title
from resnet_explorer.weights.files import parse_json

SETTING_NAMES: Final[Mapping[str, str]] = {
    "epochs": t("Epochs"),
    "batch_size": t("Photos a step"),
    "optimizer": t("Optimizer"),
    "rate": t("Learning rate"),
    "schedule": t("Schedule"),
    "weight_decay": t("Weight decay"),
    "label_smoothing": t("Label smoothing"),
    "balance": t("Rare classes weigh more"),
    "augment": t("Augmentation"),
    "mixed": t("Mixed precision"),
    "seed": t("Seed"),
}
"""What people read of `Settings`; strategy and stages are told together, as what learns."""

_PHASES: Final[Mapping[str, str]] = {
    "waiting": t("waiting"),
    "features": t("looking at the photos"),
    "training": t("training"),
    "testing": t("testing"),
    "done": t("done"),
    "stopped": t("stopped"),
    "failed": t("failed"),
}


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
    story, epochs = run.story, run.log
    parts = Counter(story.parts.values())
    best = run.best
    return RunRow(
        run.key,
        story.label,
        title(story.spec),
        start_of(run, starts),
        learns(story.settings),
        parts["train"],
        parts["val"],
        len(story.classes),
        len(epochs),
        story.settings.epochs,
        best.val_accuracy if best else None,
        run.seconds,
        state_word(run),
        begun_text(run),
    )


def start_of(run: RunEntry, starts: Mapping[str, str]) -> str:
    """What the run began with, for people."""
    key = run.story.start
    return t("random values") if key is None else starts.get(key, key)


def learns(settings: Settings) -> str:
    """Which of the three ways a run goes."""
    if settings.strategy == "head":
        return t("a new head")
    if settings.strategy == "all":
        return t("all parameters")
    return t("the last stage") if settings.stages == 1 else t("the last {n} stages").format(n=settings.stages)


def state_word(run: RunEntry) -> str:
    """How far it is, in a word."""
    return t("cut off") if run.was_cut_off else _PHASES.get(run.state.phase, str(run.state.phase))


def circumstances(run: RunEntry) -> Circumstances:
    """When it began and with which versions, as far as its folder says."""
    path = run.folder / STORY
    try:
        written = path.stat()
    except OSError:
        return Circumstances()
    return _circumstances(path, written.st_mtime_ns)


@lru_cache(maxsize=256)
def _circumstances(path: Path, _written: int) -> Circumstances:
    try:
        told = parse_json(path.read_text(encoding="utf-8"))
        begun = datetime.fromisoformat(str(told["begun"])).astimezone()
        return Circumstances(begun, {str(name): str(value) for name, value in told["versions"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Circumstances()


def begun_text(run: RunEntry) -> str:
    """Date and time to the minute, which sort as they are: 2026-11-21 23:05."""
    begun = circumstances(run).begun
    return begun.strftime("%Y-%m-%d %H:%M") if begun else ""


def newest_first(runs: Iterable[RunEntry]) -> list[RunEntry]:
    """By the time at which they began; those that do not say last."""
    return sorted(runs, key=begun_text, reverse=True)


def labels_of(runs: Sequence[RunEntry]) -> dict[str, str]:
    """What a menu says of each run, by its key: where two have one name, the time or the key as well."""
    times = Counter(run.story.label for run in runs)
    labels = {
        run.key: run.story.label if times[run.story.label] == 1 else f"{run.story.label} · {begun_text(run)}"
        for run in runs
    }
    again = Counter(labels.values())
    return {key: label if again[label] == 1 else f"{label} · {key}" for key, label in labels.items()}


def settings_of(run: RunEntry, starts: Mapping[str, str]) -> dict[str, str]:
    """All that the run was told, by what people call it."""
    story = run.story
    parts = Counter(story.parts.values())
    seen = story.preprocessing
    told = {
        t("Network"): title(story.spec),
        t("Begins with"): start_of(run, starts),
        t("Learns"): learns(story.settings),
        t("Photos"): story.called,
        t("To learn from"): f"{parts['train']:,}",
        t("To test on"): f"{parts['val']:,}",
        t("Classes"): ", ".join(map(str, story.classes)),
        t("Sees"): t("{crop} × {crop} pixels of {resize}").format(crop=seen.crop, resize=seen.resize),
    }
    for each in fields(story.settings):
        if each.name not in ("strategy", "stages", "size"):  # said above, in their own words
            name = SETTING_NAMES.get(each.name, each.name.replace("_", " ").capitalize())
            told[name] = _as_text(getattr(story.settings, each.name))
    return told


def differences(runs: Sequence[RunEntry], starts: Mapping[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """What some runs were told differently: its name, and what each was told, in their order."""
    told = [settings_of(run, starts) for run in runs]
    names = list(dict.fromkeys(name for each in told for name in each))
    rows = [(name, tuple(each.get(name, "") for each in told)) for name in names]
    return [(name, values) for name, values in rows if len(set(values)) > 1]


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    return f"{value:g}" if isinstance(value, float) else str(value)
