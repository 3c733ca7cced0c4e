"""The run that is evaluated: its predictions, and its photos as long as they are where they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.finetune.dataset.image_folder import Item
from resnet_explorer.finetune.dataset.store import dataset_at
from resnet_explorer.finetune.evaluation.confusion_svg import Cell
from resnet_explorer.finetune.evaluation.predictions import Predictions, read_predictions
from resnet_explorer.finetune.runs.example import example_photos
from resnet_explorer.finetune.runs.store import RunEntry
from resnet_explorer.finetune.training.run_folder import PREDICTIONS
from resnet_explorer.photos.decode import Photo, open_photo
from resnet_explorer.ui.app.url_state import Code, linked, whole
from resnet_explorer.ui.finetune.dataset.survey import excluded, include_all, toggle_excluded
from resnet_explorer.ui.finetune.runs.run_input import show_example_words, train_link
from resnet_explorer.ui.finetune.training.settings_input import train_again
from resnet_explorer.ui.session.cached_result import cached_result

_RUN: Final = "_tr_run"
_LONGEST: Final = 500
"""Characters of a sentence."""


@dataclass(frozen=True, eq=False)
class EvaluatedRun:
    """A run and its predictions.

    Attributes:
        run: the run.
        predictions: those of its best network for the photos to test on.
        photos: all of its photos by their names, of the example those that ship; empty if they are gone.
        gone: why some are, in a sentence.
        dataset: key of the dataset that they lie in; "" for photos that are in none.
    """

    run: RunEntry
    predictions: Predictions
    photos: Mapping[str, Item]
    gone: str
    dataset: str

    @property
    def excluded(self) -> frozenset[str]:
        """The photos that the next training is to exclude."""
        return excluded(self.dataset)

    def is_excluded(self, index: int) -> bool:
        """Whether a photo is among them."""
        return self.predictions.names[index] in self.excluded

    def toggle_excluded(self, index: int) -> None:
        """Exclude a photo, or take it back."""
        toggle_excluded(self.dataset, self.predictions.names[index])

    def open(self, index: int) -> Photo:
        """One of the photos to test on.

        Raises:
            ValueError: in one sentence, if it cannot be read.
        """
        name = self.predictions.names[index]
        if name not in self.photos:
            raise ValueError(self.gone or t("{name} is not among the photos any more.").format(name=name))
        return open_photo(self.photos[name].read(), name)

    def class_name(self, label: int) -> str:
        """A class for Markdown."""
        return as_markdown(self.predictions.shown_classes[label])

    def prediction_words(self, reference: int, predicted: int) -> str:
        """The true class, and what it was predicted as, for Markdown."""
        words = (
            t("{reference}, correct")
            if reference == predicted
            else t("{reference}, predicted as {predicted}")
        )
        return words.format(reference=self.class_name(reference), predicted=self.class_name(predicted))


def evaluated_run(run: RunEntry) -> EvaluatedRun:
    """The run with its predictions and photos, read once.

    Raises:
        ValueError: in one sentence, if it has no predictions yet, or they cannot be read.
    """
    file = run.folder / PREDICTIONS
    if not file.is_file():
        sentence = (
            t("{label} has not ended its first epoch yet; there will be predictions then.")
            if run.alive
            else t("{label} ended before its first epoch did: it has no predictions.")
        )
        raise ValueError(sentence.format(label=run.config.label))
    predictions = cached_result(
        "_tr_predictions",
        (run.key, file.stat().st_mtime_ns),
        lambda: read_predictions(file, run.config.classes),
    )
    photos, gone = cached_result(
        "_tr_photos", (run.key, run.config.data, run.config.called), lambda: _photos(run)
    )
    return EvaluatedRun(run, predictions, photos, gone, _dataset(run))


def _photos(run: RunEntry) -> tuple[dict[str, Item], str]:
    if run.is_example:
        words = t("This photo is not among the {count} of the example that ship.")
        return example_photos(), words.format(count=len(example_photos()))
    if not Path(run.config.data).exists():
        return {}, t("The photos of {label} are not where they were.").format(label=run.config.label)
    try:
        with st.spinner(t("Finding the photos …")):
            return {item.name: item for item in run.config.photos().items}, ""
    except ValueError as refusal:
        return {}, str(refusal)


def _dataset(run: RunEntry) -> str:
    """The dataset whose photos the run learnt, under the names that they have there."""
    dataset = None if run.is_example else dataset_at(Path(run.config.data))
    return dataset.key if dataset and dataset.label == run.config.called else ""


def forget_places(run: RunEntry) -> None:
    """Where somebody was in another run says nothing in this one."""
    before = st.session_state.get(_RUN)
    if before not in (None, run.key):
        for key, default in (("tr_cell", None), ("tr_photo", None), ("tr_class", None), ("tr_page", 1)):
            st.session_state[key] = default
    st.session_state[_RUN] = run.key


def linked_cell(evaluated: EvaluatedRun) -> Cell | None:
    """The cell of the confusion matrix whose photos are shown; None for the mistakes of all."""
    return linked("tr_cell", None, _cell_code(len(evaluated.predictions.classes)))


def _cell_code(classes: int) -> Code:
    """A cell in a link: "2-4", the true class and the predicted one."""

    def read(text: str) -> Cell:
        reference, dash, predicted = text.partition("-")
        parts = [
            part for part in (reference, predicted) if part.isascii() and part.isdigit() and len(part) < 6
        ]
        if not dash or len(parts) < 2 or not allows((int(reference), int(predicted))):
            raise ValueError(t("allowed: two classes from 0 to {last}, as 2-4.").format(last=classes - 1))
        return int(reference), int(predicted)

    def allows(cell: Cell) -> bool:
        return all(0 <= place < classes for place in cell)

    return Code(lambda cell: f"{cell[0]}-{cell[1]}", read, allows)


def linked_photo(evaluated: EvaluatedRun) -> int | None:
    """The photo that is shown large, by its place among the predictions; None for none."""
    return linked("tr_photo", None, whole(0, len(evaluated.predictions.names) - 1))


def correct_words(evaluated: EvaluatedRun) -> str:
    """How many predictions are correct, for Markdown."""
    predictions = evaluated.predictions
    words = t("**{correct:,} of {count:,}** correct, {share:.1%}.")
    return words.format(correct=predictions.correct, count=len(predictions.names), share=predictions.accuracy)


def show_tested(evaluated: EvaluatedRun) -> None:
    """What the share of correct predictions is made of."""
    if evaluated.run.is_example:
        show_example_words(evaluated.run)
    best = evaluated.run.best
    if best is None:
        return
    sentence = t(
        "Tested on photos that it did not learn from. Its best epoch, {best} of {count}, was chosen by "
        "them: on others it may be right a little less often."
    )
    st.caption(sentence.format(best=best.epoch, count=len(evaluated.run.log)))


def again_button(evaluated: EvaluatedRun) -> None:
    """How many photos the next training excludes, and the way to it; and back, below the picture."""
    if evaluated.run.is_example:
        train_link()
    if not evaluated.dataset:
        return
    count = len(evaluated.excluded)
    labels = {0: t("Train again without …"), 1: t("Train again without this photo")}
    words = (
        t("Same settings, same initial weights. Excluding photos to test on changes what is measured.")
        if count
        else t("Tick “exclude” at a photo whose label is wrong.")
    )
    if st.button(
        labels.get(count, t("Train again without these {count:,}")).format(count=count),
        key="tr_again",
        disabled=not count,
        help=words,
    ):
        train_again(evaluated.run.key)
    if count:
        label, args = t("Take back"), (evaluated.dataset,)
        st.button(label, key="tr_back", on_click=include_all, args=args)


def as_words(sentence: object) -> str:
    """A refusal for Markdown: the names in it are text and nothing else."""
    return as_markdown(str(sentence), _LONGEST)
