"""Every page of the portal, one after the other, with the longest words that people write, or with others."""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta

from playwright.async_api import FilePayload, Page

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.handling import assignment, due_date
from portal.municipality import Department
from portal.publishing import publication
from portal.replies import reply
from portal.staff.model import Role, Staff
from portal.tokens import Tokens
from tests.browser.window import enter, press
from tests.cast import PENKA, Post, employ, link, received

LONG = "непротивоконституционствувателствувайтенепротивоконституцион"
LOUD = "ДО КОГА ЩЕ ТЪРПИМ ДУПКИТЕ, БОКЛУКА И ТЪМНИТЕ УЛИЦИ?! " * 3
TEXT = f"Дупката {LONG}. {LOUD} {LONG.upper()} https://example.bg/{'път' * 40}"


@dataclass(frozen=True)
class Words:
    """What people write: the sender into the form, the staff about it."""

    title: str
    text: str
    place: str
    name: str
    wrong_phone: str
    wrong_email: str
    of_department: str
    file: str
    reason: str
    public_text: str
    reply: str
    slip: str
    number: str
    never_written: str
    operator: str


LONGEST = Words(
    title=f"{LONG} {LONG[:50]}",
    text=TEXT,
    place=LONG,
    name=f"{LONG} {LONG[:50]}",
    wrong_phone=LONG[:40],
    wrong_email=LONG,
    of_department=TEXT,
    file=f"{LONG}{LONG}.pdf",
    reason=TEXT,
    public_text=TEXT[:-1],
    reply=TEXT,
    slip="дупкдта",
    number="С-9999/18.03.2020",
    never_written=LONG,
    operator=f"Мария {LONG}",
)


async def every_page(page: Page, sessions: Sessions, post: Post, words: Words = LONGEST) -> AsyncIterator[str]:
    """Tell the name of each page, while it stands in the window."""
    maria = await employ(sessions, name=words.operator)
    for walk in (
        _first(page, post, words),
        _of_department(page, sessions, post, maria, words),
        _of_everybody(page, sessions, maria, words),
        _of_follower(page, sessions, post),
        _of_sender(page, sessions, post, words),
        _of_staff(page, sessions, maria, words),
        _of_case_at_work(page, sessions, post, words),
        _of_admin(page, sessions, words),
    ):
        async for name in walk:
            yield name


async def _first(page: Page, post: Post, words: Words) -> AsyncIterator[str]:
    for name, address in {"home, empty": "/", "register, empty": "/register", "form": "/submit/signal"}.items():
        await page.goto(address)
        yield name
    for field in ("title", "text", "place", "name"):
        await page.fill(f"#{field}", asdict(words)[field])
    await page.fill("#phone", words.wrong_phone)
    await press(page.locator("#send"))
    yield "form with errors"
    await press(page.get_by_role("button", name="Преглед"))
    yield "form with a preview"
    await page.fill("#phone", PENKA["phone"])
    await page.fill("#email", PENKA["email"])
    await press(page.locator("#send"))
    yield "sent"
    await page.fill("#email", words.wrong_email)
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


async def _of_department(page: Page, sessions: Sessions, post: Post, maria: Staff, words: Words) -> AsyncIterator[str]:
    async with transaction(sessions) as db:
        case, works = await db.get_one(Case, 1), await db.get_one(Department, "works")
        await assignment.assign(db, case, works, by=maria, at=clock.now())
    answer = f"/answer/{Tokens(post.work.settings.secret).answer('works', clock.now())}"
    await page.goto(answer)
    yield "what waits for the department"
    await page.goto(f"{answer}/1")
    yield "answer of the department"
    await page.fill("#text", words.of_department)
    await page.locator("[name=answer][value=more_time]").check()
    file: FilePayload = {"name": words.file, "mimeType": "application/pdf", "buffer": b"%PDF-1.7 ..."}
    await page.set_input_files("#files", [file])
    await press(page.get_by_role("button", name="Изпращане"))
    yield "answer of the department with errors"
    await page.locator("[name=answer][value=not_ours]").check()
    await press(page.get_by_role("button", name="Изпращане"))
    yield "answered by the department"
    for wrong in ("/answer/x", f"{answer}/2"):
        await page.goto(wrong)
        yield f"no such answer {wrong[-1]}"


async def _of_everybody(page: Page, sessions: Sessions, maria: Staff, words: Words) -> AsyncIterator[str]:
    case = await answered(sessions, maria, words)
    pages = {
        "home": "/",
        "register": "/register",
        "results": "/register?q=дупката",
        "results for a slip": f"/register?q={words.slip}",
        "no results": f"/register?q={words.never_written}",
        "filtered": "/register?kind=proposal&overdue=1",
        "case": f"/register/{case.incoming_year}/{case.incoming_seq}",
        "lost link": "/track",
        **{name: f"/{name}" for name in ("rules", "privacy", "accessibility", "help", "offline")},
        "no such link": "/confirm/x",
        "not found": f"/{words.never_written}",
        "mailbox": "/mailbox",
    }
    for name, address in pages.items():
        await page.goto(address)
        yield name
    await press(page.locator(".list a").first)
    yield "e-mail"


async def answered(sessions: Sessions, maria: Staff, words: Words) -> Case:
    """Let everything happen to the case that a history can tell."""
    async with transaction(sessions) as db:
        case = await db.get_one(Case, 1)
        assert case.received_at is not None
        assert case.due_on is not None
        at = case.received_at
        await assignment.assign(db, case, await db.get_one(Department, "works"), by=maria, at=at)
        await due_date.extend(db, case, case.due_on + timedelta(days=7), words.reason, by=maria, at=at)
        shown = publication.PublicVersion(case.title, words.public_text, words.place)
        await publication.publish(db, case, shown, by=maria, at=at)
        await reply.reply(db, case, words.reply, by=maria, at=at)
        return case


