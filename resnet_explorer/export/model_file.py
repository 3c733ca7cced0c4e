"""A network as one Python file that needs PyTorch and nothing of this project.

The file is for reading: it has the classes that this network needs and no others, numbers where a
library would have variables, and a shape at each line where the shape changes. It keeps torchvision's
names and order of parameters, and draws its initial weights in the order in which `module.build` does.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from resnet_explorer.plan import Layer, Plan, plan, shape_text
from resnet_explorer.spec import TORCHVISION_NAMES, ResNetSpec, preset_name, title

COLUMNS: Final = 88
"""The line length that ruff and Black keep unless told."""

_BLOCK_NAMES: Final = {"basic": "BasicBlock", "bottleneck": "Bottleneck"}


def model_file(spec: ResNetSpec, input_size: tuple[int, int] | None = None) -> str:
    """The text of `model.py`; the same network and size give the same text.

    Args:
        spec: the network.
        input_size: height and width at which the file checks shapes; the network's own unless told.

    Raises:
        ValueError: if the network cannot be built at that size.
    """
    p = plan(spec, input_size or spec.natural_size)
    parts = [
        f"{_heading(p)}\n\nimport torch\nfrom torch import Tensor, nn\n\n{_numbers(p)}",
        _conv3x3(p),
        *([_conv1x1(p)] if _has_1x1(p) else []),
        *([_ZERO_PAD] if "zero_pad" in _shortcuts(p) else []),
        _block(p),
        _make_stage(p),
        _network(p),
        *([_torchvision(p)] if preset_name(spec) in TORCHVISION_NAMES else []),
        _check(p),
        'if __name__ == "__main__":\n    check()',
    ]
    return "\n\n\n".join(parts) + "\n"


# What the parts depend on


def _shortcuts(p: Plan) -> frozenset[str]:
    return frozenset(block.shortcut for block in p.blocks)


def _strides(p: Plan) -> bool:
    """Whether any stage halves the size."""
    return len(p.stages) > 1


def _has_1x1(p: Plan) -> bool:
    return p.spec.block == "bottleneck" or "projection" in _shortcuts(p)


def _1x1_strides(p: Plan) -> bool:
    halves_first = p.spec.block == "bottleneck" and p.spec.stride_in == "1x1"
    return _strides(p) and (halves_first or "projection" in _shortcuts(p))


def _3x3_strides(p: Plan) -> bool:
    return _strides(p) and (p.spec.block == "basic" or p.spec.stride_in == "3x3")


def _preactivated(p: Plan) -> bool:
    return p.spec.activation == "pre"


def class_name(spec: ResNetSpec) -> str:
    """What the network's class is called in the file."""
    return "PlainNet" if spec.shortcut == "none" else "ResNet"


def _block_name(p: Plan) -> str:
    return ("PreAct" if _preactivated(p) else "") + _BLOCK_NAMES[p.spec.block]


# The parts


def _heading(p: Plan) -> str:
    made_of = [f'"{p.spec.block}"', str(p.spec.depths)]
    for field in fields(p.spec)[2:]:
        value = getattr(p.spec, field.name)
        if value != field.default:
            made_of.append(f"{field.name}={_literal(value)}")
    name = preset_name(p.spec)
    paragraphs = [
        f"{title(p.spec)} in one file: it needs PyTorch, and nothing else.",
        "Written by ResNet Explorer from " + (f'its network "{name}":' if name else "this network:"),
        _call("ResNetSpec", made_of, indent=4),
        f"{p.params:,} parameters; {p.macs:,} multiply-accumulates for one image of "
        f"{shape_text(p.input_shape)}. Parameters have torchvision's names. "
        "`python model.py` builds the network and checks its parameters and shapes.",
        "MIT License. Copyright (c) 2026 The ResNet Explorer authors.",
    ]
    text = "\n\n".join(part if part.startswith(" ") else _wrapped(part) for part in paragraphs)
    return f'"""{text}\n"""'


