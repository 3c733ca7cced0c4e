"""A network in a few characters, for a link: "resnet50", or "basic.2-2-2-2.width-32.stem-cifar"."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.network.plan import check_input_size
from resnet_explorer.network.spec import PRESETS, ResNetSpec, preset_name

_OPTIONS: Final = {field.name: field for field in fields(ResNetSpec) if field.name not in ("block", "depths")}


def encode_spec(spec: ResNetSpec) -> str:
    """The preset's name, or the block, the depths and every field that is not at its default."""
    name = preset_name(spec)
    if name is not None:
        return name
    parts = [spec.block, "-".join(map(str, spec.depths))]
    for option, field in _OPTIONS.items():
        value = getattr(spec, option)
        if value != field.default:
            parts.append(f"{option}-{int(value) if isinstance(value, bool) else value}")
    return ".".join(parts)


def preset_called(name: str) -> str | None:
    """The preset of a name as people write it, too: "ResNet-50", or "resnet20" for resnet20_cifar."""
    called = {_as_written(each.removesuffix("_cifar")): each for each in PRESETS}
    called |= {_as_written(each): each for each in PRESETS}
    return called.get(_as_written(name))


def _as_written(name: str) -> str:
    return name.lower().translate(str.maketrans("", "", "-_ "))


def decode_spec(code: str) -> ResNetSpec:
    """The spec of a link.

    Raises:
        ValueError: in one sentence, if it names no network or one that cannot be built.
    """
    name = preset_called(code)
    if name:
        return PRESETS[name]
    block, _, rest = code[:500].partition(".")
    depths, *options = rest.split(".")
    if block not in ("basic", "bottleneck"):
        raise ValueError(
            t("net is {code!r}, which is no preset and no code of a network.").format(code=code[:60])
        )
    try:
        values = dict(map(_decode_option, options))
        return ResNetSpec(block, tuple(map(_number, depths.split("-"))), **values)  # type: ignore[arg-type]
    except ValueError as error:
        raise ValueError(t("net is {code!r}: {error}").format(code=code[:60], error=error)) from None


def _decode_option(option: str) -> tuple[str, Any]:
    name, _, value = option.partition("-")
    if name not in _OPTIONS:
        raise ValueError(t("{name!r} is no field of a network.").format(name=name))
    default = _OPTIONS[name].default
    if name == "stem_pool" or isinstance(default, bool):
        return name, _number(value) != 0
    return name, _number(value) if isinstance(default, int) or name == "stem_padding" else value


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise ValueError(t("{text!r} is no whole number.").format(text=text[:20]))
    return int(text)


def encode_size(size: tuple[int, int]) -> str:
    """An input size as "224" or "224x160" (height × width)."""
    height, width = size
    return str(height) if height == width else f"{height}x{width}"


def decode_size(code: str) -> tuple[int, int]:
    """The input size of a link.

    Raises:
        ValueError: in one sentence, if it is no size, or none that a network may have.
    """
    height, _, width = code.partition("x")
    try:
        size = _number(height), _number(width or height)
    except ValueError:
        raise ValueError(
            t("size is {code!r}; a size is written as 224 or 224x160.").format(code=code[:20])
        ) from None
    check_input_size(size)
    return size
