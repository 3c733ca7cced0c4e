"""The controls of an experiment on a fresh pair of networks, plain and residual."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import streamlit as st

from resnet_explorer.depth import choose_depth
from resnet_explorer.i18n import t
from resnet_explorer.labs.setting import IMAGES, INITS, LARGEST, SHALLOWEST, Images, Init, Setting
from resnet_explorer.spec import Activation, Norm
from resnet_explorer.ui.linked import linked, one_of, whole
from resnet_explorer.ui.page_end import end_page

USUAL: Final = Setting()
MOST_LAYERS: Final = 1000

_NORMS: Final = {"batch": t("Batch norm"), "none": t("None")}
_ACTIVATIONS: Final = {"post": t("After conv (v1)"), "pre": t("Before (v2)")}


def setting_input(prefix: str, usual: Setting = USUAL) -> Setting:
    """The controls; the seldom ones fold away.

    Args:
        prefix: of the keys, as in the link.
        usual: what they are unless told.
    """
    first, second, third, fourth = st.columns([1, 1.3, 1.8, 0.9], gap="medium", vertical_alignment="bottom")
    with first:
        depth, reason = _depth(prefix, usual.depth)
    with second:
        norm = cast(Norm, _choice(f"{prefix}norm", t("Normalization"), _NORMS, usual.norm))
    with third:
        label = t("Norm and ReLU")
        activation = cast(Activation, _choice(f"{prefix}act", label, _ACTIVATIONS, usual.activation))
    with fourth, st.popover(t("More"), icon=":material/tune:", width="stretch"):
        width = _number(f"{prefix}width", t("Width of stage 1"), *LARGEST["width"], usual.width)
        count = _number(f"{prefix}count", t("Images"), *LARGEST["count"], usual.count)
        images = cast(Images, _choice(f"{prefix}images", t("The batch"), IMAGES, usual.images))
        seed = _number(f"{prefix}seed", t("Seed"), *LARGEST["seed"], usual.seed)
    # Without batch norm there is no γ to begin at zero.
    inits = {code: words for code, words in INITS.items() if code != "zero" or norm == "batch"}
    init = cast(Init, _choice(f"{prefix}init", t("First weights"), inits, usual.init))
    if reason:
        st.caption(reason)
    try:
        return Setting(depth, width, norm, activation, init, images, count, seed)
    except ValueError as refusal:
        st.error(str(refusal))
        end_page()


def _depth(prefix: str, usual: int) -> tuple[int, str]:
    """The depth that there is, and why it is another than was asked for."""
    asked = _number(f"{prefix}depth", t("Layers"), SHALLOWEST, MOST_LAYERS, usual, step=6)
    chosen = choose_depth(asked, "basic", "cifar")
    return chosen.depth, "" if chosen.exact else chosen.reason


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
