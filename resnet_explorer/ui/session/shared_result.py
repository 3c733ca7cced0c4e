"""What a session computed last, shared with all that ask the same: a class looks at one photo."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, Literal, TypeVar

import streamlit as st

from resnet_explorer.common.i18n import language
from resnet_explorer.common.shared_results import SharedResults
from resnet_explorer.ui.session.cached_result import cached_result

T = TypeVar("T")
Kind = Literal["pass", "picture"]

KEPT: Final[dict[Kind, int]] = {"pass": 16, "picture": 32}
"""Results of all sessions: a pass of ResNet-152 has 12 MB, a strip of pictures 3 MB."""


def shared_result(
    key: str, inputs: tuple[Hashable, ...], compute: Callable[[], T], kind: Kind = "picture"
) -> T:
    """As `cached_result`; and what another session computed for the same inputs is not computed again.

    Args:
        key: names it in the session's state.
        inputs: all that the result depends on; of a photo its digest, of what is shared itself.
        compute: makes the result, without Streamlit's elements; it is shared and not to be changed.
        kind: of what is computed; passes are of one kind whatever key they are kept under.
    """
    question = (kind if kind == "pass" else key, language(), *inputs)
    return cached_result(key, inputs, lambda: _shared(kind).get(question, compute))


@st.cache_resource(show_spinner=False)
def _shared(kind: Kind) -> SharedResults:
    return SharedResults(KEPT[kind])
