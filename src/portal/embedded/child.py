"""A process that ends when we do, even when we are killed."""

import ctypes
import os
import re
import shutil
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL, SIGTERM
from subprocess import DEVNULL, PIPE, STDOUT, Popen, TimeoutExpired
from typing import BinaryIO

from portal.embedded.home import Account, CannotStartError, Home, comes_true, disk_is_full

Command = Sequence[str | Path]
Process = Popen[bytes]

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_C_LIBRARY = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_NEARLY_FULL = 1024 * 1024


class Log:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._began = 0

    def opened(self, account: Account) -> BinaryIO:
        """Return the log, opened for appending; `latest` is what is written from here on."""
        file = self.path.open("ab")
        account.own(self.path)
        self._began = file.tell()
        return file

    def latest(self) -> str:
        with self.path.open("rb") as file:
            file.seek(self._began)
            return file.read().decode(errors="replace")

    def __str__(self) -> str:
        return f"its log {self.path} ends with “{_cause(self.latest())}”"


def _cause(output: str) -> str:
    """Return the last line that names one, or else the last line."""
    lines = [line for line in output.splitlines() if line.strip()]
    causes = [cause[0] for line in lines if (cause := re.search(r"(FATAL|PANIC|error): .*", line))]
    return (causes or lines or ["nothing"])[-1]


def run(command: Command, home: Home, given: str = "") -> None:
    """Run to the end; CannotStartError if it fails."""
    process = _spawn(command, home, folder=home.path, stdin=PIPE, output=PIPE, at_our_death=SIGTERM)
    output = process.communicate(given.encode())[0].decode(errors="replace")
    if process.returncode:
        raise _failed(f"{Path(command[0]).name} failed: {_cause(output)}", output, home)


class Child:
    """A server that ends when we do."""

    def __init__(
        self,
        name: str,
        command: Command,
        home: Home,
        *,
        folder: Path,
        answers: Callable[[int], bool],
        stop_signals: Sequence[int],
    ) -> None:
        """`answers` is asked about the process of that number; `stop_signals` begin with the most polite."""
        self.name = name
        self.log = Log(home.path / f"{folder.name}.log")
        self._command = command
        self._home = home
        self._folder = folder
        self._answers = answers
        self._stop_signals = (*stop_signals, SIGKILL)
        self._process: Process | None = None
        self._guard: Process | None = None

    @property
    def pid(self) -> int:
        assert self._process, f"{self.name} is stopped"
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def has_died(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        assert not self.running, f"{self.name} runs already"
        self.stop()  # buries one that has died
        polite = self._stop_signals[0]
        with self.log.opened(self._home.account) as log:
            self._process = _spawn(self._command, self._home, folder=self._folder, output=log, at_our_death=polite)
        if sys.platform != "linux":
            self._guard = _guard(self.pid, polite, self._home.account)
        if not comes_true(lambda: self.has_died or self._answers(self.pid), within=60) or self.has_died:
            self.stop()
            raise _failed(f"{self.name} did not come up; {self.log}.", self.log.latest(), self._home)

    def stop(self) -> None:
        if self._process:
            _end(self._process, self._stop_signals)
        if self._guard:
            _end(self._guard, [SIGKILL])
        self._process = self._guard = None


def _failed(sentence: str, output: str, home: Home) -> CannotStartError:
    full = "No space left" in output or shutil.disk_usage(home.path).free < _NEARLY_FULL
    return CannotStartError(disk_is_full(home.path) if full else sentence)


def _spawn(
    command: Command,
    home: Home,
    *,
    folder: Path,
    output: int | BinaryIO,
    at_our_death: int,
    stdin: int = DEVNULL,
) -> Process:
    # The kernel takes the end of the thread for the end of the parent.
    assert threading.current_thread() is threading.main_thread(), "the main thread starts the servers"
    with warnings.catch_warnings():
        # Python warns of a fork among threads for the sake of locks; what we do before exec(2) takes none.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Popen(  # noqa: S603 - our own commands
            command,
            stdin=stdin,
            stdout=output,
            stderr=STDOUT,
            cwd=folder,
            env=_ENVIRONMENT,
            user=home.account.uid,
            group=home.account.gid,
            extra_groups=home.account.groups,
            pass_fds=[home.lock],
            start_new_session=True,  # Ctrl-C is ours to pass on
            preexec_fn=_end_with_us(at_our_death),  # noqa: PLW1509 - nothing else is in time
        )


def _end_with_us(number: int) -> Callable[[], None]:
    """Linux: have the kernel send the signal when we die.

    It forgets that when a process changes its user, so this must run after that, as Popen does.
    """
    us = os.getpid()

    def ask_the_kernel() -> None:
        if sys.platform == "linux":
            _C_LIBRARY.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
            if os.getppid() != us:
                os._exit(1)  # we died before it could know

    return ask_the_kernel


def _guard(pid: int, number: int, account: Account) -> Process:
    """Elsewhere: a shell that waits for a pipe to end, which it does when we do."""
    return Popen(  # noqa: S603 - our own numbers
        ["/bin/sh", "-c", 'read _; kill "-$0" "$1"', str(number), str(pid)],
        stdin=PIPE,
        stdout=DEVNULL,
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
        start_new_session=True,
    )


def _end(process: Process, signals: Sequence[int]) -> None:
    with process:
        for number in signals:
            process.send_signal(number)
            with suppress(TimeoutExpired):
                process.wait(timeout=3)
                return
