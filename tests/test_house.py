"""The rules of the house: what holds for every template, table, route and file."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import html5lib
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from jinja2 import meta
from jinja2.nodes import Const, FromImport, Include
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import Connection

from portal import settings as portal_settings
from portal.app import create_app
from portal.db import Sessions, Table
from portal.mail import letters, messages
from portal.rendering.templates import environment
from portal.settings import ROOT, Settings
from portal.staff.model import Role
from portal.web.staff.handling.case_page import PARTS
from portal.web.static import INLINE
from tests.cast import Client, employ, received, sign_in

TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt"))
FRAGMENTS = [path for path in TEMPLATES if path.name.startswith("_")]
MESSAGES = [name for name in vars(messages) if callable(vars(messages)[name]) and not name.startswith("_")]
MESSAGES = [name for name in MESSAGES if vars(messages)[name].__module__ == messages.__name__]


def name(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("path", FRAGMENTS, ids=name)
def test_fragment_is_one_element_with_an_id(path: Path) -> None:
    html = re.sub(r"{%.*?%}|{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL).strip()
    opening = re.match(r"<(\w+)\s[^>]*\bid=\"[\w-]+", html)
    assert opening, "a fragment opens with the element that htmx swaps, and its id"
    assert html.endswith(f"</{opening[1]}>")


def test_every_template_is_used() -> None:
    """By another template, by a handler's name, or as the text of an e-mail."""
    used = {letters.template(message, form) for message in MESSAGES for form in ("txt", "html")}
    for path in TEMPLATES:
        tree = environment().parse(path.read_text("utf-8"))
        used |= {str(found) for found in meta.find_referenced_templates(tree) if found}
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    used |= set(re.findall(r'"([\w/]+\.html)"', source))
    used |= {f"staff/{part}{form}.html" for part in PARTS.values() for form in ("", "_form")}
    assert {name(path) for path in TEMPLATES} == used


def test_every_fragment_is_included_by_a_page() -> None:
    included = set()
    for path in TEMPLATES:
        for node in environment().parse(path.read_text("utf-8")).find_all(Include):
            if isinstance(node.template, Const):
                included.add(node.template.value)
    assert {name(path) for path in FRAGMENTS} <= included


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_parses_and_needs_no_exception_from_the_policy(path: Path) -> None:
    """Nothing that a strict Content-Security-Policy forbids; e-mails may have inline styles, and nothing else."""
    text = path.read_text("utf-8")
    environment().parse(text)
    assert not re.search(r"\son\w+=|hx-on|javascript:|hx-trigger=\"[^\"]*\[", text)
    if not name(path).startswith("mail/"):
        assert " style=" not in text
        assert "| safe" not in text


def test_page_carries_the_style_sheets_of_what_it_shows() -> None:
    """A page that says which sheets it needs (base.html: all of them) has those of each class in it."""
    told = {sheet: _classes((ROOT / "static" / f"{sheet}.css").read_text("utf-8")) for sheet in INLINE}
    for path in TEMPLATES:
        source = path.read_text("utf-8")
        if said := re.search(r"{% set sheets = (\[.*\]) %}", source):
            has = {"portal", *json.loads(said[1])}
            shown = set(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"{]*)', _with_parts(source)))))
            known = set().union(*(told[sheet] for sheet in has))
            assert not (shown & set().union(*told.values())) - known, name(path)


def _classes(css: str) -> set[str]:
    """Return the classes that rules of the sheet are of, not those that only stand beside them."""
    return set(
        re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", re.sub(r"/\*.*?\*/|@media print.*", "", css, flags=re.DOTALL))
    )


def _with_parts(source: str) -> str:
    """Add what the template includes, and the macros that it imports."""
    tree = environment().parse(source)
    included = [str(node.template.value) for node in tree.find_all(Include) if isinstance(node.template, Const)]
    parts = [_with_parts((ROOT / "templates" / part).read_text("utf-8")) for part in included]
    for node in tree.find_all(FromImport):
        if isinstance(node.template, Const):
            there = (ROOT / "templates" / str(node.template.value)).read_text("utf-8")
            macros = dict(re.findall(r"{% macro (\w+)(.*?){% endmacro %}", there, re.DOTALL))
            parts += [macros.get(one if isinstance(one, str) else one[0], "") for one in node.names]
    return source + "".join(parts)


def test_every_message_has_its_text_and_html() -> None:
    """By the name of its function; a test in tests/mail renders each of them."""
    found = {name(path) for path in TEMPLATES if name(path).startswith("mail/")}
    told = {letters.template(message, form) for message in MESSAGES for form in ("txt", "html")}
    assert found == told | {"mail/base.txt", "mail/base.html", "mail/parts.html"}


async def test_models_say_what_sql_says(sessions: Sessions) -> None:
    def difference(connection: Connection) -> list[Any]:
        options = {"include_object": _ours, "compare_type": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Table.metadata))

    async with sessions() as db:
        assert await (await db.connection()).run_sync(difference) == []