def _numbers(p: Plan) -> str:
    names = ["stem", *(f"layer{number}" for number in range(1, len(p.stages) + 1))]
    shapes = [section.out_shape for section in p.sections]
    lines = [
        f'    "{name}": {shape},'
        for name, shape in zip([*names, *(["head"] if p.head.layers else [])], shapes, strict=True)
    ]
    return "\n".join(
        [
            f"PARAMETERS = {p.params:_}",
            f"INPUT = {p.input_shape}  # channels, height, width",
            "SHAPES = {  # what comes out of each part for such an image",
            *lines,
            "}",
        ]
    )


def _conv3x3(p: Plan) -> str:
    strides = _3x3_strides(p)
    arguments = ["in_channels", "out_channels", "3", *(["stride"] if strides else []), "padding=1"]
    if p.spec.groups > 1:
        arguments.append(f"groups={p.spec.groups}")
    size = "keeps the size, or halves it with a stride of 2" if strides else "keeps the size"
    return _function(
        _call("def conv3x3", _typed(strides), " -> nn.Conv2d:"),
        f"A 3×3 convolution that {size}.",
        [_call("return nn.Conv2d", arguments + _bias(p), indent=4)],
    )


def _conv1x1(p: Plan) -> str:
    strides = _1x1_strides(p)
    arguments = ["in_channels", "out_channels", "1", *(["stride"] if strides else [])]
    return _function(
        _call("def conv1x1", _typed(strides), " -> nn.Conv2d:"),
        "A 1×1 convolution: mixes channels, looks at no neighbours.",
        [_call("return nn.Conv2d", arguments + _bias(p), indent=4)],
    )


_ZERO_PAD: Final = '''\
class ZeroPad(nn.Module):
    """Option A: every second pixel, then channels of zeros (He et al. 2015, 3.3)."""

    def __init__(self, extra_channels: int, stride: int) -> None:
        super().__init__()
        self.extra_channels = extra_channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        x = x[:, :, :: self.stride, :: self.stride]
        return nn.functional.pad(x, (0, 0, 0, 0, 0, self.extra_channels))'''


def _block(p: Plan) -> str:
    return "\n".join(
        [
            f"class {_block_name(p)}(nn.Module):",
            f'    """{_block_docstring(p)}"""',
            "",
            _call("def __init__", ["self", *_block_parameters(p)], " -> None:", indent=4),
            "        super().__init__()",
            *_downsample(p),
            *_block_layers(p),
            *(["        self.downsample = downsample"] if _changes(p) else []),
            "",
            "    def forward(self, x: Tensor) -> Tensor:",
            *(_preactivated_forward(p) if _preactivated(p) else _forward(p)),
        ]
    )


def _block_docstring(p: Plan) -> str:
    basic = p.spec.block == "basic"
    parts = "Two 3×3 convolutions" if basic else "1×1 down, 3×3, 1×1 up"
    parts += ", no shortcut" if p.spec.shortcut == "none" else ", and a shortcut"
    if _preactivated(p):
        order = "ReLU, conv" if p.spec.norm == "none" else "norm, ReLU, conv"
        return f"{parts}; {order} (He et al. 2016)."
    return f"{parts} (He et al. 2015, fig. 5 {'left' if basic else 'right'})."


def _block_parameters(p: Plan) -> list[str]:
    return [
        "in_channels: int",
        *(["inner: int"] if p.spec.block == "bottleneck" else []),
        "out_channels: int",
        *(["stride: int = 1"] if _strides(p) else []),
        *(["first: bool = False"] if _preactivated(p) else []),
    ]


def _changes(p: Plan) -> bool:
    """Whether any shortcut does something to x."""
    return bool(_shortcuts(p) & {"projection", "zero_pad"})


