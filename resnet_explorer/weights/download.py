"""A file from the web into a folder: whole and of the right hash, or not at all."""

from __future__ import annotations

import errno
import hashlib
import http.client
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from resnet_explorer.common.atomic_file import whole_or_nothing
from resnet_explorer.common.i18n import t

Progress = Callable[[int, int], None]
"""Called with the bytes that have come and the bytes that there are, 0 if the server does not say."""

CHUNK: Final = 1 << 18
TIMEOUT: Final = 20.0
"""Seconds without a byte after which a server counts as silent."""
_WHO: Final = {"User-Agent": "resnet-explorer"}


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
        raise ValueError(t("The name {name} does not end in the first digits of a sha256.").format(name=name))
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
                t(
                    "The file {name} in {folder} is damaged (its sha256 begins with {found}, not {wanted}); "
                    "replace it with the one from {url}."
                ).format(name=target.name, folder=folder, found=found[:8], wanted=wanted[:8], url=url)
            )
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _download(url, target, wanted, progress, timeout)
    except (OSError, http.client.HTTPException, _DownloadError) as error:
        raise ValueError(
            t("{error}; put the file {name} from {url} into {folder}.").format(
                error=_reason(error, url), name=target.name, url=url, folder=folder
            )
        ) from None
    return target


def is_reachable(url: str, timeout: float = 1.0) -> bool:
    """Whether the server of an address answers at all, directly or by the proxy of the environment.

    Asked on a thread, because a search for the host's name keeps to no limit.
    """
    answered = threading.Event()

    def ask() -> None:
        request = urllib.request.Request(url, method="HEAD", headers=_WHO)
        try:
            urllib.request.urlopen(request, timeout=timeout).close()
        except urllib.error.HTTPError:
            pass  # an answer, too
        except (OSError, http.client.HTTPException):
            return
        answered.set()

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout)
    return answered.is_set()


def file_sha256(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _DownloadError(Exception):
    """What came is not what was to come. The message is half a sentence."""


def _download(url: str, target: Path, wanted: str, progress: Progress | None, timeout: float) -> None:
    request = urllib.request.Request(url, headers=_WHO)
    with whole_or_nothing(target) as part:  # two downloads at once have a part each, and do not meet
        with part.open("wb") as file, urllib.request.urlopen(request, timeout=timeout) as response:
            digest = _copy(response, file, progress)
        if not digest.startswith(wanted):
            raise _DownloadError(
                t(
                    "What came is not the published file (its sha256 begins with {digest}, not {wanted})"
                ).format(digest=digest[:8], wanted=wanted[:8])
            )


def _copy(response: http.client.HTTPResponse, file: BinaryIO, progress: Progress | None) -> str:
    """Write what comes; returns its sha256, in hexadecimal."""
    total = int(response.headers.get("Content-Length") or 0)
    done, digest = 0, hashlib.sha256()
    while piece := response.read(CHUNK):
        file.write(piece)
        digest.update(piece)
        done += len(piece)
        if progress:
            progress(done, total)
    if done < total:
        raise _DownloadError(
            t("The download broke off after {done:,} of {total:,} bytes").format(done=done, total=total)
        )
    return digest.hexdigest()


def _reason(error: Exception, url: str) -> str:
    """What went wrong, as the first half of a sentence."""
    host = urlsplit(url).netloc
    match error:
        case _DownloadError():
            return str(error)
        case urllib.error.HTTPError():
            return t("{host} answered {code} ({reason})").format(
                host=host, code=error.code, reason=error.reason
            )
        case http.client.IncompleteRead():
            return t("The download broke off after {count:,} bytes of its last piece").format(
                count=len(error.partial)
            )
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return t("The disk is full")
        case TimeoutError() | urllib.error.URLError(reason=TimeoutError()):
            return t("{host} did not answer in time").format(host=host)
        case urllib.error.URLError():
            return t("{host} cannot be reached ({reason})").format(host=host, reason=_plain(error.reason))
        case ConnectionError() | http.client.HTTPException():
            return t("The connection to {host} broke ({error})").format(host=host, error=_plain(error))
    return t("The file cannot be kept there ({error})").format(error=_plain(error))


def _plain(error: object) -> str:
    """An error in its own words, without its number."""
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
