"""What can be taken away from the Side by side page."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import named, spreadsheet_file
from resnet_explorer.explanation.captioned_figure import Caption, ColourBar, figure
from resnet_explorer.network.spec import title
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.side_by_side.tables import PairRow, side_by_side_json, top_rows
from resnet_explorer.ui.explanation.evidence import stage_label
from resnet_explorer.ui.side_by_side.results import Results
from resnet_explorer.ui.widgets.save_button import save_button


def show_saves(results: Results, pairs: Sequence[PairRow]) -> None:
    """The overlays as a figure, the numbers, and the five likeliest classes of each network."""
    photo, names = results.photo.name, results.names
    stem = photo.rpartition(".")[0] or photo
    save_button(t("PNG"), lambda: _figure(results), f"{stem}-side-by-side.png", key="sb_png")
    save_button(
        t("JSON"),
        lambda: side_by_side_json(photo, results.maps.words, names, results.found, results.heats, pairs),
        f"{stem}-side-by-side.json",
        key="sb_json",
    )
    save_button(
        t("CSV"),
        lambda: spreadsheet_file(to_csv(top_rows(photo, names, results.predictions))),
        f"{stem}-top-5.csv",
        key="sb_csv",
    )


def _figure(results: Results) -> bytes:
    lines: list[str] = []
    for name, prediction in zip(results.names, results.predictions, strict=True):
        weights = prediction.network.weights
        seen, made = Caption(
            title(weights.spec),
            weights.label,
            results.photo.name,
            prediction.name,
            prediction.probability,
            stage_label(prediction.result.outputs[0].stage),
            results.maps.words,
        ).lines
        lines += [named(name, seen), made]
    panels = [results.over(prediction) for prediction in results.predictions]
    scale = ColourBar(results.maps.style.colour_map, "0", t("the largest value of each map"), "")
    return figure(panels, lines, scale, results.names)
