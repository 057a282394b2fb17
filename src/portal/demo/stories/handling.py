"""What is done with cases: assigned, looked at together, asked about, sent on, ended, begun anew."""

from sqlalchemy import select

from portal.cases.deadlines import DAY
from portal.cases.follower import Follower
from portal.cases.model import Actor, Case
from portal.demo import drawings
from portal.demo.town import Story, Town
from portal.departments import answers
from portal.departments.answers import Answer
from portal.handling import clarification, details, groups, no_proceedings, notes, reopening
from portal.handling.forwarding import forward
from portal.handling.no_proceedings import Ground
from portal.handling.withdrawal import withdraw
from portal.publishing import followers


async def lamps(town: Town) -> Story:
    """Two ask the same and are looked at together; a neighbour follows; the department asks for more time."""
    yield town.first("08:55")
    case = await town.receive("lamps", drawings.dark_street())
    yield town.first("09:48")
    lighting = await town.assign(case, "lighting")
    yield town.first("12:10")
    await followers.ask(town.db, case, "komshiya@example.com", at=town.now)
    yield town.first("12:16")
    follower = (await town.db.scalars(select(Follower).where(Follower.case_id == case.id))).one()
    await followers.confirm(town.db, follower, at=town.now)
    yield town.last("16:05")
    said = "Кабелът под тротоара е прекъснат и чакаме разрешение за разкопаване."
    until = town.as_of + 10 * DAY
    await answers.answer(town.db, case, lighting, Answer.MORE_TIME, said, until=until, at=town.now)


async def lamps_too(town: Town) -> Story:
    yield town.first("11:20")
    case = await town.receive("lamps_too")
    yield town.first("11:45")
    await town.assign(case, "lighting")
    await groups.group(town.db, case, await _of(town, "lamps"), **town.by_maria)


async def lamps_near(town: Town) -> Story:
    """Taken for the same, and taken out again."""
    yield town.first("17:05")
    case = await town.receive("lamps_near")
    yield town.last("09:05")
    await town.assign(case, "lighting")
    await groups.group(town.db, case, await _of(town, "lamps"), **town.by_georgi)
    yield town.last("09:30")
    await groups.leave(town.db, case, **town.by_maria)
    await notes.note(town.db, case, "Не е същата авария: тук лампата мига, а не е изгаснала.", **town.by_maria)


async def container(town: Town) -> Story:
    """The sender is asked, and has not answered yet."""
    yield town.last("08:47")
    case = await town.receive("container")
    yield town.last("10:35")
    asked = "Моля, напишете на коя улица и пред кой номер е контейнерът, за да изпратим екип."
    await clarification.ask_sender(town.db, case, asked, **town.by_maria)


async def dogs(town: Town) -> Story:
    """The sender was asked, and has answered."""
    yield town.first("09:10")
    case = await town.receive("dogs")
    yield town.first("10:10")
    await town.assign(case, "ecology")
    asked = "За кое училище става дума и кучетата имат ли ушни марки?"
    await clarification.ask_sender(town.db, case, asked, **town.by_georgi)
    yield town.last("07:50")
    said = "За „Христо Ботев“, входа откъм парка. Едно е с жълта марка на ухото, другите нямат."
    await clarification.clarify(town.db, case, said, at=town.now)


async def power(town: Town) -> Story:
    """Sent to whom it concerns."""
    yield town.last("08:20")
    case = await town.receive("power")
    yield town.last("08:41")
    to, ground = "„Електроразпределение Юг“ ЕАД", "Съоръженията са на дружеството (чл. 112 от АПК)"
    await forward(town.db, case, to, ground, whole=True, **town.by_georgi)


async def repeated(town: Town) -> Story:
    """Not examined: it was decided before."""
    yield town.first("16:35")
    case = await town.receive("repeated")
    yield town.last("10:02")
    earlier = await town.imported(93)
    ground = Ground.REPEATED
    await no_proceedings.end_without_proceedings(town.db, case, ground, earlier=earlier, **town.by_maria)


async def withdrawn(town: Town) -> Story:
    yield town.first("17:28")
    case = await town.receive("withdrawn")
    yield town.last("16:20")
    await withdraw(town.db, case, at=town.now)


async def tree(town: Town) -> Story:
    """The department says that it is not its own; the topic was another one at first."""
    yield town.first("12:44")
    case = await town.receive("tree")
    yield town.first("13:15")
    education = await town.assign(case, "education")
    new = details.Details(kind=case.kind, topic_code="greenery", title=case.title, place="ДГ „Слънце“, ул. Брезова 2")
    await details.change(town.db, case, new, **town.by_georgi)
    yield town.last("16:10")
    said = "Дворът е на общината и дърветата се поддържат от „Паркове и озеленяване“."
    await answers.answer(town.db, case, education, Answer.NOT_OURS, said, until=None, at=town.now)


async def tax(town: Town) -> Story:
    """Private: only its sender gets the reply."""
    yield town.last("09:20")
    case = await town.receive("tax")
    yield town.last("09:55")
    await town.assign(case, "taxes")


async def not_cut_down(town: Town) -> Story:
    """Reopened by its sender weeks ago: overdue."""
    yield town.ago(24, "18:40")
    case = await town.imported(205)
    reason = "Отрязаха само долните клони, горните пак опират в жиците и при вятър пак искри."
    await reopening.reopen(town.db, case, reason, town.settings.municipality, by=Actor.SENDER, at=town.now)
    yield town.last("16:52")
    note = "Търсих инж. Делчев в дружеството, ще се обади до края на седмицата."
    await notes.note(town.db, case, note, **town.by_maria)


async def _of(town: Town, story: str) -> Case:
    return (await town.db.scalars(select(Case).where(Case.draft == f"story {story}"))).one()
