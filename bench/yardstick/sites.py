"""The three sites that answer in turn, each in processes of its own, and what the operating system says they used."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

import httpx
import psutil

from portal import demo

BROWSER = {
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "br, gzip",
    "Accept-Language": "bg",
    "User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0",
}

_PATH = os.pathsep.join([f"{Path(__file__).parents[1]}", os.environ.get("PYTHONPATH", "")])


@dataclass
class Site:
    name: str
    process: psutil.Process
    client: httpx.Client
    posts: dict[str, str] = field(default_factory=dict)
    """Headers of what is sent by a form."""
    asked: int = 0

    def cpu(self) -> dict[int, float]:
        return cpu(self.process)

    @property
    def memory(self) -> float:
        """Megabytes in memory (RSS) of the process that answers."""
        return float(_workers(self.process)[-1].memory_info().rss) / 1e6


def cpu(parent: psutil.Process) -> dict[int, float]:
    """Return the CPU seconds, user and system, of a process and its children."""
    found = {}
    for one in _workers(parent):
        try:
            # Linux's clock of the whole process, which /proc/PID/stat rounds to hundredths of a second
            found[one.pid] = time.clock_gettime((~one.pid << 3) | 2)
        except OSError:  # has ended meanwhile
            continue
    return found


def used(before: dict[int, float], after: dict[int, float]) -> float:
    return sum(seconds - before.get(pid, 0) for pid, seconds in after.items())


def _workers(parent: psutil.Process) -> list[psutil.Process]:
    return [parent, *parent.children(recursive=True)]


@contextmanager
def portal(folder: Path, database_url: str, redis_url: str, secret: str) -> Iterator[Site]:
    (folder / "uploads").mkdir()
    port = _port()
    settings = {
        "PORTAL_DATABASE_URL": database_url,
        "PORTAL_REDIS_URL": redis_url,
        "PORTAL_SMTP_URL": "smtp://127.0.0.1:1",
        "PORTAL_SECRET": secret,
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
        "PORTAL_MAIL_FROM": "portal@stanimaka.example",
        "PORTAL_MUNICIPALITY": f"{demo.HERE / 'municipality.toml'}",
        "PORTAL_UPLOADS": f"{folder / 'uploads'}",
    }
    with _site("portal", port, ["portal", "serve", "--port", f"{port}"], settings) as site:
        yield site


@contextmanager
def bare() -> Iterator[Site]:
    port = _port()
    with _site("bare", port, ["yardstick.bare", f"{port}"], {"PYTHONPATH": _PATH}) as site:
        yield site


@contextmanager
def django(database_url: str) -> Iterator[Site]:
    port = _port()
    command = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "error"]
    settings = {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "yardstick.settings", "PYTHONPATH": _PATH}
    with _site("Django", port, [*command, "yardstick.settings:application"], settings) as site:
        form = site.client.get("/submit/signal")
        site.posts = {"X-CSRFToken": form.cookies["csrftoken"], "Cookie": f"csrftoken={form.cookies['csrftoken']}"}
        site.client.cookies.clear()
        yield site


@contextmanager
def _site(name: str, port: int, module: list[str], settings: dict[str, str]) -> Iterator[Site]:
    """Start the module and wait until it listens; where a request fails, print what it said."""
    with TemporaryFile() as said:
        command = [sys.executable, "-m", *module]
        with subprocess.Popen(command, env=os.environ | settings, stdout=said, stderr=said) as process:
            try:
                while not _listens(port):
                    assert process.poll() is None, f"{name} did not start"
                    time.sleep(0.1)
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=BROWSER, timeout=60) as client:
                    yield Site(name, psutil.Process(process.pid), client)
            except AssertionError:
                said.seek(0)
                sys.stderr.write(said.read().decode()[-3000:])
                raise
            finally:
                process.terminate()


def _port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
