"""Whatever comes to a signed address, in whatever state, the staff find it."""

from sqlalchemy import func, select

from portal import clock
from portal.cases.model import Case, Event
from portal.db import Sessions, transaction
from portal.handling import clarification
from portal.intake import incoming_mail
from portal.intake.incoming_mail import IncomingMail, Outcome
from portal.settings import Settings
from portal.statements import Statement
from tests.cast import Post, employ, received, submitted
from tests.intake.post_office import bounce_address, case_address, emails, open_to_mail, receive
from tests.mail import mill

MANY = 240


async def test_all_of_it_is_found(sessions: Sessions, settings: Settings, post: Post) -> None:
    settings, maria = open_to_mail(settings), await employ(sessions)
    case, unconfirmed = await received(sessions, settings), await submitted(sessions, draft="another")
    async with transaction(sessions) as db:
        await clarification.ask_sender(db, await db.get_one(Case, case.id), "Пред кой вход?", by=maria, at=clock.now())
    await post.deliver()
    for number, whose in enumerate((case, unconfirmed)):
        to = case_address(settings, whose)
        bounces_to = bounce_address(settings, (await emails(sessions, whose))[-1])
        for made in mill.letters(MANY // 2, to=to, bounces_to=bounces_to, seed=number):
            envelope = bounces_to if made.by == "server" else to
            await receive(sessions, settings, made.raw, to=envelope)
    async with transaction(sessions) as db:
        everything = set(await db.scalars(select(IncomingMail.id)))
        seen = {one.id for one in [*await incoming_mail.unseen(db), *await incoming_mail.automatic(db)]}
        seen |= {one["id"] for one in await Statement(incoming_mail.BESIDE_CASE).rows(db, case=case.id)}
        seen |= set(await db.scalars(select(Event.details["mail"].as_integer()).where(Event.details.has_key("mail"))))
        told = set(await db.scalars(select(IncomingMail.id).where(IncomingMail.email_id.is_not(None))))
        assert len(everything) > MANY * 0.9  # what is cut off at its first line may be the same as another
        assert everything <= seen | told
        entries = select(func.count()).where(IncomingMail.outcome == Outcome.ENTRY)
        assert await db.scalar(entries.where(IncomingMail.case_id == case.id)) == incoming_mail.MOST_A_DAY
        assert await db.scalar(entries.where(IncomingMail.case_id == unconfirmed.id)) == 0
