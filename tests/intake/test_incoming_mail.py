"""What comes back: bounces at their letters, the senders' answers in their cases, and everything else apart."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import func, select, text

from portal import clock
from portal.cases.model import Case, Status
from portal.db import Sessions, transaction
from portal.handling import clarification, sender_address
from portal.intake import incoming_mail
from portal.intake.incoming_mail import IncomingMail, Outcome
from portal.jobs import Work
from portal.mail import bounces, outbox
from portal.settings import Settings
from tests.cast import Post, employ, received, reload, submitted
from tests.files.test_pictures import drawn
from tests.intake.post_office import (
    WORDS,
    bounce_address,
    case_address,
    emails,
    letter,
    open_to_mail,
    receive,
    said,
)

BOUNCES = {
    "bounce_postfix": "няма такава кутия",
    "bounce_postfix_expired": "сървърът на получателя не отговори",
    "bounce_exchange": "няма такава кутия",
    "bounce_gmail_full": "кутията е пълна",
    "bounce_abv_refused": "отхвърлено",
    "bounce_qmail": "няма такава кутия",
}
REPLIES = (
    "reply_gmail", "reply_outlook", "reply_outlook_mobile", "reply_abv", "reply_mailbg", "reply_apple",
)  # fmt: skip
NOTICES = ("vacation_exchange", "vacation_gmail", "vacation_abv")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return open_to_mail(settings)


@pytest.fixture
async def case(sessions: Sessions, settings: Settings, post: Post) -> Case:
    """A case of Penka's, her letters sent."""
    case = await received(sessions, settings)
    await post.deliver()
    return case


