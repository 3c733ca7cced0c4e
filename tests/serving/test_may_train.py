"""A run that a crash cut off is taken up for nobody who may not train any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_explorer.serving.classroom import Classroom
from resnet_explorer.ui.finetune.training import live
from resnet_explorer.ui.serving import begin_run


@pytest.mark.parametrize(
    ("role", "can_train", "may"),
    [("student", False, False), ("student", True, True), ("teacher", False, True), ("owner", None, True)],
)
def test_who_may_train_has_his_runs_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, can_train: bool | None, may: bool
) -> None:
    room = None if can_train is None else Classroom(tmp_path, can_train=can_train)
    taken: list[str] = []
    monkeypatch.setattr(begin_run, "role", lambda: role)
    monkeypatch.setattr(begin_run, "classroom", lambda: room)
    monkeypatch.setattr(live, "home", lambda: tmp_path)
    monkeypatch.setattr(live, "_take_up_runs_of", taken.append)
    live.take_up_cut_off_runs()
    assert begin_run.may_train() is may
    assert taken == ([str(tmp_path)] if may else [])
