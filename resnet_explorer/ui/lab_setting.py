"""The controls of an experiment on a fresh pair of networks, plain and residual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import streamlit as st

from resnet_explorer.depth import choose_depth
from resnet_explorer.i18n import t
from resnet_explorer.labs.setting import DEEPEST, IMAGES, INITS, LARGEST, SHALLOWEST, Images, Init, Setting
from resnet_explorer.spec import Activation, Norm
from resnet_explorer.ui.linked import linked, one_of, whole

USUAL: Final = Setting()
MOST_LAYERS: Final = 1000

_NORMS: Final = {"batch": t("Batch norm"), "none": t("None")}
_ACTIVATIONS: Final = {"post": t("After (2015)"), "pre": t("Before (2016)")}


def setting_input(prefix: str) -> Setting:
    """The controls; the seldom ones fold away.

    Args:
        prefix: of the keys, as in the link.
    """
    first, second, third, fourth = st.columns([1, 1.3, 1.5, 1], gap="medium", vertical_alignment="bottom")
    with first:
        depth, reason = _depth(prefix)
    with second:
        norm = cast(Norm, _choice(f"{prefix}norm", t("Normalization"), _NORMS, USUAL.norm))
    with third:
        label = t("Norm and ReLU, of the convolution")
        activation = cast(Activation, _choice(f"{prefix}act", label, _ACTIVATIONS, USUAL.activation))
    with fourth, st.popover(t("More"), icon=":material/tune:", width="stretch"):
        width = _number(f"{prefix}width", t("Width of stage 1"), *LARGEST["width"], USUAL.width)
        count = _number(f"{prefix}count", t("Images"), *LARGEST["count"], USUAL.count)
        images = cast(Images, _choice(f"{prefix}images", t("The batch"), IMAGES, USUAL.images))
        seed = _number(f"{prefix}seed", t("Seed"), *LARGEST["seed"], USUAL.seed)
    # Without batch norm there is no γ to begin at zero.
    inits = {code: words for code, words in INITS.items() if code != "zero" or norm == "batch"}
    init = cast(Init, _choice(f"{prefix}init", t("First weights"), inits, USUAL.init))
    if reason:
        st.caption(reason)
    return Setting(depth, width, norm, activation, init, images, count, seed)


def _depth(prefix: str) -> tuple[int, str]:
    """The depth that there is, and why it is another than was asked for."""
    asked = _number(f"{prefix}depth", t("Layers"), SHALLOWEST, MOST_LAYERS, USUAL.depth, step=6)
    chosen = choose_depth(asked, "basic", "cifar")
    return min(chosen.depth, DEEPEST), "" if chosen.exact else chosen.reason


def _number(key: str, label: str, low: int, high: int, usual: int, step: int = 1) -> int:
    linked(key, usual, whole(low, high))
    return int(st.number_input(label, low, high, step=step, key=key, persist_state="session"))


def _choice(key: str, label: str, words: Mapping[str, str], usual: str) -> str:
    linked(key, usual, one_of(words))
    st.segmented_control(
        label,
        list(words),
        required=True,
        format_func=words.__getitem__,
        key=key,
        wrap=True,
        persist_state="session",
    )
    return str(st.session_state[key])