def plain(sender: str, to: str, words: str = "Дупката е още там.", **headers: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Message-ID"] = sender, to, "<1@example.bg>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    return message


async def only(sessions: Sessions) -> IncomingMail:
    async with transaction(sessions) as db:
        return (await db.scalars(select(IncomingMail))).one()


@pytest.mark.parametrize(("name", "reason"), BOUNCES.items())
async def test_bounce_marks_its_letter_and_the_address(
    sessions: Sessions, settings: Settings, case: Case, name: str, reason: str
) -> None:
    first, second = await emails(sessions, case)
    raw = letter(name, bounce_to=bounce_address(settings, second))
    assert await receive(sessions, settings, raw) is Outcome.BOUNCED
    before, returned = await emails(sessions, case)
    assert (returned.state, returned.last_error) == ("bounced", reason)
    assert returned.accepted_at is not None
    assert before.state == first.state == "accepted"
    assert (await reload(sessions, case)).address_fails == reason


async def test_bounce_without_our_address_is_known_by_message_id_and_recipient(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    (email, _) = await emails(sessions, case)
    message_id = f"email-{email.id}@testserver.local"
    stranger = letter("bounce_postfix", message_id=message_id, recipient="somebody@example.bg")
    assert await receive(sessions, settings, stranger) is Outcome.UNKNOWN
    assert await receive(sessions, settings, letter("bounce_postfix", message_id=message_id)) is Outcome.BOUNCED
    assert (await emails(sessions, case))[0].state == "bounced"


async def test_delayed_is_not_failed(sessions: Sessions, settings: Settings, case: Case) -> None:
    (email, _) = await emails(sessions, case)
    raw = letter("delayed_postfix", bounce_to=bounce_address(settings, email))
    assert await receive(sessions, settings, raw) is Outcome.DELAYED
    assert (await emails(sessions, case))[0].state == "accepted"
    assert (await reload(sessions, case)).address_fails is None


async def test_forged_address_marks_nothing(sessions: Sessions, settings: Settings, case: Case) -> None:
    (email, _) = await emails(sessions, case)
    forged = f"portal+b-{email.id}-aaaaaaaaaaaaaaaa@stanimaka.example"
    assert await receive(sessions, settings, letter("bounce_postfix", bounce_to=forged)) is Outcome.UNKNOWN
    assert (await emails(sessions, case))[0].state == "accepted"


async def test_late_bounce_of_the_old_address_spares_the_corrected_one(
    sessions: Sessions, settings: Settings, case: Case, post: Post
) -> None:
    (_, email) = await emails(sessions, case)
    old = bounce_address(settings, email)
    await receive(sessions, settings, letter("bounce_postfix", bounce_to=old))
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        await sender_address.correct_address(
            db, await db.get_one(Case, case.id), "penka.new@example.bg", by=maria, at=clock.now()
        )
        await outbox.send_again(db, email, "penka.new@example.bg", at=clock.now())
    assert (await reload(sessions, case)).address_fails is None
    await post.deliver()
    assert await receive(sessions, settings, letter("bounce_exchange", bounce_to=old)) is Outcome.UNKNOWN
    assert (await emails(sessions, case))[1].state == "accepted"
    assert (await reload(sessions, case)).address_fails is None


async def test_letter_waiting_to_be_sent_again_is_not_the_one_that_came_back(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    (email, _) = await emails(sessions, case)
    to = bounce_address(settings, email)
    await receive(sessions, settings, letter("bounce_gmail_full", bounce_to=to))
    async with transaction(sessions) as db:
        await outbox.send_again(db, email, email.recipient, at=clock.now())
    await receive(sessions, settings, letter("bounce_postfix", bounce_to=to))
    assert (await emails(sessions, case))[0].state == "queued"


@pytest.mark.parametrize(
    ("status", "told", "reason"),
    [
        ("5.1.1", "", bounces.NO_SUCH_BOX),
        ("5.1.2", "", "няма такъв домейн"),
        ("5.2.1", "", "кутията е спряна"),
        ("4.2.2", "", bounces.FULL),
        ("5.0.0", "550 mailbox full", bounces.FULL),
        ("5.0.0", "550 No such user here", bounces.NO_SUCH_BOX),
        ("5.5.0", "550 5.5.0 User unknown", bounces.NO_SUCH_BOX),
        ("5.7.1", "554 5.7.1 spam", bounces.REFUSED),
        ("4.4.7", "expired", bounces.AWAY),
        ("", "", bounces.REFUSED),
        ("nonsense", "x", bounces.REFUSED),
    ],
)
def test_reason_is_told_in_words(status: str, told: str, reason: str) -> None:
    assert bounces.reason(status, told) == reason


@pytest.mark.parametrize("name", REPLIES)
async def test_answer_becomes_an_entry_without_what_it_quotes(
    sessions: Sessions, settings: Settings, case: Case, name: str
) -> None:
    raw = letter(name, reply_to=case_address(settings, case))
    assert await receive(sessions, settings, raw) is Outcome.ENTRY
    (entry,) = await said(sessions, case)
    assert (entry.kind, entry.actor, entry.details["text"]) == ("sender_wrote", "sender", WORDS)
    now = await reload(sessions, case)
    assert now.sender_wrote_at is not None
    assert now.status is Status.RECEIVED


async def test_it_answers_what_the_staff_asked(sessions: Sessions, settings: Settings, case: Case) -> None:
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        await clarification.ask_sender(db, await db.get_one(Case, case.id), "Пред кой вход?", by=maria, at=clock.now())
    await receive(sessions, settings, letter("reply_gmail", reply_to=case_address(settings, case)))
    (entry,) = await said(sessions, case)
    assert (entry.kind, entry.details["text"]) == ("clarified", WORDS)
    assert (await reload(sessions, case)).status is Status.RECEIVED


async def test_same_message_counts_once(sessions: Sessions, settings: Settings, case: Case) -> None:
    """Handed over again after a lost exit code, with another Received on top."""
    raw = letter("reply_abv", reply_to=case_address(settings, case))
    assert await receive(sessions, settings, raw) is Outcome.ENTRY
    assert await receive(sessions, settings, b"Received: from mx by mx; now\r\n" + raw) is None
    assert len(await said(sessions, case)) == 1


async def test_without_the_signed_address_the_senders_own_answer_to_our_letter_counts(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    (email, _) = await emails(sessions, case)
    ours = f"email-{email.id}@testserver.local"
    forged = letter("reply_gmail", message_id=ours, recipient="somebody@example.bg")
    assert await receive(sessions, settings, forged) is Outcome.UNKNOWN
    assert await receive(sessions, settings, letter("reply_gmail")) is Outcome.UNKNOWN
    assert await receive(sessions, settings, letter("reply_abv", message_id=ours)) is Outcome.ENTRY
    assert len(await said(sessions, case)) == 1


async def test_other_address_of_the_sender_is_told_to_the_staff(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    message = plain("Дъщерята <mimi@example.bg>", case_address(settings, case))
    assert await receive(sessions, settings, bytes(message)) is Outcome.ENTRY
    assert (await said(sessions, case))[0].details["from"] == "mimi@example.bg"


async def test_signed_address_ends_with_the_address_it_was_sent_to(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    mistyped, maria = case_address(settings, case), await employ(sessions)
    async with transaction(sessions) as db:
        await sender_address.correct_address(
            db, await db.get_one(Case, case.id), "p@example.bg", by=maria, at=clock.now()
        )
    assert await receive(sessions, settings, bytes(plain("x@example.bg", mistyped))) is Outcome.UNKNOWN
    assert await said(sessions, case) == []


async def test_address_in_capitals_and_in_the_envelope_alone(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    message = bytes(plain("penka@example.bg", "undisclosed@example.bg"))
    to = case_address(settings, case).upper()
    assert await receive(sessions, settings, message, to=to) is Outcome.ENTRY


async def test_answer_confirms_nothing(sessions: Sessions, settings: Settings) -> None:
    case = await submitted(sessions)
    await receive(sessions, settings, bytes(plain("penka@example.bg", case_address(settings, case))))
    now = await reload(sessions, case)
    assert (now.status, now.received_at) == (Status.AWAITING_CONFIRMATION, None)


async def test_writing_says_that_the_address_works(sessions: Sessions, settings: Settings, case: Case) -> None:
    (email, _) = await emails(sessions, case)
    await receive(sessions, settings, letter("bounce_gmail_full", bounce_to=bounce_address(settings, email)))
    await receive(sessions, settings, letter("reply_gmail", reply_to=case_address(settings, case)))
    assert (await reload(sessions, case)).address_fails is None


@pytest.mark.parametrize("name", NOTICES)
async def test_automatic_answer_is_no_entry(sessions: Sessions, settings: Settings, case: Case, name: str) -> None:
    raw = letter(name, reply_to=case_address(settings, case))
    assert await receive(sessions, settings, raw) is Outcome.AUTOMATIC
    assert await said(sessions, case) == []
    assert (await reload(sessions, case)).sender_wrote_at is None


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "list"},
        {"List_Id": "<news.example.bg>"},
        {"X_Autoreply": "yes"},
        {"X_Portal_Event": "received"},
        {"Return_Path": "<>"},
        {"Subject": "Out of Office: Re: Вх. №"},
    ],
    ids=str,
)
async def test_loops_are_known_by_any_sign(
    sessions: Sessions, settings: Settings, case: Case, header: dict[str, str]
) -> None:
    message = plain("penka@example.bg", case_address(settings, case), **header)
    assert await receive(sessions, settings, bytes(message)) is Outcome.AUTOMATIC


async def test_our_own_letter_come_round_is_no_entry(sessions: Sessions, settings: Settings, case: Case) -> None:
    (email, _) = await emails(sessions, case)
    async with transaction(sessions) as db:
        event, of_case = await outbox.about(db, email)
    ours = Work(settings, sessions).letters.letter(email, event, of_case)
    assert await receive(sessions, settings, bytes(ours), to=case_address(settings, case)) is Outcome.AUTOMATIC


async def test_nothing_that_comes_in_is_answered(
    sessions: Sessions, settings: Settings, case: Case, post: Post
) -> None:
    before = len(await post.deliver())
    for name in (*REPLIES, *NOTICES):
        await receive(sessions, settings, letter(name, reply_to=case_address(settings, case)))
    assert len(await post.deliver()) == before


async def test_machine_that_nobody_knew_does_not_fill_a_case(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    for number in range(incoming_mail.MOST_A_DAY + 3):
        message = plain("penka@example.bg", case_address(settings, case), f"Номер {number}")
        await receive(sessions, settings, bytes(message))
    assert len(await said(sessions, case)) == incoming_mail.MOST_A_DAY


async def test_files_are_kept_with_the_message(sessions: Sessions, settings: Settings, case: Case) -> None:
    message = plain("penka@example.bg", case_address(settings, case), "Ето снимка.")
    message.add_attachment(drawn(), maintype="image", subtype="jpeg", filename="дупка.jpg")
    await receive(sessions, settings, bytes(message))
    (entry,) = await said(sessions, case)
    assert entry.details["files"] == ["дупка.jpg"]
    assert [(file.name, file.content) for file in incoming_mail.files(await only(sessions))] == [("дупка.jpg", drawn())]


async def test_none_of_it_is_public(sessions: Sessions, settings: Settings, case: Case) -> None:
    await receive(sessions, settings, letter("reply_gmail", reply_to=case_address(settings, case)))
    async with transaction(sessions) as db:
        rows = [f"{row}" for row in await db.execute(text("SELECT * FROM public_events"))]
        rows += [f"{row}" for row in await db.execute(text("SELECT * FROM public_cases"))]
    assert "sender_wrote" not in "".join(rows)
    assert "детската площадка" not in "".join(rows)


async def test_what_became_no_entry_is_forgotten(sessions: Sessions, settings: Settings, case: Case) -> None:
    await receive(sessions, settings, letter("reply_gmail", reply_to=case_address(settings, case)))
    await receive(sessions, settings, letter("vacation_abv", reply_to=case_address(settings, case)))
    async with transaction(sessions) as db:
        await incoming_mail.forget(db, at=clock.now() + incoming_mail.KEPT_FOR * 2)
        assert await db.scalar(select(func.count()).select_from(IncomingMail)) == 1
