"""Letters: what a mail server can do to them, and how each then stands in the outbox."""

import asyncio
import socket
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text, update

from portal import clock, health
from portal.db import Sessions, transaction
from portal.jobs import Work
from portal.mail import smtp
from portal.mail.outbox import Email, send_again
from portal.mail.pace import RestingDomain
from portal.settings import Pace, Settings, smtp_from_url
from tests.cast import submitted
from tests.faults.crowd import outbox, write_letters
from tests.faults.mailserver import HANG_UP, MailServer


@pytest.fixture
def work(settings: Settings, sessions: Sessions) -> Work:
    return Work(settings, sessions)


async def only(sessions: Sessions) -> Email:
    (email,) = await outbox(sessions)
    return email


async def let_time_pass(sessions: Sessions, time: timedelta) -> None:
    """As if it all had been written so much earlier."""
    earlier = {"not_before": Email.not_before - time, "written_at": Email.written_at - time}
    async with transaction(sessions) as db:
        await db.execute(update(Email).values(**earlier, lease_until=Email.lease_until - time))


def about(moment: datetime, expected: datetime) -> bool:
    return abs(moment - expected) < timedelta(seconds=10)


async def test_refused_for_now_it_waits_and_is_accepted(work: Work, sessions: Sessions, mail: MailServer) -> None:
    await submitted(sessions)
    mail.answers["RCPT"] += ["451 4.7.1 Greylisted, come back later", "450 Not yet"]
    assert await work.send_emails() == 0
    email = await only(sessions)
    assert (email.state, email.attempts, email.last_error) == ("queued", 1, "451 4.7.1 Greylisted, come back later")
    assert about(email.not_before, clock.now() + timedelta(seconds=30))

    assert await work.send_emails() == 0
    assert (await only(sessions)).attempts == 1, "it is not due yet"
    await let_time_pass(sessions, timedelta(seconds=30))
    assert await work.send_emails() == 0
    assert about((await only(sessions)).not_before, clock.now() + timedelta(seconds=60))

    await let_time_pass(sessions, timedelta(seconds=60))
    assert await work.send_emails() == 1
    email = await only(sessions)
    assert (email.state, email.attempts, email.last_error) == ("accepted", 3, None)
    assert len(mail.letters) == 1


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_refused_for_good_it_is_not_sent_again(
    command: str, work: Work, sessions: Sessions, mail: MailServer
) -> None:
    await submitted(sessions)
    mail.answers[command].append("550 5.1.1 No such person here")
    assert await work.send_emails() == 0
    email = await only(sessions)
    assert (email.state, email.last_error) == ("failed", "550 5.1.1 No such person here")
    await let_time_pass(sessions, timedelta(days=1))
    assert await work.send_emails() == 0


async def test_given_up_after_three_days(work: Work, sessions: Sessions, mail: MailServer) -> None:
    await submitted(sessions)
    await let_time_pass(sessions, timedelta(days=3))
    mail.answers["DATA"].append("452 The disk is full")
    await work.send_emails()
    assert (await only(sessions)).state == "failed"


async def test_one_refused_holds_up_no_other(
    work: Work, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """On the same connection: each refusal is followed by RSET, and the next letter goes."""
    await write_letters(sessions, settings, cases=4)
    mail.answers["RCPT"] += ["550 No such person", "451 Later"]
    mail.answers["DATA"] += ["550 Not with us", "451 Later"]
    sent = await work.send_emails()
    states = Counter(email.state for email in await outbox(sessions))
    # Of two cases the first letter failed and the second waits, and with it all that were written after it.
    assert states == {"failed": 2, "queued": 8, "accepted": 10}
    assert sent == len(mail.letters) == 10
    assert mail.greeted == 1


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("MAIL", "550 5.1.8 Sender address rejected"),
        ("MAIL", "530 5.7.0 Must issue a STARTTLS command first"),
        ("RCPT", "554 5.7.1 Relay access denied"),
        ("MAIL", "421 4.7.0 Too many of you"),
        ("RCPT", "421 Closing"),
    ],
)
async def test_what_is_our_own_fault_fails_no_letter(
    command: str, answer: str, work: Work, sessions: Sessions, mail: MailServer
) -> None:
    await submitted(sessions)
    mail.answers[command].append(answer)
    assert await work.send_emails() == 0
    email = await only(sessions)
    assert (email.state, email.last_error) == ("queued", answer)
    await let_time_pass(sessions, timedelta(minutes=1))
    assert await work.send_emails() == 1


