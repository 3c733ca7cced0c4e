"""The landscape on the page: the verdict, the maps and hills that ship, and the way of training."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.landscape_numbers import (
    Reading,
    View,
    grid_rows,
    reading,
    reading_rows,
    rougher,
    to_json,
)
from resnet_explorer.labs.landscape_study import Landscape, shipped
from resnet_explorer.tables import to_csv, to_markdown
from resnet_explorer.training.paper_recipe import KINDS
from resnet_explorer.ui.lab import verdict, view_input
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button

CLASSES: Final = 10
"""What CIFAR-10's photos show."""
CHOICES: Final = {
    "plain": t("Around the plain one"),
    "residual": t("Around the residual one"),
    "same": t("About the same"),
}
VIEWS: Final = {
    "map": t("From above"),
    "hills": t("As hills"),
    "error": t("Errors, from above"),
    "way": t("The way of training"),
    "again": t("Compute one"),
}
PLANES: Final = {
    "training": t("Its own two directions"),
    "random": t("Two random directions"),
}


def show_verdict(guessed: str | None) -> None:
    """How often the loss falls on the way out.

    Raises:
        ValueError: if what ships cannot be read.
    """
    plain, residual = (_reading(shipped(kind)) for kind in KINDS)
    words = t(
        "Straight out from the trained weights, the loss falls again on **{plain:.1%}** of the steps around "
        "the plain network, on **{residual:.1%}** around the residual one. Over a bowl it would be 0%."
    )
    told = words.format(plain=plain.falling, residual=residual.falling)
    verdict(guessed, rougher(plain, residual), CHOICES, told)


def show_shipped(view: str) -> None:
    """What ships, plain beside residual.

    Args:
        view: a key of `VIEWS`, but "again".

    Raises:
        ValueError: if it cannot be read.
    """
    from resnet_explorer.labs.landscape_figures import hill_figure, map_figure

    plane = view_input("ls_plane", t("The map lies along"), PLANES, "training") if view == "way" else "random"
    found = [shipped(kind) for kind in KINDS]
    views = {each.label: each.view(plane) for each in found}
    if view == "hills":
        figure = remembered("_ls_figure", (view,), lambda: hill_figure(views))
    else:
        measure = "error" if view == "error" else "loss"
        figure = remembered(
            "_ls_figure", (view, plane), lambda: map_figure(views, measure, way=view == "way")
        )
    st.plotly_chart(figure, key=f"ls_chart_{view}", config={"displaylogo": False}, alt=VIEWS[view])
    st.caption(_foot(found, plane, is_loss=view != "error"))
    if view == "way":
        st.markdown(prose("landscape_way"))
        if plane == "training":
            st.markdown(prose("landscape_way_axes"))
        for each in found:
            st.markdown(_way_words(each, plane))
    else:
        st.markdown(reading_table({each.label: _reading(each) for each in found}))
        st.markdown(prose("landscape_measures"))
        st.markdown(_hollow_words(*map(_reading, found)))
    _saves(found, plane)


def grid_words(view: View, *, is_loss: bool = True) -> str:
    """Photos and points, for a figure's foot."""
    return t("{rows} × {columns} points, {what} of {photos:,} photos").format(
        what=t("cross-entropy") if is_loss else t("error"),
        rows=len(view.surface.up),
        columns=len(view.surface.across),
        photos=view.surface.photos,
    )


def reading_table(readings: Mapping[str, Reading]) -> str:
    """The measures of networks, by their names in Markdown."""
    return to_markdown(reading_rows(readings), right=readings)


def _reading(found: Landscape) -> Reading:
    return reading(found.random.surface)


def _hollow_words(plain: Reading, residual: Reading) -> str:
    guessing = math.log(CLASSES)
    words = t(
        "Guessing one of {classes} classes costs ln {classes} = {guessing:.2f}. The plain network lies "
        "**{plain:.2f}** below that, the residual one **{residual:.2f}**: how deep a hollow is, and how even "
        "its walls are, are two questions."
    )
    return words.format(
        classes=CLASSES,
        guessing=guessing,
        plain=guessing - plain.centre,
        residual=guessing - residual.centre,
    )


def _foot(found: list[Landscape], plane: str, *, is_loss: bool) -> str:
    from resnet_explorer.labs.landscape_figures import HIGHEST

    first = found[0]
    view = first.view(plane)
    directions = (
        t("filter-normalised random directions, seed {seed}").format(seed=view.seed)
        if plane == "random"
        else t("principal components of the snapshots after epochs 1 to {last}").format(last=first.epochs)
    )
    words = t(
        "{networks} · {grid} of CIFAR-10’s test set · {directions}; the trained weights at 0, 0 · every cell "
        "a computed point{capped} · computed before and shipped, torch {torch}"
    )
    return words.format(
        networks=t(" and ").join(each.label for each in found),
        grid=grid_words(view, is_loss=is_loss),
        directions=directions,
        capped=t(", above {highest:g} drawn as {highest:g}").format(highest=HIGHEST) if is_loss else "",
        torch=first.torch,
    )


def _way_words(found: Landscape, plane: str) -> str:
    way = found.view(plane).way
    if way is None:
        return ""
    if plane == "random":
        words = t(
            "**{label}**: {seen:.2%} of the squared distances lies in this plane. The start was {start:,.0f} "
            "away from the end, the network after one epoch {one:,.0f} (as vectors of all kernels)."
        )
        return words.format(label=found.label, seen=way.seen, start=way.distance[0], one=way.distance[1])
    shares = found.training.shares or (0.0, 0.0)
    words = t(
        "**{label}**: the two components hold {first:.1%} and {second:.1%} of the variance of the way after "
        "the first epoch."
    )
    start = found.random.way
    if start is not None:
        words += " " + t(
            "The first epoch was a jump: from {start:,.0f} away from the end to {one:,.0f}, off this map."
        ).format(start=start.distance[0], one=start.distance[1])
    return words.format(label=found.label, first=shares[0], second=shares[1])


def _saves(found: list[Landscape], plane: str) -> None:
    def table() -> str:
        return to_csv(
            [{"network": each.key, **row} for each in found for row in grid_rows(each.view(plane).surface)]
        )

    def everything() -> str:
        told = [
            {
                "network": each.key,
                "sha256 of the values": each.values,
                "torch": each.torch,
                **to_json(each.view(plane)),
            }
            for each in found
        ]
        return json.dumps(told) + "\n"

    with st.container(horizontal=True):
        save_button(t("Grids as CSV"), table, f"landscape-{plane}.csv", key="ls_csv")
        save_button(t("All as JSON"), everything, f"landscape-{plane}.json", key="ls_json")
