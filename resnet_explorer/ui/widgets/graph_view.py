"""A drawing that is zoomed with the wheel, dragged, walked through by keyboard and clicked.

The SVG must be one that this project drew: it is put into the page as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from resnet_explorer.graph import interactive
from resnet_explorer.graph.diagram import Direction
from resnet_explorer.graph.svg import Picture
from resnet_explorer.network.layers import Plan
from resnet_explorer.ui.widgets.component import component

_graph = component(interactive.__file__, interactive.HTML)


def graph_view(
    picture: Picture,
    p: Plan,
    *,
    key: str,
    direction: Direction,
    has_words: bool = True,
    on_pick: Callable[[str], None],
    on_toggle: Callable[[str], None],
    on_enter: Callable[[str], None],
    picked: str | None = None,
    record: Mapping[str, object] | None = None,
    usage: Sequence[str] = (),
) -> None:
    """Show a picture that is zoomed, panned, walked through and clicked.

    Args:
        picture: the drawing; what can be clicked in it has a `data-part`.
        p: the network that is drawn; the view starts anew when it is another.
        key: the component's key.
        direction: along which the arrow keys go from box to box.
        has_words: whether its words can be read when all of it is seen; else they come with zooming in.
        on_pick: called with the part that was clicked, or "" when the mark was taken away.
        on_toggle: called with the part that was double-clicked: to unfold, or to fold, its stage.
        on_enter: called with the part whose record's button "inside" was clicked.
        picked: the part that is marked, and brought into view if it was not clicked there.
        record: what the panel at its side says of that part: "title", "facts" and "fold", the words of the
            button that folds or unfolds its stage, if any, and "inside", those of the button that enters it.
        usage: how the graph is used, for the same panel.
    """

    def passed_on(event: str, act: Callable[[str], None]) -> Callable[[], None]:
        def call() -> None:
            part = st.session_state[key].get(event)
            if part is not None:
                act(part)

        return call

    _graph(
        key=key,
        data=interactive.view_data(p, direction)
        | interactive.drawn(picture)
        | {"has_words": has_words, "picked": picked, "record": record, "help": usage},
        on_picked_change=passed_on("picked", on_pick),
        on_toggled_change=passed_on("toggled", on_toggle),
        on_entered_change=passed_on("entered", on_enter),
    )
