"""What ships of the study of degradation: its logs, its recipe and its networks.

`python -m resnet_explorer degradation DATA plain-20 … --epochs 10 --batch 32 --out RUNS` trains the networks,
and `python -m resnet_explorer.labs.degradation.study RUNS` keeps what ships.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.photos.cifar_photos import knows_them
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.training.paper_recipe import (
    KINDS,
    Kind,
    PaperEpoch,
    PaperRecipe,
    network,
    run_name,
)
from resnet_explorer.training.run_folder import read_log
from resnet_explorer.weights.bundled import STUDY, STUDY_PREFIX, describe, export_bundled, path_of
from resnet_explorer.weights.description import Weights

DEPTHS: Final = (20, 56)
"""The ends of the paper's 20, 32, 44 and 56 (section 4.2); beyond are 110 and 1202."""
PAPER_ERRORS: Final[Mapping[int, float]] = {20: 0.0875, 56: 0.0697}
"""Test errors of the paper's residual networks (He et al. 2015, Table 6). Its plain networks have curves in
Figure 6 and no figures."""
NETWORKS: Final[tuple[tuple[Kind, int], ...]] = tuple((kind, depth) for depth in DEPTHS for kind in KINDS)


def weights_of(kind: Kind, depth: int) -> Weights:
    """A trained network of the study, from the header of its file.

    Raises:
        ValueError: if it does not ship, or its file is damaged.
    """
    key = STUDY_PREFIX + run_name(kind, depth)
    return describe(path_of(key), key)


def study_networks() -> list[Weights]:
    """Those of the study that came with the explorer; a file that is missing or damaged is passed over."""
    found = []
    for kind, depth in NETWORKS:
        try:
            found.append(weights_of(kind, depth))
        except ValueError:
            continue
    return found


def counterpart(weights: Weights) -> Weights | None:
    """The study's network of the other kind with as many blocks in every stage, shown the same photos.

    A plain network stands beside a residual one, and the other way round; None where there is none.
    """
    spec = weights.spec
    if spec.block != "basic" or not knows_them(weights.classes):
        return None
    kind: Kind = "residual" if spec.shortcut == "none" else "plain"
    alike = [
        STUDY_PREFIX + run_name(kind, depth)
        for wanted, depth in NETWORKS
        if wanted == kind and network(kind, depth).depths == spec.depths
    ]
    return next((each for each in study_networks() if each.key in alike), None)


@lru_cache
def log(kind: Kind, depth: int) -> tuple[PaperEpoch, ...]:
    """What each epoch of a network of the study came to.

    Raises:
        ValueError: if the log is missing or damaged.
    """
    return tuple(read_log(STUDY / f"{run_name(kind, depth)}.csv", PaperEpoch))


def logs_of_all() -> dict[tuple[Kind, int], tuple[PaperEpoch, ...]]:
    """The logs of all networks of the study.

    Raises:
        ValueError: if one is missing or damaged.
    """
    return {(kind, depth): log(kind, depth) for kind, depth in NETWORKS}


@lru_cache
def run_config(kind: Kind, depth: int) -> dict[str, Any]:
    """What decided a run: its spec, recipe, images, version of torch and number of threads.

    Raises:
        ValueError: if it is missing or damaged.
    """
    path = STUDY / f"{run_name(kind, depth)}.json"
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        PaperRecipe(**saved["recipe"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            t("{name} does not tell of a run: {error}.").format(name=path.name, error=error)
        ) from None
    return dict(saved)


def recipe(kind: Kind, depth: int) -> PaperRecipe:
    """The recipe of a run.

    Raises:
        ValueError: if it is missing or damaged.
    """
    return PaperRecipe(**run_config(kind, depth)["recipe"])


def keep(runs: Path, target: Path = STUDY) -> list[str]:
    """Keep of the runs in a folder what ships: logs, recipes, and trained values.

    Args:
        runs: with a folder for each network of the study, as `training.degradation` writes them.
        target: the folder to write to.

    Returns:
        The names of the networks whose values were kept.

    Raises:
        ValueError: if a run is missing, or is not at its end.
    """
    target.mkdir(parents=True, exist_ok=True)
    for kind, depth in NETWORKS:
        name = run_name(kind, depth)
        saved = json.loads((runs / name / "run.json").read_text(encoding="utf-8"))
        epochs = read_log(runs / name / "log.csv", PaperEpoch)
        if len(epochs) != saved["recipe"]["epochs"]:
            raise ValueError(
                t("The run {name} has {count} of {saved} epochs.").format(
                    name=name, count=len(epochs), saved=saved["recipe"]["epochs"]
                )
            )
        shutil.copyfile(runs / name / "run.json", target / f"{name}.json")
        shutil.copyfile(runs / name / "log.csv", target / f"{name}.csv")
        _export(kind, depth, runs / name, target / f"{name}.safetensors", saved, epochs[-1])
    return [run_name(kind, depth) for kind, depth in NETWORKS]


def _export(kind: Kind, depth: int, run: Path, path: Path, saved: dict[str, Any], last: PaperEpoch) -> None:
    from resnet_explorer.training.degradation import snapshot
    from resnet_explorer.weights.tensors import network_of, read_state

    model = network_of(network(kind, depth), read_state(snapshot(run, last.epoch)))
    side = saved["recipe"]["side"]
    seen = Preprocessing(side, side, tuple(saved["mean"]), tuple(saved["std"]))
    label = f"{kind.capitalize()} {depth} · {side} px, {last.epoch} epochs"
    export_bundled(model, tuple(saved["classes"]), seen, path, {"label": label})


if __name__ == "__main__":
    print(", ".join(keep(Path(sys.argv[1]))))
