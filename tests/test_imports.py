"""Who may import what: read from the source of every module there is, and seen in fresh interpreters."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.places import ROOT

PACKAGE = "resnet_explorer"
AT_THE_ROOT = {"", "__main__", "cli"}

ORDER = (
    *("common", "network", "model"),
    *("architecture", "graph", "comparison", "counting", "blocks", "convolution", "batch_norm"),
    *("photos", "weights", "explanation", "faithfulness", "features", "inside", "side_by_side", "batch"),
    *("export", "training", "finetune", "labs", "lessons", "serving", "ui", "commands"),
)
"""The rooms as the README has them: a room imports only rooms that stand before it."""

LOADS_TORCH = {
    "model": "audit block_parts fold_batch_norm resnet seeded",
    "counting": "ask_tools",
    "blocks": "run",
    "photos": "tile",
    "weights": "checkpoint imagenet open_network reading.reader reading.saved_network "
    "recognition.average_shortcuts recognition.candidate_distances recognition.dilated "
    "recognition.first_norm recognition.infer_from_file recognition.live_module "
    "recognition.network_and_input recognition.norm_distance recognition.recognise_by_norms tensors "
    "trained_network",
    "explanation": "activations_and_gradients api integrated_gradients multi_pass predict score_cam",
    "faithfulness": "cascading_randomization deletion masked_forward occlusion random_areas",
    "features": "activations path_maps",
    "inside": "block_values layer_values logit_parts",
    "batch": "classify",
    "training": "augment card clean_photos data degradation evaluation figures mosaics optimization paper "
    "products recipe run scratch tile_augment tile_card tile_figures tile_recipe",
    "finetune": "api dataset.batches evaluation.weight_change training.backbone_and_head "
    "training.first_head training.frozen_features training.trainer training.workers",
    "labs": "ablation.ablated_network degradation.paired_training depth.gradient depth.measure "
    "depth.orders_run depth.signal landscape.surface landscape.trajectory",
}
"""The modules of each room that load torch when they are imported; all others never do."""

Imports = Mapping[str, frozenset[str]]
"""Of each module, by its name below the package, those that it imports: in functions and for types too."""

REPORT = """
import importlib, json, sys
loaded = {}
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    loaded[name] = sorted(set(json.loads(sys.argv[2])) & set(sys.modules))
print(json.dumps(loaded))
"""


@cache
def sources() -> Mapping[str, Path]:
    """Every module of the package by its name below it; notebooks are run, and never imported."""
    folder = ROOT / PACKAGE
    modules = [file for file in folder.rglob("*.py") if not file.stem.endswith("_notebook")]
    names = {file: ".".join(file.relative_to(folder).with_suffix("").parts) for file in modules}
    return {name.removesuffix("__init__").removesuffix("."): file for file, name in sorted(names.items())}


@cache
def imports() -> Imports:
    return {name: frozenset(imported(file.read_text(), sources())) for name, file in sources().items()}


def imported(source: str, modules: Iterable[str]) -> set[str]:
    """The modules of the package that a source imports, wherever in it."""
    below, found = f"{PACKAGE}.", set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            attributes = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {node.module, *(name for name in attributes if name.removeprefix(below) in modules)}
    return {name.removeprefix(below) for name in found if name.startswith(below)}


def room(module: str) -> str:
    return module.partition(".")[0]


def against_the_order(graph: Imports) -> list[str]:
    """Each import of a room that does not stand before the importing one."""
    return [
        f"{module} → {target}"
        for module, targets in graph.items()
        for target in sorted(targets)
        if room(module) not in (*AT_THE_ROOT, room(target))
        and ORDER.index(room(target)) > ORDER.index(room(module))
    ]


def circle(graph: Imports) -> list[str]:
    """Modules that import each other in a ring; none if there is no such ring."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        return ring
    return []


def loaded_after(modules: Iterable[str], watched: Iterable[str]) -> dict[str, list[str]]:
    """After each import in turn, which of the watched packages have been loaded."""
    names = [f"{PACKAGE}.{module}".removesuffix(".") for module in modules]
    arguments = [json.dumps(names), json.dumps(list(watched))]
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    report: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return {name: packages for name, packages in report.items() if packages}


def with_torch() -> set[str]:
    return {f"{name}.{module}" for name, modules in LOADS_TORCH.items() for module in modules.split()}


@pytest.mark.slow
def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circle(imports()) == []
    assert circle({"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"a"})}) != []


def test_every_room_has_its_place_in_the_order() -> None:
    assert {room(module) for module in sources()} - AT_THE_ROOT <= set(ORDER)


def test_a_room_imports_only_rooms_before_it() -> None:
    assert against_the_order(imports()) == []


@pytest.mark.parametrize(
    "line",
    [
        "from resnet_explorer.weights.catalogue import find",
        "from resnet_explorer.weights import catalogue",
        "import resnet_explorer.weights.catalogue",
        "if TYPE_CHECKING:\n    from resnet_explorer.weights.catalogue import Weights",
        "def lazy():\n    from resnet_explorer.weights.catalogue import find",
    ],
)
def test_an_import_against_the_order_is_noticed_wherever_it_stands(line: str) -> None:
    found = frozenset(imported(line, sources()))
    assert "photos.decode → weights.catalogue" in against_the_order({"photos.decode": found})
    assert against_the_order({"export.bundle": found, "weights.tensors": found}) == []


def test_only_the_front_door_stands_at_the_root() -> None:
    assert {name for name in sources() if "." not in name} - set(ORDER) == AT_THE_ROOT


@pytest.mark.slow
def test_only_the_app_and_its_pages_load_streamlit() -> None:
    library = [name for name in sources() if room(name) not in ("ui", "__main__")]
    assert loaded_after(library, ["streamlit"]) == {}


@pytest.mark.slow
def test_what_is_not_listed_never_loads_torch() -> None:
    assert with_torch() <= set(sources())
    light = [name for name in sources() if name not in with_torch() and name != "__main__"]
    assert loaded_after(light, ["torch", "torchvision", "torchinfo"]) == {}


def test_what_is_listed_does_load_torch() -> None:
    for name in sorted(with_torch()):
        assert reaches_torch(name), f"{name} loads no torch any more: take it off the list"


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "benchmarks").glob("*.py")), ids=lambda path: path.stem
)
def test_what_a_benchmark_imports_is_there(path: Path) -> None:
    """No other test runs them: a name that has moved would be seen only by who measures."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in (PACKAGE, "tests"):
            module = importlib.import_module(str(node.module))
            for each in node.names:
                is_module = find_spec(f"{node.module}.{each.name}") if hasattr(module, "__path__") else None
                assert hasattr(module, each.name) or is_module, f"{node.module} has no {each.name}"


def reaches_torch(module: str) -> bool:
    """Whether torch is loaded by what a module imports at its top, or by what that imports."""
    seen, waiting = {module}, [module]
    while waiting:
        body = ast.parse(sources()[waiting.pop()].read_text()).body
        top = "\n".join(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))
        if re.search(r"^(import|from) torch", top, re.MULTILINE):
            return True
        fresh = (imported(top, sources()) & set(sources())) - seen
        seen |= fresh
        waiting += fresh
    return False
