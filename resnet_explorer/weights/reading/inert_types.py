"""Harmless things that people save beside the weights, made into plain data without running anything.

A pickle names what it is made of. Each name below is answered by something of ours that only keeps values;
a name that is not here is refused.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_NUMBERS: Final = "biuf"
_TEXTS: Final = "US"
_LARGEST: Final = 8
"""Bytes of a number."""


class _Record(dict[str, Any]):
    """What keeps its values as attributes, such as argparse.Namespace: a mapping of them."""

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, Mapping):
            self.update(state)


class _OwnDict:
    """A dict of somebody's own class: a plain one."""

    def __new__(cls, *_: Any) -> Any:
        return OrderedDict()


class _Text:
    """A str of somebody's own class: a plain one."""

    def __new__(cls, value: Any = "", *_: Any) -> Any:
        return _text(value)


class _Type:
    """numpy.dtype: a code such as "f4", and the order of the bytes."""

    def __init__(self, code: Any = "", *_: Any) -> None:
        self._code, self._order = _text(code), "="

    def __setstate__(self, state: Sequence[Any]) -> None:
        order = state[1].decode() if isinstance(state[1], bytes) else _text(state[1])
        self._order = order if order in "<>" else "="

    def numpy(self) -> np.dtype[Any] | None:
        """The type, if it is one of numbers or texts."""
        try:
            found = np.dtype(f"{self._order}{self._code}")
        except (TypeError, ValueError):
            return None
        is_number = found.kind in _NUMBERS and found.itemsize <= _LARGEST  # torch has no long double
        return found if is_number or found.kind in _TEXTS else None


class _Array:
    """numpy.ndarray: its values, None until they came and where they are neither numbers nor texts."""

    values: NDArray[Any] | list[Any] | None = None

    def __setstate__(self, state: Sequence[Any]) -> None:
        _, shape, kind, is_fortran, content = state
        if isinstance(content, list):  # of objects
            self.values = content
            return
        dtype = kind.numpy() if isinstance(kind, _Type) else None
        if dtype is not None:
            flat = np.frombuffer(_bytes(content), dtype)
            self.values = flat.reshape(shape, order="F" if is_fortran else "C")


def _array(*_: Any) -> _Array:
    """An array whose values come next. The shape that is asked for here is not made: it may be a bomb."""
    return _Array()


def _scalar(kind: Any, content: Any = b"") -> Any:
    dtype = kind.numpy() if isinstance(kind, _Type) else None
    return None if dtype is None else np.frombuffer(_bytes(content), dtype, count=1)[0].item()


def _bytes(content: Any) -> bytes:
    return content.encode("latin1") if isinstance(content, str) else bytes(content)


def _mapping(*_: Any) -> dict[Any, Any]:
    """collections.defaultdict, without what makes its defaults."""
    return {}


def _nothing(*_: Any) -> None:
    """A type that is only named."""


def _text(value: Any) -> str:
    """A text or a number as text; of what holds others, which may be endless, its kind."""
    return str(value) if isinstance(value, str | bytes | int | float) else type(value).__name__


def _parts(pure: Callable[..., Any]) -> Callable[..., str]:
    return lambda *parts: str(pure(*map(_text, parts)))


_MULTIARRAY: Final = ("numpy.core.multiarray", "numpy._core.multiarray")
_PATHS: Final = ("pathlib", "pathlib._local")

INERT: Final[Mapping[str, Callable[..., Any]]] = {
    "argparse.Namespace": _Record,
    "types.SimpleNamespace": _Record,
    "collections.defaultdict": _mapping,
    "torch.torch_version.TorchVersion": _Text,
    "numpy.dtype": _Type,
    "numpy.ndarray": _Array,
    **{f"{module}._reconstruct": _array for module in _MULTIARRAY},
    **{f"{module}.scalar": _scalar for module in _MULTIARRAY},
    **{
        f"{module}.{name}": _parts(PurePosixPath)
        for module in _PATHS
        for name in ("PosixPath", "PurePosixPath")
    },
    **{
        f"{module}.{name}": _parts(PureWindowsPath)
        for module in _PATHS
        for name in ("WindowsPath", "PureWindowsPath")
    },
    **{
        f"datetime.{name}": getattr(datetime, name)
        for name in ("datetime", "date", "time", "timedelta", "timezone")
    },
    **{
        f"builtins.{name}": _nothing
        for name in ("list", "dict", "tuple", "str", "int", "float", "bool", "bytes", "object")
    },
    **{f"numpy.{name}": _nothing for name in ("float16", "float32", "float64", "int32", "int64", "uint8")},
    **dict.fromkeys(
        (
            "addict.addict.Dict",
            "easydict.EasyDict",
            "fvcore.common.config.CfgNode",
            "lightning.fabric.utilities.data.AttributeDict",
            "lightning_fabric.utilities.data.AttributeDict",
            "pytorch_lightning.utilities.parsing.AttributeDict",
            "timm.utils.misc.AttrDict",
            "yacs.config.CfgNode",
        ),
        _OwnDict,
    ),
}
"""What stands for each name."""


def numbers_of(value: Any) -> Any:
    """The values of an array that was in a pickle; a list of texts or objects; anything else as it is."""
    if not isinstance(value, _Array):
        return value
    found = value.values
    if isinstance(found, np.ndarray) and found.dtype.kind in _NUMBERS:
        # torch knows no foreign order of bytes, and writes where it reads
        return np.array(found, found.dtype.newbyteorder("="))
    return found.tolist() if isinstance(found, np.ndarray) else found
