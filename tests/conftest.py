"""What every test shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# One thread of torch in each worker, and in the servers that they start: two that wait for each other on
# the same cores made the whole suite four times as long. Read by torch when it is loaded, after this file.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A run that stands back gets nearly nothing on a busy machine, and a test would wait for it in vain.
os.environ.setdefault("RESNET_EXPLORER_NICE", "0")

# Time is measured by benchmarks, not asserted by tests: a busy machine is no failure.
# Half of Hypothesis's hundred: it draws others in each run, and there are many.
settings.register_profile("untimed", deadline=None, max_examples=50)
settings.load_profile("untimed")


@pytest.fixture
def temporary_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own in place of what is kept on this machine, torch's downloads too."""
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "home"
