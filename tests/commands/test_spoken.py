"""The command line in Chinese: helps, what is wrong with arguments, lines no wider than the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from resnet_explorer.cli import app, main
from resnet_explorer.common.i18n import speaking
from resnet_explorer.common.text import letters

HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("LANGUAGE", "en")  # what Typer's own words would be in


def commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    yield name, command
    for each, found in getattr(command, "commands", {}).items():
        yield from commands(found, f"{name} {each}".strip())


def test_every_help_is_chinese() -> None:
    with speaking("zh"):
        found = list(commands(typer.main.get_command(app)))
    assert len(found) > 10
    helps = {f"{name} {part.name}": part.help for name, each in found for part in (each, *each.params)}
    assert not [name for name, text in helps.items() if not HAN.search(text)]


@pytest.mark.parametrize("arguments", [["--help"], ["predict", "--help"], ["weights", "import", "--help"]])
def test_the_words_around_the_helps_are_chinese_and_no_line_is_too_wide(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert told.startswith("用法：") and "显示本说明并退出。" in told and "\n选项:" in told
    assert not re.search(r"Usage|Options:|Arguments:|Commands:|default|required|Show", told)
    assert max(map(letters, told.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "命令:"),
        (["summary"], "错误：缺少参数 'NETWORK'。"),
        (["summary", "resnet18", "--colour"], "错误：没有选项 --colour"),
        (["sumary"], "错误：没有命令 'sumary'。你指的是 'summary' 吗？"),
        (["summary", "resnet18", "more"], "错误：多出了参数（more）"),
        (["predict", "a.jpg", "--top", "0"], "错误：'--top' 的值无效：至少是 1"),
        (["predict", "a.jpg", "--top", "many"], "错误：'--top' 的值无效：需要一个整数。"),
        (
            ["predict", "a.jpg", "--form", "long"],
            "错误：'--form' 的值无效：'long' 不在 'list', 'tutorial' 之中。",
        ),
        (["predict", "a.jpg", "--csv"], "错误：选项 '--csv' 需要一个值。"),
        (["train", "data", "--start", "none"], "错误：'--start' 的值无效：'none' 不存在。"),
    ],
)
def test_what_is_wrong_is_said_in_chinese(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert words in told
    assert not re.search("Usage|Try|Error|Missing|Invalid", told)


def test_columns_stand_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "resnet18"]) == 0
    _, _, heading, *rows, _, _ = capsys.readouterr().out.splitlines()
    assert {letters(line) for line in (heading, *rows)} == {letters(heading)}
