"""A thousand layers on the page: two orders of norm and ReLU, at the start and in their first steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.progress import Step
from resnet_explorer.labs.compared_svg import Strip, compared_svg
from resnet_explorer.labs.depth.orders import (
    BATCH,
    DEPTHS,
    MOST_IMAGES,
    MOST_STEPS,
    ORDERS,
    RATE,
    STEPS,
    WIDEST,
    Losses,
    Orders,
    OrdersConfig,
    losses_finding,
    orders_finding,
    steadier,
)
from resnet_explorer.network.spec import Activation
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.labs.question import (
    HEIGHT,
    Guess,
    Screen,
    guess,
    is_asked,
    is_shown,
    reason,
    screen,
    show_chart,
    verdict,
)
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.live_job import run_live
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_number, linked_select
from resnet_explorer.ui.widgets.svg_view import show_svg

VIEWS: Final = {"gradient": msg("gradient"), "signal": msg("signal"), "training": msg("first steps")}
"""What is drawn, in English."""
CHOICES: Final = {
    "post": msg("Post-activation: ReLU after the addition"),
    "pre": msg("Pre-activation: before the convolutions"),
    "same": msg("Both alike"),
}
_NAMES: Final[dict[Activation, str]] = {"post": msg("post-activation"), "pre": msg("pre-activation")}


def show_orders(controls: DeltaGenerator) -> None:
    """The lab, from the question to the first steps of training.

    Args:
        controls: room in the head of the page.
    """
    places = screen()
    config = _config_input(controls, places)
    names = (t(_NAMES["post"]), t(_NAMES["pre"]))
    compared = compared_svg([Strip.of(t(_NAMES[order]), config.spec(order)) for order in ORDERS])
    question = t("{depth:,} layers, all with shortcuts: which order leaves the gradient nearer to its size?")
    with places.picture:
        guessed = guess(
            "tl_guess",
            question.format(depth=config.depth),
            t("The same bottlenecks with the same weights; norm and ReLU stand elsewhere."),
            CHOICES,
            lambda: show_svg(compared, "tl_compared", height=HEIGHT),
            config.depth,
        )
    if not is_shown("tl_guess"):
        end_page()
    view = linked_choice(
        "tl_view", t("Drawn"), VIEWS, default="gradient", at=controls, label_visibility="collapsed"
    )
    with shown_refusal(places.picture, ends_page=True):
        if view == "training":
            _show_training(config, names, places)
        else:
            _show_start(config, view, names, compared, guessed, places)
    words = t(
        "{depth:,} layers, bottlenecks of width {width}, batch norm, Kaiming, fan out · seed {seed} · "
        "the start: {count} crops of the sample photos; the steps: batches of {batch} of CIFAR-10’s test "
        "photos (Krizhevsky 2009), 16 × 16 pixels, rate {rate}"
    )
    values = {"depth": config.depth, "width": config.width, "seed": config.seed, "count": config.count}
    st.caption(words.format(batch=BATCH, rate=RATE, **values))
    st.markdown(prose("orders_theory"))


def _config_input(controls: DeltaGenerator, places: Screen) -> OrdersConfig:
    depth = linked_select(
        "tl_depth",
        t("Layers"),
        DEPTHS,
        default=DEPTHS[-1],
        names=lambda number: t("{number:,} layers").format(number=number),
        at=controls,
        label_visibility="collapsed",
        width=150,
    )
    with places.settings:
        width = linked_number("tl_width", t("Width of stage 1"), 1, WIDEST, default=4)
        count = linked_number("tl_count", t("Images"), 2, MOST_IMAGES, default=4)
        seed = linked_number("tl_seed", t("Seed"), 0, 9999, default=0)
        steps = linked_number("tl_steps", t("Steps of training"), 2, MOST_STEPS, default=STEPS)
    return OrdersConfig(depth, width, count, seed, steps)


def _show_start(
    config: OrdersConfig,
    view: str,
    names: tuple[str, str],
    compared: str,
    guessed: Guess,
    places: Screen,
) -> None:
    """Signal or gradient before any step, and the verdict."""
    _load_torch(places)

    def start() -> Iterator[Step[Orders]]:
        from resnet_explorer.labs.depth.orders_run import measure_orders

        return measure_orders(config)

    asked = (config.depth, config.width, config.count, config.seed)
    with places.picture:
        waiting = st.container()
        with (room := st.empty()):
            show_svg(compared, "tl_waiting", height=HEIGHT)
        with waiting:
            found, is_whole = run_with_progress("_tl_measured", asked, start, t("Blocks, in pieces"))
    if found is None or not is_whole:
        return
    room.empty()
    from resnet_explorer.labs.depth.figure import GRADIENT_VIEWS, SIGNAL_VIEWS, view_figure

    told = orders_finding(found)
    if view == "signal":
        figure = cached_result(
            "_tl_signal", (found,), lambda: view_figure(found.signal, SIGNAL_VIEWS["log"], kinds=names)
        )
    else:
        figure = cached_result(
            "_tl_gradient",
            (found,),
            lambda: view_figure(found.gradient, GRADIENT_VIEWS["inputs"], kinds=names),
        )
    with places.picture:
        reason(
            t(
                "Pre-activated, no ReLU cuts x, but every block adds to it: "
                "its gradient grows, and does not vanish."
            )
        )
        show_chart(figure, f"tl_{view}_chart", told.replace("**", ""))
    places.sentence.markdown(verdict(guessed, steadier(found), CHOICES, told))


def _show_training(config: OrdersConfig, names: tuple[str, str], places: Screen) -> None:
    """The first steps, live, once asked."""
    from resnet_explorer.labs.depth.losses_figure import losses_figure

    asked = (config.depth, config.width, config.seed, config.steps)

    def start() -> Iterator[Step[Losses]]:
        from resnet_explorer.labs.depth.orders_run import train_orders

        return train_orders(config)

    def draw(losses: Losses | None) -> None:
        figure = losses_figure(losses or ((), ()), names, config.steps)
        show_chart(figure, "tl_losses", t("The loss of each step"), height=330)

    words = t("{steps} steps of each network, a batch of {batch} in turns.")
    with places.picture:
        _, button = st.columns([5, 1])
        if not is_asked("tl_go", asked, t("Train both"), button):
            places.sentence.markdown(words.format(steps=config.steps, batch=BATCH))
            draw(None)
            return
    _load_torch(places)
    with places.picture:
        found = run_live("_tl_training", asked, start, t("Steps"), draw)
    if found:
        places.sentence.markdown(losses_finding(found))


def _load_torch(places: Screen) -> None:
    with places.picture, st.spinner(t("Loading torch …")):
        warm_up("resnet_explorer.labs.depth.orders_run")
