"""A student is told nothing of where things lie on the teacher's machine."""

from pathlib import Path

import pytest

from resnet_explorer.ui.app import refusal


@pytest.mark.parametrize("role", ["student", "teacher", "owner"])
def test_a_refusal_names_the_folder_to_whom_it_belongs(
    role: str, temporary_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusal, "role", lambda: role)
    told = refusal.sentence_of(ValueError(f"trip could not be kept in {temporary_home / 'photos'}: full."))
    folder = "your folder" if role == "student" else str(temporary_home)
    assert told == f"trip could not be kept in {folder}/photos: full."
