"""The picture of the page Predict: photo, evidence and answer in a row, and the stages in small below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import streamlit as st

from resnet_explorer.common.svg import data_address
from resnet_explorer.ui.widgets.component import component

_KEY: Final = "p_answer_picture"
_picture = component(__file__, '<div class="answer-picture"></div>')


@dataclass(frozen=True)
class Shown:
    """A picture, what stands beside it, and what it says to those who do not see it."""

    file: bytes
    alt: str
    words: str = ""


@dataclass(frozen=True)
class Option:
    """A button: what a click on it says, what stands on it, and whether it is the chosen one."""

    pick: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class Bar:
    """A class as a bar that is a button.

    Attributes:
        pick: what a click on it says.
        name: of the class.
        share: its probability.
        chosen: whether the map is for it.
    """

    pick: str
    name: str
    share: float
    chosen: bool


@dataclass(frozen=True)
class Answer:
    """What the network says.

    Attributes:
        heading: over the name.
        name: of the likeliest class or kind.
        probability: of it.
        words: how sure that is.
        bars: the likeliest classes.
        hint: what a click on a bar does.
        channels: leads to the channels that made the answer.
        kind: asks for the map of the kind, where several classes of one share the probability.
    """

    heading: str
    name: str
    probability: str
    words: str
    bars: tuple[Bar, ...]
    hint: str
    channels: Option
    kind: Option | None


@dataclass(frozen=True)
class SmallMap:
    """A stage's map in small, a button that makes it the large one.

    Attributes:
        pick: what a click on it says.
        picture: the map over the photo, its peak beside it; the photo alone where there is no map yet.
        name: of the stage.
        chosen: whether it is the large one.
    """

    pick: str
    picture: Shown
    name: str
    chosen: bool


@dataclass(frozen=True)
class ScaleBar:
    """The colours of the maps, with the values at their ends."""

    css: str
    low: str
    high: str
    words: str


def show_answer_picture(
    photo: Shown,
    evidence: Shown | None,
    answer: Answer,
    seen: Shown,
    stages: Sequence[SmallMap],
    scale: ScaleBar,
    options: Sequence[Option],
    on_pick: Callable[[str], None],
) -> None:
    """Show it.

    Args:
        photo: with its crop framed.
        evidence: the large map over the crop; None where none is known yet.
        answer: of the network.
        seen: the crop as the network gets it.
        stages: in the order of the data.
        scale: of the maps.
        options: the ways to scale them.
        on_pick: called with what the clicked part says.
    """

    def picked() -> None:
        if part := st.session_state[_KEY].picked:
            on_pick(part)

    _picture(
        key=_KEY,
        data={
            "photo": _addressed(photo),
            "evidence": evidence and _addressed(evidence),
            "answer": asdict(answer),
            "seen": _addressed(seen),
            "stages": [asdict(each) | {"picture": _addressed(each.picture)} for each in stages],
            "scale": asdict(scale),
            "options": [asdict(each) for each in options],
        },
        on_picked_change=picked,
    )


def _addressed(shown: Shown) -> dict[str, str]:
    return {"src": data_address(shown.file), "alt": shown.alt, "words": shown.words}
