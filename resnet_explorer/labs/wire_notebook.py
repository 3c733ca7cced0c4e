"""The experiments of "Cut the wire" as a notebook."""

from __future__ import annotations

from resnet_explorer.notebook import Cell, notebook

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
from resnet_explorer.labs.wire_sweep import sweep_of

chains = wiring.each_skipped(blocks)
*_, last = tally(model, photos, list(chains.values()))
sweep = sweep_of(chosen.label, blocks, chains, last.answer)
sweep_figure([sweep], None, "left")
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
from resnet_explorer.labs.wire_sweep import drops_of

rows = wiring.random_rows(blocks, draws={draws}, seed={seed})
*_, last = tally_rows(model, photos, rows)
drops = drops_of(chosen.label, blocks, last.answer)
drops_figure([drops], None, "lost")
"""
_OTHER = """
other = weights.find({key!r})
other_model = for_evaluation(weights.load(other))
other_blocks, other_photos = other.plan.blocks, photos_of(other, {photos})

other_chains = wiring.each_skipped(other_blocks)
*_, last = tally(other_model, other_photos, list(other_chains.values()))
other_sweep = sweep_of(other.label, other_blocks, other_chains, last.answer)
sweep_figure([sweep, other_sweep], None, "left")
"""
_OTHER_DROPS = """
other_rows = wiring.random_rows(other_blocks, draws={draws}, seed={seed})
*_, last = tally_rows(other_model, other_photos, other_rows)
other_drops = drops_of(other.label, other_blocks, last.answer)
drops_figure([drops, other_drops], None, "lost")
"""
_PATHS = """
from resnet_explorer.labs.paths import measured_flow
from resnet_explorer.labs.wire_path_figures import flow_figure

*_, last = measured_flow(model, photos, draws={draws}, seed={seed})
flow = last.answer
flow_figure(flow)
"""


def wire_notebook(
    key: str,
    photos: int,
    lesions: str,
    draws: int,
    seed: int,
    other: str | None = None,
    *,
    is_plain: bool = False,
) -> bytes:
    """The notebook.

    Args:
        key: of the weights.
        photos: how many are shown.
        lesions: as in the link.
        draws: networks for each number of blocks taken out, and paths of each length.
        seed: of the draws.
        other: the key of the weights that stand beside; None for none.
        is_plain: whether the network has no shortcuts, and so but one path.
    """
    cells: list[Cell] = [
        (
            "markdown",
            "Veit, Wilber, Belongie: *Residual Networks Behave Like Ensembles of Relatively Shallow "
            "Networks*, NeurIPS 2016. A trained network, photos that it never saw, and what is left when "
            "blocks are taken out.",
        ),
        ("code", _BEGIN.format(key=key, photos=photos)),
        ("markdown", "## Without each block in turn (section 4.1)"),
        ("code", _SWEEP),
    ]
    if other:
        cells += [
            ("markdown", "## The network of the other kind beside it"),
            ("code", _OTHER.format(key=other, photos=photos)),
        ]
    cells += [
        ("markdown", "## Cut by hand"),
        ("code", _HAND.format(lesions=lesions)),
        ("markdown", "## Without several, drawn at random (section 4.2)"),
        ("code", _DROPS.format(draws=draws, seed=seed)),
    ]
    if other:
        cells.append(("code", _OTHER_DROPS.format(draws=draws, seed=seed)))
    if not is_plain:
        cells += [
            ("markdown", "## The gradient along paths of each length (section 5)"),
            ("code", _PATHS.format(draws=draws, seed=seed)),
        ]
    return notebook(_TITLE, cells)