async def _of_follower(page: Page, sessions: Sessions, post: Post) -> AsyncIterator[str]:
    async with transaction(sessions) as db:
        case = await db.get_one(Case, 1)
    await page.goto(f"/register/{case.incoming_year}/{case.incoming_seq}/following")
    yield "following"
    await press(page.get_by_role("button", name="Изпращане на връзка"))
    yield "following with errors"
    await page.fill("#email", "ivo@follower.example")
    await press(page.get_by_role("button", name="Изпращане на връзка"))
    yield "following, link sent"
    letter = next(one for one in reversed(await post.deliver()) if one.event == "please_follow")
    await page.goto(link(letter, "follow"))
    yield "following begins"
    await press(page.get_by_role("button", name="Искам да следя"))
    yield "following begun"
    await page.goto(f"/unfollow/{Tokens(post.work.settings.secret).unfollow(1)}")
    yield "following ends"
    await press(page.get_by_role("button", name="Спиране на писмата"))
    yield "following ended"


async def _of_sender(page: Page, sessions: Sessions, post: Post, words: Words) -> AsyncIterator[str]:
    """What comes after the reply; and the way back for who lost the link."""
    async with transaction(sessions) as db:
        track = f"/track/{Tokens(post.work.settings.secret).track(await db.get_one(Case, 1))}"
    await page.goto(track)
    yield "track, answered"
    await page.goto(f"{track}/reopening")
    yield "not done"
    await press(page.get_by_role("button", name="Да се разгледа отново"))
    yield "not done, with errors"
    await page.goto(f"{track}/resolved")
    yield "is it resolved"
    await press(page.get_by_role("button", name="Да, решен е"))
    yield "it is resolved"
    await page.goto("/track")
    await press(page.get_by_role("button", name="Изпращане на връзката"))
    yield "lost link with errors"
    await page.fill("#number", words.number)
    await page.fill("#email", PENKA["email"])
    await press(page.get_by_role("button", name="Изпращане на връзката"))
    yield "lost link sent"


async def _of_staff(page: Page, sessions: Sessions, maria: Staff, words: Words) -> AsyncIterator[str]:
    await page.goto("/staff/sign-in")
    yield "sign-in"
    await press(page.locator("main button"))
    yield "sign-in with errors"
    await enter(page, sessions, maria)
    for name, address in {
        "worklist, empty": "/staff",
        "worklist": "/staff?queue=all",
        "found": "/staff?q=дупка",
        "nothing found": f"/staff?q={words.never_written}",
        "filtered worklist": "/staff?queue=all&kind=signal&topic=roads&due_to=2126-02-28",
        "all ticked": "/staff?queue=all&ticked=all",
        "many at once": "/staff/bulk?do=assign&department=lighting&case=1&case=2",
        "many at once, done": "/staff/bulk/result?do=close&case=1-1",
        "nothing ticked": "/staff/bulk?do=close",
        "new saved filter": f"/staff/filters?queue=new&q={words.never_written}",
        "synonyms": "/staff/synonyms",
        "account": "/staff/account",
        "own password": "/staff/account/password",
        "second step": "/staff/account/second-step",
        "second step off": "/staff/account/second-step/off",
        "forgotten password": "/staff/forgotten",
        "reports": "/staff/reports",
        "templates, none": "/staff/templates",
        "new template": "/staff/templates/new",
        "entry": "/staff/entry",
        "receipt": "/staff/cases/1/receipt",
        "emails": "/staff/emails",
        "emails, one": "/staff/emails/1",
        "emails, sample": "/staff/emails/samples/received",
        "settings": "/staff/settings",
        "settings, department": "/staff/settings/department?code=works",
        "settings, topic": "/staff/settings/topic",
        "settings, day": "/staff/settings/day",
        "settings, suspension": "/staff/settings/suspension",
        "texts": "/staff/texts",
        "texts, help": "/staff/texts/help",
    }.items():
        await page.goto(address)
        yield name
    for part in ("", "/reply", "/closure", "/reopening", "/publication"):
        await page.goto(f"/staff/cases/1{part}")
        yield f"staff case{part}"
    for field in ("title", "text"):
        await page.fill(f"#{field}", "")
    await page.get_by_role("button", name="Запазване").click()
    await page.locator("#title-error").wait_for()
    yield "staff case/publication with errors"


async def _of_case_at_work(page: Page, sessions: Sessions, post: Post, words: Words) -> AsyncIterator[str]:
    """All that can be done with a case that nobody has answered."""
    settings, draft = post.work.settings, "a draft that nobody answers"
    case = await received(sessions, settings, draft=draft, title=words.title, text=words.text, place=words.place)
    for part in ("", "/details", "/assignment", "/due-date", "/group", "/note", "/clarification", "/forwarding",
                 "/no-proceedings"):  # fmt: skip
        await page.goto(f"/staff/cases/{case.id}{part}")
        yield f"case at work{part}"


async def _of_admin(page: Page, sessions: Sessions, words: Words) -> AsyncIterator[str]:
    await enter(page, sessions, await employ(sessions, name=words.operator, role=Role.ADMIN))
    for name, address in {
        "people": "/staff/people",
        "new colleague": "/staff/people/new",
        "colleague": "/staff/people/1",
        "audit": "/staff/audit",
    }.items():
        await page.goto(address)
        yield name
    await page.locator(".menu summary").click()
    yield "menu"
