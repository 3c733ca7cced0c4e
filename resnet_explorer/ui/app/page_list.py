"""The pages of the app, in the order and the groups of the menu bar; English here, translated when shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from resnet_explorer.common.i18n import msg, t


@dataclass(frozen=True)
class PageEntry:
    """A page of the app.

    Attributes:
        stem: of its file in `pages/`.
        sign: its icon, as Material calls it.
        english_name: what it is called.
        english_purpose: what it is for.
    """

    stem: str
    sign: str
    english_name: str
    english_purpose: str = ""

    @property
    def file(self) -> str:
        """Its script, beside `app.py`."""
        return f"pages/{self.stem}.py"

    @property
    def icon(self) -> str:
        """Its icon as Streamlit names it."""
        return f":material/{self.sign}:"

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        return t(self.english_name)

    @property
    def purpose(self) -> str:
        """What it is for, on the screen."""
        return t(self.english_purpose)


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    english_name: str
    pages: tuple[PageEntry, ...]

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        return t(self.english_name)


@dataclass(frozen=True)
class Door:
    """A large link on the Overview.

    Attributes:
        page: where it leads.
        name: what stands on it, in English.
        reason: and behind that, in small.
    """

    page: PageEntry
    name: str
    reason: str


OVERVIEW: Final = PageEntry("overview", "home", msg("Overview"))
ARCHITECTURE: Final = PageEntry(
    "architecture",
    "architecture",
    msg("Architecture"),
    msg("Build any depth, follow the feature map step by step, compare two networks, take one home."),
)
PREDICT: Final = PageEntry(
    "predict",
    "photo_camera",
    msg("Predict"),
    msg("Drop in a photo. See the answer, and what it rests on, stage by stage."),
)
DEGRADATION: Final = PageEntry(
    "degradation",
    "trending_down",
    msg("Degradation"),
    msg("Deeper and worse without shortcuts: our runs beside the paper’s, and two to train now."),
)
DOORS: Final = (
    Door(ARCHITECTURE, msg("Look at a network"), msg("any depth, every shape")),
    Door(PREDICT, msg("Drop in a photo"), msg("what it sees in it, and why")),
    Door(DEGRADATION, msg("See why"), msg("deeper and worse, without x")),
)
FEATURES: Final = PageEntry(
    "features",
    "apps",
    msg("Feature maps"),
    msg("What every channel of every block makes of your photo, in true cells."),
)
INSIDE: Final = PageEntry(
    "inside",
    "biotech",
    msg("Inside"),
    msg("What each block adds to your photo: x, g(x) and their sum. Or a tensor, layer by layer."),
)
TRAIN: Final = PageEntry(
    "train",
    "model_training",
    msg("Train"),
    msg("Your photos, what is found in them, three ways to learn them, and the curves meanwhile."),
)
TRUST: Final = PageEntry(
    "trust",
    "verified",
    msg("Trust it"),
    msg("What it takes for what, how confident it is, where it looks; every run, to compare and take home."),
)

LESSONS: Final = PageEntry(
    "lessons",
    "school",
    msg("Lessons"),
    msg("A path through these pages, step by step, with questions: ours, or one that you write."),
)

GROUPS: Final = (
    Group(
        msg("Why residual?"),
        (
            PageEntry(
                "gradient",
                "swap_horiz",
                msg("Through the depth"),
                msg("The gradient back, the signal forward: through up to 1,000 layers, plain and residual."),
            ),
            DEGRADATION,
            PageEntry(
                "wire",
                "content_cut",
                msg("Cut the wire"),
                msg("Snip a shortcut, take out a block: what a trained network still knows."),
            ),
            PageEntry(
                "landscape",
                "landscape",
                msg("The landscape"),
                msg(
                    "The loss around trained weights, plain and residual, and the way of training through it."
                ),
            ),
        ),
    ),
    Group(
        msg("The network"),
        (
            ARCHITECTURE,
            PageEntry(
                "shortcuts",
                "conversion_path",
                msg("Shortcuts"),
                msg("The whole graph: solid where x passes, dashed where it must change."),
            ),
            PageEntry(
                "counting",
                "calculate",
                msg("Counting"),
                msg("Why it is 3.8 here and 4.1 there: every tool’s count, step by step."),
            ),
        ),
    ),
    Group(
        msg("Its parts"),
        (
            PageEntry(
                "blocks",
                "view_agenda",
                msg("Blocks"),
                msg("Basic against bottleneck: what each costs, and why."),
            ),
            INSIDE,
            PageEntry(
                "convolution",
                "grid_on",
                msg("Convolution"),
                msg("One layer window by window, and what each cell sees of the photo."),
            ),
            PageEntry(
                "batch_norm",
                "equalizer",
                msg("Batch norm"),
                msg("Every step of it, on numbers that you can change."),
            ),
        ),
    ),
    Group(
        msg("The photo lab"),
        (
            PREDICT,
            FEATURES,
            PageEntry(
                "side_by_side",
                "splitscreen_left",
                msg("Side by side"),
                msg("One photo, several networks: where they disagree. Many photos: how many are right."),
            ),
        ),
    ),
    Group(msg("Train your own"), (TRAIN, TRUST)),
    Group(msg("Lessons"), (LESSONS,)),
)
"""What the menu bar lists and the Overview shows as cards, in the order of a lesson.

A page that became a part of another leaves this list; its file stays, and leads old links there.
"""

PAGES: Final = (OVERVIEW, *(page for group in GROUPS for page in group.pages))
_BY_STEM: Final = {page.stem: page for page in PAGES}
STEMS: Final = frozenset(_BY_STEM)


def page_of_stem(stem: str) -> PageEntry:
    """The page of a file."""
    return _BY_STEM[stem]


def page_called(name: str) -> PageEntry | None:
    """The page of that name on the screen; None for one that only leads old links on."""
    return next((page for page in PAGES if page.name == name), None)
