"""Replies: corrected, said to be the end of it or not, being written."""

from portal.cases import history
from portal.cases.model import Actor
from portal.demo.town import Story, Town
from portal.handling import closure, reopening
from portal.intake import lost_link
from portal.replies import drafts
from portal.replies.reply import reply


async def opening_hours(town: Town) -> Story:
    """Answered and closed; its sender has lost the link to it."""
    yield town.first("08:36")
    case = await town.receive("opening_hours")
    yield town.first("11:30")
    said = "Уважаеми господине, всяка сряда „Административно обслужване“ работи до 19:00 ч. Адресна регистрация може да"
    await reply(town.db, case, f"{said} бъде заявена и електронно с КЕП. В събота не се работи.", **town.by_maria)
    yield town.last("09:45")
    await closure.close(town.db, case, **town.by_maria)
    yield town.last("12:40")
    assert case.incoming_year is not None
    assert case.incoming_seq is not None
    assert case.sender_email is not None
    await lost_link.send(town.db, case.incoming_year, case.incoming_seq, case.sender_email, at=town.now)


async def pavement(town: Town) -> Story:
    """Answered, reopened by its sender: not carried out."""
    yield town.first("09:26")
    case = await town.receive("pavement")
    yield town.first("10:22")
    await town.assign(case, "works")
    yield town.first("16:48")
    await reply(town.db, case, "Уважаема госпожо, плочките пред аптеката са пренаредени днес.", **town.by_georgi)
    yield town.last("15:12")
    reason = "Минах оттам сега, никой нищо не е пипал. Проверете отново!"
    await reopening.reopen(town.db, case, reason, town.settings.municipality, by=Actor.SENDER, at=town.now)


async def not_brought_back(town: Town) -> Story:
    """Reopened by its sender a fortnight ago: due now, and somebody is writing the reply."""
    yield town.ago(14, "07:30")
    case = await town.imported(211)
    reason = "Контейнерите ги върнаха за два дни и пак ги прибраха. Сметта стои на земята."
    await reopening.reopen(town.db, case, reason, town.settings.municipality, by=Actor.SENDER, at=town.now)
    yield town.last("16:40")
    text = "Уважаема госпожо, след повторна проверка на място се установи, че съдовете са преместени от"
    await drafts.keep(town.db, case, town.maria, text, seen=await history.last_seen(town.db, case), at=town.now)
