"""What is in an album: its classes, the photos of one, twins across the split, files that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import streamlit as st

from resnet_explorer.finetune.album_picture import ClassRow, Twin, class_rows, twin_pairs
from resnet_explorer.finetune.albums import Album
from resnet_explorer.finetune.collection import PARTS, Item, LabelledPhotos
from resnet_explorer.finetune.photo_grid import OUT, Tile, grid_svg
from resnet_explorer.finetune.survey import IMBALANCED, Survey, thumbnail
from resnet_explorer.i18n import prose, t
from resnet_explorer.photo import open_photo
from resnet_explorer.short_text import as_markdown
from resnet_explorer.threads import in_order
from resnet_explorer.ui.album_input import leaves_twins_out
from resnet_explorer.ui.left_out import add_left_out, clear_left_out, left_out
from resnet_explorer.ui.linked import linked, whole
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.svg import show_svg

WORTH_A_WORD: Final = 1.2
"""How many times as many photos of one class as of another are told."""
CLASSES: Final = 8
"""Classes at once."""
ACROSS: Final = 6
TILES: Final = 4 * ACROSS
PAIRS: Final = 6
SENTENCES: Final = 6
MOST_CLASSES: Final = 50_000


def show_classes(album: Album, found: Survey, left: LabelledPhotos) -> None:
    """The classes with counts and a few photos each; a click on one shows all of its photos.

    Args:
        album: the album.
        found: all that can be read.
        left: what is left of it to learn from and to test on.
    """
    names = found.photos.classes
    page = _page_input("al_page", t("classes"), len(names), CLASSES)
    all_counts = [sum(pair) for pair in zip(*(found.photos.counts(part) for part in PARTS), strict=True)]
    learnt, tested = (left.counts(part) for part in PARTS)
    thumbnails: dict[int, list[bytes]] = {}
    for label, file in found.samples:
        thumbnails.setdefault(label, []).append(file)
    rows = [
        ClassRow(
            str(label),
            names[label],
            learnt[label],
            tested[label],
            all_counts[label] - learnt[label] - tested[label],
            tuple(thumbnails.get(label, ())),
        )
        for label in range(len(names))[page * CLASSES : (page + 1) * CLASSES]
    ]
    show_svg(
        class_rows(rows, max(all_counts), str(_chosen_class(names))), "al_rows", _choose_class, tallest=1100
    )
    _say_balance(left)
    save_button(t("What was found as JSON"), lambda: as_json(album, found, left), "album.json", key="al_json")


def _say_balance(photos: LabelledPhotos) -> None:
    counts = photos.counts("train")
    most, fewest = (photos.classes[counts.index(pick(counts))] for pick in (max, min))
    times = max(counts) / min(counts)
    words = t("**{most}** has {times:.1f} times as many photos to learn from as **{fewest}**.").format(
        most=as_markdown(most), times=times, fewest=as_markdown(fewest)
    )
    if times >= IMBALANCED:
        st.warning(
            words
            + " "
            + t(
                "A network that always says the common one looks better than it is: "
                "on Train, let rare classes weigh more."
            )
        )
    elif times >= WORTH_A_WORD:
        st.caption(words)


def _chosen_class(names: Sequence[str]) -> int:
    """The class of which all photos are shown; −1 for none."""
    return linked("al_class", -1, whole(-1, len(names) - 1))


def _choose_class(key: str) -> None:
    st.session_state["al_class"] = int(key) if st.session_state.get("al_class") != int(key) else -1
    st.session_state["al_tiles"] = 1


def show_photos(album: Album, found: Survey) -> None:
    """All photos of the chosen class; a click leaves one out or takes it back."""
    names = found.photos.classes
    label = _chosen_class(names)
    linked("al_tiles", 1, whole(1, MOST_CLASSES))
    out = left_out(album.key)
    if label < 0:
        st.caption(t("A click on a class shows all of its photos, and lets you leave some out."))
    else:
        items = [item for item in found.photos.items if item.label == label]
        st.subheader(t("{name}: {count:,} photos").format(name=as_markdown(names[label]), count=len(items)))
        page = _page_input("al_tiles", t("photos"), len(items), TILES)
        shown = items[page * TILES : (page + 1) * TILES]
        files = _thumbnails("_al_tiles", album, shown)
        parts = {"train": t("to learn from"), "val": t("to test on")}
        tiles = [
            Tile(item.name, item.name, files[item.name], (parts[item.part],), item.name in out)
            for item in shown
        ]

        def toggle(key: str) -> None:
            name = key.removeprefix(f"{OUT}:")
            (clear_left_out if name in left_out(album.key) else add_left_out)(album.key, [name])

        show_svg(grid_svg(tiles, ACROSS), "al_grid", toggle, shrink=0.5, tallest=1200)
    if out:
        words, button = st.columns([5, 1.4], vertical_alignment="center")
        words.info(
            t(
                "{count:,} photos are left out by hand, here or on “Trust it”, as long as this session lasts."
            ).format(count=len(out))
        )
        button.button(
            t("Take all back"), key="al_back", on_click=clear_left_out, args=(album.key,), width="stretch"
        )


def show_twins(album: Album, found: Survey) -> None:
    """Photos to test on that are among those to learn from too, as pairs, and whether these are left out."""
    are_out = leaves_twins_out()
    if not found.twins:
        st.caption(t("No photo to test on is among those to learn from, too."))
        return
    count = len(found.twins)
    st.subheader(t("Twins across the split"))
    sentence = (
        t("1 photo to test on is among those to learn from, too.")
        if count == 1
        else t("{count:,} photos to test on are among those to learn from, too.")
    )
    st.markdown(f"**{sentence.format(count=count)}** {prose('album_twins')}")
    st.toggle(t("Leave the twins out of what is learnt"), key="al_twins", persist_state="session")
    page = _page_input("al_pairs", t("pairs"), count, PAIRS)
    shown = found.twins[page * PAIRS : (page + 1) * PAIRS]
    by_name = {item.name: item for item in found.photos.items}
    files = _thumbnails("_al_pairs", album, [by_name[name] for pair in shown for name in pair])
    show_svg(
        twin_pairs([(Twin(one, files[one], are_out), Twin(other, files[other])) for one, other in shown]),
        "al_twin_pairs",
    )


def show_unreadable(found: Survey) -> None:
    """Files that cannot be read, each with its sentence."""
    if not found.unreadable:
        st.caption(t("Every photo can be read."))
        return
    count = len(found.unreadable)
    st.subheader(t("Left out: not readable"))
    words = t("1 file cannot be read.") if count == 1 else t("{count:,} files cannot be read.")
    st.markdown(words.format(count=count) + " " + t("The others are used."))
    page = _page_input("al_unread", t("files"), count, SENTENCES)
    shown = found.unreadable[page * SENTENCES : (page + 1) * SENTENCES]
    st.markdown("\n".join(f"- {as_markdown(sentence, 300)}" for sentence in shown))


def _page_input(key: str, what: str, count: int, at_once: int) -> int:
    """Which part of many things is shown, from 0; a control where there is more than one part."""
    pages = -(-count // at_once)
    page = linked(key, 1, whole(1, max(1, pages)))
    if pages > 1:
        first, last = (page - 1) * at_once + 1, min(page * at_once, count)
        control, words = st.columns([1, 5], vertical_alignment="bottom")
        control.number_input(t("Part"), 1, pages, key=key, persist_state="session")
        words.markdown(
            t("{first:,}–{last:,} of {count:,} {what}").format(first=first, last=last, count=count, what=what)
        )
    return page - 1


def _thumbnails(key: str, album: Album, items: Sequence[Item]) -> dict[str, bytes]:
    """Small copies of a few photos, by their names; the last ones are kept."""
    names = tuple(item.name for item in items)

    def make() -> dict[str, bytes]:
        with st.spinner(t("Opening the photos …")):
            return dict(zip(names, in_order(_small, items), strict=True))

    return remembered(key, (album.key, names), make)


def _small(item: Item) -> bytes:
    """A square from the middle of a photo."""
    image = open_photo(item.read(), item.name).image
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return thumbnail(image.crop((left, top, left + side, top + side)))


def as_json(album: Album, found: Survey, left: LabelledPhotos) -> str:
    """All that was found, with numbers and names."""
    kept = {item.name for item in left.items}
    content = {
        "album": album.label,
        "split": left.split,
        "classes": {
            name: {"train": learnt, "val": tested}
            for name, learnt, tested in zip(
                left.classes, left.counts("train"), left.counts("val"), strict=True
            )
        },
        "left_out": [item.name for item in found.photos.items if item.name not in kept],
        "twins": [{"train": learnt, "val": tested} for learnt, tested in found.twins],
        "unreadable": list(found.unreadable),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
