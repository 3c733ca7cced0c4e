"""The landscape on the page: the verdict, the maps and hills that ship, and the trajectory of training."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.labs.compared_svg import Strip, compared_svg
from resnet_explorer.labs.degradation.study import DEPTHS
from resnet_explorer.labs.landscape.numbers import (
    Finding,
    View,
    finding,
    finding_rows,
    grid_rows,
    rougher,
    rougher_by,
    to_json,
)
from resnet_explorer.labs.landscape.study import SEEDS, Landscape, shipped
from resnet_explorer.network.table_rows import to_csv, to_markdown
from resnet_explorer.training.paper_recipe import KINDS, network
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.labs.question import (
    HEIGHT,
    Guess,
    Screen,
    guess,
    is_shown,
    reason,
    show_chart,
    verdict,
)
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import show_svg

CLASSES: Final = 10
"""What CIFAR-10's photos show."""
CHOICES: Final = {
    "plain": msg("Around the plain one"),
    "residual": msg("Around the residual one"),
    "same": msg("About the same"),
    "unsettled": msg("Not settled"),
}
"""What may be guessed, in English, and what nobody guesses."""
SAID: Final = {
    "plain": msg("plain"),
    "residual": msg("residual"),
    "same": msg("neither"),
    "unsettled": msg("not settled"),
}
"""Which is rougher by a measure, in English."""
VIEWS: Final = {
    "map": msg("From above"),
    "hills": msg("As hills"),
    "error": msg("Errors, from above"),
    "way": msg("The trajectory of training"),
    "again": msg("Compute one"),
}
"""What is drawn, in English, by its code in the link."""
SHORT: Final = {
    "map": msg("map"),
    "hills": msg("hills"),
    "error": msg("errors"),
    "way": msg("training’s way"),
    "again": msg("compute one"),
}
"""What is drawn, in English and short, for the head of the page."""
PLANES: Final = {
    "training": msg("The training’s own two directions"),
    "0": msg("Two random directions, seed 0"),
    "1": msg("Two random directions, seed 1"),
}
"""Of a map, in English, by its code in the link."""
RANDOM: Final = tuple(map(str, SEEDS))
"""Those of `PLANES` that any view is drawn along; the trajectory alone can be seen in the training's own."""


def ask(places: Screen) -> Guess:
    """Draw the question; the page ends with it until somebody has guessed."""
    strips = [Strip.of(t(kind), network(kind, DEPTHS[-1])) for kind in KINDS]
    with places.picture:
        guessed = guess(
            "ls_guess",
            t("Change every filter a little, then more: around which is the loss rougher?"),
            t("{depth} layers without shortcuts, {depth} with, one recipe.").format(depth=DEPTHS[-1]),
            {code: words for code, words in CHOICES.items() if code != "unsettled"},
            lambda: show_svg(compared_svg(strips), "ls_compared", height=HEIGHT),
        )
    if not is_shown("ls_guess"):
        end_page()
    return guessed


def linked_planes() -> None:
    """Give the choices of the plane their places in the link, though no control is seen yet."""
    linked("ls_plane", "training", one_of(PLANES))
    linked("ls_pair", RANDOM[0], one_of(RANDOM))


def plane_input(view: str, places: Screen) -> str:
    """Draw the choice of the plane of a view, a key of `PLANES`."""
    label, room = t("Drawn along"), places.settings
    if view == "way":
        return linked_choice("ls_plane", label, PLANES, default="training", names=PLANES, at=room)
    return linked_choice("ls_pair", label, RANDOM, default=RANDOM[0], names=PLANES, at=room)


