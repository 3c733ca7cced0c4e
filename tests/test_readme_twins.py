"""The README in other languages: its commands are those of the English one, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[1]
TWINS = sorted((ROOT / "docs").glob("README.*.md"))


def _commands(file: Path) -> list[str]:
    """The blocks of commands and of Python, without comments: these are words."""
    blocks = re.findall(r"^```(?:sh|python)\n(.*?)^```", file.read_text(encoding="utf-8"), re.M | re.S)
    return [re.sub(r" *# .*", "", block) for block in blocks]


def _inline(file: Path) -> set[str]:
    """The commands within sentences."""
    words = re.sub(r"^```.*?^```", "", file.read_text(encoding="utf-8"), flags=re.M | re.S)
    found = {" ".join(each.split()) for each in re.findall(r"`([^`]+)`", words)}
    return {each for each in found if re.match(r"(\. |python|pip|streamlit|apt-get|pytest)", each)}


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)
def test_a_twin_has_the_same_commands_and_no_dead_link(twin: Path) -> None:
    assert _commands(twin) == _commands(ROOT / "README.md") != []
    assert _inline(twin) == _inline(ROOT / "README.md")
    assert f"docs/{twin.name}" in (ROOT / "README.md").read_text(encoding="utf-8")
    tokens = [
        each
        for token in MarkdownIt().parse(twin.read_text(encoding="utf-8"))
        for each in token.children or []
    ]
    assert not [each.content for each in tokens if each.type == "text" and "*" in each.content]
    goals = re.findall(r"\]\(([^):#]+)(?:#[^)]*)?\)", twin.read_text(encoding="utf-8"))
    assert [goal for goal in goals if not (twin.parent / goal).exists()] == []
