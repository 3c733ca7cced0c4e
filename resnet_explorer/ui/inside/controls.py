"""Which block, channel and network the page Inside shows, and the ways that lead to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.network.layers import Block
from resnet_explorer.ui.app.goal import set_goal
from resnet_explorer.ui.app.page_list import INSIDE
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.session.network import link_parameters
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_select

BLOCK: Final = "in_block"
SOURCE: Final = "in_source"
NETWORK: Final = "in_net"
MEAN: Final = "mean"
CHOSEN: Final = "chosen"
REFINING: Final = "study/residual-56"
"""Nine blocks a stage: enough to see which of them refine."""


def source_input(at: DeltaGenerator) -> str:
    """What goes in: a photo, of which a block or one number is shown, or a tensor of one's own."""
    names = {"photo": msg("your photo"), "arithmetic": msg("one number"), "tensor": msg("a tensor")}
    return linked_choice(
        SOURCE, t("What goes in"), names, default="photo", at=at, label_visibility="collapsed"
    )


def block_input(blocks: Sequence[Block], at: DeltaGenerator) -> int:
    """The block, by its index; a click in the strip chooses one as well."""
    numbers = {block.name: index for index, block in enumerate(blocks)}
    chosen = linked_select(
        BLOCK,
        t("Block"),
        numbers,
        default=blocks[first_shown(blocks)].name,
        names=lambda name: t("block {number}").format(number=name.removeprefix("layer")),
        at=at,
        label_visibility="collapsed",
        width=130,
    )
    return numbers[chosen]


def channel_input(channels: int, at: DeltaGenerator) -> int | None:
    """The channel, or None for the mean of all."""
    chosen = linked_select(
        "in_channel",
        t("Channel"),
        [MEAN, *map(str, range(channels))],
        default=MEAN,
        names=lambda name: t("mean map") if name == MEAN else t("channel {number}").format(number=name),
        at=at,
        label_visibility="collapsed",
        width=150,
    )
    return None if chosen == MEAN else int(chosen)


def first_shown(blocks: Sequence[Block]) -> int:
    """The block that is shown unless told: the first of stage 2 that adds x as it is, or else the last."""
    return next(
        (
            index
            for index, block in enumerate(blocks)
            if block.stage == "stage 2" and block.shortcut == "identity"
        ),
        len(blocks) - 1,
    )


def is_refining() -> bool:
    """Whether the study's deep network is shown in place of the session's."""
    return linked(NETWORK, CHOSEN, one_of((CHOSEN, REFINING))) == REFINING


def refining_button() -> None:
    """To the network of many blocks a stage, and back."""
    refining = st.session_state[NETWORK] == REFINING
    st.button(
        t("Your network") if refining else t("Nine blocks a stage"),
        key="_in_refining",
        help=t("Residual 56 of the study, nine blocks in each stage: which of them refine?"),
        on_click=_show_network,
        args=(CHOSEN if refining else REFINING,),
    )


def pick(part: str) -> None:
    """Follow a click in the strip; for callbacks."""
    st.session_state[BLOCK] = part


def inside_button(block: str) -> None:
    """A way from another page to a block of the session's network, by its name in torchvision: "layer2.0"."""
    label = t("Inside {block}").format(block=block)
    st.button(label, key="_inside", help=INSIDE.purpose, on_click=aim_inside, args=(block,))


def aim_inside(block: str) -> None:
    """Go from another page to a block of the session's network; for callbacks."""
    st.session_state[BLOCK], st.session_state[SOURCE] = block, "photo"
    go_inside()


def go_inside() -> None:
    """Go from another page to this one, with the session's network; for callbacks."""
    st.session_state[NETWORK] = CHOSEN
    set_goal(INSIDE.file, link_parameters())


def pick_refining(part: str) -> None:
    """Go to a block of the network of many blocks a stage; for callbacks."""
    st.session_state[NETWORK], st.session_state[BLOCK] = REFINING, part


def _show_network(name: str) -> None:
    st.session_state[NETWORK] = name
