"""The controls of a measurement through the depth of a fresh pair of networks, plain and residual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.labs.depth.config import (
    IMAGES,
    INITIAL_WEIGHTS,
    LARGEST,
    SHALLOWEST,
    DepthConfig,
    InitialWeights,
)
from resnet_explorer.network.depth_rules import choose_depth
from resnet_explorer.network.spec import Activation, Norm
from resnet_explorer.ui.app.url_state import linked, one_of
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_number, linked_select

MOST_LAYERS: Final = 1000

_NORMS: Final[Mapping[Norm, str]] = {"batch": msg("batch norm"), "none": msg("no norm")}
_ACTIVATIONS: Final[Mapping[Activation, str]] = {"post": "post-activation", "pre": "pre-activation"}


def config_input(prefix: str, default: DepthConfig, controls: DeltaGenerator) -> DepthConfig:
    """Draw depth and norm in the head of the page, and where this is called, what is seldom changed.

    The order of norm and ReLU and the initial weights are drawn by `order_input`, and known before.

    Args:
        prefix: of the keys, as in the link.
        default: what they are by default.
        controls: the room in the head.

    Raises:
        ValueError: in one sentence, for values that make no experiment.
    """
    with controls:
        asked = linked_number(
            f"{prefix}depth",
            t("Layers"),
            SHALLOWEST,
            MOST_LAYERS,
            default=default.depth,
            step=6,
            label_visibility="collapsed",
            width=150,
        )
        st.markdown(t("layers"))
        norm = linked_choice(
            f"{prefix}norm", t("Normalization"), _NORMS, default=default.norm, label_visibility="collapsed"
        )
    activation = linked(f"{prefix}act", default.activation, one_of(_ACTIVATIONS))
    init = linked(f"{prefix}init", default.init, one_of(_inits(norm)))
    images = linked_choice(f"{prefix}images", t("The batch"), IMAGES, default=default.images, wrap=True)
    row = st.container(horizontal=True, wrap=False)
    width = linked_number(
        f"{prefix}width", t("Width of stage 1"), *LARGEST["width"], default=default.width, at=row
    )
    count = linked_number(f"{prefix}count", t("Images"), *LARGEST["count"], default=default.count, at=row)
    seed = linked_number(f"{prefix}seed", t("Seed"), *LARGEST["seed"], default=default.seed, at=row)
    depth = choose_depth(asked, "basic", "cifar")
    if not depth.exact:
        st.caption(depth.reason)
    return DepthConfig(depth.depth, width, norm, activation, init, images, count, seed)


def order_input(prefix: str, default: DepthConfig, at: DeltaGenerator) -> None:
    """Draw the order of norm and ReLU, and the initial weights.

    Args:
        prefix: of the keys, as in the link.
        default: what they are by default.
        at: where they stand.
    """
    linked_select(
        f"{prefix}act",
        t("Norm and ReLU"),
        _ACTIVATIONS,
        default=default.activation,
        at=at,
        label_visibility="collapsed",
        width=165,
    )
    linked_select(
        f"{prefix}init",
        t("Initial weights"),
        _inits(st.session_state[f"{prefix}norm"]),
        default=default.init,
        names=INITIAL_WEIGHTS,
        at=at,
        label_visibility="collapsed",
        width=190,
    )


def _inits(norm: Norm) -> list[InitialWeights]:
    """Without batch norm there is no γ to begin at zero."""
    return [init for init in INITIAL_WEIGHTS if init != "zero" or norm == "batch"]
