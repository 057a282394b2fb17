"""What is guessed of a letter, in the forms that programs and people give it: nothing is lost, and all is set right."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import delete, select, update

from portal import clock
from portal.cases.follower import Follower
from portal.cases.model import Case, Event, EventKind, Status
from portal.db import Sessions, transaction
from portal.handling import clarification
from portal.intake import confirmation, incoming_mail
from portal.intake.incoming_mail import IncomingMail, Outcome
from portal.mail import bounces
from portal.mail.outbox import Email
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import Client, Post, employ, link, received, reload, sign_in, submitted
from tests.intake.post_office import bounce_address, case_address, emails, letter, open_to_mail, receive, said

PENKA = "penka@example.bg"
AWAY = "В отпуск съм до 7 декември."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return open_to_mail(settings)


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    """Maria, signed in."""
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


@pytest.fixture
async def case(sessions: Sessions, settings: Settings, post: Post, maria: Staff) -> Case:
    """A case of Penka's that waits for her answer, her letters sent."""
    case = await received(sessions, settings)
    async with transaction(sessions) as db:
        await clarification.ask_sender(db, await db.get_one(Case, case.id), "Пред кой вход?", by=maria, at=clock.now())
    await post.deliver()
    return case


def message(to: str, words: str, subject: str = "Re: Вх. №", sender: str = PENKA, **headers: str) -> bytes:
    told = {"From": sender, "To": to, "Subject": subject, "Content-Type": "text/plain; charset=utf-8"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{name}: {value}\n" for name, value in told.items()) + f"\n{words}\n").encode()


async def last(sessions: Sessions) -> IncomingMail:
    async with transaction(sessions) as db:
        return (await db.scalars(select(IncomingMail).order_by(IncomingMail.id.desc()).limit(1))).one()


async def last_email(sessions: Sessions, case: Case) -> Email:
    return (await emails(sessions, case))[-1]


# An answer to the letter that asks to confirm


@pytest.mark.usefixtures("maria")
@pytest.mark.parametrize("words", ["Потвърждавам сигнала.", "Да", "ok", "Потвърждавам!\n\n> Натиснете връзката", ""])
async def test_answer_to_what_is_not_confirmed_is_seen(
    client: Client, sessions: Sessions, settings: Settings, words: str
) -> None:
    case = await submitted(sessions)
    raw = message(case_address(settings, case), words, "Re: Потвърдете")
    assert await receive(sessions, settings, raw) is Outcome.UNKNOWN
    assert (await reload(sessions, case)).status is Status.AWAITING_CONFIRMATION
    mail = await last(sessions)
    assert f"/staff/incoming/{mail.id}" in (await client.get("/staff/emails")).text
    page = (await client.get(f"/staff/incoming/{mail.id}")).text
    assert "още не е потвърдил" in page
    assert "Изпращане на връзката за потвърждение отново" in page


@pytest.mark.usefixtures("maria")
async def test_it_is_seen_by_message_id_too(client: Client, sessions: Sessions, settings: Settings, post: Post) -> None:
    case = await submitted(sessions)
    await post.deliver()
    ours = f"<email-{(await last_email(sessions, case)).id}@testserver.local>"
    raw = message("portal@stanimaka.example", "Потвърждавам", In_Reply_To=ours)
    assert await receive(sessions, settings, raw) is Outcome.UNKNOWN
    assert "още не е потвърдил" in (await client.get(f"/staff/incoming/{(await last(sessions)).id}")).text


@pytest.mark.usefixtures("maria")
async def test_who_answers_instead_of_confirming_is_sent_the_link(
    client: Client, sessions: Sessions, settings: Settings, post: Post
) -> None:
    case = await submitted(sessions, at=clock.now() - timedelta(hours=1))
    await receive(sessions, settings, message(case_address(settings, case), "Потвърждавам"))
    mail = await last(sessions)
    for expected in ("Връзката за потвърждение тръгна", "Връзката не е изпратена"):
        answer = await client.post(f"/staff/incoming/{mail.id}/link")
        assert expected in answer.text
    sent = (await post.deliver())[-1]
    await client.post(link(sent, "confirm"))
    assert (await reload(sessions, case)).is_received
    # now it stands at its case, and can be put into the history
    assert f"/staff/incoming/{mail.id}" in (await client.get(f"/staff/cases/{case.id}")).text
    await client.post(f"/staff/incoming/{mail.id}/sender")
    assert [entry.details["text"] for entry in await said(sessions, case)] == ["Потвърждавам"]


@pytest.mark.usefixtures("maria")
async def test_it_outlives_what_nobody_confirmed(client: Client, sessions: Sessions, settings: Settings) -> None:
    case = await submitted(sessions)
    await receive(sessions, settings, message(case_address(settings, case), "Потвърждавам"))
    async with transaction(sessions) as db:
        assert await confirmation.forget(db, at=clock.now() + timedelta(hours=73)) == 1
    mail = await last(sessions)
    assert (mail.case_id, mail.text) == (None, "Потвърждавам")
    assert f"/staff/incoming/{mail.id}" in (await client.get("/staff/emails")).text
    assert (await client.get(f"/staff/incoming/{mail.id}")).status_code == 200


# What machines write


@pytest.mark.parametrize(
    ("subject", "words", "headers"),
    [
        ("Отсъствие от офиса: Вх. №", AWAY, {}),
        ("Re: Отсъствие от офиса: Вх. №", AWAY, {}),
        ("Извън офиса: Вх. №", AWAY, {}),
        ("Automatic reply: Вх. №", "I am away.", {}),
        ("Вх. №", AWAY, {"Auto_Submitted": "auto-replied", "Return_Path": "<>"}),
        ("Приема: среща", "BEGIN:VCALENDAR", {"Content_Type": "text/calendar; method=REPLY; charset=utf-8"}),
        ("Прочетено", "", {"Content_Type": "multipart/report; report-type=disposition-notification; boundary=x"}),
    ],
)
async def test_machine_answers_no_question_and_is_found_at_the_case(
    client: Client,
    sessions: Sessions,
    settings: Settings,
    case: Case,
    subject: str,
    words: str,
    headers: dict[str, str],
) -> None:
    raw = message(case_address(settings, case), words, subject, **headers)
    assert await receive(sessions, settings, raw) is Outcome.AUTOMATIC
    now = await reload(sessions, case)
    assert (now.status, now.sender_wrote_at, await said(sessions, case)) == (Status.AWAITING_CLARIFICATION, None, [])
    mail = await last(sessions)
    for page in (f"/staff/cases/{case.id}", "/staff/emails"):
        assert f"/staff/incoming/{mail.id}" in (await client.get(page)).text
    assert "писано от програма" in (await client.get(f"/staff/incoming/{mail.id}")).text


async def test_what_was_taken_for_a_machine_s_enters_the_history_by_one_press(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    raw = message(case_address(settings, case), "Шахтата е пред № 12.", Precedence="bulk")
    assert await receive(sessions, settings, raw) is Outcome.AUTOMATIC
    for _ in range(2):
        await client.post(f"/staff/incoming/{(await last(sessions)).id}/sender")
    (entry,) = await said(sessions, case)
    assert (entry.kind, entry.actor, entry.details["text"]) == ("clarified", "sender", "Шахтата е пред № 12.")
    assert (await reload(sessions, case)).status is Status.RECEIVED
    assert (await last(sessions)).outcome is Outcome.ENTRY


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Re: Вх. №", AWAY),
        ("Re: Вх. №", "Извън офиса съм. Ще Ви отговоря, когато се върна."),
        ("Re: Вх. №", "I am on leave until Monday."),
        ("Re: Вх. №", "Запитването Ви е регистрирано под № 77."),
        ("Прочетено: Вх. №", "Вашето писмо беше прочетено."),
        ("Автоматичен отговор – Пенка", "Няма ме."),
    ],
)
async def test_doubtful_enters_the_history_and_ends_no_wait(
    client: Client, sessions: Sessions, settings: Settings, case: Case, subject: str, words: str
) -> None:
    raw = message(case_address(settings, case), words, subject)
    assert await receive(sessions, settings, raw) is Outcome.ENTRY
    (entry,) = await said(sessions, case)
    assert (entry.kind, entry.details["text"]) == ("sender_wrote", words)
    now = await reload(sessions, case)
    assert (now.status, now.sender_wrote_at is None) == (Status.AWAITING_CLARIFICATION, False)
    page = (await client.get(f"/staff/cases/{case.id}")).text
    assert "прилича на автоматично писмо" in page
    (press,) = re.findall(r"/staff/incoming/\d+/sender", page)
    for _ in range(2):
        await client.post(press)
    assert (await reload(sessions, case)).status is Status.RECEIVED
    assert [one.kind for one in await said(sessions, case)] == ["sender_wrote", "clarified"]
    page = (await client.get(f"/staff/cases/{case.id}")).text
    assert "/sender" not in page