def show_shipped(view: str, guessed: Guess, places: Screen) -> None:
    """What ships, plain beside residual, and how often the loss falls straight outwards.

    Args:
        view: a key of `VIEWS`, but "again".
        guessed: the reader's guess.
        places: of the screen.

    Raises:
        ValueError: if it cannot be read.
    """
    from resnet_explorer.labs.landscape.figures import surface_figure

    plane = plane_input(view, places)
    found = [shipped(kind) for kind in KINDS]
    findings = {each.label: [finding(view.surface) for view in each.random] for each in found}
    plain, residual = findings.values()
    words = t(
        "The loss falls on **{plain:.1%}** of the steps out from plain, on **{residual:.1%}** from residual."
    )
    measured = words.format(plain=_mean(plain, "falling"), residual=_mean(residual, "falling"))
    right = rougher(plain, residual)
    words = t(
        "It bends downwards at {plain:.0%} of the points around plain, {residual:.0%} around residual{said}."
    )
    said = (
        t(": the measures or the directions disagree, so these two networks do not tell")
        if right == "unsettled"
        else ""
    )
    why = words.format(plain=_mean(plain, "bent"), residual=_mean(residual, "bent"), said=said)
    views = {each.label: each.view(plane) for each in found}
    figure = cached_result("_ls_figure", (view, plane), lambda: surface_figure(views, view))
    with places.picture:
        reason(why)
        show_chart(figure, f"ls_chart_{view}", f"{t(VIEWS[view])}. {measured.replace('**', '')}")
    places.sentence.markdown(verdict(guessed, right, CHOICES, measured))
    with places.take_home:
        _saves(found, plane)
    st.caption(_foot(found, plane, is_loss=view != "error"))
    if view == "way":
        st.markdown(prose("landscape_trajectory"))
        if plane == "training":
            st.markdown(prose("landscape_trajectory_axes"))
        for each in found:
            st.markdown(_trajectory_words(each, plane))
    else:
        verdicts = {measure: t(SAID[code]) for measure, code in rougher_by(plain, residual).items()}
        st.markdown(finding_table(findings, verdicts))
        st.markdown(prose("landscape_measures"))
        st.markdown(_hollow_words(plain[0], residual[0]))


def grid_words(view: View, *, is_loss: bool = True) -> str:
    """Photos and points, for a figure's foot."""
    return t("{rows} × {columns} points, {what} of {photos:,} photos").format(
        what=t("cross-entropy") if is_loss else t("error"),
        rows=len(view.surface.up),
        columns=len(view.surface.across),
        photos=view.surface.photos,
    )


def finding_table(
    findings: Mapping[str, Sequence[Finding]], verdicts: Mapping[str, str] | None = None
) -> str:
    """The measures of networks, by their names in Markdown, and what each says of two."""
    return to_markdown(finding_rows(findings, verdicts), right=findings)


def _mean(findings: Sequence[Finding], measure: str) -> float:
    return fmean(getattr(each, measure) for each in findings)


def _hollow_words(plain: Finding, residual: Finding) -> str:
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
    from resnet_explorer.labs.landscape.figures import HIGHEST

    first = found[0]
    view = first.view(plane)
    directions = (
        t("filter-normalised random directions, seed {seed}").format(seed=view.seed)
        if view.seed is not None
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


def _trajectory_words(found: Landscape, plane: str) -> str:
    trajectory = found.view(plane).trajectory
    if trajectory is None:
        return ""
    if plane != "training":
        words = t(
            "**{label}**: {seen} of the squared distances lies in this plane. The start was {start:,.0f} "
            "away from the end, the network after one epoch {one:,.0f} (as vectors of all kernels)."
        )
        return words.format(
            label=found.label,
            seen=f"{100 * trajectory.seen:.2g} %",
            start=trajectory.distance[0],
            one=trajectory.distance[1],
        )
    shares = found.training.shares or (0.0, 0.0)
    words = t(
        "**{label}**: the two components hold {first:.1%} and {second:.1%} of the variance of the trajectory "
        "after the first epoch."
    )
    start = found.random[0].trajectory
    if start is not None:
        words += " " + t(
            "In the first epoch the distance to the end went from {start:,.0f} to {one:,.0f}; the start is "
            "not drawn."
        ).format(start=start.distance[0], one=start.distance[1])
    return words.format(label=found.label, first=shares[0], second=shares[1])


def _saves(found: list[Landscape], plane: str) -> None:
    def table() -> str:
        return to_csv(
            [{"network": each.key, **row} for each in found for row in grid_rows(each.view(plane).surface)]
        )

    def everything() -> str:
        views = [
            {
                "network": each.key,
                "sha256 of the values": each.values,
                "torch": each.torch,
                **to_json(each.view(plane)),
            }
            for each in found
        ]
        return json.dumps(views) + "\n"

    name = f"random-{plane}" if plane in RANDOM else plane
    save_button(t("CSV"), table, f"landscape-{name}.csv", key="ls_csv")
    save_button(t("JSON"), everything, f"landscape-{name}.json", key="ls_json")
