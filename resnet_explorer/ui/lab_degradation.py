"""The study of degradation on the page: the verdict, its curves, its table and its recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.labs.study import DEPTHS, logs_of_all, recipe, story
from resnet_explorer.tables import to_csv, to_markdown
from resnet_explorer.training.paper_recipe import KINDS, PaperRecipe
from resnet_explorer.ui.lab import verdict, view_input
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button

if TYPE_CHECKING:
    from resnet_explorer.labs.degradation_figures import Logs

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
    _table(logs)
    _recipe(used)


def _table(logs: Logs) -> None:
    from resnet_explorer.labs.degradation_reading import epoch_rows, rows

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
    table = [
        {names[name]: f"{value:.2%}" if isinstance(value, float) else value for name, value in row.items()}
        for row in rows(logs)
    ]
    st.markdown(to_markdown(table, right=names.values()))
    st.caption(
        t(
            "Training errors are counted while an epoch learns, on photos cropped and mirrored; test errors "
            "after it, on photos as they are: so they may be the lower ones. The paper shows its plain "
            "networks as curves and prints no figures of them; plain 110 was above 60 %."
        )
    )
    save_button(t("Every epoch as CSV"), lambda: to_csv(epoch_rows(logs)), "degradation.csv")


def _recipe(used: PaperRecipe) -> None:
    told = story(KINDS[0], DEPTHS[0])
    archive = told["images"].split()[-1]
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
            f"python -m resnet_explorer degradation {archive} --out runs/degradation "
            f"--epochs {used.epochs} --side {used.side} --seed {used.seed} --threads {told['threads']}",
            language="bash",
        )
