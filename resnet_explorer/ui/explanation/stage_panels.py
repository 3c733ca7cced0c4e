"""The map of every stage, and each over the photo: drawn once for all pictures that show them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from resnet_explorer.explanation.cam import Evidence
from resnet_explorer.ui.explanation.evidence import MapChoice, MapStyle, enlarged, layers
from resnet_explorer.ui.session.shared_result import shared_result

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto


def stage_maps(result: StagePass, choice: MapChoice) -> list[Evidence]:
    """The map of every stage, by a method of one pass; whichever stage is chosen."""
    return shared_result(
        "_p_stage_maps",
        (result, replace(choice, stage=0)),
        lambda: [replace(choice, stage=output.stage).evidence(result) for output in result.outputs],
    )


def stage_panels(
    result: StagePass, choice: MapChoice, viewed: ViewedPhoto, style: MapStyle
) -> list[Image.Image]:
    """Each of them over the square of the photo."""

    def draw() -> list[Image.Image]:
        crop = enlarged(viewed.seen)
        return [layers(each, crop, style)[-1] for each in stage_maps(result, choice)]

    return shared_result("_p_panels", (result, replace(choice, stage=0), style), draw)
