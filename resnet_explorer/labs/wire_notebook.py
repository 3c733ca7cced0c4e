"""The experiments of "Cut the wire" as a notebook."""

from __future__ import annotations

from resnet_explorer.notebook import notebook

_TITLE = "Cut the wire"
_BEGIN = """
from resnet_explorer import weights
from resnet_explorer.evaluation import for_evaluation
from resnet_explorer.labs import wiring
from resnet_explorer.labs.lesions import tally
from resnet_explorer.labs.measured import photos_of

chosen = weights.find({key!r})
model = for_evaluation(weights.load(chosen))
blocks = chosen.plan.blocks
photos = photos_of(chosen, {photos})  # with labels: accuracy; without: agreement with the whole network
"""
_SWEEP = """
from resnet_explorer.labs.wire_figures import sweep_figure

chains = wiring.each_skipped(blocks)
*_, last = tally(model, photos, list(chains.values()))
whole, sweep = last.answer.whole, dict(zip(chains, last.answer.scores))
sweep_figure(blocks, sweep, whole, None, "left")
"""
_HAND = """
lesions = wiring.read({lesions!r}, blocks)  # c: shortcut cut, s: block skipped, x: two blocks swapped
*_, last = tally(model, photos, [lesions.wiring(len(blocks))])
by_hand = last.answer.scores[0]
by_hand
"""
_DROPS = """
from resnet_explorer.labs.lesions import tally_rows
from resnet_explorer.labs.wire_figures import drops_figure

rows = wiring.random_rows(blocks, draws={draws}, seed={seed})
*_, last = tally_rows(model, photos, rows)
drops = [row.scores for row in last.answer]
drops_figure(drops, whole, None, "lost")
"""
_PATHS = """
from resnet_explorer.labs.paths import measured_flow
from resnet_explorer.labs.wire_figures import flow_figure

*_, last = measured_flow(model, photos, draws={draws}, seed={seed})
flow = last.answer
flow_figure(flow)
"""


def wire_notebook(key: str, photos: int, lesions: str, draws: int, seed: int) -> bytes:
    """The notebook.

    Args:
        key: of the weights.
        photos: how many are shown.
        lesions: as in the link.
        draws: networks for each number of blocks taken out, and paths of each length.
        seed: of the draws.
    """
    return notebook(
        _TITLE,
        [
            (
                "markdown",
                "Veit, Wilber, Belongie: *Residual Networks Behave Like Ensembles of Relatively Shallow "
                "Networks*, NeurIPS 2016. A trained network, photos that it never saw, and what is left when "
                "blocks are taken out.",
            ),
            ("code", _BEGIN.format(key=key, photos=photos)),
            ("markdown", "## Without each block in turn (section 4.1)"),
            ("code", _SWEEP),
            ("markdown", "## Cut by hand"),
            ("code", _HAND.format(lesions=lesions)),
            ("markdown", "## Without several, drawn at random (section 4.2)"),
            ("code", _DROPS.format(draws=draws, seed=seed)),
            ("markdown", "## The gradient along paths of each length (section 5)"),
            ("code", _PATHS.format(draws=draws, seed=seed)),
        ],
    )
