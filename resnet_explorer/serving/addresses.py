"""Under which addresses other machines of the room reach this one."""

from __future__ import annotations

import socket
from contextlib import suppress


def addresses() -> list[str]:
    """The addresses of this machine in its networks, the likeliest first; nothing is sent anywhere."""
    found: list[str] = []
    # Without any network there is no such card.
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # a network for documentation (RFC 5737): it only chooses a card
        found.append(probe.getsockname()[0])
    with suppress(OSError):  # a machine whose name nobody knows
        known = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        found += sorted(str(entry[4][0]) for entry in known)
    return [address for address in dict.fromkeys(found) if not address.startswith("127.")]
