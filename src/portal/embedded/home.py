"""Where the servers live and as whom.

Everything they keep is in DIR/servers. PostgreSQL refuses to run as root, so root's servers run as the owner
of DIR, or as `nobody` if that is root too. Where this account cannot reach DIR (beneath /root, say),
DIR/servers is a link into /var/lib/portal-demo, and programs it cannot read are copied: doors that others
have closed stay closed.
"""

import errno
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from portal.errors import OperatorError

OUT_OF_REACH = Path("/var/lib/portal-demo")

# A socket's address may have 103 bytes on macOS, 107 on Linux; PostgreSQL's settings end it at a comma.
_FIT_FOR_SOCKETS = re.compile(rb"[\w./-]{1,80}")
_MB = 1024 * 1024


class CannotStartError(OperatorError):
    """Says what is wrong and what to do."""


def in_words(error: OSError, data: Path) -> str:
    if error.errno == errno.ENOSPC or "No space left" in str(error):
        return disk_is_full(data)
    return f"The servers cannot be started in {data}: {error}; choose another directory with --data."


def disk_is_full(folder: Path) -> str:
    return f"The disk of {folder} is full: free some space, or choose another directory with --data."


def comes_true(condition: Callable[[], bool], within: float) -> bool:
    """Whether it does within so many seconds."""
    latest = time.monotonic() + within
    while not condition():
        if time.monotonic() > latest:
            return False
        time.sleep(0.01)
    return True


@dataclass(frozen=True)
class Account:
    """Whom the servers run as; None: as ourselves."""

    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        return None if self.uid is None else []

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def make_folder(self, path: Path) -> Path:
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)
        return path

    def hear(self, *command: str | Path) -> str:
        """Return what the command prints: nothing if this account may not run it, or it fails."""
        try:
            done = subprocess.run(  # noqa: S603 - our own commands
                command,
                user=self.uid,
                group=self.gid,
                extra_groups=self.groups,
                cwd="/",
                capture_output=True,
                check=True,
            )
        except (PermissionError, subprocess.CalledProcessError):
            return ""
        return done.stdout.decode()


@dataclass(frozen=True)
class Home:
    path: Path
    account: Account
    lock: int  # every server inherits it, so it is free once none of them is left

    def folder(self, name: str) -> Path:
        return self.account.make_folder(self.path / name)

    def forget(self, *names: str) -> None:
        for name in names:
            with suppress(FileNotFoundError):
                shutil.rmtree(self.path / name)

    def program(self, package: str, pattern: str) -> Path | None:
        """Find a program in an installed wheel, without importing that."""
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            return None
        site = Path(spec.origin).parent.parent
        program = next(site.glob(f"{package}/{pattern}"), None)
        if program is None or self.account.uid is None or self.account.hear(program, "--version"):
            return program
        return self._copy(package, site) / program.relative_to(site)

    def _copy(self, package: str, site: Path) -> Path:
        copy = self.path / f"{package}-{importlib.metadata.version(package)}"
        if not copy.exists():
            for older in self.path.glob(f"{package}-*"):
                shutil.rmtree(older)
            unfinished = self.path / f"{package}-unfinished"
            for name in (package, f"{package}.libs"):  # the programs look for ../../../PACKAGE.libs
                if (site / name).exists():
                    shutil.copytree(site / name, unfinished / name, symlinks=True)
            for path in (unfinished, *unfinished.rglob("*")):
                self.account.own(path)
            unfinished.rename(copy)
        return copy


@contextmanager
def move_in(data: Path) -> Iterator[Home]:
    """Give the home of this data directory's servers, for us alone."""
    data.mkdir(parents=True, exist_ok=True)
    with _locked(data, patience=0) as ours:
        if ours is None:
            raise CannotStartError(f"Another portal uses {data}: stop it, or choose another one with --data.")
        account = _account(data)
        path = _place(data / "servers", account)
        # We may follow a portal that was killed, while its servers are still writing their last.
        with _locked(path, patience=20) as lock:
            if lock is None:
                raise CannotStartError(f"The servers of an earlier portal still use {path}: end them first.")
            yield Home(path, account, lock)


@contextmanager
def _locked(folder: Path, patience: float) -> Iterator[int | None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle if comes_true(lambda: _lock(handle), within=patience) else None
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _account(data: Path) -> Account:
    if os.geteuid() != 0:
        return Account()
    owner = data.stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _place(servers: Path, account: Account) -> Path:
    if not servers.exists():
        servers.unlink(missing_ok=True)  # a link that leads nowhere
        account.make_folder(servers)
        if not account.hear("/bin/sh", "-c", 'test -w "$0" && echo reachable', servers):
            servers.rmdir()
            servers.symlink_to(_place_out_of_reach(account))
    return servers.resolve()


def _place_out_of_reach(account: Account) -> Path:
    OUT_OF_REACH.mkdir(parents=True, exist_ok=True)
    OUT_OF_REACH.chmod(0o755)
    # A name by chance: a data directory may be moved or copied, and another may take its place.
    place = Path(tempfile.mkdtemp(dir=OUT_OF_REACH))
    account.own(place)
    return place


def check_space(folder: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise CannotStartError(
            f"The disk of {folder} has {free // _MB} MB left of the {needed_bytes // _MB} MB needed:"
            " free some space, or choose another directory with --data.",
        )


def sockets_of(home: Home) -> Path:
    folder = home.path / "sockets"
    if not _FIT_FOR_SOCKETS.fullmatch(os.fsencode(folder)):
        name = hashlib.sha256(os.fsencode(home.path)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"portal-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.lstat().st_uid not in {os.geteuid(), home.account.uid}:
        raise CannotStartError(f"{folder} belongs to somebody else: remove it, the sockets must be ours alone.")
    home.account.own(folder)
    return folder
