"""What the staff keep at their desk, and the mornings on which departments are reminded."""

from portal.demo.town import Story, Town
from portal.departments import reminders
from portal.desk import saved_filters
from portal.replies import templates
from portal.replies.templates import Draft
from portal.reports import weekly

REPLIES = (
    (
        "Възложен оглед",
        "roads",
        "Здравейте, {име}!\n\nПо {номер} е възложен оглед на {място}. Отговорът ще получите до {срок}.",
    ),
    (
        "Препращане до ВиК",
        "water",
        "Здравейте, {име}!\n\nВодопроводът на {място} се поддържа от „ВиК“ ЕООД, на което изпратихме преписката.",
    ),
    (
        "Благодарност за предложение",
        None,
        "Здравейте, {име}!\n\nБлагодарим за предложението по {тема}. Ще го разгледа {отдел}.",
    ),
)
"""Title, topic and text."""


async def mornings(town: Town) -> Story:
    """The first only begins the count; what is assigned after the last one waits for the next."""
    for morning in (town.first("08:30"), town.last("08:30")):
        yield morning
        await reminders.daily(town.db, town.settings.municipality, at=town.now)
        await weekly.weekly(town.db, at=town.now)


async def templates_of_replies(town: Town) -> Story:
    yield town.first("15:40")
    for place, (title, topic, text) in enumerate(REPLIES, 1):
        draft = Draft(title=title, text=text, topic_code=topic, kind=None, place_in_list=place, is_active=True)
        await templates.add(town.db, draft, **town.by_maria)


async def filters(town: Town) -> Story:
    yield town.first("15:50")
    waste = {"queue": "open", "department": "ecology"}
    await saved_filters.save(town.db, town.maria, "Екология, без отговор", waste, at=town.now)
    roads = {"queue": "with_department", "topic": "roads"}
    await saved_filters.save(town.db, town.maria, "Улици при отдела", roads, at=town.now)