async def test_what_was_taken_for_the_answer_is_none_by_one_press(
    client: Client, sessions: Sessions, settings: Settings, case: Case, post: Post
) -> None:
    sent = len(await post.deliver())
    await receive(sessions, settings, message(case_address(settings, case), "Няма ме този месец."))
    assert (await reload(sessions, case)).status is Status.RECEIVED
    mail = await last(sessions)
    assert "подателят още се чака" in (await client.get(f"/staff/incoming/{mail.id}")).text
    for _ in range(2):
        await client.post(f"/staff/incoming/{mail.id}/no-answer")
    assert (await reload(sessions, case)).status is Status.AWAITING_CLARIFICATION
    assert len(await post.deliver()) == sent
    async with transaction(sessions) as db:
        notes = await db.scalars(select(Event).where(Event.case_id == case.id, Event.kind == EventKind.NOTE))
        assert len(list(notes)) == 1
    # her page asks as before, and her next letter is the answer
    assert "Пред кой вход?" in (await client.get(link(post.all()[-1], "track"))).text
    await receive(sessions, settings, message(case_address(settings, case), "Пред вход Б."))
    assert (await reload(sessions, case)).status is Status.RECEIVED


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Re: Вх. №", {"X_Auto_Response_Suppress": "DR, OOF"}),
        ("Re: Вх. №", {"X_Auto_Response_Suppress": "All", "X_MS_Exchange_Organization_AuthAs": "Internal"}),
        ("Отсъствам от града, но допълвам", {}),
        ("Отпускът свърши", {}),
        ("Отсъствие на осветление", {"Auto_Submitted": "no"}),
        ("Re: автоматичният контрол на входа", {"Precedence": "normal"}),
    ],
)
async def test_letter_of_a_person_is_the_answer(
    sessions: Sessions, settings: Settings, case: Case, subject: str, headers: dict[str, str]
) -> None:
    raw = message(case_address(settings, case), "Шахтата е пред № 12.", subject, **headers)
    assert await receive(sessions, settings, raw) is Outcome.ENTRY
    (entry,) = await said(sessions, case)
    assert (entry.kind, entry.details["text"]) == ("clarified", "Шахтата е пред № 12.")