async def test_a_refused_password_stops_nothing_for_good(
    settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """It is tried once a look, not once a letter: mail servers lock out who insists."""
    account = smtp_from_url(f"smtp://portal:wrong@127.0.0.1:{mail.port}")
    work = Work(replace(settings, smtp=account), sessions)
    await write_letters(sessions, settings, cases=10)
    mail.knows_us = False
    for _ in range(3):
        assert await work.send_emails() == 0
    assert mail.greeted == 3
    emails = await outbox(sessions)
    assert Counter((email.state, email.attempts) for email in emails) == {("queued", 0): 50}
    assert sum("535" in (email.last_error or "") for email in emails) == 3

    mail.knows_us = True
    await let_time_pass(sessions, timedelta(minutes=1))
    assert await work.send_emails() == 50


async def test_down_for_a_week_it_finds_every_letter_waiting(
    work: Work, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """And sends them at once when it is back: the wait between two tries has not grown meanwhile."""
    await write_letters(sessions, settings, cases=2)
    await mail.stop()
    for _ in range(14):
        assert await work.send_emails() == 0
        await let_time_pass(sessions, timedelta(hours=12))
    assert {email.state for email in await outbox(sessions)} == {"queued"}
    await mail.start()
    assert await work.send_emails() == 10


async def test_a_server_that_says_nothing_ends_the_look(
    work: Work, settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch, mail: MailServer
) -> None:
    """Fifty letters do not wait for fifty time-outs."""
    await write_letters(sessions, settings, cases=10)
    await mail.stop()
    monkeypatch.setattr(smtp, "TO_CONNECT", 0.2)
    with socket.create_server(("127.0.0.1", mail.port)):  # who never takes up the call
        async with asyncio.timeout(5):
            assert await work.send_emails() == 0
    assert Counter(email.state for email in await outbox(sessions)) == {"queued": 50}
    await mail.start()


async def test_hanging_up_after_the_text_it_gets_the_same_letter_again(
    work: Work, sessions: Sessions, mail: MailServer
) -> None:
    """Whether it was accepted can't be known: rather twice than never, under one Message-ID, and not at once."""
    await submitted(sessions)
    mail.answers["DATA"].append(HANG_UP)
    assert await work.send_emails() == 0
    email = await only(sessions)
    assert (email.state, email.attempts) == ("queued", 1)
    assert about(email.not_before, clock.now() + timedelta(seconds=30))
    await let_time_pass(sessions, timedelta(seconds=30))
    assert await work.send_emails() == 1
    first, second = mail.letters
    assert first.id == second.id


async def test_hanging_up_after_every_text_it_gets_three_copies_and_no_more(
    work: Work, sessions: Sessions, mail: MailServer
) -> None:
    """Then a person decides. Sent again by hand, it has its three tries anew."""
    await submitted(sessions)
    mail.answers["DATA"] += [HANG_UP] * 4
    for wait in (timedelta(seconds=30), timedelta(hours=12), timedelta(hours=12), timedelta(days=2)):
        assert await work.send_emails() == 0
        await let_time_pass(sessions, wait)
    email = await only(sessions)
    assert (email.state, email.attempts, email.doubts) == ("failed", 3, 3)
    assert len(mail.letters) == 3
    assert len({letter.id for letter in mail.letters}) == 1

    async with transaction(sessions) as db:
        await send_again(db, email, email.recipient, at=clock.now())
    assert await work.send_emails() == 0
    assert (await only(sessions)).state == "queued"


async def test_hanging_up_before_the_text_leaves_no_doubt(work: Work, sessions: Sessions, mail: MailServer) -> None:
    await submitted(sessions)
    mail.answers["RCPT"].append(HANG_UP)
    assert await work.send_emails() == 0
    assert (await only(sessions)).doubts == 0
    await let_time_pass(sessions, timedelta(minutes=1))
    assert await work.send_emails() == 1
    assert len(mail.letters) == 1


async def test_refused_together_they_come_back_one_by_one(
    work: Work, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    await write_letters(sessions, settings, cases=10)
    async with transaction(sessions) as db:  # of ten domains: one alone would be left to rest
        await db.execute(text("UPDATE emails SET recipient = 'penka@' || case_id || '.example'"))
    mail.answers["RCPT"] += ["451 Later"] * 50
    await work.send_emails()
    waits = {email.not_before for email in await outbox(sessions) if email.attempts}
    assert len(waits) == 10
    assert (max(waits) - min(waits)) > timedelta(seconds=1)


async def test_health_tells_of_letters_that_nobody_sends(
    work: Work, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """Put off by its server one may wait for hours, and so do those behind it: that is no fault of ours."""
    await write_letters(sessions, settings, cases=1)
    mail.answers["RCPT"].append("451 Later")
    await work.send_emails()
    await let_time_pass(sessions, timedelta(hours=1))
    assert (await health.parts(sessions, settings))["emails"] == "ok"
    await submitted(sessions)
    assert (await health.parts(sessions, settings))["emails"] == "ok"
    await let_time_pass(sessions, timedelta(minutes=20))
    assert "waits for 20 min" in (await health.parts(sessions, settings))["emails"]
    await work.send_emails()
    assert (await health.parts(sessions, settings))["emails"] == "ok"


async def test_an_answer_that_does_not_come_in_time_is_no_answer(
    work: Work, sessions: Sessions, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim must have ended before its lease does, or two workers would send the letter."""
    await submitted(sessions)
    assert timedelta(seconds=smtp.TO_CONNECT + smtp.TO_TAKE) < timedelta(minutes=2)
    monkeypatch.setattr(smtp, "TO_TAKE", 0.3)
    mail.hold()
    assert await work.send_emails() == 0
    email = await only(sessions)
    assert (email.state, email.last_error) == ("queued", "TimeoutError")


async def test_closing_between_letters_costs_nothing(
    work: Work, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """Some take so many letters a connection and no more."""
    await write_letters(sessions, settings, cases=2)
    mail.answers["MAIL"] += ["250 OK", "250 OK", "421 That is enough for one connection"]
    await work.send_emails()
    await let_time_pass(sessions, timedelta(minutes=1))
    await work.send_emails()
    assert Counter(email.state for email in await outbox(sessions)) == {"accepted": 10}
    assert len(mail.letters) == 10


async def test_a_letter_that_cannot_be_made_holds_up_no_other(
    work: Work, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    await write_letters(sessions, settings, cases=2)
    async with transaction(sessions) as db:
        await db.execute(update(Email).where(Email.id == 1).values(message="of_a_later_version"))
    assert await work.send_emails() == 5
    first, *_ = await outbox(sessions)
    assert first.state == "queued"
    assert "of_a_later_version" in str(first.last_error)
    assert len(mail.letters) == 5


async def test_a_domain_that_takes_nothing_rests_and_the_others_go_on(
    work: Work, sessions: Sessions, mail: MailServer
) -> None:
    """Of forty letters to it three are tried, then one after each rest; what it then takes wakes it."""
    for number in range(40):
        await submitted(sessions, draft=f"draft {number}", email=f"penka{number}@abv.example")
    mail.answers["RCPT"] += ["451 Try again later"] * 3
    assert await work.send_emails() == 0
    assert sum(email.attempts for email in await outbox(sessions)) == 3
    await submitted(sessions, draft="elsewhere", email="ivan@elsewhere.example")
    assert await work.send_emails() == 1

    await let_the_domain_rest(sessions)
    mail.answers["RCPT"].append("451 Try again later")
    assert await work.send_emails() == 0
    assert sum(email.attempts for email in await outbox(sessions)) == 3 + 1 + 1
    await let_the_domain_rest(sessions)
    assert await work.send_emails() == 36
    await let_time_pass(sessions, timedelta(minutes=2))
    assert await work.send_emails() == 4


async def let_the_domain_rest(sessions: Sessions) -> None:
    async with transaction(sessions) as db:
        await db.execute(update(RestingDomain).values(rests_until=clock.now()))


async def test_no_more_a_minute_than_may_be(settings: Settings, sessions: Sessions, mail: MailServer) -> None:
    """In all and to one domain, counted together by two workers."""
    for number in range(30):
        where = "abv" if number < 20 else number
        await submitted(sessions, draft=f"draft {number}", email=f"penka{number}@{where}.example")
    works = [Work(replace(settings, pace=Pace(per_minute=12, per_domain=5)), sessions) for _ in range(2)]
    await asyncio.gather(*(work.send_emails() for work in works))
    assert 12 <= len(mail.letters) <= 13
    assert 5 <= sum("abv" in letter.to for letter in mail.letters) <= 6
    async with transaction(sessions) as db:
        await db.execute(update(Email).values(claimed_at=clock.now() - timedelta(seconds=61)))
    await asyncio.gather(*(work.send_emails() for work in works))
    assert 20 <= len(mail.letters) <= 22


async def test_a_letter_in_hand_for_longer_than_its_lease_is_nobody_elses(
    settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """The lease is renewed; whoever lost it all the same may note nothing."""
    await submitted(sessions)
    slow, quick = (Work(settings, sessions, lease=timedelta(seconds=1)) for _ in range(2))
    mail.hold()
    sending = asyncio.create_task(slow.send_emails())
    await mail.has(in_hand=1)
    await asyncio.sleep(2.5)
    assert await quick.send_emails() == 0

    async with transaction(sessions) as db:
        email = await db.get_one(Email, 1)
        email.claims += 1
    mail.go_on()
    await sending
    assert (await only(sessions)).state == "sending"


async def test_connections_are_kept_from_look_to_look(work: Work, sessions: Sessions, mail: MailServer) -> None:
    async with work.posts:
        for number in range(5):
            await submitted(sessions, draft=f"draft {number}")
            assert await work.send_emails() == 1
        assert mail.greeted == 1
