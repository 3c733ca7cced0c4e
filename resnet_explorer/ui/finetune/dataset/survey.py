"""What there is to learn from: a dataset split and scanned, less the photos that are excluded from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos
from resnet_explorer.finetune.dataset.scan import PhotoScans, Survey, scan_photos, summary
from resnet_explorer.finetune.dataset.store import Dataset
from resnet_explorer.ui.app.url_state import SWITCH, linked, whole
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.widgets.linked_inputs import linked_number, linked_slider

SHARE, LEAST_SHARE, MOST_SHARE = 20, 5, 50
"""Percent of each class's photos to test on, where the folders do not say."""
LAST_SEED: Final = 9999
_EXCLUDED: Final = "_al_excluded"


def excluded(dataset: str) -> frozenset[str]:
    """The names of the photos that this session excludes by hand from the dataset of a key."""
    return _all_excluded().get(dataset, frozenset())


def toggle_excluded(dataset: str, name: str) -> None:
    """Exclude a photo, or take it back."""
    _all_excluded()[dataset] = excluded(dataset) ^ {name}


def include_all(dataset: str) -> None:
    """Take all of them back."""
    _all_excluded()[dataset] = frozenset()


def _all_excluded() -> dict[str, frozenset[str]]:
    kept: dict[str, frozenset[str]] = st.session_state.setdefault(_EXCLUDED, {})
    return kept


def excludes_near_duplicates() -> bool:
    """Whether photos to learn from that are near-duplicates of one to test on are excluded."""
    return linked("al_twins", True, SWITCH)


def photos_of(dataset: Dataset) -> LabelledPhotos:
    """The photos of a dataset, split as the folders or the controls of "Your photos" say.

    Raises:
        ValueError: if it is not there any more.
    """
    share = linked("al_share", SHARE, whole(LEAST_SHARE, MOST_SHARE))
    seed = linked("al_seed", 0, whole(0, LAST_SEED))
    return cached_result("_al_photos", (dataset.key, share, seed), lambda: dataset.photos(share / 100, seed))


def whole_survey(dataset: Dataset) -> Survey | None:
    """What is found in a dataset before anything is excluded; its photos are scanned once in a session.

    Draws the progress while that lasts.

    Returns:
        The survey; None after Stop.

    Raises:
        ValueError: in one sentence, if nothing can be learnt from it.
    """
    photos = photos_of(dataset)
    scans: PhotoScans | None
    scans, is_whole = run_with_progress(
        "_al_scans", (dataset.key,), lambda: scan_photos(photos), t("Looking through the photos")
    )
    if not is_whole or scans is None:
        return None
    return cached_result("_al_survey", (photos, id(scans)), lambda: summary(photos, scans))


def without_excluded(dataset: Dataset, survey: Survey) -> Survey:
    """The survey less the photos that are excluded: by hand and, if so chosen, the near-duplicates.

    Raises:
        ValueError: if a class has none left to learn from, or there is none to test on.
    """
    near_duplicates = survey.learnt_duplicates if excludes_near_duplicates() else frozenset()
    by_hand = excluded(dataset.key)
    return cached_result(
        "_al_left",
        (survey, by_hand, near_duplicates),
        lambda: replace(survey, photos=_without(survey.photos, by_hand, near_duplicates)),
    )


def _without(
    photos: LabelledPhotos, by_hand: frozenset[str], near_duplicates: frozenset[str]
) -> LabelledPhotos:
    left = photos.without(by_hand | near_duplicates)
    before = photos.without(by_hand).counts("train")
    for name, count, had in zip(left.classes, left.counts("train"), before, strict=True):
        if not count:
            words = (
                t(
                    "What is left of {name} to learn from are near-duplicates of photos to test on, and "
                    "excluded; “Your photos” can keep them."
                )
                if had
                else t("All photos of {name} to learn from are excluded; take some back.")
            )
            raise ValueError(words.format(name=name))
    if not left.part("val"):
        raise ValueError(t("All photos to test on are excluded; take some back."))
    return left


def surveyed(dataset: Dataset) -> Survey | None:
    """The survey of a dataset, less all that is excluded, as "Your photos" shows it.

    The photos are scanned now, with a bar, if that page did not do it before.

    Returns:
        The survey; None after Stop.

    Raises:
        ValueError: in one sentence, if nothing can be learnt from it.
    """
    survey = whole_survey(dataset)
    return None if survey is None else without_excluded(dataset, survey)


def counts_words(dataset: Dataset, left: LabelledPhotos) -> str:
    """How many photos there are for what, and how many are excluded, unreadable ones among them."""
    words = t("**{learnt:,}** to learn from, **{tested:,}** to test on").format(
        learnt=len(left.part("train")), tested=len(left.part("val"))
    )
    out = len(photos_of(dataset).items) - len(left.items)
    return words + (t(", {out:,} excluded").format(out=out) if out else "")


def split_words(dataset: Dataset, left: LabelledPhotos) -> str:
    """How the photos that are left are split."""
    return counts_words(dataset, left) + (t("; split as the folders say.") if left.split == "given" else ".")


def split_input() -> None:
    """The controls of the split, where the folders do not say it."""
    label, percent = t("To test on, of each class"), {"step": 5, "format": "%d %%"}
    linked_slider("al_share", label, LEAST_SHARE, MOST_SHARE, default=SHARE, **percent)
    linked_number("al_seed", t("Seed of the split"), 0, LAST_SEED, default=0)
