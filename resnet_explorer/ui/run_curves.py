"""The curves of one run on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.finetune.runs import RunEntry
from resnet_explorer.i18n import t

if TYPE_CHECKING:
    from resnet_explorer.finetune.curves import Quantity

_QUANTITIES: Final[tuple[Quantity, ...]] = ("accuracy", "loss")


def show_curves(run: RunEntry) -> None:
    """Accuracy and loss, side by side, to the last epoch that was asked for."""
    # Plotly is loaded when there is something to draw.
    from resnet_explorer.finetune.curves import run_figure

    for column, quantity in zip(st.columns(2, gap="large"), _QUANTITIES, strict=True):
        column.plotly_chart(
            run_figure(run.log, quantity, run.story.settings.epochs),
            key=f"ru_{quantity}_{run.key}",
            config={"displayModeBar": False},
            alt=t("The {quantity} of each epoch").format(quantity=quantity),
        )
