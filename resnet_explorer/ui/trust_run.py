"""The run that is judged: its answers, and its photos as long as they are where they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.finetune.albums import albums
from resnet_explorer.finetune.collection import Item
from resnet_explorer.finetune.run_folder import PREDICTIONS
from resnet_explorer.finetune.runs import RunEntry
from resnet_explorer.finetune.verdicts import Verdicts, read_verdicts
from resnet_explorer.i18n import t
from resnet_explorer.photo import Photo, open_photo
from resnet_explorer.short_text import as_markdown
from resnet_explorer.ui.again import AGAIN
from resnet_explorer.ui.left_out import add_left_out, clear_left_out, left_out
from resnet_explorer.ui.linked import Code, linked, whole
from resnet_explorer.ui.network import link_parameters
from resnet_explorer.ui.remembered import remembered

_RUN: Final = "_tr_run"
_LONGEST: Final = 500
"""Characters of a sentence."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A run and its answers.

    Attributes:
        run: the run.
        verdicts: the answers of its best network to the photos to test on.
        photos: all of its photos by their names; empty if they are gone.
        gone: why they are, in a sentence.
        album: key of the album that they lie in; "" for photos that are in none.
    """

    run: RunEntry
    verdicts: Verdicts
    photos: Mapping[str, Item]
    gone: str
    album: str

    @property
    def left_out(self) -> frozenset[str]:
        """The photos that the next training is to leave out."""
        return left_out(self.album) if self.album else frozenset()

    def turn_out(self, index: int) -> None:
        """Leave a photo out, or take it in again."""
        name = self.verdicts.names[index]
        if name in self.left_out:
            clear_left_out(self.album, [name])
        else:
            add_left_out(self.album, [name])

    def open(self, index: int) -> Photo:
        """One of the photos to test on.

        Raises:
            ValueError: in one sentence, if it cannot be read.
        """
        name = self.verdicts.names[index]
        if name not in self.photos:
            raise ValueError(self.gone or t("{name} is not among the photos any more.").format(name=name))
        return open_photo(self.photos[name].read(), name)


def judged_run(run: RunEntry) -> Judged:
    """The run with its answers and photos, read once.

    Raises:
        ValueError: in one sentence, if it has no answers yet, or they cannot be read.
    """
    file = run.folder / PREDICTIONS
    if not file.is_file():
        sentence = (
            t("{label} has not ended its first epoch yet; there will be answers then.")
            if run.alive
            else t("{label} ended before its first epoch did: it has no answers.")
        )
        raise ValueError(sentence.format(label=run.story.label))
    verdicts = remembered(
        "_tr_verdicts",
        (run.key, file.stat().st_mtime_ns),
        lambda: read_verdicts(file, run.story.classes),
    )
    photos, gone = remembered("_tr_photos", (run.key, run.story.data, run.story.called), lambda: _photos(run))
    return Judged(run, verdicts, photos, gone, _album(run))


def _photos(run: RunEntry) -> tuple[dict[str, Item], str]:
    if not Path(run.story.data).exists():
        return {}, t("The photos of {label} are not where they were.").format(label=run.story.label)
    try:
        with st.spinner(t("Finding the photos …")):
            return {item.name: item for item in run.story.photos().items}, ""
    except ValueError as refusal:
        return {}, str(refusal)


def _album(run: RunEntry) -> str:
    """The album whose photos the run learnt, under the names that they have there."""
    data, called = Path(run.story.data), run.story.called
    found = (album for album in albums() if album.path.resolve() == data and album.label == called)
    return next((album.key for album in found), "")


def forget_places(run: RunEntry) -> None:
    """Where somebody looked in another run says nothing in this one."""
    before = st.session_state.get(_RUN)
    if before not in (None, run.key):
        for key, usual in (("tr_cell", None), ("tr_photo", None), ("tr_class", None), ("tr_page", 1)):
            st.session_state[key] = usual
    st.session_state[_RUN] = run.key


def cell_code(classes: int) -> Code:
    """A cell of the confusion matrix: "2-4", the true class and the answer."""

    def read(text: str) -> tuple[int, int]:
        truth, dash, answer = text.partition("-")
        parts = [part for part in (truth, answer) if part.isascii() and part.isdigit() and len(part) < 6]
        if not dash or len(parts) < 2 or not allows((int(truth), int(answer))):
            raise ValueError(t("allowed: two classes from 0 to {last}, as 2-4.").format(last=classes - 1))
        return int(truth), int(answer)

    def allows(cell: tuple[int, int]) -> bool:
        return all(0 <= place < classes for place in cell)

    return Code(lambda cell: f"{cell[0]}-{cell[1]}", read, allows)


def linked_cell(judged: Judged) -> tuple[int, int] | None:
    """The cell whose photos are shown; None for the mistakes of all."""
    return linked("tr_cell", None, cell_code(len(judged.verdicts.classes)))


def linked_photo(judged: Judged) -> int | None:
    """The photo that is looked at closely, by its place among the answers; None for none."""
    return linked("tr_photo", None, whole(0, len(judged.verdicts.names) - 1))


def show_head(judged: Judged, number: DeltaGenerator, words: DeltaGenerator, again: DeltaGenerator) -> None:
    """How many photos were named right, what that is made of, and what is left out next time.

    Args:
        judged: the run.
        number, words, again: where each of them stands.
    """
    verdicts = judged.verdicts
    number.metric(
        t("Named right"),
        t("{right:,} of {count:,}").format(right=verdicts.right, count=len(verdicts.names)),
        f"{verdicts.accuracy:.1%}",
        delta_color="off",
        delta_arrow="off",
    )
    best = judged.run.best
    if best is not None:
        sentence = t(
            "Tested on photos that it did not learn from. Its best epoch, {best} of {count}, was chosen by "
            "them: on others it may be right a little less often."
        )
        words.caption(sentence.format(best=best.epoch, count=len(judged.run.log)))
    if judged.album:
        with again:
            _show_left_out(judged)


def _show_left_out(judged: Judged) -> None:
    """How many photos are left out next time, and the way to train without them."""
    count = len(judged.left_out)
    labels = {0: t("Train again without …"), 1: t("Train again without this photo")}
    if st.button(
        labels.get(count, t("Train again without these {count:,}")).format(count=count),
        key="tr_again",
        icon=":material/replay:",
        type="primary",
        disabled=not count,
        width="stretch",
        help=t("Same settings, same beginning, on the Train page."),
    ):
        st.session_state[AGAIN] = judged.run.key
        st.switch_page("pages/train.py", query_params=link_parameters())
    if not count:
        st.caption(t("Tick “leave out” at a photo whose label is wrong."))
        return
    st.caption(t("Leaving out photos to test on changes what is measured, not what is learnt."))
    st.button(
        t("Take all back"), key="tr_back", on_click=clear_left_out, args=(judged.album,), width="stretch"
    )


def as_words(sentence: object) -> str:
    """A refusal for Markdown: the names in it are text and nothing else."""
    return as_markdown(str(sentence), _LONGEST)


def class_name(judged: Judged, label: int) -> str:
    """A class for Markdown."""
    return as_markdown(judged.verdicts.classes[label])
