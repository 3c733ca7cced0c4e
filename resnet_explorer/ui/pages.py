"""The pages of the app, in the order and the groups of the sidebar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from resnet_explorer.i18n import t


@dataclass(frozen=True)
class PageEntry:
    """A page of the app: its file, its name, its sign, and what it is for."""

    file: str
    name: str
    icon: str
    purpose: str = ""


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    name: str
    pages: tuple[PageEntry, ...]


OVERVIEW: Final = PageEntry("pages/overview.py", t("Overview"), ":material/home:")
PROVE: Final = PageEntry(
    "pages/prove.py",
    t("Prove it"),
    ":material/fact_check:",
    t("Does the heatmap mean something? Four tests of it, with numbers."),
)
ALBUM: Final = PageEntry(
    "pages/album.py",
    t("Your photos"),
    ":material/perm_media:",
    t("Folders of photos: classes, twins, what cannot be read, and what chance makes of them."),
)
TRAIN: Final = PageEntry(
    "pages/train.py",
    t("Train"),
    ":material/model_training:",
    t("Three ways from a trained network to your own, and the curves while it learns."),
)
TRUST: Final = PageEntry(
    "pages/trust.py",
    t("Trust it"),
    ":material/verified:",
    t("What it mistakes for what, how sure it is, and where it looks, before and after."),
)
RUNS: Final = PageEntry(
    "pages/runs.py",
    t("Runs"),
    ":material/inventory_2:",
    t("Every run with its settings and curves: compare, continue, take it home."),
)

GROUPS: Final = (
    Group(
        t("The network"),
        (
            OVERVIEW,
            PageEntry(
                "pages/architecture.py",
                t("Architecture"),
                ":material/architecture:",
                t("Build any depth. Follow the feature map, step by step. Take it home."),
            ),
            PageEntry(
                "pages/shortcuts.py",
                t("Shortcuts"),
                ":material/conversion_path:",
                t("The whole graph: solid where x passes, dashed where it must change."),
            ),
            PageEntry(
                "pages/compare.py",
                t("Compare"),
                ":material/compare_arrows:",
                t("Two networks side by side: what differs, what it costs, what it gains."),
            ),
            PageEntry(
                "pages/counting.py",
                t("Counting"),
                ":material/calculate:",
                t("Why it is 3.8 here and 4.1 there: every tool’s count, step by step."),
            ),
        ),
    ),
    Group(
        t("Its parts"),
        (
            PageEntry(
                "pages/blocks.py",
                t("Blocks"),
                ":material/view_agenda:",
                t("Basic against bottleneck: what each costs, and why."),
            ),
            PageEntry(
                "pages/block_lab.py",
                t("Run a block"),
                ":material/biotech:",
                t("A real tensor through a real block, layer by layer."),
            ),
            PageEntry(
                "pages/convolution.py",
                t("Convolution"),
                ":material/grid_on:",
                t("One layer under the glass, and what each cell sees of the photo."),
            ),
            PageEntry(
                "pages/batch_norm.py",
                t("Batch norm"),
                ":material/equalizer:",
                t("By hand, step by step, on numbers that you can change."),
            ),
        ),
    ),
    Group(
        t("The photo lab"),
        (
            PageEntry(
                "pages/predict.py",
                t("Predict"),
                ":material/photo_camera:",
                t("Drop in a photo. See the answer, and what it rests on, stage by stage."),
            ),
            PROVE,
            PageEntry(
                "pages/features.py",
                t("Feature maps"),
                ":material/apps:",
                t("What every channel of every block makes of your photo, in true cells."),
            ),
            PageEntry(
                "pages/side_by_side.py",
                t("Side by side"),
                ":material/splitscreen_left:",
                t("One photo, several networks: their answers, their maps, and where they disagree."),
            ),
            PageEntry(
                "pages/many.py",
                t("Many photos"),
                ":material/photo_library:",
                t("A folder or a ZIP of photos: a table of answers, and what could not be read."),
            ),
        ),
    ),
    Group(t("Train your own"), (ALBUM, TRAIN, TRUST, RUNS)),
    Group(
        t("Why residual?"),
        (
            PageEntry(
                "pages/gradient.py",
                t("The gradient’s way"),
                ":material/undo:",
                t("Does it vanish? Measured through up to 1,000 layers, plain and residual."),
            ),
            PageEntry(
                "pages/signal.py",
                t("Signal forward"),
                ":material/redo:",
                t("Mean and variance through the depth, and why v2 moves the batch norm."),
            ),
            PageEntry(
                "pages/degradation.py",
                t("Degradation"),
                ":material/trending_down:",
                t("Deeper and worse without shortcuts: our runs beside the paper’s, and two to train now."),
            ),
            PageEntry(
                "pages/wire.py",
                t("Cut the wire"),
                ":material/content_cut:",
                t("Snip a shortcut, take out a block: what a trained network still knows."),
            ),
            PageEntry(
                "pages/landscape.py",
                t("The landscape"),
                ":material/landscape:",
                t("The loss around trained weights, plain and residual, and the way of training through it."),
            ),
        ),
    ),
)
"""What the sidebar lists and the Overview shows as cards."""

PAGES: Final = tuple(page for group in GROUPS for page in group.pages)
