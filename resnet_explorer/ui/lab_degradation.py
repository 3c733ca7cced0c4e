"""The study of degradation on the page: the verdict, its curves, its table and its recipe."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.study import DEPTHS, logs_of_all, recipe, story
from resnet_explorer.tables import to_csv
from resnet_explorer.training.paper_recipe import KINDS
from resnet_explorer.ui.lab import verdict, view_input
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button

CHOICES: Final = {
    "shallow": t("The shallowest, {layers} layers").format(layers=DEPTHS[0]),
    "middle": t("One in between"),
    "deep": t("The deepest, {layers} layers").format(layers=DEPTHS[-1]),
}

CURVES: Final = t("Curves: training error dotted, test error solid.")


def study(guessed: str | None) -> None:
    """What the runs that this project made and keeps came to.

    Args:
        guessed: the reader's guess, a key of `CHOICES`, or none.

    Raises:
        ValueError: if a log is missing or damaged.
    """
    from resnet_explorer.labs.degradation_figures import SHOWN, study_figure
    from resnet_explorer.labs.degradation_reading import differences, outcome, residual_sentence, sentence

    logs = logs_of_all()
    verdict(guessed, outcome(logs), CHOICES, f"{sentence(logs)} {residual_sentence(logs)}")
    shown = view_input("dg_error", t("Drawn"), SHOWN, "train")
    figure = remembered("_dg_study", (shown,), lambda: study_figure(logs, shown))
    st.plotly_chart(figure, key="dg_chart", config={"displaylogo": False}, alt=SHOWN[shown])
    used = recipe(KINDS[0], DEPTHS[0])
    st.caption(
        t(
            "Our own runs on CIFAR-10, shorter than the paper’s: {differences}. "
            "Dashed lines: the rate falls to a tenth. {curves}"
        ).format(differences=differences(used), curves=CURVES)
    )
    _table()
    _recipe()


def _table() -> None:
    from resnet_explorer.labs.degradation_reading import epoch_rows, rows

    logs = logs_of_all()
    found = rows(logs)
    percents = [name for name in found[0] if name not in ("layers", "parameters")]
    names = {
        "layers": t("layers"),
        "parameters": t("parameters"),
        "plain, train": t("plain, training error"),
        "plain, test": t("plain, test error"),
        "residual, train": t("residual, training error"),
        "residual, test": t("residual, test error"),
        "paper, residual, test": t("paper’s residual, test error"),
    }
    st.subheader(t("Beside the paper’s Table 6"))
    head = "| " + " | ".join(names[name] for name in found[0]) + " |"
    lines = [
        "| " + " | ".join(f"{row[name]:.2%}" if name in percents else f"{row[name]:,}" for name in row) + " |"
        for row in found
    ]
    st.markdown("\n".join([head, "|" + "---:|" * len(names), *lines]))
    st.caption(
        t(
            "The paper shows its plain networks as curves and prints no figures of them; "
            "plain 110 was above 60 %."
        )
    )
    save_button(t("Every epoch as CSV"), lambda: to_csv(epoch_rows(logs)), "degradation.csv")


def _recipe() -> None:
    told, used = story(KINDS[0], DEPTHS[0]), recipe(KINDS[0], DEPTHS[0])
    with st.expander(t("The recipe, and the command that made the runs")):
        st.markdown(
            prose("degradation_recipe").format(
                momentum=used.momentum,
                decay=used.weight_decay,
                batch=used.batch_size,
                rate=used.rate,
                padding=used.padding,
                precision=used.precision,
                seed=used.seed,
                images=told["images"],
                torch=told["torch"],
            )
        )
        st.code(
            "python -m resnet_explorer degradation cifar-10-binary.tar.gz --out runs/degradation "
            f"--epochs {used.epochs} --side {used.side} --seed {used.seed} --threads {told['threads']}",
            language="bash",
        )
