"""What the staff see of what comes back by e-mail, and what they do about it."""

import re
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.handling import assignment
from portal.intake.incoming_mail import IncomingMail
from portal.municipality import Department
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import Client, Post, employ, form_of, link, received, reload, sign_in
from tests.files.test_pictures import drawn
from tests.intake.post_office import WORDS, bounce_address, case_address, emails, letter, open_to_mail, receive, said

MARK = "Подателят писа"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return open_to_mail(settings)


@pytest.fixture
async def case(client: Client, sessions: Sessions, settings: Settings, post: Post) -> Case:
    """A case of Penka's, her letters sent, and Maria signed in."""
    await sign_in(client, sessions, await employ(sessions))
    case = await received(sessions, settings)
    await post.deliver()
    return case


async def write(sessions: Sessions, settings: Settings, case: Case, words: str, *files: tuple[str, bytes]) -> int:
    """Let Penka write; return the number of her message."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "penka@example.bg", case_address(settings, case), "Re: <b>"
    message.set_content(words)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    await receive(sessions, settings, bytes(message))
    async with transaction(sessions) as db:
        return (await db.scalars(select(IncomingMail.id).order_by(IncomingMail.id.desc()).limit(1))).one()


async def test_returned_letter_stands_beside_its_event_and_in_the_queue(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    (_, email) = await emails(sessions, case)
    assert "Тук няма преписки" in (await client.get("/staff?queue=undelivered")).text
    await receive(sessions, settings, letter("bounce_postfix", bounce_to=bounce_address(settings, email)))
    page = (await client.get(f"/staff/cases/{case.id}")).text
    assert re.search(r"имейл изпратен .*</span>\s*<span class=\"tag bad\">върнат .*: няма такава кутия", page)
    assert "писмата се връщат: няма такава кутия" in page
    assert f"/staff/emails/{email.id}" in page
    assert case.title in (await client.get("/staff?queue=undelivered")).text
    assert "върнато: няма такава кутия" in (await client.get("/staff/emails")).text
    opened = (await client.get(f"/staff/emails/{email.id}")).text
    assert re.search(r"Върнато .*: няма такава кутия\.", opened)


async def test_corrected_address_gets_it_and_the_mark_ends(
    client: Client, sessions: Sessions, settings: Settings, case: Case, post: Post
) -> None:
    (_, email) = await emails(sessions, case)
    await receive(sessions, settings, letter("bounce_postfix", bounce_to=bounce_address(settings, email)))
    before = len(post.all())
    for _ in range(2):
        await client.post(f"/staff/emails/{email.id}", data={"email": "penka.new@example.bg"})
    sent = (await post.deliver())[before:]
    assert [(one.event, one.to) for one in sent] == [("received", "penka.new@example.bg")]
    page = (await client.get(f"/staff/cases/{case.id}")).text
    assert "връщат" not in page
    assert "върнат" not in page
    assert "Тук няма преписки" in (await client.get("/staff?queue=undelivered")).text


async def test_message_of_the_sender_comes_up_until_it_is_read(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    await write(sessions, settings, case, WORDS)
    assert case.title in (await client.get("/staff?queue=sender_wrote")).text
    page = await client.get(f"/staff/cases/{case.id}")
    assert MARK in page.text
    assert WORDS.splitlines()[0] in page.text
    await write(sessions, settings, case, "И още нещо.")
    await client.post(f"/staff/cases/{case.id}/message", data=form_of(page))
    assert (await reload(sessions, case)).sender_wrote_at is not None
    page = await client.get(f"/staff/cases/{case.id}")
    for _ in range(2):
        await client.post(f"/staff/cases/{case.id}/message", data=form_of(page))
    assert (await reload(sessions, case)).sender_wrote_at is None
    assert MARK not in (await client.get(f"/staff/cases/{case.id}")).text


async def test_what_the_staff_do_ends_the_mark(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    await write(sessions, settings, case, WORDS)
    form = form_of(await client.get(f"/staff/cases/{case.id}/note"))
    await client.post(f"/staff/cases/{case.id}/note", data={**form, "text": "Говорих с нея."})
    assert (await reload(sessions, case)).sender_wrote_at is None


async def test_files_are_opened_by_what_they_are(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    files = (("снимка.txt", drawn()), ("план.pdf", b"%PDF-1.7 x"), ("вирус.jpg", b"MZ not a picture"))
    mail = await write(sessions, settings, case, "<script>alert(1)</script>", *files)
    page = await client.get(f"/staff/incoming/{mail}")
    assert "&lt;script&gt;alert(1)" in page.text
    assert "вирус.jpg – само в цялото писмо" in page.text
    picture, pdf, other, none = [await client.get(f"/staff/incoming/{mail}/files/{n}") for n in (1, 2, 3, 4)]
    assert (picture.headers["content-type"], picture.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert picture.content != drawn()
    assert pdf.headers["content-disposition"].startswith("attachment")
    assert (other.status_code, none.status_code) == (404, 404)
    whole = await client.get(f"/staff/incoming/{mail}/whole")
    assert whole.headers["content-disposition"] == f'attachment; filename="{mail}.eml"'
    assert b"alert(1)" in whole.content


async def test_department_reads_no_letters(client: Client, sessions: Sessions, settings: Settings, case: Case) -> None:
    """A signature says more of a person than a department is told."""
    mail = await write(sessions, settings, case, "Пенка, тел. 0888 123 456")
    maria = await employ(sessions, "Мария от портала")
    async with transaction(sessions) as db:
        works = await db.get_one(Department, "works")
        await assignment.assign(db, await db.get_one(Case, case.id), works, by=maria, at=clock.now())
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    page = (await client.get(f"/staff/cases/{case.id}")).text
    assert "Писмо от подателя" in page
    assert "0888" not in page
    assert (await client.get(f"/staff/incoming/{mail}")).status_code == 403


async def test_sender_sees_own_words_and_nobody_else_does(
    client: Client, sessions: Sessions, settings: Settings, case: Case, post: Post
) -> None:
    await write(sessions, settings, case, WORDS)
    page = (await client.get(link(post.all()[-1], "track"))).text
    assert "Писмо от подателя" in page
    assert WORDS.splitlines()[0] in page
    public = (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).text
    assert WORDS.splitlines()[0] not in public
    assert "Писмо от подателя" not in public


async def test_stranger_s_message_waits_to_be_looked_at(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "x@example.bg", "portal@stanimaka.example", "Кога работите?"
    message.set_content("Кога работите?")
    await receive(sessions, settings, bytes(message))
    assert await said(sessions, case) == []
    assert "1 дошло писмо чака да бъде прочетено" in (await client.get("/staff")).text
    listed = (await client.get("/staff/emails")).text
    assert "Кога работите?" in listed
    found = re.search(r"/staff/incoming/\d+", listed)
    assert found
    assert "не може да се свърже с преписка" in (await client.get(found[0])).text
    for _ in range(2):
        await client.post(found[0])
    assert "Кога работите?" not in (await client.get("/staff/emails")).text
    assert "да бъде прочетено" not in (await client.get("/staff")).text


async def test_question_says_that_it_may_be_answered_by_e_mail(
    client: Client, case: Case, post: Post, settings: Settings
) -> None:
    form = form_of(await client.get(f"/staff/cases/{case.id}/clarification"))
    await client.post(f"/staff/cases/{case.id}/clarification", data={**form, "text": "Пред кой вход?"})
    asked = (await post.deliver())[-1]
    assert "просто отговорете на това писмо" in asked.text
    assert dict(asked.headers)["Reply-To"] == case_address(settings, case)
    assert "Return-Path" not in dict(asked.headers)
