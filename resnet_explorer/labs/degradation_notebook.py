"""The study of degradation and a live training as a notebook that runs on this library."""

from __future__ import annotations

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.duel_setting import Duel
from resnet_explorer.notebook import Cell, notebook


def degradation_notebook(setting: Duel) -> bytes:
    """The study's logs and a duel, cell by cell; it ends with the names `logs` and `fought`."""
    cells: list[Cell] = [
        ("markdown", prose("degradation_theory")),
        (
            "markdown",
            t("The runs that this project made and keeps: training error dotted, test error solid."),
        ),
        ("code", _STUDY),
        ("code", _TABLE),
        ("markdown", t("Two networks trained now, on the photos that ship with the library.")),
        ("code", f"from resnet_explorer.labs.duel_setting import Duel, Fighter\n\nsetting = {setting!r}"),
        ("code", _DUEL),
        ("code", _FIGURE),
    ]
    return notebook(t("Degradation"), cells)


_STUDY = """
from resnet_explorer.labs.degradation_figures import study_figure
from resnet_explorer.labs.study import logs_of_all

logs = logs_of_all()
study_figure(logs, "both")
"""

_TABLE = """
from resnet_explorer.labs.degradation_reading import rows

for row in rows(logs):
    print(row)
"""

_DUEL = """
from resnet_explorer.labs.duel import duel

for step in duel(setting):
    pass
fought = step.answer
for fighter, log in zip(setting.fighters, fought.logs):
    print(f"{fighter.name}: training error {log[-1].train_error:.1%}, test error {log[-1].test_error:.1%}")
"""

_FIGURE = """
from resnet_explorer.labs.degradation_figures import duel_figure

figure = duel_figure(setting, fought, "both")
figure
"""