def _ours(_object: object, name: str | None, kind: str, reflected: bool, _to: object) -> bool:
    """Indexes, constraints, and what the search keeps for its own functions, live in sql/ alone."""
    if not reflected:
        return True
    its_own = kind == "table" and str(name).startswith(("register_", "desk_", "public_"))
    return not (its_own or kind in {"index", "unique_constraint"} or (kind == "column" and name == "keys"))


def routes(app: Litestar) -> list[HTTPRoute]:
    return [route for route in app.routes if isinstance(route, HTTPRoute)]


ENTRANCE = {"/staff/sign-in", "/staff/sign-in/code", "/staff/forgotten", "/staff/password/{token:str}"}


async def test_no_staff_route_answers_a_stranger(client: Client) -> None:
    closed = [one for one in routes(client.app) if one.path.startswith("/staff") and one.path not in ENTRANCE]
    assert len(closed) > 5
    for route in closed:
        path = re.sub(r"{\w+:int}", "1", re.sub(r"{\w+:str}", "x", route.path))
        for method in route.methods - {"OPTIONS"}:
            answer = await client.request(method, path, follow_redirects=False)
            if method == "GET":
                assert answer.headers["location"].startswith("/staff/sign-in"), path
            else:
                assert answer.status_code == 401, f"{method} {path}"


async def test_no_route_acts_for_another_site(client: Client, sessions: Sessions, settings: Settings) -> None:
    await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    for route in routes(client.app):
        path = re.sub(r"{\w+:int}", "1", re.sub(r"{\w+:str}", "x", route.path))
        for method in route.methods - {"GET", "HEAD", "OPTIONS"}:
            for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
                answer = await client.request(method, path, headers=headers)
                assert answer.status_code == 403, f"{method} {path}"


async def test_every_page_is_well_formed(client: Client, sessions: Sessions, settings: Settings) -> None:
    """html5lib finds no error, every id is there once, and every label and description points at something."""
    case = await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    desk = [
        f"/staff/cases/{case.id}{part}"
        for part in (
            "",
            "/details",
            "/reply",
            "/due-date",
            "/assignment",
            "/publication",
            "/forwarding",
            "/no-proceedings",
            "/group",
        )
    ]
    number = f"/register/{case.incoming_year}/{case.incoming_seq}"
    for path in ("/", "/register", "/register?q=дупка", "/register?q=ъъъ", "/submit/signal", number, "/nowhere",
                 "/rules", "/accessibility", "/help", "/privacy", "/track", "/offline", f"{number}/following",
                 "/confirm/x", "/track/x", "/submit/proposal", "/register?kind=proposal&overdue=1",
                 "/staff/texts/help", "/staff/entry", "/staff/settings",
                 "/staff/settings/department?code=works", "/staff/settings/topic", "/staff/settings/day",
                 "/staff/account", "/staff/account/password", "/staff/account/second-step",
                 "/staff/account/second-step/off", "/staff/forgotten", "/staff/sign-in",
                 "/staff/reports?period=year", "/staff/templates", "/staff/templates/new",
                 "/staff", "/staff?queue=new&kind=signal&due_to=x", "/staff?q=ъъъ", "/staff/filters?queue=new",
                 "/staff/bulk?do=remind&case=1", "/staff/bulk?case=1", "/staff/bulk?do=assign&case=1",
                 "/staff/bulk/result?do=close&case=1", *desk):  # fmt: skip
        _check_markup(path, (await client.get(path)).text)
    admin = await employ(sessions, role=Role.ADMIN)
    await sign_in(client, sessions, admin)
    for path in ("/staff/people", "/staff/people/new", f"/staff/people/{admin.id}", "/staff/people/1?sent=1"):
        _check_markup(path, (await client.get(path)).text)
    wrong = await client.post("/submit/question", data={"text": "?"})
    _check_markup("a form with errors", wrong.text)


