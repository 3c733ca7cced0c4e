"""Networks side by side as rows of tables, as CSV and as JSON, which call classes as their networks do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from resnet_explorer.common.text import for_spreadsheet
from resnet_explorer.explanation.heatmap import Map
from resnet_explorer.network.spec_code import encode_spec
from resnet_explorer.network.table_rows import Row
from resnet_explorer.side_by_side.disagreement import Distance, agree, class_groups
from resnet_explorer.side_by_side.predictions import NetworkPrediction, PhotoRow, Predictions, Timing
from resnet_explorer.weights.shown_names import code_of


@dataclass(frozen=True)
class PairRow:
    """Two networks that know the same classes, and how far apart they are.

    Attributes:
        distance: of their probabilities.
        rank_correlation: of their maps; None where one is level.
        targets: the classes that the maps are for.
    """

    distance: Distance
    rank_correlation: float | None
    targets: tuple[str, str]


def differing(row: PhotoRow, classes: Sequence[tuple[str, ...]]) -> set[int]:
    """The numbers of the networks that share their classes with another one that says something else."""
    found: set[int] = set()
    for group in class_groups(classes):
        said = {number: first[0] for number in group if (first := row.firsts[number])}
        if said and not agree(said.values()):
            found |= set(said)
    return found


def top_rows(photo: str, names: Sequence[str], predictions: Sequence[NetworkPrediction]) -> list[Row]:
    """One row per network and class of its five likeliest."""
    return [
        {
            "photo": for_spreadsheet(photo),
            "network": for_spreadsheet(name),
            "weights": for_spreadsheet(prediction.network.weights.label),
            "rank": rank,
            "label": for_spreadsheet(code_of(label)),
            "probability": round(probability, 6),
        }
        for name, prediction in zip(names, predictions, strict=True)
        for rank, (label, probability) in enumerate(prediction.top(), start=1)
    ]


def matrix_rows(
    names: Sequence[str], classes: Sequence[tuple[str, ...]], rows: Sequence[PhotoRow]
) -> list[Row]:
    """One row per photo and network."""
    return [
        {
            "photo": for_spreadsheet(row.photo),
            "network": for_spreadsheet(name),
            "label": for_spreadsheet(code_of(first[0])) if first else "",
            "probability": round(first[1], 6) if first else "",
            "differs": "yes" if number in differing(row, classes) else "no",
        }
        for row in rows
        for number, (name, first) in enumerate(zip(names, row.firsts, strict=True))
    ]


def side_by_side_json(
    photo: str,
    method: str,
    names: Sequence[str],
    found: Predictions,
    maps: Sequence[Map],
    pairs: Sequence[PairRow],
) -> str:
    """All numbers of the page as JSON."""
    networks = [
        {"network": name}
        | _network_numbers(prediction, found.times.get(prediction.network.weights.key))
        | {"map": heat.tolist()}
        for name, prediction, heat in zip(names, found.predictions, maps, strict=True)
    ]
    apart = [
        {
            "networks": [names[pair.distance.one], names[pair.distance.other]],
            "total_variation": pair.distance.total_variation,
            "map_rank_correlation": pair.rank_correlation,
            "map_targets": list(map(code_of, pair.targets)),
        }
        for pair in pairs
    ]
    numbers = {"photo": photo, "method": method, "networks": networks, "pairs": apart}
    return json.dumps(numbers, ensure_ascii=False, indent=1) + "\n"


def _network_numbers(prediction: NetworkPrediction, timing: Timing | None) -> dict[str, Any]:
    weights = prediction.network.weights
    return {
        "weights": weights.label,
        "code": encode_spec(weights.spec),
        "weighted_layers": weights.spec.depth,
        "params": weights.plan.params,
        "macs": weights.plan.macs,
        "side": weights.preprocessing.crop,
        "milliseconds": timing.milliseconds if timing else None,
        "fastest_milliseconds": timing.fastest if timing else None,
        "slowest_milliseconds": timing.slowest if timing else None,
        "runs": timing.runs if timing else 0,
        "top": [{"label": code_of(label), "probability": value} for label, value in prediction.top()],
        "target": code_of(prediction.name),
        "probability": prediction.probability,
        "stage": prediction.result.outputs[0].stage,
    }
