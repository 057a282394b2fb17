"""How cases come in: confirmed or not, by telephone, on paper, by e-mail; and what comes that is no case."""

from sqlalchemy import select

from portal.cases.deadlines import DAY
from portal.cases.model import Channel
from portal.demo import drawings, letters
from portal.demo.town import Story, Town
from portal.handling import due_date
from portal.intake import confirmation, incoming_mail
from portal.mail.outbox import Email
from portal.publishing import publication


async def phoned(town: Town) -> Story:
    """By telephone, the address misheard: the letter comes back."""
    yield town.last("13:25")
    case = await town.enter("phoned", Channel.PHONE)
    yield town.last("13:26")
    email = (await town.db.scalars(select(Email).where(Email.case_id == case.id))).one()
    email.state, email.attempts, email.accepted_at = "accepted", 1, town.now
    await town.db.flush()
    raw, to = letters.given_back(email, town.settings)
    await incoming_mail.receive(town.db, raw, town.settings, to=to, at=town.now)


async def at_the_counter(town: Town) -> Story:
    yield town.first("15:15")
    case = await town.enter("at_the_counter", Channel.COUNTER)
    yield town.first("15:17")
    await town.assign(case, "parks")


async def letter(town: Town) -> Story:
    """On paper from a lawyer; the term is extended."""
    yield town.first("11:52")
    case = await town.enter("letter", Channel.LETTER)
    yield town.first("16:10")
    await town.assign(case, "transport_safety")
    yield town.last("14:30")
    assert case.due_on is not None
    reason = "Необходимо е становище на комисията по безопасност на движението, която заседава веднъж месечно."
    await due_date.extend(town.db, case, case.due_on + 21 * DAY, reason, **town.by_maria)


async def bus(town: Town) -> Story:
    """The address was mistyped and mended before it was confirmed."""
    yield town.last("15:31")
    case = await town.submit("bus")
    yield town.last("15:36")
    await confirmation.correct_address(town.db, case, "a.stoimenov@example.com", at=town.now)
    yield town.last("15:39")
    await town.confirm(case)
    yield town.last("16:30")
    await town.assign(case, "transport_safety")


async def forgotten(town: Town) -> Story:
    """Not confirmed for a day, though the link was sent again: reminded."""
    yield town.ago(2, "18:10")
    case = await town.submit("forgotten")
    yield town.ago(2, "18:24")
    await confirmation.resend(town.db, case, at=town.now)
    yield town.ago(1, "18:11")
    await confirmation.remind(town.db, at=town.now)


async def newest(town: Town) -> Story:
    yield town.ago(1, "19:40")
    await town.receive("newest", drawings.pothole())


async def just_sent(town: Town) -> Story:
    """Not confirmed yet."""
    yield town.ago(1, "21:05")
    await town.submit("just_sent")


async def tourist(town: Town) -> Story:
    yield town.last("14:05")
    await town.receive("tourist")


async def drain(town: Town) -> Story:
    """Held for a telephone number that is an office's, and published; the sender writes by e-mail, with a picture."""
    yield town.first("10:31")
    case = await town.receive("drain")
    yield town.first("11:05")
    await town.assign(case, "order")
    await publication.publish(town.db, case, publication.public_version(case), **town.by_georgi)
    yield town.last("11:05")
    said = "Здравейте, снощи пак преля. Пращам снимка на боклука, който запушва решетката.\n\nК. Балджиев"
    raw, to = letters.answer(case, said, drawings.rubbish(), town.settings)
    await incoming_mail.receive(town.db, raw, town.settings, to=to, at=town.now)


async def of_stranger(town: Town) -> Story:
    """By e-mail to the portal itself: nobody knows yet what it belongs to."""
    yield town.last("13:20")
    text = "Добър ден,\nна кой имейл да изпратя документите за помощта за отопление, за които говорихме?\nР. Чолакова"
    raw, to = letters.of_stranger("r.cholakova@example.com", "Документи", text)
    await incoming_mail.receive(town.db, raw, town.settings, to=to, at=town.now)
