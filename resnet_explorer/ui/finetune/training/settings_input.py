"""The choice of what learns, and of all settings of a run; filled in as an earlier run had them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import streamlit as st

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import as_markdown, enumerated
from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos
from resnet_explorer.finetune.dataset.store import dataset_at
from resnet_explorer.finetune.runs.store import RunEntry, find_run
from resnet_explorer.finetune.runs.table import SETTING_NAMES
from resnet_explorer.finetune.training.hyperparameters import TUTORIAL, Settings, Strategy
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.ui.app.goal import leave_for
from resnet_explorer.ui.app.page_list import TRAIN
from resnet_explorer.ui.app.refusal import kept_refusal, shown_refusal
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.session.network import choose, choose_weights, link_parameters
from resnet_explorer.ui.widgets.linked_inputs import (
    linked_choice,
    linked_number,
    linked_select,
    linked_slider,
    linked_switch,
)

STRATEGIES: Final[dict[Strategy, str]] = {
    "head": msg("A new head"),
    "stages": msg("The last stages"),
    "all": msg("All parameters"),
}
DEFAULT: Final = "stages"
"""The strategy that serves most photos: the last stage, on features that are computed once."""
OPTIMIZERS: Final = {"adam": msg("Adam"), "sgd": msg("SGD, Nesterov 0.9")}
SCHEDULES: Final = {"cosine": msg("Falls to 0 (cosine)"), "constant": msg("Constant")}
BATCHES: Final = (8, 16, 32, 64, 128, 256)
RATES: Final = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
DECAYS: Final = (0.0, 1e-5, 1e-4, 1e-3, 1e-2)
CROPS: Final = {
    "gentle": msg("30 % of a photo and more"),
    "torchvision": msg("8 % and more, as RandomResizedCrop"),
}
SPLITS: Final = {
    "even": msg("as equal as can be"),
    "full": msg("full ones and a rest, as a DataLoader’s"),
}
SIZES: Final = (0, 64, 96, 128, 160, 192, 224)
MOST_EPOCHS: Final = 200
MOST_SMOOTHING: Final = 0.5
LAST_SEED: Final = 9999

_KEYS: Final = {
    "epochs": "tn_epochs",
    "batch_size": "tn_batch",
    "rate": "tn_rate",
    "optimizer": "tn_optimizer",
    "schedule": "tn_schedule",
    "weight_decay": "tn_decay",
    "label_smoothing": "tn_smoothing",
    "balance": "tn_balance",
    "augment": "tn_augment",
    "crops": "tn_crops",
    "size": "tn_size",
    "mixed": "tn_mixed",
    "batches": "tn_batches",
    "seed": "tn_seed",
}
"""The control of each setting."""
_OFFERED: Final[dict[str, Container[Any]]] = {
    "epochs": range(1, MOST_EPOCHS + 1),
    "batch_size": BATCHES,
    "rate": RATES,
    "weight_decay": DECAYS,
    "size": SIZES,
    "seed": range(LAST_SEED + 1),
}
"""What their controls offer, where a run of the command line may have another value."""
_STRATEGY: Final = "_tn_strategy"
_AGAIN: Final = "tn_again"
"""Key of the run whose settings the Train page takes over."""
_TESTED: Final = "_tn_tested"
"""Of the run that is made again its name, and the names of the photos that it was tested on."""


def strategy_input() -> Strategy:
    """Which of the three strategies; a new one brings its own settings."""
    strategy = linked_choice(
        "tn_way", t("What learns"), STRATEGIES, default=DEFAULT, label_visibility="collapsed"
    )
    known = st.session_state.get(_STRATEGY)
    st.session_state[_STRATEGY] = strategy
    if known is not None and known != strategy:
        _fill(Settings(strategy))
    return strategy


def learning_stages(spec: ResNetSpec, strategy: Strategy) -> int:
    """How many of the last stages learn, with that strategy."""
    return linked("tn_stages", 1, one_of(_stages(spec))) if strategy == "stages" else 1


def stages_input(spec: ResNetSpec, strategy: Strategy) -> None:
    """How many of the last stages learn, where they do."""
    if strategy == "stages":
        linked_choice("tn_stages", t("How many of the last stages"), _stages(spec), default=1, wrap=True)


def _stages(spec: ResNetSpec) -> range:
    return range(1, len(spec.depths) + 1)


def settings_input(strategy: Strategy, stages: int) -> Settings:
    """All other settings, with the tutorial's a click away."""
    default = Settings(strategy)
    first, second, third, fourth = st.columns(4, gap="medium", vertical_alignment="bottom")
    common: dict[str, Any] = {
        "epochs": linked_number("tn_epochs", t("Epochs"), 1, MOST_EPOCHS, default=default.epochs, at=first),
        "rate": linked_select(
            "tn_rate", t("Learning rate"), RATES, default=default.rate, names="{:g}".format, at=second
        ),
        "batch_size": linked_select(
            "tn_batch", t("Photos a step"), BATCHES, default=default.batch_size, at=third
        ),
    }
    with fourth.popover(t("All settings"), icon=":material/tune:", width="stretch"):
        rare = _rare_settings(default)
    with st.container(horizontal=True, vertical_alignment="center"):
        augment = linked_switch(
            "tn_augment",
            t("Random crops and mirrors"),
            default=default.augment,
            help=t("On kept features mirrors only: a crop would have to go through the frozen part again."),
            width="content",
        )
        tutorial = replace(TUTORIAL, strategy=strategy)
        words = t("The tutorial’s: Adam 1e-4, batches of 16, 3 epochs")
        st.button(t("Sound defaults"), key="tn_sound", on_click=_fill, args=(default,))
        st.button(words, key="tn_tutorial", on_click=_fill, args=(tutorial,))
    return Settings(strategy, stages, augment=augment, **common, **rare)