def _downsample(p: Plan) -> list[str]:
    """The shortcut of a block that changes the shape, by options A, B or C (He et al. 2015, 3.3)."""
    if not _changes(p):
        return []
    kept = "identity" in _shortcuts(p)  # some blocks hand x on as it is
    stride = ["stride"] if _strides(p) else []
    if "zero_pad" in _shortcuts(p):
        name, arguments = "downsample = ZeroPad", ["out_channels - in_channels", *(stride or ["stride=1"])]
    else:
        name, arguments = (
            "downsample = nn.Sequential",
            [_call("conv1x1", ["in_channels", "out_channels", *stride])],
        )
        if p.spec.norm == "batch" and p.spec.projection_norm and not _preactivated(p):
            arguments.append("nn.BatchNorm2d(out_channels)")
    return [
        "        # Made before the convolutions, so that a seed gives torchvision's weights.",
        *(["        downsample = None", "        if in_channels != out_channels:"] if kept else []),
        _call(name, arguments, indent=12 if kept else 8),
    ]


def _block_layers(p: Plan) -> list[str]:
    """The layers of the branch, in torchvision's order."""
    lines: list[str] = []
    for number, (kernel, source, target, strides) in enumerate(_convs(p), start=1):
        arguments = ", ".join([source, target, *(["stride"] if strides else [])])
        line = f"        self.conv{number} = conv{kernel}x{kernel}({arguments})"
        lines.append(line + (_version(p) if strides else ""))
        if p.spec.norm == "none":
            continue
        normed = source if _preactivated(p) else target
        if number == 1 and _preactivated(p):
            lines += ["        if not first:  # the stem has activated the first block's input"]
            lines += [f"            self.bn{number} = nn.BatchNorm2d({normed})"]
        else:
            lines.append(f"        self.bn{number} = nn.BatchNorm2d({normed})")
    if _preactivated(p):
        lines.append("        self.first = first")
    return [*lines, "        self.relu = nn.ReLU()"]


def _version(p: Plan) -> str:
    """What people call the place of a bottleneck's stride, as a comment."""
    if p.spec.block == "basic":
        return ""
    return f"  # {'v1.5' if p.spec.stride_in == '3x3' else 'v1'}: the stride is here"


def _convs(p: Plan) -> list[tuple[int, str, str, bool]]:
    """Kernel, channels in and out, and whether it has the stride, of each convolution of a block."""
    if p.spec.block == "basic":
        return [
            (3, "in_channels", "out_channels", _strides(p)),
            (3, "out_channels", "out_channels", False),
        ]
    first = _strides(p) and p.spec.stride_in == "1x1"
    return [
        (1, "in_channels", "inner", first),
        (3, "inner", "inner", _3x3_strides(p)),
        (1, "inner", "out_channels", False),
    ]


def _forward(p: Plan) -> list[str]:
    *others, last = [_normed(p, number, f"self.conv{number}({{}})") for number in _numbers_of_convs(p)]
    lines = [f"        y = self.relu({conv.format('x' if not n else 'y')})" for n, conv in enumerate(others)]
    lines.append(f"        y = {last.format('y')}")
    return [*lines, *_shortcut_lines(p, "x"), f"        return self.relu({_sum(p)})"]


def _preactivated_forward(p: Plan) -> list[str]:
    lines = [
        f"        activated = x if self.first else self.relu({_normed(p, 1, 'x')})",
        "        y = self.conv1(activated)",
    ]
    for number in _numbers_of_convs(p)[1:]:
        lines.append(f"        y = self.conv{number}(self.relu({_normed(p, number, 'y')}))")
    # A projection reads the activated input, as the branch does; padding leaves x as it is.
    entering = "x" if "zero_pad" in _shortcuts(p) else "activated"
    return [*lines, *_shortcut_lines(p, entering), f"        return {_sum(p)}"]


def _shortcut_lines(p: Plan, entering: str) -> list[str]:
    if not _changes(p):
        return []
    changed = f"self.downsample({entering})"
    if "identity" in _shortcuts(p):
        changed = f"x if self.downsample is None else {changed}"
    return [f"        shortcut = {changed}"]


