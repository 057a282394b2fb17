"""The staff's side: every route under /staff is for signed-in staff, by being listed here; the entrance lets them in.

Where the municipality asks everybody for a code at the sign-in, who has none yet gets no further than the threshold.
"""

from litestar import Router
from litestar.di import Provide

from portal.staff.model import Staff
from portal.web import form_body
from portal.web.guards import second_step_first, staff_only
from portal.web.pages import Request
from portal.web.staff import audit, emails, reports, settings, synonyms
from portal.web.staff.accounts import account, password, people, second_step, signin
from portal.web.staff.desk import bulk, presence, saved_filters, worklist
from portal.web.staff.handling import actions, assignment, case, details, due_date, files, groups
from portal.web.staff.intake import entry, incoming_mail
from portal.web.staff.publishing import pictures, publication, texts
from portal.web.staff.replies import merging, reply, templates


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
    opt={form_body.LIMITS: form_body.STAFFS},
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
        saved_filters.show,
        saved_filters.save,
        saved_filters.rename,
        saved_filters.remove,
        bulk.preview,
        bulk.act,
        bulk.result,
        case.show,
        case.answer,
        entry.form,
        entry.enter,
        entry.receipt,
        presence.show,
        details.edit,
        details.save,
        files.show,
        reply.edit,
        reply.save,
        reply.keep,
        reply.insert,
        merging.merge,
        due_date.edit,
        due_date.save,
        assignment.edit,
        assignment.save,
        groups.edit,
        groups.save,
        actions.edit_note,
        actions.save_note,
        actions.edit_clarification,
        actions.save_clarification,
        actions.edit_forwarding,
        actions.save_forwarding,
        actions.edit_no_proceedings,
        actions.save_no_proceedings,
        actions.edit_closure,
        actions.save_closure,
        actions.edit_reopening,
        actions.save_reopening,
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
        incoming_mail.show,
        incoming_mail.put_aside,
        incoming_mail.take_for_the_senders,
        incoming_mail.take_for_no_answer,
        incoming_mail.take_for_bounce,
        incoming_mail.take_for_no_bounce,
        incoming_mail.send_link,
        incoming_mail.whole,
        incoming_mail.file,
        incoming_mail.read,
        settings.show,
        settings.edit_department,
        settings.save_department,
        settings.edit_topic,
        settings.save_topic,
        settings.edit_day,
        settings.save_day,
        settings.edit_suspension,
        settings.save_suspension,
        settings.take_back,
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
