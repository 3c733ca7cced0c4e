"""What one student of the load does: come to a page, change something, and see that the answer is theirs.

Each has a size of input of their own, which stands in every link that the app draws for them, and photos of
their own, whose names and answers are known beforehand.
"""

from __future__ import annotations

import io
import json
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar

from PIL import Image, ImageDraw

from tests.benchmarks.streamlit_client import Visitor

FAMOUS = {"18": "resnet18", "34": "resnet34", "50": "resnet50", "101": "resnet101", "152": "resnet152"}
QUICK = ("Grad-CAM", "Grad-CAM++", "HiResCAM", "Layer-CAM")
STAGES = 5
PHOTOS, SAMPLES = 3, 5
"""Photos that a student of the photo lab has, and samples that all have."""
QUESTION = {"lesson": "paper", "step": "3", "net": "resnet34"}
"""The link of the step that asks what is voted on, on the page of shortcuts."""
VOTE = "_asked_paper_3_vote"
CHOICES = 4

Bars = tuple[tuple[str, float], ...]


@dataclass
class Student(ABC):
    """One of the class.

    Attributes:
        visitor: the browser.
        number: which one of the class; the mark of all that is theirs.
        wrong: sentences about answers that were not what was asked for; of all students together.
        voted: numbers of those whose answer to the question was counted; of all students together.
        chance: decides what is changed next.
    """

    address: str
    number: int
    wrong: list[str]
    voted: set[int] = field(default_factory=set)
    chance: random.Random = field(init=False)
    visitor: Visitor = field(init=False)
    page: ClassVar[str] = ""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)
        self.visitor = Visitor(self.address, self._heard)

    @property
    def size(self) -> int:
        return 160 + 2 * self.number

    async def load(self) -> None:
        """What a browser fetches before it speaks."""
        await self.visitor.load()

    async def come(self) -> float:
        """The first visit; returns its seconds."""
        return await self.visitor.open(self.page, size=str(self.size))

    @abstractmethod
    async def act(self) -> tuple[str, float]:
        """Change something; returns what kind of thing, and the seconds until the answer was there."""

    def check(self, is_right: bool, what: str) -> None:
        for trouble in self.visitor.screen.exceptions:
            self.wrong.append(f"student {self.number}: {trouble}")
        if not is_right:
            self.wrong.append(f"student {self.number}: {what}")
        if len(self.visitor.processes) > 1:
            self.wrong.append(f"student {self.number} was with {sorted(self.visitor.processes)}")

    def _heard(self, message: bytes) -> None:
        sizes = set(re.findall(rb"\bsize=(\d+)", message)) - {b"%d" % self.size}
        names = set(re.findall(rb"student-(\d\d)", message)) - {b"%02d" % self.number}
        if sizes or names:
            self.wrong.append(f"student {self.number} was told of {sizes | names}")


@cache
def totals(name: str, size: int) -> str:
    """The sentence that the app has about a network."""
    from resnet_explorer.network.plan import plan
    from resnet_explorer.network.spec import preset
    from resnet_explorer.ui.architecture.totals import totals_text
    from resnet_explorer.weights.catalogue import best_for, spec_of

    key = best_for(preset(name), any_classes=True)
    return totals_text(plan(spec_of(key) if key else preset(name), (size, size)))


@dataclass
class Builder(Student):
    """Looks at networks: their steps, their tables, their depths, their other pages."""

    page: ClassVar[str] = "architecture"
    depth: str = "18"
    is_away: bool = False

    async def come(self) -> float:
        taken = await super().come()
        self._look()
        return taken

    async def act(self) -> tuple[str, float]:
        visitor, name = self.visitor, self.chance.choices(("step", "depth", "view", "page"), (4, 3, 1, 2))[0]
        if self.is_away:
            taken, self.is_away = await visitor.open("architecture"), False
            name = "page"
        elif name == "step":
            taken = await visitor.choose("arch_step", self.chance.randrange(6))
        elif name == "depth":
            self.depth = self.chance.choice([each for each in FAMOUS if each != self.depth])
            taken = await visitor.choose("arch_resnet", self.depth)
        elif name == "view":
            taken = await visitor.choose("arch_view", self.chance.choice(("All layers", "Stages", "Table 1")))
        else:
            page = self.chance.choice(("", "shortcuts", "counting", "blocks", "convolution"))
            taken, self.is_away = await visitor.open(page), page != ""
            self.is_away = True
        if not self.is_away:
            self._look()
        return ("another page" if name == "page" else "architecture"), taken

    def _look(self) -> None:
        expected = totals(FAMOUS[self.depth], self.size)
        self.check(any(expected in body for body in self.visitor.screen.markdown()), f"not {expected}")


@cache
def own_photo(number: int, which: int) -> bytes:
    """A photo that no other student has: a part of a sample, with the student's number in stripes."""
    from resnet_explorer.photos import samples

    image = samples.open_sample(samples.SAMPLES[(number + which) % len(samples.SAMPLES)].name).image
    left, top = 3 * number, 5 * which
    part = image.crop((left, top, left + 240, top + 240)).convert("RGB")
    draw = ImageDraw.Draw(part)
    for bit in range(5):
        draw.rectangle((200, 40 * bit, 220, 40 * bit + 20), "red" if number >> bit & 1 else "blue")
    file = io.BytesIO()
    part.save(file, "jpeg", quality=90)
    return file.getvalue()


