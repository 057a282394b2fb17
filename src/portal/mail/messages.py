"""Every e-mail the product sends: whom it tells, of which event, under which subject.

The text is templates/mail/{room}/{name of the function}.txt and .html, rendered from the event when it is sent, or from
what the e-mail itself tells where it belongs to no case. Subjects carry no personal data: they are shown in lists
and on locked screens.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.model import Actor, Case, Event
from portal.clock import local_date
from portal.mail import outbox
from portal.municipality import Department
from portal.rendering.formats import OF, THE, count, day
from portal.settings import Secretary
from portal.staff.model import Staff


def please_confirm(db: AsyncSession, case: Case, event: Event) -> None:
    """The text came, but it counts only once the button behind the link is pressed."""
    outbox.write(db, case, event, "please_confirm", f"Потвърдете подаването на {OF[case.kind]}")


def confirm_reminder(db: AsyncSession, case: Case, event: Event) -> None:
    outbox.write(db, case, event, "confirm_reminder", f"Напомняне: остава да потвърдите {OF[case.kind]}")


def received(db: AsyncSession, case: Case, event: Event) -> None:
    the = THE[case.kind]
    outbox.write(db, case, event, "received", f"Вх. № {case.incoming_number} – {the} Ви постъпи")


def assigned(db: AsyncSession, case: Case, event: Event) -> None:
    _about(
        db,
        case,
        event,
        "assigned",
        f"възлагане на отдел „{event.details['department']}“",
        waits=event.actor is Actor.STAFF,
    )


def extended(db: AsyncSession, case: Case, event: Event) -> None:
    """Or set back, where what had moved it was a slip."""
    is_back = event.details["due_on"] < event.details["old_due_on"]
    _about(
        db,
        case,
        event,
        "extended",
        f"срокът {'отново е' if is_back else 'е удължен'} до {day(event.details['due_on'])}",
        waits=event.actor is Actor.STAFF,
    )


def replied(db: AsyncSession, case: Case, event: Event) -> None:
    _about(db, case, event, "replied", "поправен отговор" if event.details["correction"] else "отговор")


def clarification(db: AsyncSession, case: Case, event: Event) -> None:
    """The question; it is answered on the page behind the tracking link."""
    _about(db, case, event, "clarification", "нужно е уточнение")


def forwarded(db: AsyncSession, case: Case, event: Event) -> None:
    _about(db, case, event, "forwarded", "препращане" if event.details["whole"] else "препращане на част")


def no_proceedings(db: AsyncSession, case: Case, event: Event) -> None:
    _about(db, case, event, "no_proceedings", "не се образува производство")


def reclassified(db: AsyncSession, case: Case, event: Event) -> None:
    """Kind, topic, title or place, changed by the staff."""
    _about(db, case, event, "reclassified", "промяна на данните", waits=_in_passing(event))


def reopened(db: AsyncSession, case: Case, event: Event) -> None:
    _about(db, case, event, "reopened", "възобновяване")


def closed(db: AsyncSession, case: Case, event: Event) -> None:
    _about(db, case, event, "closed", "приключване")


def link_sent(db: AsyncSession, case: Case, event: Event) -> None:
    """Sends the link to the case to a sender who has lost it."""
    _about(db, case, event, "link_sent", "връзка към преписката")


def withdrawn(db: AsyncSession, case: Case, event: Event) -> None:
    _about(db, case, event, "withdrawn", "оттегляне")


def changed(db: AsyncSession, case: Case, event: Event) -> None:
    """Publication: chosen by the sender, or published, withheld or redacted by the staff."""
    _about(db, case, event, "changed", "промяна на публикуването", waits=_in_passing(event))


def grouped(db: AsyncSession, case: Case, event: Event) -> None:
    """Others ask the same: it is looked at together with another case. Nothing of its sender is told."""
    _about(db, case, event, "grouped", "общо разглеждане с друга преписка", waits=_in_passing(event))


def ungrouped(db: AsyncSession, case: Case, event: Event) -> None:
    _about(db, case, event, "ungrouped", "отделно разглеждане", waits=_in_passing(event))


def please_follow(db: AsyncSession, email: str, follower_id: int, number: str, title: str, *, at: datetime) -> None:
    """Sent to an address that is to follow a public case; a stranger may have typed it."""
    subject, told = f"Вх. № {number} – потвърдете, че искате да следите", {"number": number, "title": title}
    outbox.write_apart(db, email, "please_follow", subject, at=at, follower_id=follower_id, **told)


def followed(db: AsyncSession, case: Case, event: Event) -> None:
    """One letter of those that publishing/followers.py writes to all followers in one statement."""
    _about(db, case, event, "followed", "новина", waits=True)


def invited(db: AsyncSession, staff: Staff, invitation: str, *, until: datetime, at: datetime) -> None:
    """Sends a new colleague the link to set the first password."""
    _own(db, staff, "invited", "Покана за портала на общината", at=at, invitation=invitation, until=until.isoformat())


def password_link(db: AsyncSession, staff: Staff, invitation: str, *, until: datetime, at: datetime) -> None:
    _own(db, staff, "password_link", "Нова парола за портала", at=at, invitation=invitation, until=until.isoformat())


def password_changed(db: AsyncSession, staff: Staff, *, at: datetime) -> None:
    _own(db, staff, "password_changed", "Паролата Ви е сменена", at=at, moment=at.isoformat())


def new_browser(db: AsyncSession, staff: Staff, *, device: str, ip: str, at: datetime) -> None:
    """Somebody has come in from a browser that this person never used before."""
    _own(db, staff, "new_browser", "Вход от нов браузър", at=at, moment=at.isoformat(), device=device, ip=ip)


def overdue(db: AsyncSession, case: Case, event: Event) -> None:
    _about(db, case, event, "overdue", "отговорът закъснява")


async def digest(
    db: AsyncSession, department: Department, lines: list[dict[str, Any]], *, at: datetime, by_hand: bool = False
) -> None:
    """Tells a department what waits for it: every working morning, and when the staff remind it `by_hand`."""
    assert department.email is not None
    subject = f"{count(len(lines), 'преписка чака', 'преписки чакат')} отдел „{department.name}“"
    once = f"digest {at.isoformat() if by_hand else local_date(at)} {department.code}"
    told = {"name": department.name, "code": department.code, "lines": lines}
    await outbox.write_once(db, once, department.email, "digest", subject, at=at, **told)


async def weekly(
    db: AsyncSession, operator: Staff, begin: date, end: date, figures: dict[str, int | None], *, at: datetime
) -> None:
    told = {"name": operator.name, "begin": begin.isoformat(), "end": end.isoformat(), **figures}
    once, subject = f"weekly {begin} {operator.email}", f"Седмицата {day(begin)} – {day(end)}"
    await outbox.write_once(db, once, operator.email, "weekly", subject, at=at, **told)


async def escalation(db: AsyncSession, secretary: Secretary, lines: list[dict[str, Any]], *, at: datetime) -> None:
    subject = f"{count(len(lines), 'преписка е просрочена', 'преписки са просрочени')} с три дни и повече"
    once = f"escalation {local_date(at)}"
    await outbox.write_once(db, once, secretary.email, "escalation", subject, at=at, name=secretary.name, lines=lines)


def second_step_on(db: AsyncSession, staff: Staff, *, at: datetime) -> None:
    _own(db, staff, "second_step_on", "Входът вече иска и код", at=at, moment=at.isoformat())


def second_step_off(db: AsyncSession, staff: Staff, *, by: Staff, at: datetime) -> None:
    told = {"moment": at.isoformat(), "by_admin": by.id != staff.id}
    _own(db, staff, "second_step_off", "Входът вече не иска код", at=at, **told)


def _own(db: AsyncSession, staff: Staff, message: str, subject: str, *, at: datetime, **told: Any) -> None:
    """Write to a member of the staff about their own account."""
    outbox.write_apart(db, staff.email, message, subject, at=at, name=staff.name, **told)


def _in_passing(event: Event) -> bool:
    """What the staff do on the way is told together with what else they do within minutes."""
    return event.actor is Actor.STAFF


def _about(db: AsyncSession, case: Case, event: Event, message: str, what: str, *, waits: bool = False) -> None:
    outbox.write(db, case, event, message, f"Вх. № {case.incoming_number} – {what}", waits=waits)
