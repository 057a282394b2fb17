"""No input of any kind yields a 500: every route, whatever is sent to it."""

import re

import pytest
from litestar.routes import HTTPRoute

from portal.db import Sessions
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import HX, Client, employ, received, sign_in

NASTY = [
    "",
    "\x00",
    "ж" * 900,
    "'\"<script>",
    "🙂\ud7ff\u202e",
    "-1",
    "9" * 40,
    "%00",
    "../../etc/passwd",
    "null",
    "NaN",
    "{}",
]
FIELDS = (
    *("name", "phone", "email", "title", "text", "place", "topic", "publication", "blank", "draft", "until"),
    *("reason", "department", "state", "seen", "next", "password", "again", "phrases", "relation"),
    *("old", "code", "seed", "role"),
    *("answer", "links"),
    *("template", "kind", "place_in_list", "offered", "preview"),
    *("topic_code", "case_title", "case_place", "base", "earlier", "ground", "mine", "take"),
)
PART = "--x\r\nContent-Disposition: form-data; name=attachments"
MULTIPART = "multipart/form-data; boundary=x"
BODIES = [
    (b"", "application/x-www-form-urlencoded"),
    (b"\xff\xfe=%ff%fe&text=%00&=&&&", "application/x-www-form-urlencoded"),
    (b'{"text": 1}', "application/json"),
    (b"{", "application/json"),
    (b"--x\r\nno", MULTIPART),
    (b"nothing", "multipart/form-data"),
    (
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\xfe\xc3(\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    (b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\na\r\n--x--\r\n', MULTIPART),
    (f"{PART}; filename=\xff.jpg\r\nContent-Type: \xff\r\n\r\n\xff\r\n--x--\r\n".encode("latin-1"), MULTIPART),
    (b"text=a&text=b&text=c", "application/x-www-form-urlencoded"),
    (b"\x00\x01", "application/octet-stream"),
    (b"x", "nonsense"),
]
LEAVING = ("/sign-out", "/account/sessions/{session_id:int}")
"""They would end the session."""


@pytest.fixture
async def desk(client: Client, sessions: Sessions, settings: Settings) -> Client:
    """The site with one case, and an administrator signed in: nothing is hidden behind a refusal."""
    await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions, role=Role.ADMIN))
    return client


def addresses(client: Client, method: str) -> list[str]:
    """Every address of the method, with a value in each place that takes one."""
    open_ones = (
        route.path
        for route in client.app.routes
        if isinstance(route, HTTPRoute) and method in route.methods and not route.path.endswith(LEAVING)
    )
    return [re.sub(r"{\w+:str}", "signal", re.sub(r"{\w+:int}", "1", path)) for path in open_ones]


async def test_queries(desk: Client) -> None:
    for path in addresses(desk, "GET"):
        for value in NASTY:
            names = ("q", "after", "from", "to", "kind", "queue", "page", "next", "order", "period", "of")
            answer = await desk.get(path, params=dict.fromkeys(names, value.replace("\ud7ff", "")))
            assert answer.status_code < 500 or path == "/health/ready", (path, value[:20])


async def test_addresses(desk: Client) -> None:
    for path in ("/register/2026/", "/register/", "/submit/", "/confirm/", "/track/", "/staff/cases/", "/static/", "/"):
        for tail in ("%00", "%ff%fe", "%D0%B4", "a%2Fb", "-1", "9" * 40, "1e5", "..%2f..", "💩", "x" * 5000):
            answer = await desk.get(path + tail)
            assert answer.status_code < 500, path + tail[:20]


@pytest.mark.parametrize("headers", [{}, HX], ids=["visit", "swap"])
async def test_forms(desk: Client, headers: dict[str, str]) -> None:
    for path in addresses(desk, "POST"):
        for value in NASTY[:-1]:
            form = dict.fromkeys(FIELDS, value.replace("\ud7ff", ""))
            answer = await desk.post(path, data=form, headers=headers)
            assert answer.status_code < 500, (path, value[:20])


async def test_bodies(desk: Client) -> None:
    for path in addresses(desk, "POST"):
        for body, media_type in BODIES:
            answer = await desk.post(path, content=body, headers={"Content-Type": media_type})
            assert answer.status_code < 500, (path, body, media_type)
        too_large = await desk.post(path, content=b"text=" + b"a" * 2_000_000, headers={"Content-Type": BODIES[0][1]})
        assert too_large.status_code in {200, 403, 404, 413, 422}, path


async def test_headers(desk: Client) -> None:
    for origin in ("http://[", "null", "https://", "\xff", "x" * 5000):
        answer = await desk.post("/submit/signal", headers={b"Origin": origin.encode("latin-1")})
        assert answer.status_code == 403, origin
    assert (await desk.get("/register.json?q=дупка&after=5_1e300")).status_code == 200


async def test_methods(desk: Client) -> None:
    for path in {*addresses(desk, "GET"), *addresses(desk, "POST")}:
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW"):
            answer = await desk.request(method, path)
            assert answer.status_code < 500 or path == "/health/ready", (method, path)
