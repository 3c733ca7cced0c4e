"""A file from the web into a folder: whole and of the right hash, or not at all."""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import re
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final, Protocol
from urllib.parse import urlsplit

Progress = Callable[[int, int], None]
"""Called with the bytes that have come and the bytes that there are, 0 if the server does not say."""

CHUNK: Final = 1 << 18
TIMEOUT: Final = 20.0
"""Seconds without a byte after which a server counts as silent."""


class _Hash(Protocol):
    def hexdigest(self) -> str: ...


def file_name(url: str) -> str:
    """The name under which the file of an address is kept."""
    return PurePosixPath(urlsplit(url).path).name


def hash_prefix(name: str) -> str:
    """The first digits of the sha256, which stand at the end of the name as torch.hub has it.

    Raises:
        ValueError: if the name carries none.
    """
    found = re.search(r"-([0-9a-f]{8,64})\.[^.]+$", name)
    if not found:
        raise ValueError(f"The name {name} does not end in the first digits of a sha256.")
    return found[1]


def fetch(
    url: str,
    folder: Path,
    progress: Progress | None = None,
    timeout: float = TIMEOUT,
    sha256: str | None = None,
) -> Path:
    """The file of an address: the one in the folder, or a fresh one.

    It is written beside its place and gets its name when its hash is right. A `progress` that
    raises stops it, and leaves nothing behind.

    Args:
        url: the address.
        folder: where it is kept.
        progress: told after every piece.
        timeout: seconds without a byte until the server counts as silent.
        sha256: of the file; unless told, its first digits stand at the end of the file's name.

    Raises:
        ValueError: in one sentence that says how to put the file there by hand.
    """
    target = folder / file_name(url)
    wanted = sha256 or hash_prefix(target.name)
    if target.is_file():
        found = file_sha256(target)
        if not found.startswith(wanted):
            raise ValueError(
                f"The file {target.name} in {folder} is damaged (its sha256 begins with {found[:8]}, not "
                f"{wanted[:8]}); replace it with the one from {url}."
            )
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _download(url, target, wanted, progress, timeout)
    except (OSError, http.client.HTTPException, _DownloadError) as error:
        raise ValueError(
            f"{_reason(error, url)}; put the file {target.name} from {url} into {folder}."
        ) from None
    return target


def file_sha256(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _DownloadError(Exception):
    """What came is not what was asked for. The message is half a sentence."""


def _download(url: str, target: Path, wanted: str, progress: Progress | None, timeout: float) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": "resnet-explorer"})
    file, part = _open_part(target)
    try:
        with file, urllib.request.urlopen(request, timeout=timeout) as response:
            digest = _copy(response, file, progress)
        if not digest.hexdigest().startswith(wanted):
            raise _DownloadError(
                f"What came is not the published file (its sha256 begins with {digest.hexdigest()[:8]}, "
                f"not {wanted[:8]})"
            )
        part.chmod(0o644)  # mkstemp's files are private; torchvision's cache may be shared
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _open_part(target: Path) -> tuple[BinaryIO, Path]:
    """A fresh file beside the target, so that two downloads at once do not meet."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.", suffix=".part")
    return os.fdopen(handle, "wb"), Path(name)


def _copy(response: http.client.HTTPResponse, file: BinaryIO, progress: Progress | None) -> _Hash:
    total = int(response.headers.get("Content-Length") or 0)
    done, digest = 0, hashlib.sha256()
    while piece := response.read(CHUNK):
        file.write(piece)
        digest.update(piece)
        done += len(piece)
        if progress:
            progress(done, total)
    if done < total:
        raise _DownloadError(f"The download broke off after {done:,} of {total:,} bytes")
    return digest


def _reason(error: Exception, url: str) -> str:
    """What went wrong, as the first half of a sentence."""
    host = urlsplit(url).netloc
    match error:
        case _DownloadError():
            return str(error)
        case urllib.error.HTTPError():
            return f"{host} answered {error.code} ({error.reason})"
        case http.client.IncompleteRead():
            return f"The download broke off after {len(error.partial):,} bytes of its last piece"
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return "The disk is full"
        case TimeoutError() | urllib.error.URLError(reason=TimeoutError()):
            return f"{host} did not answer in time"
        case urllib.error.URLError():
            return f"{host} cannot be reached ({_plain(error.reason)})"
        case ConnectionError() | http.client.HTTPException():
            return f"The connection to {host} broke ({_plain(error)})"
    return f"The file cannot be kept there ({_plain(error)})"


def _plain(error: object) -> str:
    """An error in its own words, without its number."""
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
