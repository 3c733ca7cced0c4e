"""The process of a run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.places import ROOT

pytestmark = pytest.mark.slow


def test_a_run_stands_back_for_the_app() -> None:
    """Nice says nothing between sessions where Linux shares the processor among these first."""
    told = """
import os
from resnet_explorer.finetune.runs.worker_process import AUTOGROUP, stand_back

stand_back()
print(os.nice(0), AUTOGROUP.read_text().split()[-1] if AUTOGROUP.exists() else 10)
"""
    said = subprocess.run(
        [sys.executable, "-c", told],
        check=False,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "RESNET_EXPLORER_NICE"},
        start_new_session=True,
        capture_output=True,
        text=True,
    )
    niceness = min(os.nice(0) + 10, 19)  # these tests may stand back themselves
    assert said.stdout.split() == [str(niceness), "10"], said.stderr
