"""The menu in the header of the desk: what each may open, by the rules of permissions."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.cases import permissions
from portal.staff.model import Staff


@dataclass(frozen=True)
class Entry:
    label: str
    route: str
    may: Callable[[Staff], bool]


def _everybody(_: Staff) -> bool:
    return True


DAILY = (
    Entry("Преписки", "staff.worklist", _everybody),
    Entry("Нова преписка", "staff.entry", permissions.may_enter),
    Entry("Справки", "staff.reports", permissions.may_read_reports),
)
"""Shown on every page."""
SELDOM = (
    Entry("Образци на отговори", "staff.templates", permissions.may_edit_templates),
    Entry("Писма", "staff.emails", permissions.may_handle_emails),
    Entry("Отдели, теми и дни", "staff.settings", permissions.may_change_settings),
    Entry("Текстове на страниците", "staff.texts", permissions.may_edit_texts),
    Entry("Синоними за търсенето", "staff.synonyms", permissions.may_edit_search),
    Entry("Служители", "staff.people", permissions.may_manage_people),
    Entry("Дневник на действията", "staff.audit", permissions.may_read_audit),
    Entry("Моят профил", "staff.account", _everybody),
    Entry("Към портала за граждани", "public.home", _everybody),
)
"""Behind the button."""


def menu(me: Staff) -> tuple[list[Entry], list[Entry]]:
    daily, seldom = ([entry for entry in entries if entry.may(me)] for entries in (DAILY, SELDOM))
    return daily, seldom