def _check_markup(where: str, html: str) -> None:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(html)
    assert parser.errors == [], where
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), where
    for element in tree.iter():
        pointed = [element.get("for")] if element.tag == "label" and element.get("for") else []
        for name in ("aria-describedby", "aria-labelledby", "aria-controls", "list", "form"):
            pointed += (element.get(name) or "").split()
        assert set(pointed) <= set(ids), f"{where}: {pointed}"


def test_operations_names_every_setting() -> None:
    told = (ROOT / "docs" / "operations.md").read_text("utf-8")
    source = Path(portal_settings.__file__).read_text("utf-8")
    names = set(re.findall(r'"(PORTAL_\w+)"', source))
    assert len(names) >= len(fields(Settings)) - 2
    for setting in names:
        assert f"`{setting}`" in told, setting


MOST_FILES = 15
CROWDED = {
    "bench",  # one measurement a file, started by name from the Makefile
    "docs/decisions",  # one record a file; its README groups them
    "docs/pages",  # one picture a page; docs/album.md groups them
    "src/portal",  # the modules beneath the rooms, which every room may use; with __init__, __main__ and py.typed
    "src/portal/handling",  # one act of the staff a file, as they call it: 15 modules
    "src/portal/mail",  # what goes out and what comes in share the outbox and the addresses: 16 modules
    "src/portal/web",  # the pages are in public/ and staff/; these are what all pages use: 15 modules
    "tests/data/mail",  # one letter a file, called by the program that wrote it
}


def test_no_folder_is_crowded() -> None:
    """More than fifteen files side by side are two rooms."""
    found = set()
    for top in ("bench", "deploy", "docs", "sql", "src", "static", "templates", "tests"):
        for folder in [ROOT / top, *(ROOT / top).rglob("*/")]:
            files = [path for path in folder.iterdir() if path.is_file() and path.suffix != ".pyc"]
            if len(files) > MOST_FILES:
                found.add(folder.relative_to(ROOT).as_posix())
    assert found == CROWDED


def test_index_names_every_decision() -> None:
    """Each once, under the title that it has itself."""
    folder = ROOT / "docs" / "decisions"
    told = re.findall(r"^- (\d{4}) \[(.+)\]\((.+)\)$", (folder / "README.md").read_text("utf-8"), re.MULTILINE)
    records = {path.name: path.read_text("utf-8") for path in folder.glob("[0-9]*.md")}
    assert len(told) == len(records)
    for number, title, file in told:
        assert file.startswith(f"{number}-")
        assert records[file].startswith(f"# {int(number)}. {title}\n\n## Context\n"), file


def test_lock_files_name_no_host() -> None:
    for lock in ROOT.glob("*.lock"):
        assert "://" not in lock.read_text("utf-8"), lock


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["mypy"],
        ["lint-imports"],
        ["djlint", "--lint", "--quiet", "templates"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_linter_finds_nothing(command: list[str]) -> None:
    program = str(Path(sys.executable).with_name(command[0]))
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_application_starts_without_its_services(settings: Settings) -> None:
    """A web process may start before its database: it answers 503 until that is there."""
    assert isinstance(create_app(settings), Litestar)
