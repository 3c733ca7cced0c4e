"""The maps on the path of the feature map: the image, what leaves each section, the scores."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import nt, t
from resnet_explorer.network.layers import Plan, Shape, Stage, shape_text
from resnet_explorer.network.table_rows import paper_name, torchvision_name, window_text


@dataclass(frozen=True)
class FeatureMap:
    """A map on the path: `key` names it for a click, `names` and `how` are its label."""

    key: str
    names: tuple[str, ...]
    how: tuple[str, ...]
    shape: Shape
    colour: str

    @property
    def label(self) -> tuple[str, ...]:
        """What stands under it: its name, its shape, how it came about, its other names."""
        channels, *sides = self.shape
        shape = f"{channels} × {shape_text(tuple(sides))}" if sides else str(channels)
        return (t(self.names[0]), shape, *self.how, *filter(None, [" ".join(self.names[1:])]))


def feature_maps(plan: Plan) -> tuple[FeatureMap, ...]:
    """The maps that the picture shows: the image, and what leaves each section."""
    image = FeatureMap("input", ("input",), (), plan.input_shape, LINE_GREY)
    return (image, *_stem_maps(plan.stem), *map(_stage_map, plan.stages), *_head_maps(plan))


def _stem_maps(stem: Stage) -> list[FeatureMap]:
    windows = [layer for layer in stem.layers if layer.kind in ("conv", "maxpool")]
    colour = STAGE_COLOURS["stem"]
    return [FeatureMap(w.name, (w.name,), (window_text(w),), w.out_shape, colour) for w in windows]


def _stage_map(stage: Stage) -> FeatureMap:
    count = len(stage.blocks)
    return FeatureMap(
        stage.name,
        (stage.name, paper_name(stage), torchvision_name(stage)),
        (nt("{count} block", "{count} blocks", count).format(count=count),),
        stage.out_shape,
        STAGE_COLOURS[stage.name],
    )


def _head_maps(plan: Plan) -> list[FeatureMap]:
    hows = {"avgpool": (t("mean"),), "fc": (t("linear"),)}
    return [
        FeatureMap(layer.name, (layer.name,), hows[layer.name], layer.out_shape, STAGE_COLOURS["head"])
        for layer in plan.head.layers
        if layer.name in hows
    ]


def sides(shape: Shape) -> tuple[int, int]:
    """Height and width; a vector is a map of one pixel."""
    return (shape[1], shape[2]) if len(shape) == 3 else (1, 1)