def _sum(p: Plan) -> str:
    if p.spec.shortcut == "none":
        return "y"
    return "y + shortcut" if _changes(p) else "y + x"


def _normed(p: Plan, number: int, x: str) -> str:
    return x if p.spec.norm == "none" else f"self.bn{number}({x})"


def _numbers_of_convs(p: Plan) -> range:
    return range(1, len(_convs(p)) + 1)


def _make_stage(p: Plan) -> str:
    bottleneck = p.spec.block == "bottleneck"
    parameters = _block_parameters(p)
    parameters.insert(2 + bottleneck, "blocks: int")
    inner = ["inner"] if bottleneck else []
    stride = ["stride"] if _strides(p) else []
    first = ["first"] if _preactivated(p) else []
    name = _block_name(p)
    others = ", ".join(["out_channels", *inner, "out_channels"])
    what = "changes the shape" if _changes(p) or _strides(p) else "may change the channels"
    return _function(
        _call("def make_stage", parameters, " -> nn.Sequential:"),
        f"A stage of residual blocks, the first of which {what}."
        if p.spec.shortcut != "none"
        else f"A stage of blocks, the first of which {what}.",
        [
            _call(f"opening = {name}", ["in_channels", *inner, "out_channels", *stride, *first], indent=4),
            _call("others = ", [f"{name}({others}) for _ in range(blocks - 1)"], indent=4),
            "    return nn.Sequential(opening, *others)",
        ],
    )


def _network(p: Plan) -> str:
    return "\n".join(
        [
            f"class {class_name(p.spec)}(nn.Module):",
            f'    """{_network_docstring(p)}"""',
            "",
            "    def __init__(self) -> None:",
            "        super().__init__()",
            *_network_layers(p),
            "        for module in self.modules():",
            "            if isinstance(module, nn.Conv2d):  # He et al. 2015b, section 2.2",
            "                nn.init.kaiming_normal_(",
            '                    module.weight, mode="fan_out", nonlinearity="relu"',
            "                )",
            "",
            "    def stem(self, x: Tensor) -> Tensor:",
            f"        return {_stem_call(p)}",
            "",
            *_head_method(p),
            "    def forward(self, x: Tensor) -> Tensor:",
            *_network_forward(p),
        ]
    )


def _network_docstring(p: Plan) -> str:
    short = title(p.spec).partition(" (")[0]
    return f"{short}: {shape_text(p.input_shape)} → {shape_text(p.output_shape)}."


def _network_layers(p: Plan) -> list[str]:
    conv = p.stem.layers[0]
    window = [str(conv.kernel), *([f"stride={conv.stride}"] if conv.stride > 1 else [])]
    arguments = [str(conv.in_shape[0]), str(conv.out_shape[0]), *window, f"padding={conv.padding}"]
    lines = [_call("self.conv1 = nn.Conv2d", arguments + _bias(p), indent=8)]
    lines += [f"        self.{layer.name} = {_constructor(layer)}" for layer in p.stem.layers[1:]]
    for number, stage in enumerate(p.stages, start=1):
        inner = [str(p.spec.inner_width(number - 1))] if p.spec.block == "bottleneck" else []
        channels = [str(stage.in_shape[0]), *inner, str(stage.out_shape[0])]
        options = [
            f"blocks={len(stage.blocks)}",
            *(["stride=2"] if number > 1 else []),
            *(["first=True"] if number == 1 and _preactivated(p) else []),
        ]
        lines.append(_call(f"self.layer{number} = make_stage", channels + options, indent=8))
    # The ReLU of the stem serves at the end as well: it has no parameters.
    head = [layer for layer in p.head.layers if layer.kind != "relu"]
    return lines + [f"        self.{layer.name} = {_constructor(layer)}" for layer in head]


