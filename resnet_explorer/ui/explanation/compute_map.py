"""The chosen map: read from the pass at once, or computed piece by piece where that takes more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Step
from resnet_explorer.common.text import as_markdown
from resnet_explorer.explanation.cam import METHODS, ONE_PASS, Evidence
from resnet_explorer.ui.explanation.evidence import MapChoice
from resnet_explorer.ui.session.loaded_networks import trained
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.session.shared_result import shared_result

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.explanation.multi_pass import Reading
    from resnet_explorer.model.resnet import ResNet
    from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto


@dataclass(frozen=True, eq=False)
class Found:
    """A map, and what its numbers say of it.

    Attributes:
        evidence: the map.
        sentence: about its numbers; "" where there is nothing to say.
        complete: whether the work was done to its end.
    """

    evidence: Evidence
    sentence: str = ""
    complete: bool = True


def compute_map(result: StagePass, choice: MapChoice, viewed: ViewedPhoto) -> Found | None:
    """The map, with progress and Stop where it takes long.

    Args:
        result: a pass over all stages.
        choice: which map.
        viewed: the photo, and the network that it is of.

    Returns:
        What is known; None for nothing, after a Stop.
    """
    if choice.method in ONE_PASS:
        return shared_result("_p_found", (result, choice), lambda: Found(choice.evidence(result)))
    method, name = METHODS[choice.method].name, as_markdown(result.name(viewed.names))
    label = t("{method} for {name}").format(method=method, name=name)
    inputs = (result, choice.method, choice.stage)  # either side of a map is of one computation
    model = trained(viewed.weights)
    found, complete = run_with_progress(
        "_p_slow_map", inputs, lambda: _steps(model, result, choice, viewed), label
    )
    if found is None:
        return None

    def side() -> Found:
        return Found(replace(found.evidence, negative=choice.negative), found.sentence, complete)

    return shared_result("_p_found", (found, choice.negative, complete), side)


def _steps(
    model: ResNet, result: StagePass, choice: MapChoice, viewed: ViewedPhoto
) -> Iterator[Step[Reading]]:
    from resnet_explorer.explanation.multi_pass import MULTI_PASS

    return MULTI_PASS[choice.method](model, viewed.tensor(), choice.stage, result.target)
