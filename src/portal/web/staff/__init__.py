"""The staff's side: every route under /staff is for signed-in staff, by being listed here; the entrance lets them in.

Where the municipality asks everybody for a code at the sign-in, who has none yet gets no further than the threshold.
"""

from litestar import Router
from litestar.di import Provide

from portal.staff.model import Staff
from portal.web.guards import second_step_first, staff_only
from portal.web.pages import Request
from portal.web.staff import (
    account,
    assignment,
    audit,
    bulk,
    case,
    due_date,
    emails,
    entry,
    password,
    people,
    pictures,
    publication,
    reply,
    reports,
    second_step,
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


entrance = Router(
    "/staff",
    route_handlers=[
        signin.form,
        signin.sign_in,
        signin.code_form,
        signin.give_code,
        password.form,
        password.set_,
        password.forgotten_form,
        password.forgotten,
    ],
)
threshold = Router(
    "/staff",
    guards=[staff_only],
    dependencies={"me": Provide(me, sync_to_thread=False)},
    route_handlers=[signin.sign_out, second_step.form, second_step.switch_on],
)
desk = Router(
    "/staff",
    guards=[staff_only, second_step_first],
    dependencies={"me": Provide(me, sync_to_thread=False)},
    route_handlers=[
        account.show,
        account.end,
        account.end_others,
        password.own_form,
        password.change,
        second_step.off_form,
        second_step.switch_off,
        people.show,
        people.new,
        people.add,
        people.edit,
        people.save,
        people.deactivate,
        people.activate,
        people.send_link,
        people.reset_second_step,
        worklist.show,
        bulk.preview,
        bulk.act,
        bulk.result,
        case.show,
        case.answer,
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
        pictures.edit,
        pictures.save,
        pictures.original,
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
        emails.send_sample,
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
routes = (entrance, threshold, desk)
