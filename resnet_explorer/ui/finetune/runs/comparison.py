"""Several runs compared: a curve each, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import duration, enumerated, shortened
from resnet_explorer.finetune.runs.store import RunEntry
from resnet_explorer.finetune.runs.table import CURVES, differences, labels_of
from resnet_explorer.ui.app.url_state import linked, some_of, write
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.wrapped_table import words_table

MOST: Final = 6
"""Runs at once: as many as have colours of their own."""
DEFAULT: Final = 3
"""So many of the newest are compared by default; the example, as long as there are not two of one's own."""
_RUNS: Final = "ru_some"


def show_comparison(known: Sequence[RunEntry], starts: Mapping[str, str]) -> None:
    """The section; nothing where there are not two runs with an epoch each.

    Args:
        known: all runs.
        starts: what people read of trained networks, by their keys.
    """
    trained = [run for run in known if run.log]
    if len(trained) < 2:
        return
    st.header(t("Compare"))
    chosen = _runs_input(trained)
    if not chosen:
        st.info(t("Choose the runs to compare."))
        return
    labels = labels_of(known)
    names = [labels[run.key] for run in chosen]
    curve = linked_choice("ru_curve", t("Curve"), CURVES, default="val_accuracy", wrap=True)
    # Plotly is loaded when there is something to draw.
    from resnet_explorer.finetune.runs.curves import RunCurve, comparison_figure

    curves = tuple(RunCurve(name, run.log) for name, run in zip(names, chosen, strict=True))
    st.plotly_chart(
        comparison_figure(curves, curve),
        key="ru_together",
        config={"displayModeBar": False},
        alt=t("{curve} of {names}").format(curve=t(CURVES[curve]), names=enumerated(names)),
    )
    if len(chosen) > 1:
        _show_differences(chosen, names, starts)


def _runs_input(trained: Sequence[RunEntry]) -> list[RunEntry]:
    by_key = {run.key: run for run in trained}
    code = some_of(by_key)
    own = [run.key for run in trained if not run.is_example]
    keys = linked(_RUNS, (own if len(own) > 1 else list(by_key))[:DEFAULT], code)
    keys = st.session_state[_RUNS] = keys[:MOST]  # said anew: the browser knows them by their former names
    write(_RUNS, code.write(keys))  # on another day the newest are others
    st.multiselect(
        t("Runs, at most {most}").format(most=MOST),
        list(by_key),
        format_func=labels_of(trained).__getitem__,
        max_selections=MOST,
        **keeping_value(_RUNS),
    )
    return [by_key[key] for key in keys]


def _show_differences(chosen: Sequence[RunEntry], names: Sequence[str], starts: Mapping[str, str]) -> None:
    """What came of each, and in which settings they differ, a column for each run."""
    found = differences(chosen, starts)
    if not found:
        st.markdown(t("Their settings are the same."))
    best = [run.best for run in chosen]
    results = [
        (t("Accuracy"), [f"{each.val_accuracy:.1%}" if each else "–" for each in best]),
        (t("Best epoch"), [str(each.epoch) if each else "–" for each in best]),
        (t("Time"), [duration(run.seconds) for run in chosen]),
    ]
    words_table([*results, *found], [shortened(name) for name in names])
