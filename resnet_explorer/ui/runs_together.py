"""Several runs held against each other: a curve each, and what they were told differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from resnet_explorer.finetune.run_rows import differences, labels_of, row_of
from resnet_explorer.finetune.runs import RunEntry
from resnet_explorer.i18n import t
from resnet_explorer.short_text import duration, shortened
from resnet_explorer.ui.linked import linked, one_of, some_of, write
from resnet_explorer.ui.words_table import words_table

MOST: Final = 6
"""Runs at once: as many as have colours of their own."""
USUAL: Final = 3
"""So many of the newest are compared unless told."""
WHAT: Final = ("val_accuracy", "val_loss", "train_loss")

_SOME, _CURVE = "ru_some", "ru_curve"


def show_together(known: Sequence[RunEntry], starts: Mapping[str, str]) -> None:
    """The section; nothing where there are not two runs with an epoch each.

    Args:
        known: all runs.
        starts: what people read of trained networks, by their keys.
    """
    learnt = [run for run in known if run.log]
    if len(learnt) < 2:
        return
    st.header(t("Compare"))
    chosen = _some(learnt)
    if not chosen:
        st.info(t("Choose the runs to compare."))
        return
    labels = labels_of(known)
    names = [labels[run.key] for run in chosen]
    what = _curve()
    # Plotly is loaded when there is something to draw.
    from resnet_explorer.finetune.curves import CURVES, RunCurve, comparison_figure

    curves = tuple(RunCurve(name, run.log) for name, run in zip(names, chosen, strict=True))
    st.plotly_chart(
        comparison_figure(curves, what),
        key="ru_together",
        config={"displayModeBar": False},
        alt=t("{what} of {names}").format(what=CURVES[what], names=", ".join(names)),
    )
    _show_differences(chosen, names, starts)


def _some(learnt: Sequence[RunEntry]) -> list[RunEntry]:
    by_key = {run.key: run for run in learnt}
    code = some_of(by_key)
    keys = linked(_SOME, list(by_key)[:USUAL], code)
    keys = st.session_state[_SOME] = keys[:MOST]  # told anew: the browser knows them by their names of before
    write(_SOME, code.write(keys))  # on another day the newest are others
    labels = labels_of(learnt)
    st.multiselect(
        t("Runs, at most {most}").format(most=MOST),
        list(by_key),
        format_func=labels.__getitem__,
        max_selections=MOST,
        key=_SOME,
        persist_state="session",
    )
    return [by_key[key] for key in keys]


def _curve() -> str:
    names = {
        "val_accuracy": t("Validation accuracy"),
        "val_loss": t("Validation loss"),
        "train_loss": t("Training loss"),
    }
    what: str = linked(_CURVE, WHAT[0], one_of(WHAT))
    st.segmented_control(
        t("Curve"),
        WHAT,
        required=True,
        format_func=names.__getitem__,
        key=_CURVE,
        wrap=True,
        persist_state="session",
    )
    return what


def _show_differences(chosen: Sequence[RunEntry], names: Sequence[str], starts: Mapping[str, str]) -> None:
    """What came of each, and what they were told differently, a column for each run."""
    if len(chosen) < 2:
        return
    found = differences(chosen, starts)
    if not found:
        st.markdown(t("They were told the same."))
    rows = [row_of(run, starts) for run in chosen]
    best = [run.best for run in chosen]
    came = [
        (t("Right"), [f"{each.val_accuracy:.1%}" if each else "–" for each in best]),
        (t("Best epoch"), [str(each.epoch) if each else "–" for each in best]),
        (t("Time"), [duration(row.seconds) for row in rows]),
    ]
    words_table([*came, *found], [shortened(name) for name in names])
