"""Every e-mail there is, rendered with the longest, the emptiest and the nastiest case."""

import re
from datetime import timedelta
from email.message import EmailMessage
from inspect import isfunction

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.cases.model import Actor, Event, EventKind, Kind
from portal.db import Sessions, transaction
from portal.languages import Language
from portal.mail import claims, messages
from portal.mail.letters import Letters
from portal.mail.outbox import Email
from portal.mail.samples import TOLD, TOLD_APART, case, told, told_apart
from portal.settings import Settings
from tests.cast import Post, employ, received

NASTY = "<script>alert(1)</script> {{ 7 * 7 }} %s \u202e „кавички“ " + "Ж" * 60
TEXTS = {"short": "Дупка.", "long": "ЗАЩО НИКОЙ НЕ ИДВА?!!\n" * 380, "nasty": NASTY}


def parts(letter: EmailMessage) -> tuple[str, str]:
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("message", TOLD)
def test_letter_reads_well_and_carries_nothing_in(settings: Settings, message: str, kind: Kind, text: str) -> None:
    now = clock.now()
    letter = Letters(settings).letter(*told(message, at=now), case(TEXTS[text], kind, at=now))
    plain, html = parts(letter)
    assert "Община Станимака" in plain
    assert "<script>" not in html
    assert "49" not in plain.replace("0049", "")[:400] or "{{ 7 * 7 }}" in plain
    assert "&lt;" not in plain
    assert "\n\n\n\n" not in plain
    assert len(bytes(letter)) < 60_000
    assert len(html.encode()) < 20_000 + 2 * len(TEXTS[text].encode())
    links = dict.fromkeys(("please_confirm", "confirm_reminder"), "/confirm/") | {"followed": "/unfollow/"}
    link = links.get(message, "/track/")
    assert f"http://testserver.local{link}" in plain
    assert f"http://testserver.local{link}" in html


@pytest.mark.parametrize("message", sorted(TOLD.keys() - {"followed"}))
def test_letter_leads_who_reads_english_to_pages_in_english(settings: Settings, message: str) -> None:
    email, event = told(message, at=clock.now())
    whose = case(at=clock.now())
    for language, has in ((Language.BULGARIAN, False), (Language.ENGLISH, True)):
        whose.language = language
        for part in parts(Letters(settings).letter(email, event, whose)):
            assert ("In English" in part) is has
            assert bool(re.search(r"/(track|confirm)/[^\s?\"]+\?lang=en", part)) is has


@pytest.mark.parametrize("message", TOLD_APART)
def test_letter_of_no_case_stands_for_itself(settings: Settings, message: str) -> None:
    email = told_apart(message, at=clock.now())
    assert email.told is not None
    email.told |= {"name": NASTY, "title": NASTY}
    letter = Letters(settings).letter(email, None, None)
    plain, html = parts(letter)
    assert letter["References"] is None
    for part in (plain, html):
        assert "Община Станимака" in part
        assert "http://testserver.local" in part
    assert "<script>" not in html
    assert "<script>" in plain


async def test_letter_of_no_case_is_sent_and_forgotten_after_a_month(sessions: Sessions, post: Post) -> None:
    maria = await employ(sessions)
    long_ago = clock.now() - timedelta(days=31)
    async with transaction(sessions) as db:
        messages.invited(db, maria, "an invitation", until=clock.now(), at=long_ago)
    assert [(letter.event, letter.to) for letter in await post.deliver()] == [("invited", maria.email)]
    async with transaction(sessions) as db:
        messages.invited(db, maria, "another", until=clock.now(), at=long_ago)
    await post.work.keep_house()
    async with transaction(sessions) as db:
        assert [email.state for email in await db.scalars(select(Email))] == ["queued"]


async def test_letter_of_no_case_waits_for_no_other(sessions: Sessions) -> None:
    """Letters of a case leave in their order; those of no case have none between them."""
    maria, now = await employ(sessions), clock.now()
    async with transaction(sessions) as db:
        messages.invited(db, maria, "first", until=now, at=now)
        await db.flush()
        messages.invited(db, maria, "second", until=now, at=now)
    async with transaction(sessions) as db:
        claimed = [await claims.claim(db, at=now) for _ in range(3)]
    assert [email.told["invitation"] for email in claimed if email and email.told] == ["first", "second"]


@pytest.mark.parametrize("torn", ["told = NULL", "case_id = 1", "event_id = 1", "case_id = NULL, event_id = NULL"])
async def test_letter_is_of_a_case_or_tells_itself(sessions: Sessions, settings: Settings, torn: str) -> None:
    await received(sessions, settings)
    async with transaction(sessions) as db:
        messages.invited(db, await employ(sessions), "x", until=clock.now(), at=clock.now())
    of = "case_id IS NOT NULL" if "NULL, " in torn else "case_id IS NULL"
    with pytest.raises(IntegrityError, match="email_of_case_or_telling_itself"):
        async with transaction(sessions) as db:
            await db.execute(text(f"UPDATE emails SET {torn} WHERE {of}"))


def test_gallery_has_a_sample_of_every_message() -> None:
    """Every public function of mail/messages.py is an e-mail."""
    written = {name for name, one in vars(messages).items() if isfunction(one) and one.__module__ == messages.__name__}
    assert {name for name in written if not name.startswith("_")} == set(TOLD) | set(TOLD_APART)


def test_letter_is_the_same_at_every_try(settings: Settings) -> None:
    event = Event(id=3, case_id=7, kind=EventKind.CLOSED, at=clock.now(), actor=Actor.SYSTEM, details={})
    email = Email(id=9, message="closed", recipient="penka@example.bg", subject="Вх. №", written_at=clock.now())
    first, second = (Letters(settings).letter(email, event, case("Дупка.", at=clock.now())) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"] == "<email-9@testserver.local>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["X-Portal-Event"] == "closed"
    assert parts(first) == parts(second)


def test_name_that_a_stranger_typed_is_in_no_header(settings: Settings) -> None:
    """Encoded words in it would be read as headers, and as a body, of the attacker's own."""
    sender = case("Дупка.", at=clock.now())
    sender.sender_name = "=?utf-8?q?=0d=0aReply-To:_evil=40y.bg=0d=0a=0d=0aBODY?= Petrov"
    event = Event(id=3, case_id=7, kind=EventKind.CLOSED, at=clock.now(), actor=Actor.SYSTEM, details={})
    email = Email(id=9, message="closed", recipient="penka@example.bg", subject="Вх. №", written_at=clock.now())
    letter = Letters(settings).letter(email, event, sender)
    assert letter["To"] == "penka@example.bg"
    assert b"evil" not in bytes(letter)
