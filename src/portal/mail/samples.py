"""A made-up case with an event for each e-mail: for the gallery of e-mails, and for its tests."""

from datetime import date, datetime
from typing import Any

from portal.cases.model import Actor, Case, Channel, Event, EventKind, Kind, Publication, PublicationState, Status
from portal.mail.outbox import Email

TITLES = {
    "please_confirm": "Връзка за потвърждение",
    "confirm_reminder": "Напомняне да се потвърди",
    "received": "Получено, с входящ номер",
    "assigned": "Възложено на отдел",
    "extended": "Удължен срок",
    "replied": "Отговор",
    "clarification": "Искане за уточнение",
    "forwarded": "Препратено по компетентност",
    "no_proceedings": "Без разглеждане",
    "reclassified": "Сменени вид, тема или заглавие",
    "reopened": "Отворено отново",
    "closed": "Приключено",
    "overdue": "Пропуснат срок",
    "link_sent": "Нова връзка към преписката",
    "withdrawn": "Оттеглено",
    "grouped": "Присъединено към друга преписка",
    "ungrouped": "Отделено от друга преписка",
    "followed": "До следящите: новост по преписка",
    "changed": "Промяна на публикуваното",
    "please_follow": "Връзка за следене",
    "invited": "Покана към служител",
    "password_link": "Връзка за нова парола",
    "password_changed": "Сменена парола",
    "new_browser": "Влизане от нов браузър",
    "second_step_on": "Включена втора стъпка",
    "second_step_off": "Изключена втора стъпка",
    "digest": "Сутрешно писмо до отдел",
    "weekly": "Седмична справка",
    "escalation": "Просрочени, до секретаря",
}
"""As the staff call them."""
NOBODYS = 0
"""No case has this number: the links in a sample are signed, and must open nothing."""
TOLD: dict[str, tuple[EventKind, dict[str, Any]]] = {
    "please_confirm": (EventKind.SUBMITTED, {"address_version": 1}),
    "confirm_reminder": (EventKind.CONFIRM_REMINDED, {"address_version": 1}),
    "received": (EventKind.RECEIVED, {"due_on": "2026-06-29"}),
    "assigned": (EventKind.ASSIGNED, {"department": "Екология", "due_on": "2026-06-29"}),
    "extended": (EventKind.EXTENDED, {"old_due_on": "2026-06-29", "due_on": "2026-07-13", "reason": "Нужен е оглед."}),
    "replied": (EventKind.REPLIED, {"text": "Дупката е запълнена.", "correction": False}),
    "clarification": (EventKind.CLARIFICATION, {"text": "Пред кой вход е дупката?"}),
    "forwarded": (
        EventKind.FORWARDED,
        {"to": "Областно пътно управление", "ground": "Пътят е републикански.", "whole": True},
    ),
    "no_proceedings": (
        EventKind.NO_PROCEEDINGS,
        {"ground": "по същия въпрос вече има решение", "earlier": {"number": "С-0002/01.06.2026", "told": True}},
    ),
    "reclassified": (
        EventKind.RECLASSIFIED,
        {
            "before": {"kind": "question", "topic_code": None, "topic": None, "title": "Питане"},
            "after": {"kind": "signal", "topic_code": "roads", "topic": "Пътища", "title": "Дупка на ул. Речна"},
        },
    ),
    "reopened": (EventKind.REOPENED, {"reason": "Дупката пак се отвори.", "due_on": "2026-07-13"}),
    "closed": (EventKind.CLOSED, {}),
    "overdue": (EventKind.OVERDUE, {"due_on": "2026-06-29", "department": "Екология"}),
    "link_sent": (EventKind.LINK_SENT, {}),
    "withdrawn": (EventKind.WITHDRAWN, {}),
    "grouped": (
        EventKind.GROUPED,
        {"other": NOBODYS, "other_number": "С-0003/12.06.2026", "seen": {"year": 2026, "seq": 3}},
    ),
    "ungrouped": (EventKind.UNGROUPED, {"other": NOBODYS, "other_number": "С-0003/12.06.2026", "seen": {}}),
    "followed": (EventKind.EXTENDED, {"old_due_on": "2026-06-29", "due_on": "2026-07-13", "reason": "Нужен е оглед."}),
    "changed": (EventKind.WITHHELD, {"reason": "В текста има лични данни на друг човек."}),
}
"""By the name of the message, as in mail/messages.py."""
TOLD_APART: dict[str, dict[str, Any]] = {
    "please_follow": {"number": "С-0007/14.06.2026", "title": "Дупка на ул. Речна"},
    "invited": {"name": "Петър Колев", "invitation": "sample", "until": "2026-07-01T09:30:00+03:00"},
    "password_link": {"name": "Петър Колев", "invitation": "sample", "until": "2026-07-01T09:30:00+03:00"},
    "password_changed": {"name": "Петър Колев", "moment": "2026-06-30T09:30:00+03:00"},
    "new_browser": {
        "name": "Петър Колев",
        "moment": "2026-06-30T09:30:00+03:00",
        "device": "Firefox на Windows",
        "ip": "192.0.2.7",
    },
    "second_step_on": {"name": "Петър Колев", "moment": "2026-06-30T09:30:00+03:00"},
    "second_step_off": {"name": "Петър Колев", "moment": "2026-06-30T09:30:00+03:00", "by_admin": True},
    "digest": {
        "name": "Екология",
        "code": "nobodys",
        "lines": [
            {"id": 0, "number": "С-0007/14.06.2026", "title": "Контейнерът гори", "due_on": "2026-06-29", "step": step}
            for step in ("overdue", "today", "two_days", "week", "new")
        ],
    },
    "weekly": {
        "name": "Мария Иванова",
        "begin": "2026-06-22",
        "end": "2026-06-28",
        "new": 14,
        "ended": 11,
        "overdue": 2,
        "median_days": 6,
    },
    "escalation": {
        "name": "Иван Петров",
        "lines": [
            {"id": 0, "number": "С-0007/14.06.2026", "title": "Дупка", "due_on": "2026-06-29", "department": department}
            for department in ("Екология", None)
        ],
    },
}
"""The e-mails that belong to no case."""
TEXT = "Дупката пред номер 5 е станала кратер, вчера падна дете с колело."


def case(text: str = TEXT, kind: Kind = Kind.SIGNAL, *, at: datetime) -> Case:
    return Case(
        id=NOBODYS, draft="d", channel=Channel.PORTAL, kind=kind, status=Status.ANSWERED, title=text[:120], text=text,
        place=text[:200], sender_name=f'"{text[:20]}" Стоянова', sender_email="penka@example.bg", address_version=1,
        publication=Publication.UNNAMED, publication_state=PublicationState.PUBLISHED, submitted_at=at, received_at=at,
        incoming_year=2026, incoming_seq=NOBODYS,
        incoming_number="С-0007/14.06.2026", first_due_on=date(2026, 6, 29), due_on=date(2026, 6, 29), reply=text,
        replied_at=at,
    )  # fmt: skip


def told(message: str, *, at: datetime) -> tuple[Email, Event]:
    kind, details = TOLD[message]
    email = Email(id=9, case_id=NOBODYS, message=message, recipient="penka@example.bg", subject="Вх. №", written_at=at)
    return email, Event(id=3, case_id=NOBODYS, kind=kind, at=at, actor=Actor.STAFF, details=details)


def told_apart(message: str, *, at: datetime) -> Email:
    told = {**TOLD_APART[message]}
    return Email(id=9, told=told, message=message, recipient="petar@example.bg", subject="Покана", written_at=at)