def _constructor(layer: Layer) -> str:
    match layer.kind:
        case "norm":
            return f"nn.BatchNorm2d({layer.in_shape[0]})"
        case "relu":
            return "nn.ReLU()"
        case "maxpool":
            return f"nn.MaxPool2d({layer.kernel}, stride={layer.stride}, padding={layer.padding})"
        case "avgpool":
            return "nn.AdaptiveAvgPool2d(1)"
        case _:
            return f"nn.Linear({layer.in_shape[0]}, {layer.out_shape[0]})"


def _stem_call(p: Plan) -> str:
    call = "x"
    for layer in p.stem.layers:
        call = f"self.{layer.name}({call})"
    return call


def _head_method(p: Plan) -> list[str]:
    if not p.head.layers:
        return []
    lines = ["    def head(self, x: Tensor) -> Tensor:"]
    if _preactivated(p):
        call = "x" if p.spec.norm == "none" else "self.bn_last(x)"
        lines.append(f"        {'x =' if p.spec.include_top else 'return'} self.relu({call})")
    if p.spec.include_top:
        lines.append("        return self.fc(torch.flatten(self.avgpool(x), 1))")
    return [*lines, ""]


def _network_forward(p: Plan) -> list[str]:
    lines = [f"        x = self.stem(x)  # {shape_text(p.stem.out_shape)}"]
    for number, stage in enumerate(p.stages, start=1):
        lines.append(f"        x = self.layer{number}(x)  # {shape_text(stage.out_shape)}")
    if not p.head.layers:
        return [*lines, "        return x"]
    return [*lines, f"        return self.head(x)  # {shape_text(p.output_shape)}"]


def _torchvision(p: Plan) -> str:
    return f'''\
def load_torchvision_weights(weights: str = "DEFAULT") -> {class_name(p.spec)}:
    """The network with torchvision's trained weights, fetched the first time.

    "DEFAULT" are the best that it has, "IMAGENET1K_V1" its first.
    """
    import torchvision

    versions = torchvision.models.get_model_weights("{preset_name(p.spec)}")
    model = {class_name(p.spec)}()
    model.load_state_dict(versions[weights].get_state_dict(check_hash=True))
    return model.eval()'''


def _check(p: Plan) -> str:
    return f'''\
def check() -> None:
    """Build the network and hold it against the numbers at the top of this file.

    On the meta device, which computes shapes and no values.
    """
    with torch.device("meta"):
        model, x = {class_name(p.spec)}().eval(), torch.empty(1, *INPUT)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    assert parameters == PARAMETERS, f"{{parameters:,}} parameters, not {{PARAMETERS:,}}"
    print(f"{{parameters:,}} parameters")
    for name, shape in SHAPES.items():
        x = getattr(model, name)(x)
        found = tuple(x.shape[1:])
        assert found == shape, f"{{name}}: {{found}}, not {{shape}}"
        print(f"{{name:8}}", " × ".join(map(str, found)))'''


# Python, written as ruff would


def _typed(strides: bool) -> list[str]:
    return ["in_channels: int", "out_channels: int", *(["stride: int = 1"] if strides else [])]


def _bias(p: Plan) -> list[str]:
    return [] if p.spec.conv_bias else ["bias=False"]


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _function(head: str, docstring: str, body: Sequence[str]) -> str:
    return "\n".join([head, f'    """{docstring}"""', *body])


def _call(name: str, arguments: Sequence[str], tail: str = "", indent: int = 0) -> str:
    """`name(arguments)tail` on one line or, where it is too long, its arguments below it."""
    margin = " " * indent
    line = f"{margin}{name}({', '.join(arguments)}){tail}"
    if len(line) <= COLUMNS:
        return line
    below = f"{margin}    {', '.join(arguments)}"
    if len(below) > COLUMNS:
        below = "\n".join(f"{margin}    {argument}," for argument in arguments)
    return f"{margin}{name}(\n{below}\n{margin}){tail}"


def _wrapped(text: str) -> str:
    return "\n".join(
        textwrap.wrap(text, COLUMNS - len('"""'), break_long_words=False, break_on_hyphens=False)
    )
