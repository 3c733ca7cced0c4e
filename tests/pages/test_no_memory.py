"""A page that asks for more memory than there is: one sentence, and the next session goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.counting import views
from tests.pages.opened import opened, words
from tests.places import ROOT

SENTENCE = "There is not enough memory for this now"


def torchs() -> None:
    torch.empty(2**48)  # a million gigabytes: no system gives them


def numpys() -> None:
    np.ones(2**48)


@pytest.mark.parametrize("ask", [torchs, numpys])
@pytest.mark.parametrize("is_foreseen", [True, False])
def test_what_cannot_be_had_is_told_in_a_sentence(
    ask: Callable[[], None], is_foreseen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picture(*_: object) -> None:
        if not is_foreseen:
            ask()
        with shown_refusal():
            ask()

    with monkeypatch.context() as patch:
        patch.setattr(views, "tools_picture", picture)
        page = opened("counting")
        assert SENTENCE in words(page, "error")
    assert SENTENCE not in words(opened("counting"), "error")


def test_another_mistake_is_none_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_: object) -> None:
        with shown_refusal():
            raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(views, "tools_picture", mistaken)
    with pytest.raises(AssertionError):
        opened("counting")


LIMITED = """
import json, resource
import psutil
from resnet_explorer import build, preset
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.counting import views
from tests.pages.opened import opened, words

build(preset("resnet18"))
whole, said = views.tools_picture, []
said.append(words(opened("counting"), "error"))
_, most = resource.getrlimit(resource.RLIMIT_AS)
room = psutil.Process().memory_info().vms + 300 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (room, most))

def picture(*_):
    with shown_refusal():
        build(preset("wide_resnet101_2"))  # 507 MB of values

views.tools_picture = picture
said.append(words(opened("counting"), "error"))
views.tools_picture = whole
said.append(words(opened("counting"), "error"))  # under the same limit
print(json.dumps(said))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the limit of a process's memory is Linux's")
def test_a_network_too_large_for_the_limit_of_the_process_is_told_and_the_next_page_is_whole() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    before, under, after = json.loads(ran.stdout.splitlines()[-1])
    assert (before, after) == ("", "")
    assert SENTENCE in under
