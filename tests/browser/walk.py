"""Every page of the portal, one after the other, with the longest words that people write."""

from collections.abc import AsyncIterator
from datetime import timedelta

from playwright.async_api import FilePayload, Page

from portal import clock
from portal.cases import handling, publication
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.municipality import Department
from portal.staff.model import Staff
from portal.tokens import Tokens
from tests.browser.window import enter, press
from tests.cast import PENKA, Post, employ, link

LONG = "непротивоконституционствувателствувайтенепротивоконституцион"
LOUD = "ДО КОГА ЩЕ ТЪРПИМ ДУПКИТЕ, БОКЛУКА И ТЪМНИТЕ УЛИЦИ?! " * 3
TEXT = f"Дупката {LONG}. {LOUD} {LONG.upper()} https://example.bg/{'път' * 40}"
WORDS = {"title": f"{LONG} {LONG[:50]}", "text": TEXT, "place": LONG, "name": f"{LONG} {LONG[:50]}"}


async def every_page(page: Page, sessions: Sessions, post: Post) -> AsyncIterator[str]:
    """Tell the name of each page, while it stands in the window."""
    maria = await employ(sessions, name=f"Мария {LONG}")
    for walk in (
        _first(page, post),
        _of_department(page, sessions, post, maria),
        _of_everybody(page, sessions, maria),
        _of_staff(page, sessions, maria),
    ):
        async for name in walk:
            yield name


async def _first(page: Page, post: Post) -> AsyncIterator[str]:
    for name, address in {"home, empty": "/", "register, empty": "/register", "form": "/submit/signal"}.items():
        await page.goto(address)
        yield name
    for field, words in WORDS.items():
        await page.fill(f"#{field}", words)
    await page.fill("#phone", LONG[:40])
    await press(page.locator("#send"))
    yield "form with errors"
    await press(page.get_by_role("button", name="Преглед"))
    yield "form with a preview"
    await page.fill("#phone", PENKA["phone"])
    await page.fill("#email", PENKA["email"])
    await press(page.locator("#send"))
    yield "sent"
    await page.fill("#email", LONG)
    await press(page.get_by_role("button", name="Поправяне"))
    yield "sent, wrong address"
    confirm = link((await post.deliver())[-1], "confirm")
    await page.goto(confirm)
    yield "confirm"
    await press(page.get_by_role("button", name="Потвърждавам"))
    yield "track"
    await page.goto(confirm)
    yield "confirmed before"
    await post.deliver()


async def _of_department(page: Page, sessions: Sessions, post: Post, maria: Staff) -> AsyncIterator[str]:
    async with transaction(sessions) as db:
        case, works = await db.get_one(Case, 1), await db.get_one(Department, "works")
        await handling.assign(db, case, works, by=maria, at=clock.now())
    answer = f"/answer/{Tokens(post.work.settings.secret).answer('works', clock.now())}"
    await page.goto(answer)
    yield "what waits for the department"
    await page.goto(f"{answer}/1")
    yield "answer of the department"
    await page.fill("#text", TEXT)
    await page.locator("[name=answer][value=more_time]").check()
    file: FilePayload = {"name": f"{LONG}{LONG}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 ..."}
    await page.set_input_files("#files", [file])
    await press(page.get_by_role("button", name="Изпращане"))
    yield "answer of the department with errors"
    await page.locator("[name=answer][value=not_ours]").check()
    await press(page.get_by_role("button", name="Изпращане"))
    yield "answered by the department"
    for wrong in ("/answer/x", f"{answer}/2"):
        await page.goto(wrong)
        yield f"no such answer {wrong[-1]}"


async def _of_everybody(page: Page, sessions: Sessions, maria: Staff) -> AsyncIterator[str]:
    case = await answered(sessions, maria)
    pages = {
        "home": "/",
        "register": "/register",
        "results": "/register?q=дупката",
        "results for a slip": "/register?q=дупкдта",
        "no results": f"/register?q={LONG}",
        "filtered": "/register?kind=proposal&overdue=1",
        "case": f"/register/{case.incoming_year}/{case.incoming_seq}",
        "lost link": "/track",
        "no such link": "/confirm/x",
        "not found": f"/{LONG}",
        "mailbox": "/mailbox",
    }
    for name, address in pages.items():
        await page.goto(address)
        yield name
    await press(page.locator(".list a").first)
    yield "e-mail"


async def answered(sessions: Sessions, maria: Staff) -> Case:
    """Let everything happen to the case that a history can tell."""
    async with transaction(sessions) as db:
        case = await db.get_one(Case, 1)
        assert case.received_at is not None
        assert case.due_on is not None
        at = case.received_at
        await handling.assign(db, case, await db.get_one(Department, "works"), by=maria, at=at)
        await handling.extend(db, case, case.due_on + timedelta(days=7), TEXT, by=maria, at=at)
        await publication.publish(db, case, publication.PublicVersion(case.title, TEXT[:-1], LONG), by=maria, at=at)
        await handling.reply(db, case, TEXT, by=maria, at=at)
        return case


async def _of_staff(page: Page, sessions: Sessions, maria: Staff) -> AsyncIterator[str]:
    await page.goto("/staff/sign-in")
    yield "sign-in"
    await press(page.locator("main button"))
    yield "sign-in with errors"
    await enter(page, sessions, maria)
    for name, address in {
        "worklist, empty": "/staff",
        "worklist": "/staff?queue=all",
        "found": "/staff?q=дупка",
        "nothing found": f"/staff?q={LONG}",
        "filtered worklist": "/staff?queue=all&kind=signal&topic=roads&due_to=2126-02-28",
        "all ticked": "/staff?queue=all&ticked=all",
        "many at once": "/staff/bulk?do=assign&department=lighting&case=1&case=2",
        "many at once, done": "/staff/bulk/result?do=close&case=1-1",
        "nothing ticked": "/staff/bulk?do=close",
        "new saved filter": f"/staff/filters?queue=new&q={LONG}",
        "synonyms": "/staff/synonyms",
        "account": "/staff/account",
        "own password": "/staff/account/password",
        "second step": "/staff/account/second-step",
        "second step off": "/staff/account/second-step/off",
        "forgotten password": "/staff/forgotten",
        "reports": "/staff/reports",
        "templates, none": "/staff/templates",
        "new template": "/staff/templates/new",
    }.items():
        await page.goto(address)
        yield name
    for part in ("", "/details", "/reply", "/due-date", "/assignment", "/publication"):
        await page.goto(f"/staff/cases/1{part}")
        yield f"staff case{part}"
    for field in ("title", "text"):
        await page.fill(f"#{field}", "")
    await page.get_by_role("button", name="Запазване").click()
    await page.locator("#title-error").wait_for()
    yield "staff case/publication with errors"
