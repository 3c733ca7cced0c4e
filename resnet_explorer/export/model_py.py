"""A network as one Python file that needs PyTorch and nothing of this project.

The file is for reading: it has the classes that this network needs and no others, numbers where a
library would have variables, and a shape at each line where the shape changes. It keeps torchvision's
names and order of parameters, and draws its initial weights in the order in which `build` does.
"""

from __future__ import annotations

from dataclasses import fields

from resnet_explorer.export.template import python_file
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import TORCHVISION_NAMES, ResNetSpec, preset_name, title


def model_file(spec: ResNetSpec, input_size: tuple[int, int] | None = None) -> str:
    """The text of `model.py`; the same network and size give the same text.

    Args:
        spec: the network.
        input_size: height and width at which the file checks shapes; the network's own unless told.

    Raises:
        ValueError: if the network cannot be built at that size.
    """
    p = plan(spec, input_size or spec.natural_size)
    name = preset_name(spec)
    return python_file(
        "model_py.jinja",
        p=p,
        spec=spec,
        preset=name,
        title=title(spec),
        class_name=class_name(spec),
        shortcuts={block.shortcut for block in p.blocks},
        spec_arguments=_arguments(spec),
        has_torchvision_weights=name in TORCHVISION_NAMES,
    )


def class_name(spec: ResNetSpec) -> str:
    """What the network's class is called in the file."""
    return "PlainNet" if spec.shortcut == "none" else "ResNet"


def _arguments(spec: ResNetSpec) -> str:
    """What makes the spec: block and depths, and the fields that are not at their defaults."""
    block, depths, *others = ((field, getattr(spec, field.name)) for field in fields(spec))
    named = [f"{field.name}={_literal(value)}" for field, value in others if value != field.default]
    return ", ".join([_literal(block[1]), _literal(depths[1]), *named])


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
