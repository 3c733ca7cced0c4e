"""The names of classes as a person reads them: in the language of now, the English ones beside.

A file, a link and the command line keep the name that the network has; `code_of` leads back to it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from resnet_explorer.common.i18n import language
from resnet_explorer.common.text import shortened


def shown_names(classes: Sequence[str]) -> tuple[str, ...]:
    """Names of classes or kinds as they are shown: "虎斑猫 tabby cat".

    They stay as they are unless all of them are known: in ImageNet, or in a folder of one's own, a crane
    may be a bird.
    """
    return _by(_shown(language()), classes)


def short_names(classes: Sequence[str]) -> tuple[str, ...]:
    """Names of classes where there is room for one language alone: "虎斑猫"."""
    return _by(_own(language()), classes)


def _by(known: Mapping[str, str], classes: Sequence[str]) -> tuple[str, ...]:
    return tuple(known[name] for name in classes) if known.keys() >= set(classes) else tuple(classes)


def shown_name(name: str) -> str:
    """One name, as `shown_names` shows it."""
    return shown_names([name])[0]


def fitting_name(shown: str, longest: int) -> str:
    """A name as it is shown where there is room for so many letters: in one language, before it is cut."""
    cut = shortened(shown, longest)
    return shortened(short_names([code_of(shown)])[0], longest) if cut.endswith("…") else cut


def code_of(shown: str) -> str:
    """The name that a class has in its network, of one that `shown_names` gave."""
    return _codes(language()).get(shown, shown)


@lru_cache
def _own(code: str) -> Mapping[str, str]:
    path = Path(__file__).parent / f"class_names_{code}.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return dict(rows)


@lru_cache
def _shown(code: str) -> Mapping[str, str]:
    return {english: own if own == english else f"{own} {english}" for english, own in _own(code).items()}


@lru_cache
def _codes(code: str) -> Mapping[str, str]:
    return {shown: english for english, shown in _shown(code).items()}
