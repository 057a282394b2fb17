"""What the public sees: pictures, words that are redacted, held or withheld."""

from portal.cases.model import Publication
from portal.demo import drawings
from portal.demo.town import Story, Town
from portal.departments import answers
from portal.departments.answers import Answer
from portal.files import attachments, enclosures
from portal.handling.forwarding import forward
from portal.publishing import personal_data, publication
from portal.publishing.publication import PublicVersion
from portal.replies import outcome
from portal.replies.reply import reply

FILLED = "Уважаеми господине, дупката пред бензиностанцията е изрязана и запълнена с асфалтова смес."
GUARANTEE = "Участъкът е включен в пролетния ремонт. За щетата по автомобила можете да подадете заявление на гише 4."


async def pothole(town: Town) -> Story:
    """With pictures, of which one is blackened; the department's answer with files; a reply, and its correction."""
    yield town.first("08:22")
    case = await town.receive("pothole", drawings.pothole(), drawings.car())
    yield town.first("09:40")
    works = await town.assign(case, "works")
    hole, car = await attachments.of_case(town.db, case)
    await attachments.publish(town.db, case, hole, [], None, **town.by_georgi)
    black = await town.keep(await attachments.blackened(car, drawings.PLATE_CELLS, town.uploads))
    await attachments.publish(town.db, case, car, drawings.PLATE_CELLS, black, **town.by_georgi)
    yield town.last("10:20")
    said = "Дупката е запълнена днес сутринта от аварийната група. Прилагам снимка и протокол от огледа."
    files = (drawings.mended(), "след ремонта.jpg"), (drawings.report(), "протокол от оглед.pdf")
    kept = [await enclosures.keep(town.db, town.uploads, await enclosures.checked(*file)) for file in files]
    await answers.answer(town.db, case, works, Answer.VIEW, said, until=None, kept=kept, at=town.now)
    yield town.last("11:10")
    await reply(town.db, case, FILLED, **town.by_maria)
    yield town.last("11:32")
    await reply(town.db, case, f"{FILLED} {GUARANTEE}", **town.by_maria)
    yield town.last("17:45")
    await outcome.resolve(town.db, case, at=town.now)
    await publication.choose(town.db, case, Publication.UNNAMED, at=town.now)


async def dumping(town: Town) -> Story:
    """One picture is shown, one is not; a part was sent to another body."""
    yield town.first("10:55")
    case = await town.receive("dumping", drawings.rubbish(), drawings.car())
    yield town.first("11:38")
    await town.assign(case, "ecology")
    shown, hidden = await attachments.of_case(town.db, case)
    await attachments.publish(town.db, case, shown, [], None, **town.by_maria)
    await attachments.withhold(town.db, case, hidden, [], **town.by_maria)
    yield town.last("13:50")
    ground = "Отпадъците са в речното легло, което се поддържа от басейновата дирекция"
    await forward(town.db, case, "Басейнова дирекция „Източнобеломорски район“", ground, whole=False, **town.by_georgi)


async def neighbour(town: Town) -> Story:
    """Held for the telephone number in it, then published without."""
    yield town.first("13:02")
    case = await town.receive("neighbour")
    yield town.first("13:40")
    await town.assign(case, "order")
    text = personal_data.hidden(case.text, case.sender_name).replace("съседът над мен", "съсед")
    await publication.publish(town.db, case, PublicVersion(case.title, text, case.place), **town.by_maria)


async def abandoned_car(town: Town) -> Story:
    """The text and the picture wait for a look."""
    yield town.last("12:15")
    await town.receive("abandoned_car", drawings.car())


async def accusation(town: Town) -> Story:
    """Withheld: it accuses people who can be recognised."""
    yield town.first("14:20")
    case = await town.receive("accusation")
    yield town.first("14:52")
    await town.assign(case, "architecture")
    reason = "Текстът съдържа обвинения срещу лица, които могат да бъдат разпознати. Проверката се извършва."
    await publication.withhold(town.db, case, reason, **town.by_maria)
