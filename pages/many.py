from resnet_explorer.ui.frame import require_frame

require_frame(__file__)

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.many.answers import Found
from resnet_explorer.many.copies import copies_of
from resnet_explorer.short_text import as_markdown
from resnet_explorer.ui.answer import class_names
from resnet_explorer.ui.frame import page_title
from resnet_explorer.ui.many_input import Batch, batch_for, photos_input
from resnet_explorer.ui.many_views import (
    order_input,
    show_closer,
    show_counts,
    show_files,
    show_table,
    show_unread,
)
from resnet_explorer.ui.needs_weights import photo_weights
from resnet_explorer.ui.networks import trained
from resnet_explorer.ui.page_end import end_page
from resnet_explorer.ui.slow_work import slow_work
from resnet_explorer.weights import Weights


def answers_of(batch: Batch, source: str) -> Found | None:
    """What the network says of all of them; None before anything is known."""
    weights = batch.weights
    with st.spinner(t("Loading the network …")):
        network = trained(weights)
    from resnet_explorer.many.classify import classified

    found, is_whole = slow_work(
        f"_mp_{'samples' if source == 'samples' else 'own'}",
        (weights.key if source == "samples" else batch,),
        lambda: classified(batch.entries, network, weights.preprocessing, copies_of),
        t("Looking at the photos"),
    )
    if is_whole:
        batch.entries.clear()  # lets go of an archive that was uploaded
    return found


def say_whose(weights: Weights, chosen: Weights) -> None:
    """Whose answers these are, where another network is chosen by now."""
    if weights.key != chosen.key:
        words = t("These answers are those of **{network}**. For another network, give the photos again.")
        st.info(words.format(network=as_markdown(weights.label)))


def say_how_many(batch: Batch) -> None:
    """Whether there was no photo at all, or more than are done here."""
    if not batch.count:
        st.info(t("No photo is in it."))
    if batch.left_out:
        sentence = t("The first {most:,} are done here; the command line does the other {left:,} as well.")
        st.info(sentence.format(most=batch.count, left=batch.left_out))


page_title(t("Many photos"), t("Everything runs on this machine: no photo leaves it."))

source = photos_input()
chosen = photo_weights()
batch = batch_for(source, chosen)
names = class_names((batch.weights if batch else chosen).classes)
try:
    found = answers_of(batch, source) if batch and batch.count else None
except ValueError as refusal:
    st.error(str(refusal))
    end_page()
found = found or Found()
if batch:
    say_whose(batch.weights, chosen)
    say_how_many(batch)

counts_column, table_column = st.columns([1.2, 2.7], gap="medium")
with table_column:
    label, order = order_input(found, names)
if found.answers:
    with table_column:
        closer = show_table(found, names, label, order)
        show_files(found, batch.weights)
        if closer:
            show_closer(closer, names)
    with counts_column:
        st.subheader(t("{count:,} photos").format(count=len(found.answers)))
        show_counts(found, names, label)
show_unread(found)
