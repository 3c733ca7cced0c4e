"""A part that is drawn again and again is of its page alone: once that is left, nobody can ask for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.runtime.fragment import MemoryFragmentStorage

from resnet_explorer.serving import classroom
from resnet_explorer.serving.classroom import STUDENT, Classroom
from tests.pages.opened import opened

pytestmark = pytest.mark.slow


FORGOTTEN = "all parts of the page that is left"


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the parts that are drawn, in order, and when all of them are forgotten."""
    noted: list[str] = []

    def noting(act: Callable[..., Any], name_of: Callable[..., str | None]) -> Callable[..., Any]:
        @wraps(act)
        def noted_and_done(*args: Any, **kwargs: Any) -> Any:
            name = name_of(*args[1:], **kwargs)
            if name:
                noted.append(name)
            return act(*args, **kwargs)

        return noted_and_done

    for method, name_of in (
        ("register", lambda key, *_, **__: str(key)),
        ("clear", lambda new_fragment_ids=None: FORGOTTEN if new_fragment_ids is None else None),
    ):
        monkeypatch.setattr(
            MemoryFragmentStorage, method, noting(getattr(MemoryFragmentStorage, method), name_of)
        )
    return noted


def test_the_next_step_forgets_the_parts_of_its_page_before_it_goes_and_names_new_ones(
    parts: list[str], temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser may ask for them still: it hears of the new page only later (`ui/session/polling.py`)."""
    monkeypatch.setattr(classroom, "_served", [Classroom(tmp_path)])
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: {STUDENT: "ann-" * 5}))
    page = opened("landscape", lesson="residual", step="8", follow="1")
    assert page.title[0].value == "The landscape"
    before = set(parts) - {FORGOTTEN}
    assert len(before) == 2, "the guess and Follow"
    parts.clear()
    page.button(key="_lesson_next").click().run()
    assert page.title[0].value == "Degradation"
    assert parts[0] == FORGOTTEN and len(parts) > 1
    assert not before & set(parts)
