"""The bytes of a checkpoint into tensors, and nothing else: no code of it runs, no bomb goes off."""

from __future__ import annotations

import contextlib
import io
import pickle
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import safetensors.torch
import torch
from torch import Tensor

from resnet_explorer.weights.files import parse_json

MAX_BYTES: Final = 512 * 2**20
"""Of a checkpoint, packed or unpacked: room for torchvision's largest ResNet (334 MB)."""

MAX_NESTING: Final = 20


@dataclass(frozen=True)
class Raw:
    """What a file holds: tensors and plain values by name, and the text that safetensors keeps with them."""

    content: Mapping[str, Any]
    metadata: dict[str, str] = field(default_factory=dict)


def read_checkpoint_file(content: bytes | Path, name: str) -> Raw:
    """Open a checkpoint by what is in it, whatever its name ends in.

    Args:
        content: the file, or what is in it.
        name: what to call it in a message.

    Raises:
        ValueError: in one sentence, if it is too large, damaged, or holds more than tensors.
    """
    try:
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        if size > MAX_BYTES:
            raise ValueError(f"{name} has {size:,} bytes; up to {MAX_BYTES:,} are read.")
        data = content.read_bytes() if isinstance(content, Path) else content
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}.") from None
    return _read_safetensors(data, name) if data[8:9] == b"{" else _read_pickle(data, name)


def _read_safetensors(data: bytes, name: str) -> Raw:
    try:
        tensors = safetensors.torch.load(data)
        length = int.from_bytes(data[:8], "little")
        metadata = parse_json(data[8 : 8 + length]).get("__metadata__", {})
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise ValueError(f"{name} is damaged: {error}.") from None
    return Raw(
        tensors | {key: _parsed(text) for key, text in metadata.items() if key not in tensors}, metadata
    )


def _parsed(text: str) -> Any:
    """Metadata as JSON where it is JSON, and as text where not."""
    with contextlib.suppress(ValueError):
        return parse_json(text)
    return text


def _read_pickle(data: bytes, name: str) -> Raw:
    _refuse_bomb(data, name)
    try:
        # weights_only: torch's own unpickler, which knows tensors and plain values and calls nothing else.
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(_refusal(name, str(error))) from None
    except MemoryError:
        raise ValueError(f"{name} asks for more memory than there is.") from None
    except Exception:  # torch raises whatever a damaged file leads to: EOFError, RuntimeError, KeyError, …
        raise ValueError(f"{name} is damaged, or neither .pth nor .safetensors.") from None
    if not isinstance(content, Mapping):
        raise ValueError(f"{name} holds a {type(content).__name__}, and a state_dict is needed.")
    _refuse_odd_tensors(content, name)
    return Raw(content)


def _refuse_bomb(data: bytes, name: str) -> None:
    """A .pth is a ZIP archive, and one that was packed tight could unpack to far more than its size."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise ValueError(f"{name} is damaged or cut off.") from None
    if unpacked > MAX_BYTES:
        raise ValueError(f"{name} would unpack to {unpacked:,} bytes; up to {MAX_BYTES:,} are read.")


def _refusal(name: str, message: str) -> str:
    """Why torch refused: the name of what would have run, if it says so."""
    found = re.search(r"(?:GLOBAL|global|class) ([\w.]+)", message)
    if not found:
        return f"{name} is damaged, or neither .pth nor .safetensors."
    return (
        f"{name} holds more than tensors ({found[1]}), which could run code, and was not opened; "
        "save the tensors alone, with torch.save(model.state_dict(), path)."
    )


def _refuse_odd_tensors(content: Mapping[str, Any], name: str) -> None:
    """A tensor may claim a shape that its bytes do not have, by strides of 0, or have no bytes at all."""
    total = 0
    for tensor in _tensors(content, name):
        plain = tensor.layout == torch.strided and not (tensor.is_meta or tensor.is_quantized)
        if not plain or tensor.is_complex():
            raise ValueError(f"{name} holds a tensor that is not a plain array of numbers.")
        total += tensor.numel() * tensor.element_size()
    if total > MAX_BYTES:
        raise ValueError(f"{name} claims {total:,} bytes of tensors; up to {MAX_BYTES:,} are read.")


def _tensors(content: object, name: str, depth: int = 0) -> Iterator[Tensor]:
    if depth > MAX_NESTING:  # or a mapping that holds itself
        raise ValueError(f"{name} is nested more than {MAX_NESTING} levels deep.")
    if isinstance(content, Tensor):
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _tensors(value, name, depth + 1)
