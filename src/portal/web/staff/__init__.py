"""The staff's side: every route under /staff is for signed-in staff, by being listed here; three let them in."""

from litestar import Router
from litestar.di import Provide

from portal.staff.model import Staff
from portal.web.guards import staff_only
from portal.web.pages import Request
from portal.web.staff import (
    assignment,
    audit,
    case,
    due_date,
    emails,
    entry,
    publication,
    reply,
    reports,
    settings,
    signin,
    synonyms,
    templates,
    texts,
    turns,
    worklist,
)


def me(request: Request) -> Staff:
    """Return who is signed in: the guard has put them there."""
    staff: Staff = request.state.staff
    return staff


entrance = Router("/staff", route_handlers=[signin.form, signin.sign_in, signin.password_form, signin.set_password])
desk = Router(
    "/staff",
    guards=[staff_only],
    dependencies={"me": Provide(me, sync_to_thread=False)},
    route_handlers=[
        signin.sign_out,
        worklist.show,
        case.show,
        entry.form,
        entry.enter,
        entry.receipt,
        reply.edit,
        reply.save,
        reply.keep,
        reply.insert,
        due_date.edit,
        due_date.save,
        assignment.edit,
        assignment.save,
        turns.edit_note,
        turns.save_note,
        turns.edit_clarification,
        turns.save_clarification,
        turns.edit_forwarding,
        turns.save_forwarding,
        turns.edit_no_proceedings,
        turns.save_no_proceedings,
        turns.edit_closure,
        turns.save_closure,
        turns.edit_reopening,
        turns.save_reopening,
        publication.edit,
        publication.save,
        synonyms.show,
        synonyms.add,
        synonyms.remove,
        reports.show,
        reports.as_csv,
        reports.as_xlsx,
        audit.show,
        audit.as_csv,
        emails.show,
        emails.letter,
        emails.send_again,
        emails.sample,
        emails.drawn,
        settings.show,
        settings.edit_department,
        settings.save_department,
        settings.edit_topic,
        settings.save_topic,
        settings.edit_day,
        settings.save_day,
        settings.edit_suspension,
        settings.save_suspension,
        templates.show,
        templates.begin,
        templates.add,
        templates.edit,
        templates.save,
        templates.remove,
        texts.show,
        texts.edit,
        texts.save,
    ],
)
routes = (entrance, desk)
