"""Photos that a network can learn: their classes, one class's photos, and all that is found in them."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.finetune.dataset.scan import Survey
from resnet_explorer.finetune.dataset.store import Dataset
from resnet_explorer.ui.app.head import foot, more_settings, picture
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.finetune.dataset.augmentation_view import show_augmented
from resnet_explorer.ui.finetune.dataset.dataset_input import chosen_dataset, dataset_input, remove_button
from resnet_explorer.ui.finetune.dataset.survey import (
    split_input,
    split_words,
    whole_survey,
    without_excluded,
)
from resnet_explorer.ui.finetune.dataset.views import (
    CLASSES,
    THUMBNAILS,
    as_json,
    chosen_class,
    class_photos,
    classes_picture,
    photos_picture,
    show_balance,
    show_excluded,
    show_near_duplicates,
    show_unreadable,
)
from resnet_explorer.ui.finetune.training.new_run import show_without_photos
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.step_buttons import part_buttons
from resnet_explorer.weights.shown_names import shown_names


def show_photos(controls: DeltaGenerator) -> None:
    """The view of a dataset before anything is learnt from it.

    Args:
        controls: the head's, where the dataset is chosen.

    Raises:
        ValueError: in one sentence, if nothing can be learnt from it.
    """
    dataset = chosen_dataset()
    with controls:
        dataset_input(dataset)
    if dataset is None:
        show_without_photos(picture(), st.container())
        return
    shown, said = picture(), st.container()
    with said:
        found = whole_survey(dataset)
    if found:
        _show_survey(dataset, found, shown, said)


def _show_survey(dataset: Dataset, found: Survey, shown: DeltaGenerator, said: DeltaGenerator) -> None:
    left = None
    with said, shown_refusal():
        left = without_excluded(dataset, found).photos
    rest = left or found.photos
    names, chosen = shown_names(found.photos.classes), chosen_class(found)
    with shown:
        if chosen < 0:
            classes_picture(found, rest)
        else:
            classes, photos = st.columns([1, 1.9], gap="small")
            with classes:
                classes_picture(found, rest)
            with photos:
                photos_picture(dataset, found)
    advice = t("A click on a class shows all of its photos.")
    if chosen >= 0:
        words = t("**{name}: {count:,} photos**; a click excludes one.")
        advice = words.format(name=as_markdown(names[chosen]), count=len(class_photos(found)))
    with said, foot(f"{split_words(dataset, rest)} {advice}"):
        part_buttons("al_page", t("classes"), len(names), CLASSES)
        part_buttons("al_tiles", t("photos"), len(class_photos(found)), THUMBNAILS)
        if rest.split != "given":
            with more_settings():
                split_input()
        remove_button(dataset)
        save_button(t("JSON"), lambda: as_json(dataset, found, rest), "album.json", key="al_json", icon=None)
    show_balance(rest)
    show_excluded(dataset)
    show_near_duplicates(dataset, found)
    show_unreadable(found)
    if left:
        show_augmented(dataset, left)
