"""`portal demo`: everything in one, begun and ended in every way."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import pytest

from portal import clock, embedded
from portal.embedded import mailcatcher
from portal.embedded.mailcatcher import Caught
from tests.cast import PENKA, eventually, link

PORTAL = str(Path(sys.executable).with_name("portal"))
Process = asyncio.subprocess.Process
FROM_FILE = 208
"""Public cases."""


@asynccontextmanager
async def demo(data: Path, *words: str) -> AsyncIterator[tuple[Process, str]]:
    """Begin the demonstration on any free port; give its process and its line "ready"."""
    command = (PORTAL, "demo", "--port", "0", "--data", str(data), *words)
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        yield process, line
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0


def browsing(line: str) -> httpx.AsyncClient:
    match = re.match(r"ready: (http://127\.0\.0\.1:\d+)\s", line)
    assert match, line
    return httpx.AsyncClient(base_url=match[1], follow_redirects=True)


async def test_stranger_runs_it_and_finds_a_municipality(tmp_path: Path) -> None:
    async with demo(tmp_path) as (_, line), browsing(line) as browser:
        assert (await browser.get("/health/ready")).json() == dict.fromkeys(
            ("database", "schema", "worker", "redis", "emails"), "ok"
        )
        register = (await browser.get("/register.json")).json()
        assert register["total"] > FROM_FILE
        assert datetime.fromisoformat(register["items"][0]["received_at"]).date() == clock.today() - timedelta(days=1)
        assert "Демонстрационни данни" in (await browser.get("/")).text
        account = re.search(r"\((\S+) / (\S+)\)", line)
        assert account
        data = {"email": account[1], "password": account[2]}
        assert "Без отговор" in (await browser.post("/staff/sign-in", data=data)).text
        await browser.post("/submit/signal", data=PENKA)
        await eventually(lambda: of_penka(tmp_path))
        caught = of_penka(tmp_path)[0]
        mailbox = await browser.get("/mailbox")
        assert f"/mailbox/{caught.key}" in mailbox.text
        assert "Потвърдете подаването на сигнала" in mailbox.text
        assert "/confirm/" in (await browser.get(f"/mailbox/{caught.key}")).text
        html = await browser.get(f"/mailbox/{caught.key}/html")
        assert "sandbox" in html.headers["content-security-policy"]
        assert (await browser.get("/mailbox/..%2f..%2fsecret")).status_code == 404
    # The second start takes up the same data: yesterday's link still opens.
    async with demo(tmp_path) as (_, line), browsing(line) as browser:
        letter = mailcatcher.message(tmp_path / "mail", caught.key)
        assert letter is not None
        assert (await browser.get(link(letter, "confirm"))).status_code == 200


def of_penka(data: Path) -> list[Caught]:
    return [one for one in mailcatcher.messages(data / "mail") if one.to == PENKA["email"]]


async def test_empty_and_fresh(tmp_path: Path) -> None:
    async with demo(tmp_path, "--empty") as (_, line), browsing(line) as browser:
        assert (await browser.get("/register.json")).json()["total"] == 0
        assert "още няма публикувани" in (await browser.get("/register")).text
    async with demo(tmp_path, "--fresh", "--as-of", "2021-04-15") as (_, line), browsing(line) as browser:
        register = (await browser.get("/register.json")).json()
        assert register["total"] > FROM_FILE
        assert register["items"][0]["received_at"].startswith("2021-04-14")
    # What is there is taken up as it is.
    async with demo(tmp_path, "--as-of", "2024-02-29") as (_, line), browsing(line) as browser:
        assert numbers((await browser.get("/register.json")).json()) == numbers(register)


async def test_killed_while_it_is_filled_it_begins_anew(tmp_path: Path) -> None:
    command = (PORTAL, "demo", "--port", "0", "--data", str(tmp_path), "--as-of", "2021-04-15")
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    async with asyncio.timeout(180):
        while not await is_being_filled(tmp_path):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
    process.kill()
    await process.wait()
    async with demo(tmp_path, "--as-of", "2021-04-15") as (_, line), browsing(line) as browser:
        register = (await browser.get("/register.json")).json()
        assert register["items"][0]["received_at"].startswith("2021-04-14")
        assert numbers(register) == sorted(set(numbers(register)), reverse=True)


def numbers(register: dict[str, Any]) -> list[str]:
    """Return the counters, as four digits."""
    return [one["incoming_number"][2:6] for one in register["items"]]


async def is_being_filled(data: Path) -> bool:
    """Say whether the register is written and the stories are being told: by then the counter of the year is locked."""
    try:
        pid = next((data / "servers").resolve().glob("postgres/postmaster.pid")).read_text("utf-8").splitlines()
        db = await asyncpg.connect(f"postgresql://portal@/portal?host={quote(pid[4])}")
    except (StopIteration, IndexError, OSError, asyncpg.PostgresError):
        return False
    counted = "SELECT 1 FROM pg_locks WHERE relation = to_regclass('incoming_counter') AND mode = 'RowExclusiveLock'"
    found = await db.fetchval(counted)
    await db.close()
    return found is not None


def test_no_day_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [PORTAL, "demo", "--data", str(tmp_path), "--as-of", "18.03.2020"],
        capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert done.returncode == 2
    assert "'18.03.2020' is no day like 2026-03-18" in done.stderr


async def test_data_of_before_the_release_are_told_in_a_sentence(tmp_path: Path) -> None:
    with embedded.servers(tmp_path) as servers:
        db = await asyncpg.connect(servers.database_url)
        await db.execute("CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0088')")
        await db.close()
    said = await asyncio.to_thread(refused, "--port", "0", "--data", str(tmp_path))
    assert re.fullmatch("portal demo: the data were made before .* --fresh`\\)\n", said)
    async with demo(tmp_path, "--empty", "--fresh") as (_, line):
        assert line.startswith("ready: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_ends_clean_within_ten_seconds(tmp_path: Path, number: signal.Signals) -> None:
    async with demo(tmp_path, "--empty") as (process, _):
        process.send_signal(number)
        assert await asyncio.wait_for(process.wait(), 10) == 0
    assert servers_of(tmp_path) == []


async def test_killed_parent_leaves_no_server_behind(tmp_path: Path) -> None:
    async with demo(tmp_path, "--empty") as (process, _):
        assert servers_of(tmp_path)
        process.kill()
        await process.wait()
    await eventually(lambda: servers_of(tmp_path) == [])
    async with demo(tmp_path, "--empty") as (_, line):
        assert line.startswith("ready: ")


async def test_dead_server_ends_it_with_a_sentence(tmp_path: Path) -> None:
    command = (PORTAL, "demo", "--port", "0", "--data", str(tmp_path), "--empty")
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    await asyncio.wait_for(process.stdout.readline(), 60)
    postmaster = max((tmp_path / "servers").resolve().rglob("postmaster.pid"), key=str)
    os.kill(int(postmaster.read_text("utf-8").split()[0]), signal.SIGKILL)
    assert await asyncio.wait_for(process.wait(), 15) == 1
    assert "ended by itself" in (await process.stderr.read()).decode().splitlines()[-1]


def refused(*words: str) -> str:
    done = subprocess.run([PORTAL, "demo", *words], capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_taken_port_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert "can't be used" in refused("--port", f"{other.getsockname()[1]}", "--data", str(tmp_path))
    assert "can't be used" in refused("--port", "99999", "--data", str(tmp_path))


async def test_second_instance_on_the_same_data_is_refused(tmp_path: Path) -> None:
    async with demo(tmp_path, "--empty"):
        said = await asyncio.to_thread(refused, "--port", "0", "--data", str(tmp_path))
        assert len(said.splitlines()) == 1


def servers_of(data: Path) -> list[str]:
    """Return the processes whose command line names this data directory."""
    place = str((data / "servers").resolve())
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if place in words and f"{os.getpid()}" != process.name:
            found.append(words)
    return found
