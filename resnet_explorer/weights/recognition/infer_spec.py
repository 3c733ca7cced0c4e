"""Which residual network a checkpoint holds, from the names and shapes of its values alone.

A few shapes give the fields; then the plan of that network says what every shape must be, and the
first that is not as it must be is named. Needs no torch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.network.layers import Layer
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import EXPANSION, BlockKind, ResNetSpec, Shortcut, Stem

Shapes = Mapping[str, tuple[int, ...]]

COUNTER: Final = "num_batches_tracked"
_STEMS: Final[Mapping[int, Stem]] = {7: "imagenet", 3: "cifar"}
_SECOND: Final = ".downsample.1.weight"
"""The norm of a projection, or in ResNet-D its convolution."""


def state_shapes(spec: ResNetSpec) -> dict[str, tuple[int, ...]]:
    """Name and shape of every value in the state_dict of the built network, in its order but for projections.

    (The plan lists a projection where it is called, torch where it was made.)
    """
    layers = plan(spec).layers
    return {f"{layer.name}.{name}": shape for layer in layers for name, shape in _values(layer)}


def recognise(shapes: Shapes) -> ResNetSpec:
    """The network whose values have these names and shapes.

    What shapes cannot tell is chosen as is most common, and `assumptions` says it.

    Args:
        shapes: by torchvision's names; counters of seen batches may be missing.

    Raises:
        ValueError: in one sentence that names the first tensor that does not fit.
    """
    try:
        spec = _guess(shapes)
    except _MisfitError as misfit:
        raise ValueError(
            t("This is no residual network that is known here: {misfit}.").format(misfit=misfit)
        ) from None
    except ValueError as error:
        raise ValueError(
            t("This network is outside of what can be built here: {error}").format(error=error)
        ) from None
    hold_against(shapes, spec)
    return spec


def assumptions(spec: ResNetSpec) -> tuple[str, ...]:
    """What the shapes did not tell of a recognised network, a sentence each."""
    found = []
    if spec.block == "bottleneck" and len(spec.depths) > 1:
        found.append(t('The stride is assumed on the 3×3 (v1.5); "1x1" (v1) has the same shapes.'))
    if spec.shortcut == "zero_pad":
        found.append(
            t(
                "Nothing projects, so option A, its zeros after the channels, is assumed; a plain "
                'network ("none") has the same shapes.'
            )
        )
    elif spec.shortcut == "projection" and not _widens(spec):
        found.append(
            t('No block widens, so shortcuts are assumed; a plain network ("none") has the same shapes.')
        )
    if spec.norm == "none":
        found.append(t('Without norms, "post" and "pre" have the same shapes; "post" is assumed.'))
        found.append(
            t(
                "It may have had norms without values, as instance norms are by default: they leave no "
                "tensor, and the network is another without them."
            )
        )
    return tuple(found)


class _MisfitError(Exception):
    """What does not fit. The message is half a sentence that names the tensor."""


def _guess(shapes: Shapes) -> ResNetSpec:
    width, in_channels, *kernel = _shape(shapes, "conv1.weight", 4)
    if kernel[0] != kernel[1] or kernel[0] not in _STEMS:
        raise _MisfitError(
            t("conv1.weight is {shapes}, a stem of neither 7×7 nor 3×3").format(
                shapes=_text(shapes["conv1.weight"])
            )
        )
    pooled = next((n for n, shape in shapes.items() if n.endswith(_SECOND) and len(shape) == 4), None)
    if pooled:
        raise _MisfitError(
            t(
                "{name} is a convolution, with something without values before it: the average pooling of "
                "ResNet-D’s shortcuts, which cannot be built here"
            ).format(name=pooled)
        )
    depths = _depths(shapes)
    block: BlockKind = "bottleneck" if "layer1.0.conv3.weight" in shapes else "basic"
    inner = _shape(shapes, "layer1.0.conv2.weight", 4)
    entering = _shape(shapes, "layer1.0.conv1.weight", 4)
    # A grouped kernel is (out, in / groups, 3, 3), and both 3×3 of a basic block are grouped alike.
    groups = max(1, inner[0] // inner[1])
    classes = _shape(shapes, "fc.weight", 2)[0] if "fc.weight" in shapes else None
    return ResNetSpec(
        block,
        depths,
        width=width,
        groups=groups,
        width_per_group=64 if block == "basic" else _width_per_group(shapes, width, groups, len(depths)),
        stem=_STEMS[kernel[0]],
        activation="pre" if "bn_last.weight" in shapes else "post",
        shortcut=_shortcut(shapes, block, entering[1] * (groups if block == "basic" else 1), depths),
        norm="batch" if "bn1.weight" in shapes else "none",
        conv_bias="conv1.bias" in shapes,
        in_channels=in_channels,
        num_classes=1000 if classes is None else classes,
        include_top=classes is not None,
        projection_norm=_projection_norm(shapes),
    )


def _projection_norm(shapes: Shapes) -> bool:
    """False only where norms are the default and a projection has none."""
    projected = any(".downsample.0." in name for name in shapes)
    normalized = any(".downsample.1." in name for name in shapes)
    default = "bn1.weight" in shapes and "bn_last.weight" not in shapes
    return normalized or not (projected and default)


def _depths(shapes: Shapes) -> tuple[int, ...]:
    found = {match[0] for name in shapes if (match := re.match(r"layer\d+\.\d+\.", name))}
    depths: list[int] = []
    while f"layer{len(depths) + 1}.0." in found:
        stage = f"layer{len(depths) + 1}."
        depths.append(next(n for n in range(1, len(found) + 1) if f"{stage}{n}." not in found))
    if not depths:
        raise _MisfitError(t("there is no layer1.0.conv1.weight"))
    return tuple(depths)


def _width_per_group(shapes: Shapes, width: int, groups: int, stages: int) -> int:
    """The field that gives each stage its inner width, ⌊width · value / 64⌋ · groups; 64 if it may be."""
    low, high = 1, 4096
    for index in range(stages):
        name = f"layer{index + 1}.0.conv2.weight"
        per_group = _shape(shapes, name, 4)[0] // groups
        stage_width = width * 2**index
        low = max(low, -(-64 * per_group // stage_width))
        high = min(high, (64 * (per_group + 1) - 1) // stage_width)
        if low > high:
            raise _MisfitError(
                t("{name} is {shapes}, and the widths of stages do not double").format(
                    name=name, shapes=_text(shapes[name])
                )
            )
    return min(max(64, low), high)


def _shortcut(shapes: Shapes, block: BlockKind, entering: int, depths: tuple[int, ...]) -> Shortcut:
    projecting = {name.partition(".downsample.")[0] for name in shapes if ".downsample.0." in name}
    widening = {f"layer{number}.0" for number in range(2, len(depths) + 1)}
    if EXPANSION[block] > 1:
        widening.add("layer1.0")
    if projecting - widening:
        return "projection_all"
    return "projection" if projecting or not widening else "zero_pad"


def _widens(spec: ResNetSpec) -> bool:
    return len(spec.depths) > 1 or spec.expansion > 1


def hold_against(shapes: Shapes, spec: ResNetSpec) -> None:
    """Hold the values that are there against those that the network must have.

    Raises:
        ValueError: for the first that is of another shape, in the network's order, left over or missing.
    """
    expected = state_shapes(spec)
    names = [*(name for name in expected if name in shapes), *shapes, *expected]
    misfits = (_misfit(name, shapes.get(name), expected.get(name)) for name in names)
    first = next((misfit for misfit in misfits if misfit), None)
    if first:
        raise ValueError(t("This is no residual network that is known here: {misfit}.").format(misfit=first))


def _misfit(name: str, found: tuple[int, ...] | None, wanted: tuple[int, ...] | None) -> str:
    if found == wanted or (found is None and name.endswith(COUNTER)):
        return ""
    if wanted is None:
        return t("{name} has no place in it").format(name=name)
    if found is None and name.endswith(".downsample.1.weight"):
        projection = name.replace("downsample.1", "downsample.0")
        return t("{projection} is a projection that no normalization follows, and one would have to").format(
            projection=projection
        )
    if found is None:
        return t("there is no {name}").format(name=name)
    return t("{name} is {found} and would have to be {wanted}").format(
        name=name, found=_text(found), wanted=_text(wanted)
    )


def _shape(shapes: Shapes, name: str, dimensions: int) -> tuple[int, ...]:
    shape = shapes.get(name)
    if shape is None:
        known = ("conv1.weight", "conv1.bias", "bn1.", "layer", "fc.")
        stranger = next((n for n in shapes if not n.startswith(known)), "")
        but = t(", but there is {stranger}").format(stranger=stranger) if stranger else ""
        deep = t(", a stem of several convolutions") if stranger.startswith("conv1.") else ""
        raise _MisfitError(t("there is no {name}{but}{deep}").format(name=name, but=but, deep=deep))
    if len(shape) != dimensions or 0 in shape:
        raise _MisfitError(t("{name} is {shape}").format(name=name, shape=_text(shape)))
    return shape


def _values(layer: Layer) -> Iterator[tuple[str, tuple[int, ...]]]:
    """What a layer keeps in the state_dict, in torch's order."""
    channels, out_channels = layer.in_shape[0], layer.out_shape[0]
    if layer.kind == "conv":
        yield "weight", (out_channels, channels // layer.groups, layer.kernel, layer.kernel)
    elif layer.kind == "fc":
        yield "weight", (out_channels, channels)
    elif layer.kind == "norm":
        yield from ((name, (channels,)) for name in ("weight", "bias", "running_mean", "running_var"))
        yield COUNTER, ()
    if layer.bias:
        yield "bias", (out_channels,)


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or t("a single number")
