"""Sends what is due: claims it, holds it while it is in hand, and notes how it went."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any

from portal import clock
from portal.db import Sessions, is_away, transaction
from portal.mail import claims, outbox
from portal.mail.letters import Letters, NotMade
from portal.mail.smtp import Away, InDoubt, Post, Refused
from portal.settings import NO_PACE, Pace

log = logging.getLogger(__name__)
MOST_FAULTS = 6
"""Tries, in a quarter of an hour: the letter may be of a later version, whose worker is just being started."""


async def send_emails(
    sessions: Sessions, letters: Letters, post: Post, *, lease: timedelta = outbox.LEASE, pace: Pace = NO_PACE
) -> int:
    """Send what is due, one e-mail after the other; return how many the server accepted."""
    sent = 0
    while True:
        async with transaction(sessions) as db:
            email = await claims.claim(db, at=clock.now(), lease=lease, pace=pace)
            if email is None:
                return sent
            event, case = await outbox.about(db, email)
            letter = partial(letters.letter, email, event, case, await outbox.told_with(db, email))
        try:
            async with _holding(sessions, email, lease):
                sent += await _unbroken(_send(sessions, email, letter, post))
        except Away as away:  # the others would find the same door closed
            log.warning("the mail server takes nothing, trying again in a minute: %s", away)
            return sent


@asynccontextmanager
async def _holding(sessions: Sessions, email: outbox.Email, lease: timedelta) -> AsyncIterator[None]:
    """Renew the lease while the letter is in hand."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(lease.total_seconds() / 3)
            try:
                async with transaction(sessions) as db:
                    await outbox.renew(db, email, at=clock.now(), lease=lease)
            except Exception as fault:  # noqa: BLE001 - whatever it is, the letter goes on
                log.warning("the lease of e-mail %s could not be renewed: %s", email.id, fault)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()


async def _unbroken(sending: Coroutine[Any, Any, bool]) -> bool:
    """Finish the letter in hand even when told to stop: between the server's 250 and our note of it lies a double."""
    task = asyncio.create_task(sending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})  # whatever becomes of it: its own exception would make us forget to stop
        raise


async def _send(sessions: Sessions, email: outbox.Email, letter: Callable[[], EmailMessage], post: Post) -> bool:
    """Note how it went, whatever happens. Where the case was forgotten meanwhile there is nothing to note it at."""
    try:
        made = letter()
    except NotMade as wrong:
        log.warning("e-mail %s can't be made: %s", email.id, wrong)
        await _note(sessions, outbox.not_made, email, str(wrong), for_good=True)
        return False
    except Exception as fault:  # one letter that can't be made must not hold up the others
        log.exception("e-mail %s could not be made", email.id)
        over = email.attempts >= MOST_FAULTS
        await _note(sessions, outbox.not_made, email, f"писмото не може да се направи: {fault!r}", for_good=over)
        return False
    try:
        await post.send(made, made["To"].addresses[0].addr_spec)
    except Away as away:
        await _note(sessions, outbox.postponed, email, str(away))
        raise
    except Refused as refused:
        log.warning("e-mail %s was not accepted: %s", email.id, refused)
        await _note(sessions, outbox.refused, email, str(refused), for_good=refused.for_good)
        return False
    except InDoubt as doubt:
        log.warning("e-mail %s may have been accepted: %s", email.id, doubt)
        await _note(sessions, outbox.left_in_doubt, email, str(doubt))
        return False
    except Exception as fault:
        log.exception("e-mail %s could not be sent", email.id)
        await _note(sessions, outbox.not_made, email, repr(fault), for_good=email.attempts >= MOST_FAULTS)
        return False
    await _note(sessions, outbox.accepted, email)
    return True


async def _note(sessions: Sessions, how: Callable[..., Awaitable[None]], *what: Any, **more: Any) -> None:
    """Write down how it went, waiting for a database that restarts: a letter sent and not noted is sent again."""
    for seconds in [*[1] * 20, 0]:
        try:
            async with transaction(sessions) as db:
                await how(db, *what, **more, at=clock.now())
        except Exception as fault:
            if not is_away(fault) or not seconds:
                raise
            await asyncio.sleep(seconds)
        else:
            return
