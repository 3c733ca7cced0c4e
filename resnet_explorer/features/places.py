"""The places at which one looks at a network's features: behind the stem, and behind every block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.network.layers import Plan, Shape, section_name


@dataclass(frozen=True)
class Place:
    """A place, numbered as the data passes it.

    Attributes:
        index: 0 for the stem, then block by block.
        stage: 0 for the stem, n for stage n.
        block: the number of the block in its stage, from 1; 0 for the stem.
        name: torchvision's name of what puts it out: "layer2.0", or the stem's last layer.
        shape: (C, H, W) of its features.
    """

    index: int
    stage: int
    block: int
    name: str
    shape: Shape

    @property
    def section(self) -> str:
        """The stem or the stage, as every page calls it."""
        return section_name(self.stage)

    @property
    def words(self) -> str:
        """ "stage 2 · block 1 (layer2.0)"."""
        block = t(" · block {block}").format(block=self.block) if self.block else ""
        return f"{t(self.section)}{block} ({self.name})"

    @property
    def colour(self) -> str:
        """Its stage's."""
        return STAGE_COLOURS[self.section]


@lru_cache(maxsize=32)
def places(plan: Plan) -> tuple[Place, ...]:
    """The places of a network in the order of the data: 1 + its number of blocks."""
    found = [Place(0, 0, 0, plan.stem.layers[-1].name, plan.stem.out_shape)]
    for stage, section in enumerate(plan.stages, start=1):
        for number, block in enumerate(section.blocks, start=1):
            found.append(Place(len(found), stage, number, block.name, block.out_shape))
    return tuple(found)
