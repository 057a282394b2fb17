"""Following a public case by e-mail: asked for, confirmed by a button, told of public events, left at any time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.follower import Follower
from portal.cases.model import Case, Event, EventKind
from portal.mail import messages
from portal.mail.outbox import GIVEN_UP, Email

FORGOTTEN_AFTER = timedelta(days=3)
MOST_UNCONFIRMED = 3
"""Links sent to one mailbox: nobody can fill a stranger's mailbox with them."""
NEWS = (
    EventKind.ASSIGNED, EventKind.CLARIFICATION, EventKind.FORWARDED, EventKind.EXTENDED, EventKind.REPLIED,
    EventKind.NO_PROCEEDINGS, EventKind.CLOSED, EventKind.REOPENED, EventKind.WITHDRAWN,
)  # fmt: skip


async def ask(db: AsyncSession, case: Case, email: str, *, at: datetime) -> None:
    """Send the link that begins following. Nothing is sent to a follower, or to the sender, who is told everything."""
    waiting = select(func.count()).where(
        func.mailbox(Follower.email) == func.mailbox(email), Follower.confirmed_at.is_(None)
    )
    if email == case.sender_email or (await db.scalar(waiting) or 0) >= MOST_UNCONFIRMED:
        return
    asked = insert(Follower).values(case_id=case.id, email=email, asked_at=at).on_conflict_do_nothing()
    follower_id = await db.scalar(asked.returning(Follower.id))
    if follower_id is not None:
        title = case.public_title or case.title
        messages.please_follow(db, email, follower_id, case.incoming_number or "", title, at=at)


async def of(db: AsyncSession, follower_id: int | None) -> tuple[Follower, Case] | None:
    """Return who follows, and the case; nothing where they have left, or the public may not see it any more."""
    follower = None if follower_id is None else await db.get(Follower, follower_id, with_for_update=True)
    case = None if follower is None else await db.get(Case, follower.case_id)
    return (follower, case) if follower and case and case.is_public else None


async def confirm(db: AsyncSession, follower: Follower, *, at: datetime) -> None:
    """Begin: what happened until now stands on the page. Pressed twice it begins once."""
    if follower.confirmed_at is None:
        newest = select(func.coalesce(func.max(Event.id), 0)).where(Event.case_id == follower.case_id)
        follower.confirmed_at, follower.told_until = at, await db.scalar(newest) or 0


async def leave(db: AsyncSession, follower_id: int | None) -> None:
    """Delete the address, and with it every letter to it."""
    await db.execute(delete(Follower).where(Follower.id == follower_id))


async def tell(db: AsyncSession, *, at: datetime) -> None:
    """Write the letters about what is new, in one statement with the note that they are written.

    Two workers at once write each of them once: an event has one letter to a recipient. What the public may not see any
    more is not sent, though it was written.
    """
    hidden = text("case_id NOT IN (SELECT id FROM public_cases)")
    await db.execute(delete(Email).where(Email.follower_id.is_not(None), Email.state == "queued", hidden))
    await db.execute(_TELL, {"at": at, "kinds": [*NEWS]})


async def forget(db: AsyncSession, *, at: datetime) -> None:
    """Delete who never pressed the button, and whose mailbox does not exist."""
    undelivered = select(Email.follower_id).where(Email.state.in_(GIVEN_UP), Email.follower_id.is_not(None))
    never = Follower.confirmed_at.is_(None) & (Follower.asked_at < at - FORGOTTEN_AFTER)
    await db.execute(delete(Follower).where(never | Follower.id.in_(undelivered)))


_TELL = text("""
    WITH news AS (
        SELECT f.id AS follower_id, f.email, f.case_id, e.id AS event_id, c.incoming_number
        FROM followers AS f
        JOIN public_cases AS c ON c.id = f.case_id
        JOIN public_events AS e ON e.case_id = f.case_id AND e.id > f.told_until
        WHERE f.confirmed_at IS NOT NULL AND e.kind = ANY(CAST(:kinds AS text[]))
    ), written AS (
        INSERT INTO emails (case_id, event_id, follower_id, message, recipient, subject, written_at, not_before, waits)
        SELECT
            case_id, event_id, follower_id, 'followed', email, 'Вх. № ' || incoming_number || ' – новина',
            :at, :at, true
        FROM news ORDER BY event_id, follower_id
        ON CONFLICT (event_id, recipient) DO NOTHING
    )
    UPDATE followers SET told_until = newest.event_id
    FROM (SELECT follower_id, max(event_id) AS event_id FROM news GROUP BY follower_id) AS newest
    WHERE followers.id = newest.follower_id
""")
