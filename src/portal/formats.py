"""How days, hours, counts and the fixed words are written in Bulgarian: filters of the templates, and for subjects."""

from collections.abc import Callable
from datetime import date, datetime

from portal.cases.model import Channel, Kind, Publication, Status
from portal.clock import SOFIA
from portal.devices import device
from portal.staff.model import Role

WORD = {Kind.SIGNAL: "сигнал", Kind.PROPOSAL: "предложение", Kind.QUESTION: "въпрос"}
THE = {Kind.SIGNAL: "сигналът", Kind.PROPOSAL: "предложението", Kind.QUESTION: "въпросът"}
OF = {Kind.SIGNAL: "сигнала", Kind.PROPOSAL: "предложението", Kind.QUESTION: "въпроса"}
# Phrases without gender: the same one stands beside сигнал (m.), предложение (n.) and въпрос (m.).
STATUS = {
    Status.AWAITING_CONFIRMATION: "Чака потвърждение",
    Status.RECEIVED: "За разпределяне",
    Status.ASSIGNED: "В работа",
    Status.AWAITING_CLARIFICATION: "Чака уточнение",
    Status.FORWARDED: "Препратено по компетентност",
    Status.NO_PROCEEDINGS: "Без разглеждане",
    Status.ANSWERED: "С отговор",
    Status.CLOSED: "Приключено",
    Status.WITHDRAWN: "Оттеглено",
}
TONE = {Status.RECEIVED: "info", Status.ASSIGNED: "info", Status.AWAITING_CLARIFICATION: "warn"} | dict.fromkeys(
    (Status.ANSWERED, Status.CLOSED), "ok"
)
CHANNEL = {
    Channel.PORTAL: "портала",
    Channel.PHONE: "телефон",
    Channel.LETTER: "писмо",
    Channel.COUNTER: "гише",
    Channel.IMPORT: "предишния портал",
}
PUBLICATION = {
    Publication.NAMED: "С моето име",
    Publication.UNNAMED: "Без моето име",
    Publication.PRIVATE: "Без публикуване",
}

ROLE = {
    Role.OPERATOR: "Служител на портала",
    Role.DEPARTMENT: "Отдел",
    Role.HEAD: "Ръководител",
    Role.ADMIN: "Администратор",
}


def day(on: date | str) -> str:
    """28.06.2026 г. – details of events hold their days as ISO text."""
    on = date.fromisoformat(on) if isinstance(on, str) else on
    return f"{on:%d.%m.%Y} г."


def moment(at: datetime | str) -> str:
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{at.astimezone(SOFIA):%d.%m.%Y г., %H:%M ч.}"


def hour(at: datetime) -> str:
    return f"{at.astimezone(SOFIA):%H:%M}"


def iso(at: datetime) -> str:
    """For `datetime` of <time>: the moment with Sofia's offset."""
    return at.astimezone(SOFIA).isoformat(timespec="seconds")


def count(number: int, one: str, many: str) -> str:
    """1 запис, 2 записа: `many` is the count form."""
    return f"{number} {one if number == 1 else many}"


def time_left(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days == 0:
        return "изтича днес"
    if days < 0:
        return f"просрочен с {count(-days, 'ден', 'дни')}"
    return f"{'остава' if days == 1 else 'остават'} {count(days, 'ден', 'дни')}"


def ago(at: datetime, today: date) -> str:
    days = (today - at.astimezone(SOFIA).date()).days
    for length, one, many in ((365, "година", "години"), (30, "месец", "месеца"), (1, "ден", "дни")):
        if days >= length and days > 1:
            return f"преди {count(days // length, one, many)}"
    return "вчера" if days == 1 else "днес"


FILTERS: dict[str, Callable[..., str]] = {
    "day": day,
    "moment": moment,
    "hour": hour,
    "iso": iso,
    "count": count,
    "time_left": time_left,
    "ago": ago,
    "word": lambda kind: WORD[kind],
    "the": lambda kind: THE[kind],
    "of": lambda kind: OF[kind],
    "status": lambda status: STATUS[status],
    "tone": lambda status: TONE.get(status, "neu"),
    "channel": lambda channel: CHANNEL[channel],
    "device": device,
    "role": lambda role: ROLE[role],
    "publication": lambda publication: PUBLICATION[publication],
}
