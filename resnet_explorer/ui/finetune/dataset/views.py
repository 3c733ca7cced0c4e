"""What is in a dataset: its classes, the photos of one, near-duplicates, files that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, TypeVar

import streamlit as st

from resnet_explorer.common.i18n import nt, prose, t
from resnet_explorer.common.ordered_map import in_order
from resnet_explorer.common.text import as_markdown
from resnet_explorer.finetune.dataset.image_folder import PARTS, Item, LabelledPhotos
from resnet_explorer.finetune.dataset.photos_svg import (
    NARROW,
    WIDTH,
    ClassRow,
    NearDuplicate,
    class_rows,
    near_duplicate_pairs,
)
from resnet_explorer.finetune.dataset.scan import IMBALANCED, Survey, thumbnail
from resnet_explorer.finetune.dataset.store import Dataset
from resnet_explorer.finetune.dataset.thumbnail_grid_svg import EXCLUDE, Thumbnail, thumbnail_grid
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.ui.app.url_state import linked, whole
from resnet_explorer.ui.finetune.dataset.survey import excluded, include_all, toggle_excluded
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.widgets.linked_inputs import linked_number, linked_switch
from resnet_explorer.ui.widgets.step_buttons import part_of, part_words, parts_of
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg
from resnet_explorer.weights.shown_names import shown_names

T = TypeVar("T")

WORTH_A_WORD: Final = 1.2
"""How many times as many photos of one class as of another are told."""
CLASSES: Final = 8
"""Classes at once."""
ACROSS, DOWN, SIDE = 8, 3, 82
"""Photos of a class in a row, rows of them, and pixels of each."""
THUMBNAILS: Final = ACROSS * DOWN
PAIRS: Final = 6
SENTENCES: Final = 6


def classes_picture(found: Survey, left: LabelledPhotos) -> None:
    """The classes with counts and a few photos each; a click on one shows all of its photos in their place.

    Args:
        found: all that can be read.
        left: what is left of it to learn from and to test on.
    """
    names, chosen = shown_names(found.photos.classes), chosen_class(found)
    counts = [sum(pair) for pair in zip(*(found.photos.counts(part) for part in PARTS), strict=True)]
    learnt, tested = (left.counts(part) for part in PARTS)
    rows = [
        ClassRow(
            str(label),
            names[label],
            learnt[label],
            tested[label],
            counts[label] - learnt[label] - tested[label],
            tuple(file for each, file in found.samples if each == label),
        )
        for label in part_of("al_page", range(len(names)), CLASSES)
    ]
    width = WIDTH if chosen < 0 else NARROW
    picture = class_rows(rows, max(counts), str(chosen), width)
    show_svg(picture, "al_rows", _choose_class, height=PLACE)


def show_balance(photos: LabelledPhotos) -> None:
    """How many times as many photos there are of one class as of another, where that is worth a word."""
    counts = photos.counts("train")
    names = shown_names(photos.classes)
    most, fewest = (names[counts.index(pick(counts))] for pick in (max, min))
    times = max(counts) / min(counts)
    words = t("**{most}** has {times:.1f} times as many photos to learn from as **{fewest}**.").format(
        most=as_markdown(most), times=times, fewest=as_markdown(fewest)
    )
    if times >= IMBALANCED:
        advice = t(
            "A network that always says the common one looks better than it is: "
            "in a new run, let rare classes weigh more."
        )
        st.warning(f"{words} {advice}")
    elif times >= WORTH_A_WORD:
        st.caption(words)


def chosen_class(found: Survey) -> int:
    """The class of which all photos are shown; −1 for none."""
    return linked("al_class", -1, whole(-1, len(found.photos.classes) - 1))


def _choose_class(key: str) -> None:
    st.session_state["al_class"] = int(key) if st.session_state.get("al_class") != int(key) else -1
    st.session_state["al_tiles"] = 1


def class_photos(found: Survey) -> list[Item]:
    """All photos of the chosen class; none without one."""
    chosen = chosen_class(found)
    return [item for item in found.photos.items if item.label == chosen]


def photos_picture(dataset: Dataset, found: Survey) -> None:
    """The photos of the chosen class; a click excludes one or takes it back."""
    items, out = class_photos(found), excluded(dataset.key)
    shown = part_of("al_tiles", items, THUMBNAILS)
    files = _thumbnails("_al_tiles", dataset, shown)
    parts = {"train": t("to learn"), "val": t("to test")}
    thumbnails = [
        Thumbnail(item.name, item.name, files[item.name], (parts[item.part],), item.name in out)
        for item in shown
    ]

    def toggle(key: str) -> None:
        toggle_excluded(dataset.key, key.removeprefix(EXCLUDE))

    show_svg(thumbnail_grid(thumbnails, ACROSS, DOWN, SIDE), "al_grid", toggle, height=PLACE)


def show_excluded(dataset: Dataset) -> None:
    """How many photos are excluded by hand, and the way to take them back."""
    out = excluded(dataset.key)
    if not out:
        return
    words, button = st.columns([5, 1.4], vertical_alignment="center")
    sentence = t(
        "{count:,} photos are excluded by hand, here or on “Trust it”, as long as this session lasts."
    )
    words.info(sentence.format(count=len(out)))
    label, args = t("Take all back"), (dataset.key,)
    button.button(label, key="al_back", on_click=include_all, args=args, width="stretch")


def show_near_duplicates(dataset: Dataset, found: Survey) -> None:
    """Photos to test on that are among those to learn from too, as pairs, and whether these are excluded."""
    count = len(found.near_duplicates)
    if not count:
        st.caption(t("No photo to test on is among those to learn from, too."))
        return
    st.subheader(t("Near-duplicates across the split"))
    sentence = (
        t("1 photo to test on is among those to learn from, too.")
        if count == 1
        else t("{count:,} photos to test on are among those to learn from, too.")
    )
    st.markdown(f"**{sentence.format(count=count)}** {prose('dataset_near_duplicates')}")
    are_out = linked_switch("al_twins", t("Exclude near-duplicates from what is learnt"), default=True)
    shown = _part_input("al_pairs", t("pairs"), found.near_duplicates, PAIRS)
    by_name = {item.name: item for item in found.photos.items}
    files = _thumbnails("_al_pairs", dataset, [by_name[name] for pair in shown for name in pair])
    pairs = [
        (NearDuplicate(one, files[one], are_out), NearDuplicate(other, files[other])) for one, other in shown
    ]
    show_svg(near_duplicate_pairs(pairs), "al_twin_pairs")


def show_unreadable(found: Survey) -> None:
    """What is excluded for another reason than somebody's choice, each with its sentence."""
    count = len(found.unreadable)
    if not count:
        st.caption(t("Every photo can be read."))
        return
    st.subheader(t("Excluded files"))
    words = nt(
        "{count:,} file or folder cannot be used; the others are.",
        "{count:,} files or folders cannot be used; the others are.",
        count,
    )
    st.markdown(words.format(count=count))
    shown = _part_input("al_unread", t("files"), found.unreadable, SENTENCES)
    st.markdown("\n".join(f"- {as_markdown(sentence, 300)}" for sentence in shown))


