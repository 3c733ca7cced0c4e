"""The study of degradation on the page: the verdict, its curves, its table and its recipe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.labs.compared_svg import Strip, compared_svg
from resnet_explorer.labs.degradation.study import DEPTHS, NETWORKS, logs_of_all, recipe, run_config
from resnet_explorer.network.table_rows import to_csv, to_markdown
from resnet_explorer.training.paper_recipe import KINDS, PaperRecipe, network, run_name
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.labs.question import HEIGHT, Guess, guess, is_shown, reason, show_chart, verdict
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import show_svg

if TYPE_CHECKING:
    from resnet_explorer.labs.degradation.figures import Logs

CHOICES: Final = {
    "shallow": msg("20 layers"),
    "deep": msg("56 layers"),
    "alike": msg("Both alike, within a point"),
}
"""What may be guessed, in English."""
CURVES: Final = msg("Curves: training error dotted, test error solid.")
_COLUMNS: Final = {
    "layers": msg("layers"),
    "parameters": msg("parameters"),
    "plain, train": msg("plain, training error"),
    "plain, test": msg("plain, test error"),
    "residual, train": msg("residual, training error"),
    "residual, test": msg("residual, test error"),
    "paper, residual, test": msg("paper’s residual, test error"),
}
"""Of the table, in English."""


def ask(place: DeltaGenerator) -> Guess:
    """Draw the question; the page ends with it until somebody has guessed.

    Args:
        place: of the picture.
    """
    strips = [Strip.of(f"{t('plain')} {depth}", network("plain", depth)) for depth in DEPTHS]
    with place:
        guessed = guess(
            "dg_guess",
            t("Which of the two makes fewer mistakes on the very images it learns from?"),
            t("Two plain networks, {few} and {many} layers, learn the same images by one recipe.").format(
                few=DEPTHS[0], many=DEPTHS[-1]
            ),
            CHOICES,
            lambda: show_svg(compared_svg(strips), "dg_compared", height=HEIGHT),
        )
    if not is_shown("dg_guess"):
        end_page()
    return guessed


def study(
    guessed: Guess,
    controls: DeltaGenerator,
    place: DeltaGenerator,
    sentence: DeltaGenerator,
    take_home: DeltaGenerator,
) -> None:
    """What the runs that this project made and keeps came to.

    Args:
        guessed: the reader's guess.
        controls: room in the head.
        place: of the picture.
        sentence: the foot's place for it.
        take_home: room beside that.

    Raises:
        ValueError: if a log is missing or damaged.
    """
    from resnet_explorer.labs.degradation.figures import SHOWN, study_figure
    from resnet_explorer.labs.degradation.findings import epoch_rows, outcome, reading
    from resnet_explorer.labs.degradation.findings import sentence as study_sentence

    logs = logs_of_all()
    shown = linked_choice(
        "dg_error",
        t("Drawn"),
        SHOWN,
        default="train",
        names=SHOWN,
        at=controls,
        label_visibility="collapsed",
    )
    figure = cached_result("_dg_study", (shown,), lambda: study_figure(logs, shown))
    measured = study_sentence(logs)
    with place:
        reason(reading(logs))
        show_chart(figure, "dg_chart", f"{t(SHOWN[shown])}. {measured.replace('**', '')}")
    sentence.markdown(verdict(guessed, outcome(logs), CHOICES, measured))
    with take_home:
        save_button(t("Epochs (CSV)"), lambda: to_csv(epoch_rows(logs)), "degradation.csv")


def study_details() -> None:
    """What the figure leaves out: the table beside the paper's, and the recipe."""
    from resnet_explorer.labs.degradation.findings import differences, residual_sentence

    logs, used = logs_of_all(), recipe(KINDS[0], DEPTHS[0])
    st.markdown(residual_sentence(logs))
    words = t(
        "Our own runs on CIFAR-10, shorter than the paper’s: {differences}. "
        "Dashed lines: the rate falls to a tenth. Diamonds, where test errors are drawn: those of the "
        "paper’s residual networks at their end. {curves}"
    )
    st.caption(words.format(differences=differences(used), curves=t(CURVES)))
    _table(logs)
    _recipe(used)


def _table(logs: Logs) -> None:
    from resnet_explorer.labs.degradation.findings import rows

    st.subheader(t("Beside the paper’s Table 6"))
    names = {column: t(name) for column, name in _COLUMNS.items()}
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


def _in_words(images: str) -> str:
    """The images of the study, as its file tells of them, in the language of now."""
    learnt, tested = (int(count.replace(",", "")) for count in re.findall(r"[\d,]+(?= )", images)[:2])
    words = t("{learnt:,} training and {tested:,} test images of {name}")
    return words.format(learnt=learnt, tested=tested, name=images.rsplit(maxsplit=1)[-1])


def _recipe(used: PaperRecipe) -> None:
    run = run_config(KINDS[0], DEPTHS[0])
    archive = run["images"].split()[-1]
    names = " ".join(run_name(kind, depth) for kind, depth in NETWORKS)
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
                images=_in_words(run["images"]),
                torch=run["torch"],
            )
        )
        st.code(
            f"python -m resnet_explorer degradation {archive} {names} --out runs/degradation "
            f"--epochs {used.epochs} --batch {used.batch_size} --seed {used.seed} --threads {run['threads']}",
            language="bash",
        )
