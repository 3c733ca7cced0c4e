"""What each block adds to the photo, below the path: the cards of all blocks, filled in when it is known."""

from __future__ import annotations

from resnet_explorer.common.i18n import t
from resnet_explorer.graph.svg import Picture
from resnet_explorer.inside.additions import not_known_yet
from resnet_explorer.inside.additions_svg import strip_picture
from resnet_explorer.network.layers import Plan
from resnet_explorer.ui.architecture.path_picture import PathView
from resnet_explorer.ui.session.cached_result import cached_result


def additions_strip(p: Plan, view: PathView) -> Picture:
    """The strip of a network; before its numbers are there, of the same blocks without them.

    Args:
        p: the network.
        view: what is known of the photo in it.
    """

    def draw() -> Picture:
        if view.found is None:
            return strip_picture(not_known_yet(p.blocks))
        side = view.found.preprocessing.crop
        where = "" if p.input_size == (side, side) else t(", at {side} × {side}").format(side=side)
        return strip_picture(view.found.added, where=where)

    return cached_result("_path_additions", (p, view.found), draw)