async def test_answer_to_the_address_for_bounces_is_the_senders(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    email = await last_email(sessions, case)
    raw = message(bounce_address(settings, email), "Шахтата е пред № 12.", sender="mimi@example.bg")
    assert await receive(sessions, settings, raw) is Outcome.ENTRY
    assert (await said(sessions, case))[0].details["from"] == "mimi@example.bg"


async def test_absence_told_to_the_address_for_bounces_is_found_at_the_case(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    """Where RFC 3834 wants it."""
    email = await last_email(sessions, case)
    raw = message(bounce_address(settings, email), AWAY, Return_Path="<>", Auto_Submitted="auto-replied")
    assert await receive(sessions, settings, raw) is Outcome.AUTOMATIC
    assert f"/staff/incoming/{(await last(sessions)).id}" in (await client.get(f"/staff/cases/{case.id}")).text
    assert (await last_email(sessions, case)).state == "accepted"


async def test_machines_do_not_take_the_place_of_a_person(sessions: Sessions, settings: Settings, case: Case) -> None:
    for number in range(incoming_mail.MOST_A_DAY + 1):
        away = message(case_address(settings, case), f"{AWAY} {number}", "Out of Office: Вх. №")
        assert await receive(sessions, settings, away) is Outcome.AUTOMATIC
    answer = message(case_address(settings, case), "Шахтата е пред № 12.")
    assert await receive(sessions, settings, answer) is Outcome.ENTRY


async def test_more_than_a_case_takes_in_a_day_is_found_at_it(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    for number in range(incoming_mail.MOST_A_DAY + 1):
        await receive(sessions, settings, message(case_address(settings, case), f"Номер {number}"))
    mail = await last(sessions)
    assert (mail.outcome, mail.case_id) == (Outcome.UNKNOWN, case.id)
    for page in (f"/staff/cases/{case.id}", "/staff/emails"):
        assert f"/staff/incoming/{mail.id}" in (await client.get(page)).text


# What mail servers write

SAID = "Писмото не може да бъде доставено. <penka@example.bg>: Няма такъв потребител."
DAEMON = "MAILER-DAEMON@mx.example.bg"
FEEDBACK = "multipart/report; report-type=feedback-report; boundary=x"
COMPLAINT = "--x\n\nSpam\n--x\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--x--"


@pytest.mark.parametrize(
    ("sender", "words", "headers"),
    [
        (DAEMON, SAID, {"Return_Path": "<>"}),
        (DAEMON, SAID, {"Auto_Submitted": "auto-replied"}),
        ("postmaster@mx.example.bg", "Sorry.", {}),
        ("noreply@mx.example.bg", "Your message was quarantined.", {"Return_Path": "<>"}),
        ("mail-delivery@mx.example.bg", "Not delivered.", {"Auto_Submitted": "auto-generated"}),
        ("abuse@mx.example.bg", COMPLAINT, {"Content_Type": FEEDBACK}),
        (DAEMON, "--x\n\nHm\n--x--", {"Content_Type": "multipart/report; report-type=delivery-status; boundary=x"}),
    ],
)
async def test_report_that_nobody_understands_is_seen_beside_its_letter(
    client: Client, sessions: Sessions, settings: Settings, case: Case, sender: str, words: str, headers: dict[str, str]
) -> None:
    email = await last_email(sessions, case)
    raw = message(bounce_address(settings, email), words, "Undeliverable", sender, **headers)
    assert await receive(sessions, settings, raw) is Outcome.REPORT
    assert (await last_email(sessions, case)).state == "accepted"
    mail = await last(sessions)
    assert mail.email_id == email.id
    for page in (f"/staff/cases/{case.id}", "/staff/emails", f"/staff/emails/{email.id}"):
        assert f"/staff/incoming/{mail.id}" in (await client.get(page)).text
    assert "Порталът не разбира дали писмото е стигнало" in (await client.get(f"/staff/incoming/{mail.id}")).text


async def test_report_is_taken_for_what_it_is_by_one_press(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    email = await last_email(sessions, case)
    await receive(sessions, settings, message(bounce_address(settings, email), SAID, sender=DAEMON))
    for _ in range(2):
        await client.post(f"/staff/incoming/{(await last(sessions)).id}/bounce")
    returned = await last_email(sessions, case)
    assert (returned.state, returned.last_error) == ("bounced", bounces.NO_SUCH_BOX)
    assert (await reload(sessions, case)).address_fails == bounces.NO_SUCH_BOX
    assert (await last(sessions)).outcome is Outcome.BOUNCED
    assert "Съобщения от пощенски сървъри" not in (await client.get("/staff/emails")).text


async def test_letter_that_was_taken_for_returned_is_there_by_one_press(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    before = await last_email(sessions, case)
    await receive(sessions, settings, letter("bounce_qmail", bounce_to=bounce_address(settings, before)))
    assert (await last_email(sessions, case)).state == "bounced"
    mail = await last(sessions)
    assert "Писмото все пак е стигнало" in (await client.get(f"/staff/incoming/{mail.id}")).text
    for _ in range(2):
        await client.post(f"/staff/incoming/{mail.id}/no-bounce")
    assert "Писмото все пак е стигнало" not in (await client.get(f"/staff/incoming/{mail.id}")).text
    after = await last_email(sessions, case)
    assert (after.state, after.accepted_at, after.last_error) == ("accepted", before.accepted_at, None)
    assert (await reload(sessions, case)).address_fails is None


async def test_guess_at_a_bounce_to_somebody_else_is_left_to_a_person(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    """Where the sender's mailbox hands on to another one, the letter may stand in the first."""
    to = bounce_address(settings, await last_email(sessions, case))
    raw = letter("bounce_qmail", bounce_to=to, recipient="elsewhere@example.bg")
    assert await receive(sessions, settings, raw) is Outcome.REPORT
    assert (await last_email(sessions, case)).state == "accepted"


async def test_report_that_has_been_looked_at_asks_for_no_more(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    email = await last_email(sessions, case)
    await receive(sessions, settings, message(bounce_address(settings, email), "Hm.", sender=DAEMON))
    mail = await last(sessions)
    await client.post(f"/staff/incoming/{mail.id}")
    assert f"/staff/incoming/{mail.id}" not in (await client.get("/staff/emails")).text
    assert f"/staff/incoming/{mail.id}" in (await client.get(f"/staff/cases/{case.id}")).text


@pytest.mark.parametrize("recipient", [PENKA, "somebody@example.bg"])
async def test_report_to_no_signed_address_is_known_by_message_id_and_recipient(
    sessions: Sessions, settings: Settings, case: Case, recipient: str
) -> None:
    email = await last_email(sessions, case)
    words = f"<{recipient}>: quarantined\n\nMessage-ID: <email-{email.id}@testserver.local>"
    outcome = await receive(sessions, settings, message("portal@stanimaka.example", words, sender=DAEMON))
    assert outcome is (Outcome.REPORT if recipient == PENKA else Outcome.AUTOMATIC)
    assert (await last(sessions)).email_id == (email.id if recipient == PENKA else None)


async def test_forged_report_is_beside_no_letter(sessions: Sessions, settings: Settings, case: Case) -> None:
    email = await last_email(sessions, case)
    forged = f"portal+b-{email.id}-aaaaaaaaaaaaaaaa@stanimaka.example"
    assert await receive(sessions, settings, message(forged, SAID, sender=DAEMON)) is Outcome.AUTOMATIC
    assert (await last(sessions)).email_id is None


async def test_known_bounce_and_delay_are_found_beside_their_letter(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    email = await last_email(sessions, case)
    for name in ("delayed_postfix", "bounce_postfix"):
        await receive(sessions, settings, letter(name, bounce_to=bounce_address(settings, email)))
        assert f"/staff/incoming/{(await last(sessions)).id}" in (await client.get(f"/staff/emails/{email.id}")).text


@pytest.mark.parametrize(
    ("sender", "words", "headers", "outcome"),
    [
        (DAEMON, SAID, {}, Outcome.REPORT),
        ("ivo@follower.example", AWAY, {"Auto_Submitted": "auto-replied"}, Outcome.AUTOMATIC),
    ],
)
async def test_address_of_who_follows_is_shown_to_nobody(
    client: Client,
    sessions: Sessions,
    settings: Settings,
    case: Case,
    sender: str,
    words: str,
    headers: dict[str, str],
    outcome: Outcome,
) -> None:
    async with transaction(sessions) as db:
        ivo = Follower(case_id=case.id, email="ivo@follower.example", asked_at=clock.now())
        db.add(ivo)
        await db.flush()
        told = update(Email).where(Email.case_id == case.id, Email.message == "clarification")
        await db.execute(told.values(follower_id=ivo.id, recipient=ivo.email))
    raw = message(bounce_address(settings, await last_email(sessions, case)), words, sender=sender, **headers)
    assert await receive(sessions, settings, raw) is outcome
    mail = await last(sessions)
    for page in (f"/staff/cases/{case.id}", "/staff/emails"):
        assert f"/staff/incoming/{mail.id}" not in (await client.get(page)).text
    assert (await client.get(f"/staff/incoming/{mail.id}")).status_code == 404
    async with transaction(sessions) as db:
        await db.execute(delete(Follower))
        assert await db.get(IncomingMail, mail.id) is None


# What is cut from a letter


async def test_what_is_set_apart_is_shown_behind_a_fold(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    words = "Пред вход Б.\n\nОт: Иван <ivan@example.bg>\nДо: Пенка\nОтносно: дупка\n\nПри мен също."
    await receive(sessions, settings, message(case_address(settings, case), words))
    (entry,) = await said(sessions, case)
    assert (entry.details["text"], "При мен също." in entry.details["rest"]) == ("Пред вход Б.", True)
    page = (await client.get(f"/staff/cases/{case.id}")).text
    assert re.search(r"<summary>Показване на останалото</summary>\s*<p class=\"said\"[^>]*>От: Иван", page)


async def test_nothing_set_apart_shows_no_fold(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    await receive(sessions, settings, message(case_address(settings, case), "Пред вход Б."))
    assert "rest" not in (await said(sessions, case))[0].details
    assert "Показване на останалото" not in (await client.get(f"/staff/cases/{case.id}")).text


async def test_more_than_an_entry_holds_is_shown_behind_the_fold(
    sessions: Sessions, settings: Settings, case: Case
) -> None:
    await receive(sessions, settings, message(case_address(settings, case), "Пред вход Б. " * 1000 + "Край."))
    (entry,) = await said(sessions, case)
    assert len(entry.details["text"]) == incoming_mail.LONGEST_ENTRY
    assert entry.details["rest"].endswith("Край.")


async def test_sender_reads_no_quotation_on_their_page(
    client: Client, sessions: Sessions, settings: Settings, case: Case, post: Post
) -> None:
    words = "Пред вход Б.\n\nНа 12.03.2026 г. 14:03 Община <a@b.bg> написа:\n> Тайната на мимоза"
    await receive(sessions, settings, message(case_address(settings, case), words))
    assert "мимоза" not in (await client.get(link(post.all()[-1], "track"))).text


# The letter within, and files


async def test_forwarded_letter_is_opened_from_the_desk(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    proof = EmailMessage()
    proof["From"], proof["Subject"] = "firma@example.bg", "Оферта"
    proof.set_content("Ето офертата.")
    told = EmailMessage()
    told["From"], told["To"] = PENKA, case_address(settings, case)
    told.set_content("Препращам.")
    told.add_attachment(proof)
    await receive(sessions, settings, bytes(told))
    assert (await said(sessions, case))[0].details["files"] == ["Оферта.eml"]
    mail = await last(sessions)
    assert f"/staff/incoming/{mail.id}/files/1" in (await client.get(f"/staff/incoming/{mail.id}")).text
    opened = await client.get(f"/staff/incoming/{mail.id}/files/1")
    assert opened.headers["content-type"] == "message/rfc822"
    assert opened.headers["content-disposition"] == f'attachment; filename="{mail.id}-1.eml"'
    assert b"firma@example.bg" in opened.content


async def test_two_letters_of_the_same_words_are_two(sessions: Sessions, settings: Settings, case: Case) -> None:
    to = case_address(settings, case)
    first, second = (message(to, "Вижте темата.", subject) for subject in ("Дупка", "Лампа"))
    assert [await receive(sessions, settings, one) for one in (first, second)] == [Outcome.ENTRY] * 2
    assert await receive(sessions, settings, b"Received: from mx\n" + first) is None
