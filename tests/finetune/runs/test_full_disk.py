"""A disk that is full for real, a small one: one sentence, and a run that goes on afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

pytestmark = pytest.mark.slow

MOUNTED = ["unshare", "--user", "--map-root-user", "--mount"]
SCRIPT = """
import io, json, os, sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from resnet_explorer.finetune.dataset.store import keep_zip
from resnet_explorer.finetune.runs.job import run_job
from resnet_explorer.finetune.runs.store import find_run, runs_folder
from resnet_explorer.finetune.training.trainer import Progress
from tests.finetune_colours import QUICK, colours_zip, config_of, done, numbers

small, roomy = map(Path, sys.argv[1:])
config = config_of(colours_zip(roomy / "colours.zip"), replace(QUICK, epochs=4))
said, ballast = {}, small / "ballast"


def filled() -> None:
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(512)):
            pass


def refusal(call) -> str:
    try:
        call()
    except ValueError as error:
        return str(error)
    return "nothing"


def run() -> None:
    for progress in run_job(config, config.photos, runs_folder() / "one"):
        if isinstance(progress, Progress) and progress.result and progress.epoch == 2:
            filled()


os.environ["RESNET_EXPLORER_HOME"] = str(small)
said["run"] = refusal(run)
said["status"] = find_run("one").status.sentence
said["phase"] = find_run("one").status.phase
with (roomy / "colours.zip").open("rb") as file:
    said["dataset"] = refusal(lambda: keep_zip(file, "colours.zip"))
os.environ["RESNET_EXPLORER_HOME"] = str(roomy)
others = done(config)
said["others"] = others.status.phase
os.environ["RESNET_EXPLORER_HOME"] = str(small)
ballast.unlink()
said["resumed"] = numbers(done(config, resume=True).log) == numbers(others.log)
print(json.dumps(said))
"""


def test_a_full_disk_is_told_and_costs_nothing_else(tmp_path: Path) -> None:
    small, roomy = tmp_path / "small", tmp_path / "roomy"
    small.mkdir()
    roomy.mkdir()
    mount = f"mount -t tmpfs -o size=2m none {small}"
    if not shutil.which("unshare") or subprocess.run([*MOUNTED, "sh", "-c", mount], check=False).returncode:
        pytest.skip("no file system can be mounted here by a user")
    command = f'{mount} && exec "$@"'
    told = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [*MOUNTED, "sh", "-c", command, "sh", sys.executable, "-c", SCRIPT, str(small), str(roomy)],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout.splitlines()[-1])
    for name in ("run", "dataset"):
        assert "o space " in said[name] and said[name].count(". ") <= 1, said[name]
    assert (said["phase"], said["status"]) == ("failed", said["run"])
    assert said["others"] == "done"
    assert said["resumed"]
