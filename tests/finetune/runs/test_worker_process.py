"""The process of a run."""

from __future__ import annotations

import subprocess
import sys

from resnet_explorer.finetune.runs.worker_process import NICE
from tests.places import ROOT


def test_a_run_stands_back_for_the_app() -> None:
    """Nice says nothing between sessions where Linux shares the processor among these first."""
    told = f"""
import os
from resnet_explorer.finetune.runs.worker_process import AUTOGROUP, stand_back

stand_back()
print(os.nice(0), AUTOGROUP.read_text().split()[-1] if AUTOGROUP.exists() else {NICE})
"""
    said = subprocess.run(
        [sys.executable, "-c", told],
        check=False,
        cwd=ROOT,
        start_new_session=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.split() == [str(NICE)] * 2, said.stderr
