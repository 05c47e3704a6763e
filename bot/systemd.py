"""What systemd is told where it asks to be: ready, how it goes, still alive, stopping (sd_notify, Type=notify)."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Systemd:
    """The socket on which a service manager listens; without one nothing is sent.

    The protocol is that of sd_notify(3): datagrams of lines NAME=value; a name that begins with @ is abstract.
    """

    address: str | None = None
    watchdog: float | None = None  # seconds; after so long without a sign of life the service is killed

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Systemd:
        """As NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID say; a watchdog meant for another process is not ours."""
        address = environ.get("NOTIFY_SOCKET") or None
        usec = environ.get("WATCHDOG_USEC", "")
        ours = environ.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        watchdog = int(usec) / 1e6 if ours and usec.isascii() and usec.isdigit() and int(usec) else None
        return cls(address, watchdog if address else None)

    def tell(self, **values: str) -> None:
        """Send one message; a manager that does not listen is no reason to stop."""
        if self.address is None:
            return
        message = "\n".join(f"{name}={' '.join(value.split())}" for name, value in values.items())
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.setblocking(False)
                sender.sendto(message.encode(), address)
        except OSError as error:
            log.warning("systemd not told problem=%s", error)
