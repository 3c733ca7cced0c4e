"""The notebook of the landscape, at the foot of the page."""

from __future__ import annotations

from resnet_explorer.ui.lab import notebook_button
from resnet_explorer.ui.lab_landscape_again import Question


def show_notebook(asked: Question) -> None:
    """Offer it with the page's parameters."""
    from resnet_explorer.labs.landscape_notebook import landscape_notebook

    notebook_button(
        lambda: landscape_notebook(asked.key, asked.count, asked.seed, asked.span, asked.steps),
        "landscape.ipynb",
    )
