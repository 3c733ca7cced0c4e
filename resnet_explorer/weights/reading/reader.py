"""The bytes of a checkpoint into tensors, and nothing else: no code of it runs, no bomb goes off.

A file is opened by what is in it. What the names of checkpoints end in is in `checkpoint_name.py`.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.common.regular_file import check_length, open_regular
from resnet_explorer.weights.reading.checkpoint_name import MAX_BYTES
from resnet_explorer.weights.reading.inert_types import INERT, numbers_of
from resnet_explorer.weights.reading.other_formats import other_format
from resnet_explorer.weights.reading.pickle_program import TooMuchError, check_program
from resnet_explorer.weights.reading.safetensors_header import MAX_HEADER, parse_json
from resnet_explorer.weights.reading.torch_archive import packed_anew

MAX_NESTING: Final = 20
_ALLOWED: Final = Lock()
"""torch keeps what is allowed beside tensors for all threads: one reads at a time."""
_PICKLES: Final = 5
"""In a file of torch's old format: its number, its version, the system's, what was saved, its storages."""
_BYTEARRAY: Final = (b"cbuiltins\nbytearray\n", b"c__builtin__\nbytearray\n")
"""torch would make one of any length that a pickle asks for, before a byte of it is read."""


@dataclass(frozen=True)
class Raw:
    """What a file holds: tensors and plain values by name, and the text that safetensors keeps with them."""

    content: Mapping[Any, Any]
    metadata: dict[str, str] = field(default_factory=dict)


def read_checkpoint_file(content: bytes | Path, name: str) -> Raw:
    """Open a checkpoint by what is in it, whatever its name ends in.

    Args:
        content: the file, or what is in it.
        name: what to call it in a message.

    Raises:
        ValueError: in one sentence, if it is too large, damaged, of another format, or holds more than
            tensors and harmless values.
    """
    if isinstance(content, Path):
        with open_regular(content, name) as (file, size):
            check_length(size, name, MAX_BYTES)
            data = file.read(MAX_BYTES)
    else:
        check_length(len(content), name, MAX_BYTES)
        data = content
    if data[8:9] == b"{":
        return _read_safetensors(data, name)
    if sentence := other_format(data, name):
        raise ValueError(sentence)
    return _read_pickle(data, name)


def _read_safetensors(data: bytes, name: str) -> Raw:
    length = int.from_bytes(data[:8], "little")
    if MAX_HEADER < length <= len(data):
        raise ValueError(t("{name} is no safetensors file.").format(name=name))
    try:
        tensors = safetensors.torch.load(data)
        metadata = parse_json(data[8 : 8 + length]).get("__metadata__") or {}
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise ValueError(t("{name} is damaged: {error}.").format(name=name, error=error)) from None
    return Raw(
        tensors | {key: _parsed(text) for key, text in metadata.items() if key not in tensors}, metadata
    )


def _parsed(text: str) -> Any:
    """Metadata as JSON where it is JSON, and as text where not."""
    with contextlib.suppress(ValueError):
        return parse_json(text)
    return text


def _read_pickle(data: bytes, name: str) -> Raw:
    file, programs = io.BytesIO(data), [data]
    if is_archive := data.startswith(b"PK"):
        file, programs = packed_anew(data, name, MAX_BYTES)
    is_plain = not is_archive and _is_plain_pickle(data)
    for program in programs:
        _refuse_program(program, name, 1 if is_archive or is_plain else _PICKLES)
    try:
        content = _unpickled(file, is_plain=is_plain)
    except pickle.UnpicklingError as error:
        raise ValueError(_refusal(name, str(error))) from None
    except MemoryError:
        raise ValueError(t("{name} asks for more memory than there is.").format(name=name)) from None
    except Exception:  # torch raises whatever a damaged file leads to: EOFError, RuntimeError, KeyError, …
        raise _damaged(name) from None
    if not isinstance(content, Mapping):
        raise ValueError(
            t("{name} holds a {kind}, and a state_dict is needed.").format(
                name=name, kind=type(content).__name__
            )
        )
    plain = _plain(content, name, {})
    _refuse_odd_tensors(plain, name)
    return Raw(plain)


def _unpickled(file: io.BytesIO, *, is_plain: bool) -> Any:
    """What a pickle holds, by torch's own unpickler, which knows tensors and plain values and calls nothing
    else but what stands for harmless types; or by one that knows these alone, where no tensors are."""
    named: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
        (stand_in, name) for name, stand_in in INERT.items()
    ]
    if is_plain:
        return _PlainUnpickler(file).load()
    with _ALLOWED, torch.serialization.safe_globals(named):
        return torch.load(file, map_location="cpu", weights_only=True)


def _is_plain_pickle(data: bytes) -> bool:
    """Whether it was written by pickle itself, without torch: Detectron2's networks of NumPy arrays are."""
    # torch's old format begins with a pickle of its own number (torch.serialization.MAGIC_NUMBER).
    magic = torch.serialization.MAGIC_NUMBER.to_bytes(10, "little")
    return data[:1] == b"\x80" and magic not in data[:30] and b"torch" not in data[:4096]


