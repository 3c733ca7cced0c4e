"""What every test shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
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


@pytest.fixture(scope="session", autouse=True)
def machine_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test speaks the language of this machine, sees or changes what its owner keeps, or has a proxy.

    What a command prints is in the environment's language, a page in that of the browser, which asks there.
    """
    kept = tmp_path_factory.mktemp("kept")
    told = {name for name in os.environ if name.startswith("RESNET_EXPLORER_")} - {"RESNET_EXPLORER_NICE"}
    with pytest.MonkeyPatch.context() as patch:
        for name in (*told, "LANGUAGE"):
            patch.delenv(name, raising=False)
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("no_proxy", "*")
        patch.setenv("RESNET_EXPLORER_HOME", str(kept / "home"))
        patch.setenv("TORCH_HOME", str(kept / "torch"))
        yield


@pytest.fixture
def temporary_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own in place of what is kept on this machine, torch's downloads too."""
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "home"
