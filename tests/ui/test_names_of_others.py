"""What people call their networks and photos is no word of ours, and has no other language."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from resnet_explorer.common.i18n import speaking, t
from resnet_explorer.ui.labs import network_input
from resnet_explorer.ui.labs.ablation import controls
from resnet_explorer.ui.widgets.linked_inputs import Names, _function

OURS = "Photos"


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What the list says of the entry `k`, in Chinese."""
    told: list[Names] = []

    def select(key: str, label: str, options: Any, *, default: str, names: Names, **widget: Any) -> str:
        told.append(names)
        return default

    for view in (network_input, controls):
        monkeypatch.setattr(view, "linked_select", select)
    monkeypatch.setattr(network_input.st, "session_state", {})

    def name() -> str:
        with speaking("zh"):
            assert t(OURS) != OURS
            return _function((), told[0])("k")

    return name


def test_of_a_network(called: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_input, "warm_up", lambda _: None)
    monkeypatch.setattr(network_input, "_here", lambda: [SimpleNamespace(key="k", label=OURS)])
    network_input.network_input("net", ("k",))
    assert called() == OURS


def test_of_a_dataset(called: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "datasets", lambda: [SimpleNamespace(key="k", label=OURS)])
    places: Any = SimpleNamespace(settings=None)
    controls._dataset_input(places)
    assert called() == OURS
