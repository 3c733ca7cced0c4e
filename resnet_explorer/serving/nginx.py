"""nginx before several processes of the app: a visitor stays with one of them, by a cookie.

nginx is started by us, as who runs the app, with a configuration in a folder of ours; a service of the
system's is neither used nor changed. A visitor's process follows from a hash of the cookie alone, so that
pages, websockets, uploads, media and health go the same way, whatever the address that they come from. A
process that is down is waited for, not replaced: the visitor's things are there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Final

from resnet_explorer.common.atomic_file import write_text
from resnet_explorer.common.i18n import t
from resnet_explorer.common.os_error import NOT_WRITABLE, os_error_as
from resnet_explorer.serving.classroom import STUDENT

MESSAGES: Final = "messages.txt"
"""What nginx had to say, in its folder."""
_HERE: Final = Path(__file__).parent
_CONFIGURATION: Final = "nginx.conf"
_MOMENT: Final = "moment.html"


def nginx_program() -> str:
    """Where nginx is.

    Raises:
        ValueError: in one sentence, if it is not installed.
    """
    # Debian keeps it where only root's shell looks.
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
    if found is None:
        raise ValueError(
            t(
                "Several processes need nginx before them, and it is not installed; on Debian and Ubuntu "
                "it is `apt-get install nginx-light`, and without it one process serves."
            )
        )
    return found


def prepare(
    folder: Path, address: str, port: int, processes: Sequence[int], static: Path, megabytes: int
) -> list[str]:
    """Write what nginx needs.

    Args:
        folder: for its configuration and its passing files; made if it is not there.
        address: of the network card to listen on.
        port: to listen on.
        processes: ports of the app's processes, on loopback.
        static: the folder of the files of the app's pages, which nginx gives out itself.
        megabytes: of the largest upload.

    Returns:
        The command that starts it, and stays as long as it runs.

    Raises:
        ValueError: in one sentence, if it is not installed, or the folder cannot be written to.
    """
    program = nginx_program()
    if not re.fullmatch(r"[\w.:-]+", address, re.ASCII):
        raise ValueError(t("{address} is no address of a network card.").format(address=json.dumps(address)))
    said = Template((_HERE / _CONFIGURATION).read_text(encoding="utf-8")).substitute(
        user=_user(),
        listen=f"[{address}]:{port}" if ":" in address else f"{address}:{port}",
        cookie=STUDENT,
        servers="\n".join(f"        server 127.0.0.1:{each} max_fails=0;" for each in processes),
        megabytes=megabytes,
    )
    with os_error_as(NOT_WRITABLE, folder=folder):
        folder.mkdir(parents=True, exist_ok=True)
        # All paths in the configuration are below this folder, so that none needs quotes.
        (folder / "static").unlink(missing_ok=True)
        (folder / "static").symlink_to(static)
        shutil.copy(_HERE / _MOMENT, folder / _MOMENT)
        (folder / MESSAGES).write_text("")
    write_text(folder / _CONFIGURATION, said)
    return [program, "-p", f"{folder}/", "-c", _CONFIGURATION]


def _user() -> str:
    """Workers are who runs the app: root's would be nobody's, who may read nothing of ours."""
    if os.name != "posix" or os.getuid():
        return ""
    return "user root;"
