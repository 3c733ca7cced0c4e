"""Who may load what, seen in a fresh interpreter."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import resnet_explorer

ROOT = Path(resnet_explorer.__file__).parents[1]
DRAWING = "spec plan link depth i18n colours tables table1 steps figures block_figures diagram node_record"
PICTURES = "feature_path window_strip graph_layout graph_svg photo crop overlay samples recognise cam"
TO_TAKE_HOME = "export.model_file export.onnx_file export.predict_file export.bundle recognised"
COUNTS = "counting ladder"
CONVOLUTION = "receptive_field cell_grid conv_glass toy_convolution toy_picture field_picture"
BY_HAND = "block_choice block_run_picture batch_norm batch_norm_picture batch_norm_figures"
COMPARISON = "compare compare_table compare_picture what_changed published accuracy_figure"
PROOF = "proof.curves proof.ranking proof.similarity proof.figures proof.readings proof.pictures"
FEATURES = "feature_places feature_numbers feature_grid first_layer sparsity_figure"
MANY = "many.archive many.entries many.copies many.answers many.cam_sheets"
KINDS = "weights.kinds weights.calibration training.wordnet_kinds target confidence"
SIDE_BY_SIDE = "shelf disagreement answer_bars side_by_side side_by_side_tables"
ALBUMS = "finetune.albums finetune.flowers finetune.album_picture finetune.collection finetune.survey"
TRUST = "finetune.verdicts finetune.confusion_picture finetune.photo_grid finetune.trust_figures"
RUNS = "finetune.runs finetune.run_rows finetune.curves finetune.run_take_home"
LABS = (
    "notebook labs.setting labs.gradient_numbers labs.gradient_figures labs.gradient_notebook "
    "labs.signal_numbers labs.signal_figures labs.signal_notebook"
)
WIRES = (
    "labs.wiring labs.wire_picture labs.wire_figures labs.wire_path_figures labs.wire_sweep labs.wire_beside "
    "labs.wire_reading labs.wire_notebook labs.cifar_photos"
)
DEGRADATION = (
    "training.paper_recipe labs.study labs.duel_setting labs.degradation_figures labs.degradation_reading "
    "labs.degradation_notebook"
)
LANDSCAPES = "labs.landscape_numbers labs.landscape_figures labs.landscape_notebook labs.landscape_study"
LISTS = (
    f"{DRAWING} {PICTURES} {CONVOLUTION} {COUNTS} {TO_TAKE_HOME} {BY_HAND} {COMPARISON} {PROOF} {FEATURES} "
    f"{MANY} {SIDE_BY_SIDE} {ALBUMS} {RUNS} {TRUST} {LABS} {WIRES} {LANDSCAPES} {DEGRADATION} {KINDS}"
)
TORCH_FREE = [f"resnet_explorer.{name}" for name in LISTS.split()]

REPORT = """
import importlib, json, sys
loaded = {}
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    loaded[name] = sorted(set(json.loads(sys.argv[2])) & set(sys.modules))
print(json.dumps(loaded))
"""


def loaded_after(modules: Iterable[str], watched: Iterable[str]) -> dict[str, list[str]]:
    """After each import in turn, which of the watched packages have been loaded."""
    arguments = [json.dumps(list(modules)), json.dumps(list(watched))]
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return report


def library() -> list[str]:
    """Every module of the library outside ui/."""
    found = pkgutil.walk_packages(resnet_explorer.__path__, "resnet_explorer.")
    return [module.name for module in found if not module.name.startswith("resnet_explorer.ui")]


def test_what_draws_and_counts_never_loads_torch_nor_streamlit() -> None:
    loaded = loaded_after(TORCH_FREE, ["torch", "torchinfo", "torchvision", "streamlit"])
    assert loaded == {name: [] for name in TORCH_FREE}


def test_the_library_never_loads_streamlit() -> None:
    modules = library()
    assert "resnet_explorer.module" in modules
    loaded = loaded_after(modules, ["streamlit"])
    assert loaded == {name: [] for name in modules}


def test_the_watch_sees_torch_where_it_is_loaded() -> None:
    loaded = loaded_after(["resnet_explorer.spec", "resnet_explorer.module"], ["torch"])
    assert loaded == {"resnet_explorer.spec": [], "resnet_explorer.module": ["torch"]}
