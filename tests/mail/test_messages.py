"""Every e-mail there is, rendered with the longest, the emptiest and the nastiest case."""

from email.message import EmailMessage
from inspect import isfunction

import pytest

from portal import clock
from portal.cases.model import Actor, Event, EventKind, Kind
from portal.mail import messages
from portal.mail.letters import Letters
from portal.mail.outbox import Email
from portal.mail.samples import TOLD, case, told
from portal.settings import Settings

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
    link = "/confirm/" if message in {"please_confirm", "confirm_reminder"} else "/track/"
    assert f"http://testserver.local{link}" in plain
    assert f"http://testserver.local{link}" in html


def test_gallery_has_a_sample_of_every_message() -> None:
    """Every public function of mail/messages.py is an e-mail."""
    written = {name for name, one in vars(messages).items() if isfunction(one) and one.__module__ == messages.__name__}
    assert {name for name in written if not name.startswith("_")} == set(TOLD)


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