def _rare_settings(default: Settings) -> dict[str, Any]:
    """The settings that are seldom changed, by their fields."""
    return {
        "size": linked_select(
            "tn_size",
            t("Size of the photos"),
            SIZES,
            default=default.size,
            names=lambda size: f"{size} × {size}" if size else t("what suits the initial weights"),
        ),
        "crops": linked_select("tn_crops", t("Random crops show"), CROPS, default=default.crops),
        "batches": linked_select("tn_batches", t("Batches are"), SPLITS, default=default.batches),
        "optimizer": linked_select("tn_optimizer", t("Optimizer"), OPTIMIZERS, default=default.optimizer),
        "schedule": linked_select(
            "tn_schedule", t("Learning rate over the run"), SCHEDULES, default=default.schedule
        ),
        "weight_decay": linked_select(
            "tn_decay", t("Weight decay"), DECAYS, default=default.weight_decay, names="{:g}".format
        ),
        "label_smoothing": linked_slider(
            "tn_smoothing",
            t("Label smoothing"),
            0.0,
            MOST_SMOOTHING,
            default=default.label_smoothing,
            step=0.05,
        ),
        "balance": linked_switch(
            "tn_balance",
            t("Rare classes weigh more"),
            default=default.balance,
            help=t("In the loss, by the inverse of their counts."),
        ),
        "mixed": linked_switch(
            "tn_mixed",
            t("Mixed precision (bfloat16)"),
            default=default.mixed,
            help=t("Faster on GPUs and on processors made for it; slower on others."),
        ),
        "seed": linked_number("tn_seed", t("Seed"), 0, LAST_SEED, default=default.seed),
    }


def _fill(settings: Settings) -> None:
    """Give all controls of the settings these values, at the next drawing."""
    for field, key in _KEYS.items():
        st.session_state[key] = getattr(settings, field)


def train_again(key: str) -> None:
    """Go to the Train page, filled in as a run had it."""
    st.session_state[_AGAIN] = key
    leave_for(TRAIN.file, link_parameters())


def take_over() -> None:
    """Fill the page in, if somebody came by `train_again`; what is gone is told."""
    key = st.session_state.pop(_AGAIN, None)
    if key is None:
        return
    with shown_refusal():
        _take_over(find_run(key))
        st.rerun()  # the head stands above, with the network of before


def _take_over(run: RunEntry) -> None:
    config, state = run.config, st.session_state
    dataset = dataset_at(Path(config.data))
    if dataset is None:
        raise ValueError(t("The photos of {run} are no dataset that is kept here.").format(run=config.label))
    state["tn_view"] = "new"
    state["al_album"] = dataset.key
    state["tn_way"] = state[_STRATEGY] = config.settings.strategy  # not with the settings that suit it
    state["tn_stages"] = config.settings.stages
    _fill(config.settings)
    state["tn_name"] = t("{run}, again").format(run=config.label)
    state["tn_scratch"] = config.start is None
    if config.start is None:
        choose(config.spec)
    else:
        choose_weights(config.start)
    state[_TESTED] = (
        config.label,
        frozenset(name for name, part in config.parts.items() if part == "val"),
    )
    with kept_refusal():  # the page is drawn anew
        _check_is_offered(config)


def _check_is_offered(config: RunConfig) -> None:
    """Say which settings of a run the page does not have.

    Raises:
        ValueError: if there are some.
    """
    told = config.settings
    differing = [name for name, offered in _OFFERED.items() if getattr(told, name) not in offered]
    if told.label_smoothing > MOST_SMOOTHING:
        differing.append("label_smoothing")
    if differing:
        words = t("Not as in {run}: {settings}. This page does not offer the values, and has its own.")
        names = enumerated(t(SETTING_NAMES[name]) for name in differing)
        raise ValueError(words.format(run=config.label, settings=names))


def show_other_split(photos: LabelledPhotos) -> None:
    """Say of a run to be made again that it would learn from what it was tested on.

    Args:
        photos: of the new run.
    """
    label, tested = st.session_state.get(_TESTED, ("", frozenset()))
    count = sum(item.name in tested for item in photos.part("train"))
    if count:
        words = t(
            "The split is another than that of {run}: {count:,} of the photos that it was tested on would be "
            "learnt from. “Your photos” has the split."
        )
        st.warning(words.format(run=as_markdown(label), count=count))


def forget_split() -> None:
    """When a run begins, the next one is no other one's again."""
    st.session_state.pop(_TESTED, None)
