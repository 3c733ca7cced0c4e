"""A new run: what learns, drawn, and its settings; the button begins it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.finetune.dataset.scan import Survey
from resnet_explorer.finetune.dataset.store import Dataset
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.finetune.training.strategies import THUMBNAILS, Part, parts, strategy_svg
from resnet_explorer.ui.app.head import foot, more_settings, picture
from resnet_explorer.ui.app.refusal import kept_refusal
from resnet_explorer.ui.finetune.dataset.dataset_input import chosen_dataset, dataset_input
from resnet_explorer.ui.finetune.dataset.survey import counts_words, surveyed
from resnet_explorer.ui.finetune.training.initial_weights_input import (
    InitialWeights,
    initial_weights,
    initial_weights_input,
)
from resnet_explorer.ui.finetune.training.settings_input import (
    STRATEGIES,
    forget_split,
    learning_stages,
    settings_input,
    show_other_split,
    stages_input,
    strategy_input,
)
from resnet_explorer.ui.serving.begin_run import begin_run
from resnet_explorer.ui.session.network import current_spec
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg
from resnet_explorer.weights.shown_names import shown_names

LONGEST_NAME = 60


@kept_refusal()
def _begin(config: RunConfig) -> None:
    """Start the run and show it."""
    st.session_state["ru_run"] = begin_run(config)
    st.session_state["tn_view"] = "live"
    st.session_state["tn_name"] = ""
    forget_split()


def show_new_run(controls: DeltaGenerator) -> None:
    """The view of a run that is not begun.

    Args:
        controls: the head's, where it is said what learns.

    Raises:
        ValueError: in one sentence, if nothing can be learnt from the photos, or the network is not here.
    """
    dataset = chosen_dataset()
    with controls:
        strategy = strategy_input()
        if dataset is None:
            dataset_input(None)
    shown, said = picture(), st.container()
    initial = initial_weights()
    with said:
        survey = surveyed(dataset) if dataset else None
    if dataset is None or survey is None:
        show_without_photos(shown, said)
        return
    what_learns = Settings(strategy, learning_stages(initial.spec, strategy))
    drawn = parts(initial.spec, len(survey.photos.classes), what_learns)
    with shown:
        _show_parts(drawn, survey)
    with said:
        show_other_split(survey.photos)
    with said, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with foot(_sentence(drawn, dataset, survey)):
            dataset_input(dataset)
            with more_settings():
                stages_input(initial.spec, strategy)
                st.markdown(prose(f"train_{strategy}"), width=420)
        button = st.container(width="content")
    config = _config_input(initial, dataset, survey, what_learns)
    button.button(t("Train"), type="primary", key="tn_begin", on_click=_begin, args=(config,))


def show_without_photos(shown: DeltaGenerator, said: DeltaGenerator) -> None:
    """What photos will go through, and how to add some.

    Args:
        shown: the place of the picture.
        said: the place below it.
    """
    strategy = st.session_state.get("tn_way", "stages")
    classes = (t("one class"), t("another class"))
    with shown:
        drawn = parts(current_spec(), len(classes), Settings(strategy))
        show_svg(strategy_svg(drawn, (), t("your photos"), classes), "tn_parts", height=PLACE)
    with said:
        foot(t("No photos are kept here yet. **Add photos**, a folder for each class, two classes at least."))


def _show_parts(drawn: tuple[Part, ...], survey: Survey) -> None:
    photos = survey.photos
    by_class: dict[int, list[bytes]] = {}
    for label, file in survey.samples:
        by_class.setdefault(label, []).append(file)
    turns = [file for files in zip(*by_class.values(), strict=False) for file in files]
    words = t("{count:,} photos").format(count=len(photos.items))
    names = shown_names(photos.classes)
    show_svg(strategy_svg(drawn, turns[:THUMBNAILS], words, names), "tn_parts", height=PLACE)


def _sentence(drawn: tuple[Part, ...], dataset: Dataset, survey: Survey) -> str:
    words = t("{learning:,} of {all:,} parameters learn. {counts}.")
    return words.format(
        learning=sum(part.params for part in drawn if part.learns),
        all=sum(part.params for part in drawn),
        counts=counts_words(dataset, survey.photos),
    )


def _config_input(
    initial: InitialWeights, dataset: Dataset, survey: Survey, what_learns: Settings
) -> RunConfig:
    """All other settings of the run, below the picture."""
    st.header(t("Settings"))
    initial_weights_input(initial)
    settings = settings_input(what_learns.strategy, what_learns.stages)
    default = f"{dataset.label} · {t(STRATEGIES[settings.strategy]).lower()}"
    name = st.text_input(
        t("Name"), key="tn_name", placeholder=default, max_chars=LONGEST_NAME, persist_state="session"
    )
    st.caption(
        t(
            "It goes on when this page, or the whole app, is closed. Stop keeps the best network so far, "
            "from the end of the first epoch on."
        )
    )
    return RunConfig.of(
        settings,
        initial.weights,
        initial.spec,
        survey.photos,
        initial.preprocessing,
        name.strip() or default,
        dataset.path,
        dataset.label,
    )
