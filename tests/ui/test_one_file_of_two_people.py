"""Two students have one file, and each calls its classes as he likes: neither sees the other's words."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from resnet_explorer.batch.results import Row, csv_lines
from resnet_explorer.common.text import for_spreadsheet
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.ui.architecture import path_pass
from resnet_explorer.ui.labs import network_input


def test_the_answer_on_the_path_is_of_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def ask(question: object, _: Callable[[], Any]) -> None:
        asked.append(question)

    monkeypatch.setattr(path_pass, "background_result", ask)
    monkeypatch.setattr(path_pass, "digest_of", lambda photo: "digest")
    for classes in (("cat", "dog"), ("cat", "an insult"), ("cat", "dog")):
        monkeypatch.setattr(path_pass, "find", lambda _, classes=classes: SimpleNamespace(classes=classes))
        path_pass.path_pass(SimpleNamespace(), CENTRE, "yours/0123456789ab", "mean")  # type: ignore[arg-type]
    assert asked[0] == asked[2] != asked[1]


def test_the_photos_of_a_laboratory_are_of_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset's key has eight digits: whoever tries long enough finds an archive of the same."""
    asked: list[object] = []
    monkeypatch.setattr(network_input, "_photos_of", lambda *question: asked.append(question[:-1]))
    weights = SimpleNamespace(key="bundled", classes=("cat", "dog"))
    for path in ("mine/pets-0123abcd.zip", "yours/pets-0123abcd.zip"):
        found = SimpleNamespace(path=path)
        monkeypatch.setattr(
            "resnet_explorer.finetune.dataset.store.find_dataset", lambda _, found=found: found
        )
        network_input.shown_photos(weights, 100, "pets-0123abcd")  # type: ignore[arg-type]
    assert asked[0] != asked[1]


def test_no_name_of_a_class_is_a_formula() -> None:
    (line,) = csv_lines([Row("cat.jpg", 1, "=1+1", 0.5)])
    assert line == ("cat.jpg", 1, for_spreadsheet("=1+1"), "0.500000") and line[2] == "'=1+1"