@cache
def answer_to(number: int, which: int) -> Bars:
    """What the library says of that photo, or of the sample that all students have as -1, -2 and so on."""
    from resnet_explorer import predict_photo
    from resnet_explorer.photos import samples

    if which < 0 < number:
        return answer_to(0, which)
    is_own = which >= 0
    image = (
        Image.open(io.BytesIO(own_photo(number, which)))
        if is_own
        else samples.open_sample(samples.SAMPLES[-1 - which].name).image
    )
    return tuple(predict_photo(image).top(5))


@dataclass
class Photographer(Student):
    """Asks photos, and what the answer rests on."""

    page: ClassVar[str] = "predict"
    which: int = 0

    async def come(self) -> float:
        taken = await super().come()
        self.check("p_answer_picture" in str(self.visitor.screen.elements), "no answer")
        await self._give()
        return taken

    async def act(self) -> tuple[str, float]:
        visitor = self.visitor
        name = self.chance.choices(("photo", "sample", "class", "stage", "method"), (2, 2, 4, 2, 1))[0]
        if name == "photo":
            self.which = self.chance.randrange(PHOTOS)
            return "another photo", await self._give()
        if name == "sample":
            return "another sample", await self._choose_sample()
        if name == "class":
            wanted = self.chance.choice(answer_to(self.number, self.which))[0]
            taken = await visitor.choose("p_class", wanted)
        elif name == "stage":
            taken = await visitor.choose("p_stage", self.chance.randrange(STAGES))
        else:
            taken = await visitor.choose("p_method", self.chance.choice(QUICK))
        self._look()
        return f"another {name}", taken

    async def _give(self) -> float:
        name, content = f"student-{self.number:02}.jpg", own_photo(self.number, self.which)
        taken = await self.visitor.upload("p_dropped", name, content)
        self._look()
        return taken

    async def _choose_sample(self) -> float:
        if self.which >= 0:
            await self.visitor.choose("p_photo", 0)
        number = self.chance.randrange(SAMPLES)
        taken = await self.visitor.choose("p_sample", number)
        self.which = -1 - number
        self._look()
        return taken

    def _look(self) -> None:
        told = json.loads(self.visitor.screen.component_data("p_answer_picture") or "{}")
        if not told:
            return self.check(False, "no picture of an answer")
        bars = [(bar["name"], bar["share"]) for bar in told["answer"]["bars"]]
        expected = answer_to(self.number, self.which)
        is_same = all(
            name == other and abs(share - known) < 1e-3
            for (name, share), (other, known) in zip(bars, expected, strict=True)
        )
        is_mine = self.which < 0 or f"student-{self.number:02}" in told["photo"]["words"]
        self.check(is_same and is_mine, f"{bars}, not {expected}")
        return None


@dataclass
class Voter(Student):
    """Answers a question of a lesson, and thinks better of it; the page looks again by itself meanwhile."""

    page: ClassVar[str] = "shortcuts"

    async def come(self) -> float:
        return await self.visitor.open(self.page, **QUESTION, size=str(self.size))

    async def act(self) -> tuple[str, float]:
        taken = await self.visitor.choose(VOTE, self.chance.randrange(CHOICES))
        self.check("It is counted" in str(self.visitor.screen.elements), "the vote was not counted")
        self.voted.add(self.number)
        return "vote", taken


@dataclass
class Teacher(Student):
    """Has the question before the class, and sees how many answered.

    Attributes:
        link: the secret one.
        voters: students who may vote.
    """

    link: str = ""
    voters: int = 0
    page: ClassVar[str] = "shortcuts"

    async def load(self) -> None:
        await self.visitor.load(self.link)

    async def come(self) -> float:
        return await self.visitor.open(self.page, **QUESTION, size=str(self.size))

    async def act(self) -> tuple[str, float]:
        voted = len(self.voted)
        taken = await self.come()
        told = re.findall(r"\*\*(\d+) answers?\*\*", "\n".join(self.visitor.screen.markdown()))
        is_right = len(told) == 1 and voted <= int(told[0]) <= self.voters
        self.check(is_right, f"{told} answers; {voted} of {self.voters} had voted")
        return "teacher's page", taken


@dataclass
class PlainBuilder(Student):
    """The same on the plain page (`plain_page`)."""

    async def act(self) -> tuple[str, float]:
        if self.chance.random() < 0.4:
            return "architecture", await self.visitor.choose("depth", self.chance.randrange(5))
        return "architecture", await self.visitor.choose("show", self.chance.randrange(2))


@dataclass
class PlainPhotographer(Student):
    """The same on the plain page."""

    async def come(self) -> float:
        taken = await self.visitor.open(self.page, size=str(self.size), view="photo")
        await self._give()
        return taken

    async def act(self) -> tuple[str, float]:
        name = self.chance.choices(("photo", "class", "stage"), (3, 4, 3))[0]
        if name == "photo":
            return "another photo", await self._give()
        key, options = ("class", 5) if name == "class" else ("layer", 4)
        return f"another {name}", await self.visitor.choose(key, self.chance.randrange(options))

    async def _give(self) -> float:
        content = own_photo(self.number, self.chance.randrange(PHOTOS))
        return await self.visitor.upload("photo", f"student-{self.number:02}.jpg", content)


KINDS: Mapping[str, Sequence[type[Student]]] = {
    "app": (Builder, Builder, Photographer),
    "votes": (Builder, Voter, Photographer),
    "plain": (PlainBuilder, PlainBuilder, PlainPhotographer),
}
"""The class: every third one asks photos."""
