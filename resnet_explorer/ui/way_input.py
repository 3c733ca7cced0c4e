"""The choice of what learns, and of all settings of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from resnet_explorer.finetune.settings import SOUND, TUTORIAL, Settings, Strategy
from resnet_explorer.i18n import prose, t
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.ui.linked import SWITCH, linked, number, one_of, whole

WAYS: Final[dict[Strategy, str]] = {
    "head": "A new head",
    "stages": "The last stages",
    "all": "All parameters",
}
OPTIMIZERS: Final = {"adam": "Adam", "sgd": "SGD, Nesterov 0.9"}
SCHEDULES: Final = {"cosine": "Falls to 0 (cosine)", "constant": "Constant"}
BATCHES: Final = (8, 16, 32, 64, 128, 256)
RATES: Final = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
DECAYS: Final = (0.0, 1e-5, 1e-4, 1e-3, 1e-2)
SIZES: Final = (0, 64, 96, 128, 160, 192, 224)
MOST_EPOCHS: Final = 200
LAST_SEED: Final = 9999

_FIELDS: Final = {
    "epochs": "tn_epochs",
    "batch_size": "tn_batch",
    "rate": "tn_rate",
    "optimizer": "tn_optimizer",
    "schedule": "tn_schedule",
    "weight_decay": "tn_decay",
    "label_smoothing": "tn_smoothing",
    "balance": "tn_balance",
    "augment": "tn_augment",
    "size": "tn_size",
    "mixed": "tn_mixed",
    "seed": "tn_seed",
}
"""The control of each setting."""
_WAY: Final = "_tn_way"


def way_input(spec: ResNetSpec) -> tuple[Strategy, int]:
    """Which of the three ways, and how many stages learn; with a new way come its own settings."""
    way: Strategy = linked("tn_way", "head", one_of(WAYS))
    known = st.session_state.get(_WAY)
    st.session_state[_WAY] = way
    if known is not None and known != way:
        fill(SOUND[way])
    st.segmented_control(
        t("What learns"),
        list(WAYS),
        required=True,
        format_func=lambda name: t(WAYS[name]),
        key="tn_way",
        wrap=True,
        persist_state="session",
    )
    st.markdown(prose(f"train_{way}"))
    stages = 1
    if way == "stages":
        count = len(spec.depths)
        stages = linked("tn_stages", 1, one_of(range(1, count + 1)))
        st.segmented_control(
            t("How many of the last stages"),
            range(1, count + 1),
            required=True,
            key="tn_stages",
            wrap=True,
            persist_state="session",
        )
    return way, stages


def keep_way(way: Strategy) -> None:
    """Choose a way, without the settings that suit it."""
    st.session_state["tn_way"] = st.session_state[_WAY] = way


def fill(settings: Settings) -> None:
    """Give all controls of the settings these values, at the next drawing."""
    for field, key in _FIELDS.items():
        st.session_state[key] = getattr(settings, field)


def settings_input(way: Strategy, stages: int) -> Settings:
    """All other settings, with the tutorial's a click away."""
    usual = SOUND[way]
    values = {field: linked(key, getattr(usual, field), _CODES[field]) for field, key in _FIELDS.items()}
    first, second, third, fourth = st.columns(4, gap="medium", vertical_alignment="bottom")
    first.number_input(t("Epochs"), 1, MOST_EPOCHS, key="tn_epochs", persist_state="session")
    second.selectbox(
        t("Learning rate"),
        RATES,
        format_func=lambda rate: f"{rate:g}",
        key="tn_rate",
        persist_state="session",
    )
    third.selectbox(t("Photos a step"), BATCHES, key="tn_batch", persist_state="session")
    with fourth.popover(t("All settings"), icon=":material/tune:", width="stretch"):
        _rare_settings()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle(
            t("Crops and mirrors by chance"),
            key="tn_augment",
            help=t("On kept features mirrors only: a crop would have to go through the frozen part again."),
            persist_state="session",
            width="content",
        )
        for label, settings, key in (
            (t("Sound defaults"), usual, "tn_sound"),
            (
                t("The tutorial’s: Adam 1e-4, batches of 16, 3 epochs"),
                replace(TUTORIAL, strategy=way),
                "tn_tutorial",
            ),
        ):
            st.button(label, key=key, on_click=fill, args=(settings,))
    return Settings(way, stages=stages, **values)


def _rare_settings() -> None:
    st.selectbox(
        t("Size of the photos"),
        SIZES,
        format_func=lambda size: f"{size} × {size}" if size else t("what suits the start"),
        key="tn_size",
        persist_state="session",
    )
    st.selectbox(
        t("Optimizer"),
        list(OPTIMIZERS),
        format_func=OPTIMIZERS.__getitem__,
        key="tn_optimizer",
        persist_state="session",
    )
    st.selectbox(
        t("Learning rate over the run"),
        list(SCHEDULES),
        format_func=lambda name: t(SCHEDULES[name]),
        key="tn_schedule",
        persist_state="session",
    )
    st.selectbox(
        t("Weight decay"),
        DECAYS,
        format_func=lambda decay: f"{decay:g}",
        key="tn_decay",
        persist_state="session",
    )
    st.slider(t("Label smoothing"), 0.0, 0.5, step=0.05, key="tn_smoothing", persist_state="session")
    st.toggle(
        t("Rare classes weigh more"),
        key="tn_balance",
        help=t("In the loss, by the inverse of their counts."),
        persist_state="session",
    )
    st.toggle(
        t("Mixed precision (bfloat16)"),
        key="tn_mixed",
        help=t("Faster on GPUs and on processors made for it; slower on others."),
        persist_state="session",
    )
    st.number_input(t("Seed"), 0, LAST_SEED, key="tn_seed", persist_state="session")


_CODES: Final = {
    "epochs": whole(1, MOST_EPOCHS),
    "batch_size": one_of(BATCHES),
    "rate": one_of(RATES),
    "optimizer": one_of(OPTIMIZERS),
    "schedule": one_of(SCHEDULES),
    "weight_decay": one_of(DECAYS),
    "label_smoothing": number(0, 0.5),
    "balance": SWITCH,
    "augment": SWITCH,
    "size": one_of(SIZES),
    "mixed": SWITCH,
    "seed": whole(0, LAST_SEED),
}