def _build(unpickler: Any) -> None:
    """Hand something its state: a thing that was made, and no type, which is the same for all who read."""
    if callable(unpickler.stack[-2]):
        raise pickle.UnpicklingError("BUILD")
    pickle._Unpickler.dispatch[pickle.BUILD[0]](unpickler)


class _PlainUnpickler(pickle._Unpickler):
    """Reads plain values and arrays; the one in Python, for that in C makes a memo of any size."""

    dispatch = {
        code: action
        for code, action in pickle._Unpickler.dispatch.items()
        if code
        not in {
            each[0]
            for each in (
                *(pickle.EXT1, pickle.EXT2, pickle.EXT4, pickle.PERSID, pickle.BINPERSID),
                *(pickle.BYTEARRAY8, pickle.NEXT_BUFFER, pickle.READONLY_BUFFER, pickle.INST, pickle.OBJ),
            )
        }
    } | {pickle.BUILD[0]: _build}

    def find_class(self, module: str, name: str) -> Any:
        """What stands for a name.

        Raises:
            UnpicklingError: for any other, which it names.
        """
        full = f"{module}.{name}"
        if full == "collections.OrderedDict":
            return OrderedDict
        if full == "_codecs.encode":
            return lambda text, _: text.encode("latin1")
        if full not in INERT:
            raise pickle.UnpicklingError(f"GLOBAL {full}")
        return INERT[full]


def _refuse_program(code: bytes, name: str, count: int) -> None:
    """Refuse what would make more than tensors, or be busy with it for ever.

    Args:
        code: one pickle, or some of them one after the other.
        name: what to call it in a message.
        count: how many are read of it at most.
    """
    if any(asked in code for asked in _BYTEARRAY):
        raise ValueError(
            t("{name} holds more than tensors (bytearray), and was not opened.").format(name=name)
        )
    file = io.BytesIO(code)
    try:
        while count and (file.tell() < len(code) or file.tell() == 0):
            check_program(file)
            count -= 1
    except TooMuchError:
        raise ValueError(t("{name} asks for more memory than there is.").format(name=name)) from None
    except ValueError:
        raise _damaged(name) from None


def _damaged(name: str) -> ValueError:
    return ValueError(t("{name} is damaged, or neither .pth nor .safetensors.").format(name=name))


def _refusal(name: str, message: str) -> str:
    """Why torch refused: the name of what would have run, if it says so."""
    found = re.search(r"(?:GLOBAL|global|class) ([\w.]+)", message)
    if not found:
        return str(_damaged(name))
    return t(
        "{name} holds more than tensors ({found}), which could run code, and was not opened; "
        "save the tensors alone, with torch.save(model.state_dict(), path)."
    ).format(name=name, found=found[1])


def _plain(content: Mapping[Any, Any], name: str, made: dict[int, Any], depth: int = 0) -> dict[Any, Any]:
    """A mapping of a file, its arrays as tensors, each inner mapping made once however often it is there."""
    if depth > MAX_NESTING:  # or a mapping that holds itself
        raise ValueError(
            t("{name} is nested more than {max_nesting} levels deep.").format(
                name=name, max_nesting=MAX_NESTING
            )
        )
    found: dict[Any, Any] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            if id(value) not in made:
                made[id(value)] = _plain(value, name, made, depth + 1)
            found[key] = made[id(value)]
        else:
            plain = numbers_of(value)
            found[key] = torch.from_numpy(plain) if isinstance(plain, np.ndarray) else plain
    return found


def _refuse_odd_tensors(content: Mapping[Any, Any], name: str) -> None:
    """A tensor may claim a shape that its bytes do not have, by strides of 0, or have no bytes at all."""
    total = 0
    for tensor in _tensors(content, set()):
        if tensor.is_quantized:
            raise ValueError(
                t(
                    "{name} holds quantized tensors, and plain ones are needed: those of before, or "
                    "tensor.dequantize() of each."
                ).format(name=name)
            )
        if tensor.layout != torch.strided or tensor.is_meta or tensor.is_complex():
            raise ValueError(
                t("{name} holds a tensor that is not a plain array of numbers.").format(name=name)
            )
        total += tensor.numel() * tensor.element_size()
    if total > MAX_BYTES:
        raise ValueError(
            t("{name} claims {total:,} bytes of tensors; up to {max_bytes:,} are read.").format(
                name=name, total=total, max_bytes=MAX_BYTES
            )
        )


def _tensors(content: Mapping[Any, Any], seen: set[int]) -> Iterator[Tensor]:
    """Those of all levels, each mapping looked into once."""
    seen.add(id(content))
    for value in content.values():
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, Mapping) and id(value) not in seen:
            yield from _tensors(value, seen)
