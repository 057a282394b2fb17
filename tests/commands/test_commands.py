"""The commands against real services from the environment, as an operator runs them."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import text

from portal import demo
from portal.app import create_app
from portal.db import Sessions, transaction
from portal.embedded import Servers
from portal.intake.incoming_mail import LARGEST
from portal.jobs import Work
from portal.settings import Settings
from tests.cast import PENKA, Post, employ, eventually, link, received, sign_in
from tests.conftest import copy_database, database
from tests.intake.post_office import PATTERN, letter, open_to_mail

PORTAL = str(Path(sys.executable).with_name("portal"))


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_REDIS_URL": settings.redis_url,
        "PORTAL_SMTP_URL": f"smtp://{settings.smtp.host}:{settings.smtp.port}",
        "PORTAL_SECRET": settings.secret,
        "PORTAL_BASE_URL": settings.base_url,
        "PORTAL_MAIL_FROM": settings.mail_from,
        "PORTAL_MUNICIPALITY": str(demo.HERE / "municipality.toml"),
        "PORTAL_UPLOADS": str(settings.uploads),
    }


def portal(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PORTAL, *words], env=environment, capture_output=True, text=True, check=False)


@asynccontextmanager
async def running(environment: dict[str, str], *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(PORTAL, *words, env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        # uvicorn, once all is closed, ends by the signal that it was sent.
        assert await asyncio.wait_for(process.wait(), 10) in {0, -signal.SIGTERM}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def until(client: httpx.AsyncClient, path: str, code: int = 200) -> httpx.Response:
    async with asyncio.timeout(90):
        while True:
            try:
                answer = await client.get(path)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == code:
                return answer
            await asyncio.sleep(0.05)  # another process tells us in no other way


def test_usage_names_every_command() -> None:
    shown = portal({}, "--help")
    assert shown.returncode == 0
    for name in ("demo", "serve", "work", "migrate", "add-staff", "import", "receive-mail", "check"):
        assert f"portal {name}" in shown.stdout
    assert portal({}, "dance").returncode == 2


def test_missing_setting_stops_the_start_with_its_name(environment: dict[str, str]) -> None:
    del environment["PORTAL_SECRET"]
    said = portal(environment, "serve")
    assert (said.returncode, said.stderr) == (
        1,
        "portal serve: PORTAL_SECRET is missing. docs/operations.md lists what it is for.\n",
    )


async def test_several_hosts_may_migrate_at_once(servers: Servers, environment: dict[str, str]) -> None:
    await copy_database(servers.database_url, "template1", "new")
    environment["PORTAL_DATABASE_URL"] = database(servers, "new")
    hosts = [await asyncio.create_subprocess_exec(PORTAL, "migrate", env=environment) for _ in range(3)]
    assert [await host.wait() for host in hosts] == [0, 0, 0]
    checked = portal(environment, "check")
    assert re.search(r"schema +ok", checked.stdout)
    assert re.search(r"worker +has never run", checked.stdout)
    assert checked.returncode == 1


async def test_from_the_command_line_to_the_reply_by_e_mail(environment: dict[str, str], post: Post) -> None:
    """`serve` and `work` together: a signal comes in, and its e-mails leave by themselves."""
    port = free_port()
    environment["PORTAL_BASE_URL"] = base = f"http://127.0.0.1:{port}"
    async with (
        running(environment, "serve", "--port", f"{port}"),
        running(environment, "work"),
        httpx.AsyncClient(base_url=base, follow_redirects=True) as browser,
    ):
        await until(browser, "/health/live")
        await until(browser, "/health/ready")
        checked = await asyncio.to_thread(portal, environment, "check")
        assert checked.returncode == 0, checked.stdout
        await browser.post("/submit/signal", data=PENKA)
        await eventually(lambda: len(post.all()) == 1)
        await browser.post(link(post.all()[0], "confirm"))
        await eventually(lambda: len(post.all()) == 2)
        assert link(post.all()[1], "track")
        for _ in range(3):  # over one kept connection
            head = await browser.head("/register")
            assert (head.status_code, head.content) == (200, b"")
        added = portal(environment, "add-staff", "Maria@Example.bg", "--name", "Мария", "--role", "operator")
        assert (await browser.get(added.stdout.strip())).status_code == 200


def test_add_staff_says_what_is_wrong(environment: dict[str, str]) -> None:
    for words, why in (
        (("x", "--name", "X", "--role", "operator"), "no e-mail address"),
        (("x@y.bg", "--name", "X", "--role", "department"), "needs --department"),
        (("x@y.bg", "--name", "X", "--role", "department", "--department", "dragons"), "no department dragons"),
    ):
        said = portal(environment, "add-staff", *words)
        assert said.returncode == 1
        assert why in said.stderr
    works = ("x@y.bg", "--name", "X", "--role", "department", "--department", "works")
    assert "/staff/password/" in portal(environment, "add-staff", *works).stdout


def test_add_staff_changes_who_is_there(environment: dict[str, str]) -> None:
    portal(environment, "add-staff", "x@y.bg", "--name", "X", "--role", "operator")
    changed = portal(environment, "add-staff", "X@y.bg", "--name", "X Y", "--role", "admin")
    assert changed.stderr == "x@y.bg was there already as X, operator; now X Y, admin.\n"
    assert "/staff/password/" in changed.stdout
    again = portal(environment, "add-staff", "x@y.bg", "--name", "X Y", "--role", "admin")
    assert "now the same" in again.stderr
    refused = portal(environment, "add-staff", "x@y.bg", "--name", "X Y", "--role", "head")
    assert refused.returncode == 1
    assert "last administrator" in refused.stderr


def test_import_names_bad_lines_and_adds_the_rest_once(environment: dict[str, str], tmp_path: Path) -> None:
    lines = demo.CASES.read_text("utf-8").splitlines()[:3]
    file = tmp_path / "old.jsonl"
    file.write_text("\n".join([*lines, json.dumps({"kind": "signal"})]), "utf-8")
    bad = portal(environment, "import", str(file))
    assert bad.returncode == 1
    assert "ред 4" in bad.stderr
    file.write_text("\n".join(lines), "utf-8")
    assert "3 внесени" in portal(environment, "import", str(file), "--dry-run").stdout
    assert "3 внесени, 0 вече" in portal(environment, "import", str(file)).stdout
    assert "0 внесени, 3 вече" in portal(environment, "import", str(file)).stdout
    assert "не може да се прочете" in portal(environment, "import", "/nowhere.jsonl").stderr


async def test_message_is_kept_once_and_the_database_away_asks_for_it_again(
    environment: dict[str, str], sessions: Sessions, settings: Settings
) -> None:
    def handed_over(message: bytes, **changes: str) -> tuple[int, bytes]:
        words = [PORTAL, "receive-mail", "--to", "portal+x@stanimaka.example"]
        done = subprocess.run(words, env=environment | changes, input=message, capture_output=True, check=False)
        assert b"Traceback" not in done.stderr
        return done.returncode, done.stderr

    message = b"From: penka@example.bg\nSubject: Hello\n\n" + b"x" * (13 << 20)
    nowhere = settings.database_url.replace("/test?", "/nowhere?")
    for changes in ({"PORTAL_DATABASE_URL": nowhere}, {"PORTAL_DATABASE_URL": "postgresql://127.0.0.1:1/x"},
                    {"PORTAL_SECRET": "short"}):  # fmt: skip
        code, said = handed_over(message, **changes)
        assert (code, b"to be tried again" in said) == (75, True)
    assert [handed_over(message) for _ in range(2)] == [(0, b"")] * 2
    async with transaction(sessions) as db:
        assert (await db.execute(text("SELECT outcome, octet_length(raw) FROM incoming_mail"))).all() == [
            ("unknown", LARGEST)
        ]


async def test_returned_letter_comes_home_and_the_next_goes_elsewhere(
    environment: dict[str, str], settings: Settings, sessions: Sessions, maildir: Path
) -> None:
    """Out over SMTP under an envelope of its own, back through the command, corrected by the staff, out again."""
    settings, environment["PORTAL_MAIL_INCOMING"] = open_to_mail(settings), PATTERN
    post = Post(Work(settings, sessions), maildir)
    case = await received(sessions, settings, email="penka@exmaple.bg")
    sent = (await post.deliver())[-1]
    headers = dict(sent.headers)
    returned = letter(
        "bounce_postfix",
        bounce_to=headers["X-Envelope-From"],
        message_id=headers["Message-ID"].strip("<>"),
        recipient=sent.to,
    )
    words = [PORTAL, "receive-mail", "--to", headers["X-Envelope-From"]]
    done = await asyncio.to_thread(subprocess.run, words, env=environment, input=returned, check=False)
    assert done.returncode == 0
    async with AsyncTestClient(create_app(settings)) as client:
        await sign_in(client, sessions, await employ(sessions))
        page = (await client.get(f"/staff/cases/{case.id}")).text
        assert ": няма такава кутия" in page
        email = re.search(r"/staff/emails/\d+", page)
        assert email
        await client.post(email[0], data={"email": "penka@example.bg"})
    again = (await post.deliver())[-1]
    assert (again.event, again.to) == ("received", "penka@example.bg")
    assert dict(again.headers)["X-Envelope-From"] != headers["X-Envelope-From"]


async def test_newer_schema_is_told_in_a_sentence(environment: dict[str, str], sessions: Sessions) -> None:
    async with transaction(sessions) as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    said = portal(environment, "migrate")
    assert said.returncode == 1
    assert "newer version" in said.stderr
    assert "Traceback" not in said.stderr


async def test_schema_of_before_the_release_is_told_in_a_sentence(
    environment: dict[str, str], sessions: Sessions
) -> None:
    """Also where its number is the beginning of a name: Alembic would take it for that one."""
    for old in ("0088", "0001"):
        async with transaction(sessions) as db:
            await db.execute(text("UPDATE alembic_version SET version_num = :old"), {"old": old})
        for command in ("migrate", "serve", "work"):
            said = portal(environment, command)
            assert said.returncode == 1
            assert re.fullmatch(
                rf"portal {command}: the data were made before .* `portal demo --fresh`\)\n", said.stderr
            )
    checked = portal(environment, "check")
    assert checked.returncode == 1
    assert re.search(r"^schema +the data were made before .* empty database", checked.stdout, re.MULTILINE)
