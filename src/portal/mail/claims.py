"""Claims: which e-mail a worker sends next, and what goes along in its letter."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from portal.mail import pace as pacing
from portal.mail.outbox import LEASE, MOST_DOUBTS, UNSENT, Email, in_letter
from portal.settings import NO_PACE, Pace
from portal.statements import moment_given

DIED_WITH_IT = "програмата, която го изпраща, спира всеки път, щом стигне до него"


async def claim(db: AsyncSession, *, at: datetime, lease: timedelta = LEASE, pace: Pace = NO_PACE) -> Email | None:
    """Take the e-mail that is due longest; commit before sending, so that nobody else sends it meanwhile.

    Rows that another worker is just claiming are passed over (SKIP LOCKED); one whose lease ran out was held by a
    worker that died, and may have been sent already. The e-mails of a case leave in the order they were written in;
    those that wait for more go along with the first that does not.
    """
    if pace.per_minute and await _claimed_lately(db, at=at) >= pace.per_minute:
        return None
    free = [~pacing.rests(Email.recipient, at=at), *_keeps(pace, at=at)]
    found = await db.scalar(
        select(Email)
        .where(_is_due(pace, at=at), Email.carried_by.is_(None), ~_overtakes(pace), *free)
        .order_by(Email.not_before, Email.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found is None:
        return None
    if found.state == "sending" and not await _is_worth_another(db, found):
        return await claim(db, at=at, lease=lease, pace=pace)
    if pace.gather and not found.claims and found.case_id and not await _take_along(db, found):
        return await claim(db, at=at, lease=lease, pace=pace)
    mine: dict[str, Any] = {"state": "sending", "lease_until": at + lease, "attempts": found.attempts + 1}
    mine |= {"claims": found.claims + 1, "claimed_at": at}
    for name, value in mine.items():
        setattr(found, name, value)
    if pace.gather or found.claims > 1:
        await db.execute(update(Email).where(Email.carried_by == found.id).values(mine))
    return found


async def _is_worth_another(db: AsyncSession, email: Email) -> bool:
    """Say whether it is sent again though a worker died with it in hand: not a third time, the letter may be why.

    Each such death may have made a copy: it counts as a doubt.
    """
    doubts = email.doubts + 1
    given_up: dict[str, Any] = {"state": "failed", "lease_until": None, "last_error": DIED_WITH_IT}
    values = {"doubts": doubts} | (given_up if doubts >= MOST_DOUBTS else {})
    await db.execute(update(Email).where(in_letter(email)).values(values))
    return doubts < MOST_DOUBTS


def _is_due(pace: Pace, *, at: datetime) -> ColumnElement[bool]:
    waited = or_(~Email.waits, Email.claims > 0, Email.not_before <= at - pace.gather)
    return or_(
        and_(Email.state == "queued", Email.not_before <= at, waited),
        and_(Email.state == "sending", Email.lease_until < at),
    )


async def _claimed_lately(db: AsyncSession, *, at: datetime) -> int:
    return await db.scalar(select(func.count()).where(Email.claimed_at > at - pacing.MINUTE)) or 0


def _keeps(pace: Pace, *, at: datetime) -> list[ColumnElement[bool]]:
    """Leave out the domains that have had their letters of this minute."""
    if not pace.per_domain:
        return []
    lately = aliased(Email)
    to = pacing.domain(lately.recipient)
    full = select(to).where(lately.claimed_at > at - pacing.MINUTE).group_by(to).having(func.count() >= pace.per_domain)
    return [pacing.domain(Email.recipient).not_in(full)]


async def _take_along(db: AsyncSession, email: Email) -> bool:
    """Let it carry what waits for more; say no where another worker has just taken something that is before it.

    Only what waits is locked, and it is claimed in the order of its ids: no two workers lock each other out.
    """
    same = (Email.case_id == email.case_id, Email.recipient == email.recipient, Email.id != email.id)
    unsent = select(Email).where(*same, Email.state.in_(UNSENT), Email.carried_by.is_(None)).order_by(Email.id)
    await db.execute(
        select(Email.id).where(*same, Email.waits, Email.state == "queued").order_by(Email.id).with_for_update()
    )
    others = list(await db.scalars(unsent.execution_options(populate_existing=True)))
    before = [one for one in others if one.id < email.id]
    if not all(one.may_join for one in before):
        return False
    after = takewhile(lambda one: one.may_join, (one for one in others if one.id > email.id)) if email.waits else ()
    for one in (*before, *after):
        one.carried_by = email.id
    await db.flush()
    return True


def _overtakes(pace: Pace = NO_PACE) -> ColumnElement[bool]:
    """Whether an e-mail to the same person about the same case, written earlier, is still to be sent."""
    earlier = aliased(Email)
    goes_along = and_(earlier.waits, earlier.state == "queued", earlier.claims == 0, ~Email.waits, Email.claims == 0)
    return (
        select(earlier.id)
        .where(
            earlier.case_id == Email.case_id,
            # One to a mistyped address, deferred for hours, must not hold up the one to the right address.
            earlier.recipient == Email.recipient,
            earlier.id < Email.id,
            earlier.state.in_(UNSENT),
            earlier.carried_by.is_distinct_from(Email.id),
            *([~goes_along] if pace.gather else []),
        )
        .exists()
    )


def stuck_since() -> Select[Any]:
    """Select since when the e-mail waits that has waited longest without being tried once, though it is its turn.

    Takes the moment `now`.
    """
    rests = pacing.rests(Email.recipient, at=moment_given("now"))
    untried = (Email.state == "queued", Email.attempts == 0, ~_overtakes(), ~rests)
    return select(func.min(func.coalesce(Email.asked_again_at, Email.written_at)).label("since")).where(*untried)
