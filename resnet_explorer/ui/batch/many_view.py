"""Many photos through the session's network: counts by class beside a table with the photos in small."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.batch.results import Results, accuracy
from resnet_explorer.common.i18n import nt, t
from resnet_explorer.common.progress import Step
from resnet_explorer.common.text import as_markdown
from resnet_explorer.ui.app.head import foot_places, more_settings, picture
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.batch.photos_input import Batch, batch_for, photos_input, source_input
from resnet_explorer.ui.batch.views import (
    class_choice,
    order_input,
    show_closer,
    show_counts,
    show_files,
    show_table,
    show_unread,
    unsure_of,
)
from resnet_explorer.ui.photos.viewed_photo import class_names
from resnet_explorer.ui.session.loaded_networks import trained
from resnet_explorer.ui.session.progress_job import Job, run_job, run_with_progress
from resnet_explorer.ui.weights.needs_weights import photo_weights
from resnet_explorer.ui.widgets.component import style
from resnet_explorer.weights.description import Weights


def many_view(controls: DeltaGenerator) -> None:
    """Draw it.

    Args:
        controls: the room in the page's head.
    """
    source = source_input(controls)
    with picture():
        chosen = photo_weights()
        batch = batch_for(source, chosen)
        if batch is None:
            with st.container(key="mp_drop"):
                photos_input(source)
        counts_place, table_place = st.columns([1, 2.6], gap="medium")
    words, take_home = foot_places()
    if batch:
        with counts_place:
            photos_input(source)
    weights = batch.weights if batch else chosen
    names = class_names(weights.classes)
    with words, shown_refusal(ends_page=True):
        results = _predictions(batch, source) if batch and batch.count else None
    results = results or Results()
    style(__file__)
    with take_home, more_settings():
        label = class_choice(results, names)
    order = order_input(results, controls)
    if batch:
        _tell_of(batch, chosen)
    if batch and results.predictions:
        with counts_place:
            show_counts(results, names, label, is_whole=source == "samples")
        with table_place:
            closer = show_table(results, weights, names, label, order)
        words.markdown(_sentence(results, weights))
        with take_home:
            show_files(results, weights)
        if closer:
            st.header(t("One photo"))
            show_closer(closer, names)
    elif not batch:
        words.markdown(
            t("Of photos in folders that are named as classes are, the share that is right is told.")
        )
    show_unread(results)


def _predictions(batch: Batch, source: str) -> Results | None:
    """What the network says of all photos; None before anything is known."""
    weights = batch.weights
    with st.spinner(t("Loading the network …")):
        network = trained(weights)
    from resnet_explorer.batch.classify import predict_photos

    def start() -> Iterator[Step[Results]]:
        return predict_photos(batch.entries, network, weights.preprocessing)

    label = t("Predicting the photos")
    if source == "samples":
        return run_with_progress("_mp_samples", (weights.key,), start, label)[0]
    batch.job = batch.job or Job(start)
    results = run_job("_mp_own", batch.job, label)[0]
    if batch.job.is_finished:
        batch.entries.clear()  # lets go of an archive that was uploaded
    return results


def _sentence(results: Results, weights: Weights) -> str:
    """How many photos, in how many classes; of those whose folders name one, the share that is right."""
    classes = len({each.label for each in results.predictions})
    words = t("**{count:,} photos** in {classes:,} classes.").format(
        count=len(results.predictions), classes=classes
    )
    unsure = len(unsure_of(results, weights))
    if unsure:
        words += " " + nt("{count:,} answer is unsure.", "{count:,} answers are unsure.", unsure).format(
            count=unsure
        )
    found = accuracy(results.predictions, weights.classes)
    if found.of:
        share = t(" **{share:.0%} right**: {right:,} of the {of:,} whose folder names a class.")
        words += share.format(share=found.right / found.of, right=found.right, of=found.of)
    return words


def _tell_of(batch: Batch, chosen: Weights) -> None:
    """Whose predictions these are, if another network is chosen by now, and how many photos are done."""
    if batch.weights.key != chosen.key:
        words = t("These predictions are those of **{network}**. For another network, give the photos again.")
        st.info(words.format(network=as_markdown(batch.weights.label)))
    if not batch.count:
        st.info(t("No photo is in it."))
    if batch.excluded:
        sentence = t("The first {most:,} are done here; the command line does the other {left:,} as well.")
        st.info(sentence.format(most=batch.count, left=batch.excluded))
