from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from resnet_explorer.common import i18n
from resnet_explorer.common.i18n import language, speaking, with_language_of_now
from resnet_explorer.common.ordered_map import in_order


@pytest.fixture(autouse=True)
def two_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "languages", lambda: ("en", "zh"))


@pytest.mark.parametrize(
    ("wishes", "spoken"),
    [
        (["zh-CN"], "zh"),
        (["zh_CN.UTF-8"], "zh"),
        (["zh-Hant-TW"], "zh"),
        (["fr-FR", "zh"], "zh"),
        ([None, "en-GB"], "en"),
        (["C.UTF-8"], "en"),
        ([], "en"),
    ],
)
def test_the_first_language_that_there_are_words_for_is_spoken(wishes: list[str | None], spoken: str) -> None:
    assert i18n.best_language(wishes) == spoken


def test_a_command_line_speaks_as_its_environment_says() -> None:
    assert i18n.environment_language({"LANG": "zh_CN.UTF-8"}) == "zh"
    assert i18n.environment_language({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}) == "en"
    assert i18n.environment_language({"LC_ALL": "", "LC_MESSAGES": "zh_CN", "LANG": "en_US"}) == "zh"
    assert i18n.environment_language({}) == "en"


def test_threads_keep_the_language_of_who_asked() -> None:
    with speaking("zh"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(with_language_of_now(language)).result() == "zh"
        assert pool.submit(language).result() == "en"  # and give it back
        assert list(in_order(lambda _: language(), range(3))) == ["zh"] * 3
    assert language() == "en"


def test_a_process_that_is_started_for_somebody_speaks_their_language() -> None:
    code = "from resnet_explorer.common.i18n import language; print(language())"
    told = {**os.environ, i18n.VARIABLE: "zh"}
    done = subprocess.run([sys.executable, "-c", code], env=told, capture_output=True, text=True, check=True)
    assert done.stdout == "zh\n"
