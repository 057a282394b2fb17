"""All rules about who may do what."""

from portal.cases.history import OF_DEPARTMENTS, Entry
from portal.cases.model import BY_STAFF, ENDED, Case, Event, EventKind, Status
from portal.staff.model import Role, Staff

RUN_THE_PORTAL = {Role.OPERATOR, Role.ADMIN}


def may_read_all(staff: Staff) -> bool:
    return staff.role is not Role.DEPARTMENT


def may_read_reports(staff: Staff) -> bool:
    """They count the cases of all."""
    return may_read_all(staff)


def may_read(staff: Staff, case: Case) -> bool:
    """A case that awaits confirmation is nobody's business yet."""
    return case.is_received and (may_read_all(staff) or case.department_code == staff.department_code)


def may_read_event(staff: Staff, event: Entry | Event) -> bool:
    """A department reads what it was told and what became of the case: no notes, and no other department's answers."""
    if may_read_all(staff):
        return True
    is_others = event.kind is EventKind.DEPARTMENT_ANSWERED and event.details.get("code") != staff.department_code
    return event.kind in OF_DEPARTMENTS and not is_others


def may_see_contacts(staff: Staff, case: Case) -> bool:
    """A department gets the matter, not the person."""
    return may_read(staff, case) and may_read_all(staff)


def may_see_colleagues(staff: Staff, case: Case) -> bool:
    """Colleagues who look at the case now are shown to those who answer for it, not to a department."""
    return may_see_contacts(staff, case)


def may_answer_for_department(staff: Staff, case: Case) -> bool:
    return staff.role is Role.DEPARTMENT and may_read(staff, case) and case.is_open


def may_enter(staff: Staff) -> bool:
    return staff.role in RUN_THE_PORTAL


def may_print_receipt(staff: Staff, case: Case) -> bool:
    """A receipt is printed for a case that the staff entered; other senders have theirs in their mailbox."""
    return may_enter(staff) and case.is_received and case.channel in BY_STAFF


def may_assign(staff: Staff, case: Case) -> bool:
    return staff.role in RUN_THE_PORTAL and case.is_open


may_extend = may_forward = may_assign


def may_reclassify(staff: Staff, case: Case) -> bool:
    """Ended ones too: the register is searched by kind, topic and place for years."""
    return staff.role in RUN_THE_PORTAL and case.is_received


def may_reply(staff: Staff, case: Case) -> bool:
    """Withdrawn cases end without a reply; any other may be answered, and an answer may be corrected."""
    return staff.role in RUN_THE_PORTAL and case.is_received and case.status != "withdrawn"


may_group = may_reply


def may_note(staff: Staff, case: Case) -> bool:
    return staff.role in RUN_THE_PORTAL and case.is_received


def may_ask_sender(staff: Staff, case: Case) -> bool:
    """Only a sender who has an e-mail address can be asked."""
    asked = case.status is Status.AWAITING_CLARIFICATION
    return staff.role in RUN_THE_PORTAL and case.is_open and not asked and case.sender_email is not None


def may_end(staff: Staff, case: Case) -> bool:
    return staff.role in RUN_THE_PORTAL and case.status in {Status.RECEIVED, Status.ASSIGNED}


def may_close(staff: Staff, case: Case) -> bool:
    return staff.role in RUN_THE_PORTAL and case.status in {Status.ANSWERED, Status.FORWARDED}


def may_reopen(staff: Staff, case: Case) -> bool:
    return staff.role in RUN_THE_PORTAL and case.status in ENDED


def may_publish(staff: Staff, case: Case) -> bool:
    return staff.role in RUN_THE_PORTAL and case.is_received


def may_act_in_bulk(staff: Staff) -> bool:
    """An action on many cases at once; the rule for one case is checked for each of them too."""
    return staff.role in RUN_THE_PORTAL


def may_handle_emails(staff: Staff) -> bool:
    return staff.role in RUN_THE_PORTAL


def may_change_settings(staff: Staff) -> bool:
    return staff.role in RUN_THE_PORTAL


def may_edit_texts(staff: Staff) -> bool:
    return staff.role in RUN_THE_PORTAL


def may_edit_templates(staff: Staff) -> bool:
    return staff.role in RUN_THE_PORTAL


def may_read_audit(staff: Staff) -> bool:
    """Not for those who run the portal: the log has entries about them."""
    return staff.role is Role.ADMIN


def may_manage_people(staff: Staff) -> bool:
    return staff.role is Role.ADMIN


def may_shut_out(staff: Staff, colleague: Staff) -> bool:
    """Nobody takes their own rights away by accident."""
    return may_manage_people(staff) and staff.id != colleague.id


def may_edit_search(staff: Staff) -> bool:
    return staff.role in RUN_THE_PORTAL