def _part_input(key: str, what: str, things: Sequence[T], at_once: int) -> Sequence[T]:
    """The part of many things that is shown; a control where there is more than one part."""
    shown = part_of(key, things, at_once)
    parts = parts_of(len(things), at_once)
    if parts > 1:
        control, words = st.columns([1, 5], vertical_alignment="bottom")
        part = linked_number(key, t("Part"), 1, parts, default=1, at=control)
        words.markdown(part_words(part, what, len(things), at_once))
    return shown


def _thumbnails(key: str, dataset: Dataset, items: Sequence[Item]) -> dict[str, bytes]:
    """Small copies of a few photos, by their names; the last ones are kept."""
    names = tuple(item.name for item in items)

    def make() -> dict[str, bytes]:
        with st.spinner(t("Opening the photos …")):
            return dict(zip(names, in_order(square_thumbnail, items), strict=True))

    return cached_result(key, (dataset.key, names), make)


def square_thumbnail(item: Item) -> bytes:
    """A square from the middle of a photo."""
    image = open_photo(item.read(), item.name).image
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return thumbnail(image.crop((left, top, left + side, top + side)))


def as_json(dataset: Dataset, found: Survey, left: LabelledPhotos) -> str:
    """All that was found, with numbers and names."""
    kept = {item.name for item in left.items}
    counts = zip(left.classes, left.counts("train"), left.counts("val"), strict=True)
    content = {
        "album": dataset.label,
        "split": left.split,
        "classes": {name: {"train": learnt, "val": tested} for name, learnt, tested in counts},
        "left_out": [item.name for item in found.photos.items if item.name not in kept],
        "twins": [{"train": learnt, "val": tested} for learnt, tested in found.near_duplicates],
        "unreadable": list(found.unreadable),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
