"""Every route of the staff's, and what each person gets who asks for it: a route that has no row here fails."""

import re
from email.message import EmailMessage

import httpx
import pytest
from litestar.routes import HTTPRoute

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.departments import answers as asked_of
from portal.departments.answers import Answer
from portal.files import attachments, enclosures
from portal.files.attachments import Attachment
from portal.files.uploads import Uploads
from portal.handling import assignment
from portal.intake import incoming_mail
from portal.municipality import Department
from portal.replies import templates
from portal.replies.templates import Draft
from portal.settings import Settings
from portal.staff.model import Role, Staff
from tests.cast import PENKA, Client, employ, received, sign_in
from tests.files.test_documents import PDF
from tests.files.test_pictures import drawn
from tests.intake.post_office import case_address, open_to_mail

TEMPLATE = Draft("Благодарим", "Благодарим Ви.", topic_code=None, kind=None, place_in_list=1, is_active=True)
PEOPLE = ("stranger", "operator", "department", "other department", "head", "admin")
"""In the order of the columns. The case is the first department's, assigned and open."""

# let in, or told what to mend: +   to the sign-in: -   forbidden: x   as if it did not exist: ?
EXPECTED = """
GET       /staff                                        - + + + + +
GET       /staff/account                                - + + + + +
GET POST  /staff/account/password                       - + + + + +
GET POST  /staff/account/second-step                    - + + + + +
GET POST  /staff/account/second-step/off                - + + + + +
POST      /staff/account/sessions                       - + + + + +
POST      /staff/account/sessions/{session_id:int}      - ? ? ? ? ?
GET       /staff/audit                                  - x x x x +
GET       /staff/audit.csv                              - x x x x +
GET POST  /staff/bulk                                   - + x x x +
GET       /staff/bulk/result                            - + x x x +
GET       /staff/cases/{case_id:int}                    - + + ? + +
GET       /staff/cases/{case_id:int}/answer             - x + ? x x
GET POST  /staff/cases/{case_id:int}/assignment         - + x ? x +
GET POST  /staff/cases/{case_id:int}/clarification      - + x ? x +
GET POST  /staff/cases/{case_id:int}/closure            - x x ? x x
GET POST  /staff/cases/{case_id:int}/details            - + x ? x +
GET POST  /staff/cases/{case_id:int}/due-date           - + x ? x +
GET       /staff/cases/{case_id:int}/files/{file_id:int} - + + ? + +
GET POST  /staff/cases/{case_id:int}/forwarding         - + x ? x +
GET POST  /staff/cases/{case_id:int}/group              - + x ? x +
POST      /staff/cases/{case_id:int}/message            - + x ? x +
GET POST  /staff/cases/{case_id:int}/no-proceedings     - + x ? x +
GET POST  /staff/cases/{case_id:int}/note               - + x ? x +
GET POST  /staff/cases/{case_id:int}/pictures/{n:int}   - + x ? x +
GET       /staff/cases/{case_id:int}/pictures/{n:int}/original - + + ? + +
GET       /staff/cases/{case_id:int}/presence           - + x ? + +
GET POST  /staff/cases/{case_id:int}/publication        - + x ? x +
GET       /staff/cases/{case_id:int}/receipt            - x x ? x x
GET       /staff/cases/{case_id:int}/reopening          - x x ? x x
POST      /staff/cases/{case_id:int}/reopening          - + x ? x +
GET POST  /staff/cases/{case_id:int}/reply              - + x ? x +
POST      /staff/cases/{case_id:int}/reply/draft        - + x ? x +
POST      /staff/cases/{case_id:int}/reply/merging      - + x ? x +
POST      /staff/cases/{case_id:int}/reply/template     - + x ? x +
GET       /staff/emails                                 - + x x x +
GET POST  /staff/emails/samples/{message:str}           - + x x x +
GET       /staff/emails/samples/{message:str}/html      - + x x x +
GET POST  /staff/emails/{email_id:int}                  - + x x x +
GET POST  /staff/entry                                  - + x x x +
GET POST  /staff/filters                                - + + + + +
POST      /staff/filters/{filter_id:int}                - ? ? ? ? ?
POST      /staff/filters/{filter_id:int}/removal        - + + + + +
GET POST  /staff/forgotten                              + + + + + +
GET       /staff/incoming/{mail_id:int}                 - + x x + +
POST      /staff/incoming/{mail_id:int}                 - + x x x +
POST      /staff/incoming/{mail_id:int}/bounce          - + x x x +
GET       /staff/incoming/{mail_id:int}/files/{n:int}   - + x x + +
POST      /staff/incoming/{mail_id:int}/link            - + x x x +
POST      /staff/incoming/{mail_id:int}/no-answer       - + x x x +
POST      /staff/incoming/{mail_id:int}/no-bounce       - + x x x +
POST      /staff/incoming/{mail_id:int}/sender          - + x x x +
GET       /staff/incoming/{mail_id:int}/whole           - + x x + +
GET       /staff/password/{token:str}                   ? ? ? ? ? ?
POST      /staff/password/{token:str}                   ? ? ? ? ? ?
GET       /staff/people                                 - x x x x +
GET POST  /staff/people/new                             - x x x x +
GET POST  /staff/people/{staff_id:int}                  - x x x x +
POST      /staff/people/{staff_id:int}/activation       - x x x x +
POST      /staff/people/{staff_id:int}/deactivation     - x x x x +
POST      /staff/people/{staff_id:int}/link             - x x x x +
POST      /staff/people/{staff_id:int}/second-step-reset - x x x x +
GET       /staff/reports                                - + x x + +
GET       /staff/reports.csv                            - + x x + +
GET       /staff/reports.xlsx                           - + x x + +
GET       /staff/settings                               - + x x x +
GET POST  /staff/settings/day                           - + x x x +
GET POST  /staff/settings/department                    - + x x x +
GET POST  /staff/settings/suspension                    - + x x x +
POST      /staff/settings/{part:str}/{entry_id:int}/removal - + x x x +
GET POST  /staff/settings/topic                         - + x x x +
GET POST  /staff/sign-in                                + + + + + +
GET POST  /staff/sign-in/code                           + + + + + +
POST      /staff/sign-out                               - + + + + +
GET POST  /staff/synonyms                               - + x x x +
POST      /staff/synonyms/{synonym_id:int}/removal      - + x x x +
GET       /staff/templates                              - + x x x +
GET POST  /staff/templates/new                          - + x x x +
GET POST  /staff/templates/{template_id:int}            - + x x x +
POST      /staff/templates/{template_id:int}/removal    - + x x x +
GET       /staff/texts                                  - + x x x +
GET POST  /staff/texts/{which:str}                      - + x x x +
"""


EXPECTED_BY_ROUTE = {
    f"{method} {words[-7]}": "".join(words[-6:])
    for words in map(str.split, EXPECTED.strip().splitlines())
    for method in words[:-7]
}


def asked(client: Client) -> set[str]:
    ours = [route for route in client.app.routes if isinstance(route, HTTPRoute) and route.path.startswith("/staff")]
    return {f"{method} {route.path}" for route in ours for method in route.methods - {"OPTIONS"}}


def got(answer: httpx.Response) -> str:
    """Read the answer in one sign: let in, asked to sign in, forbidden, not found. A fault of ours is none of them."""
    to = answer.headers.get("location", "")
    if answer.status_code == 401 or to.startswith("/staff/sign-in?next"):
        return "-"
    if answer.status_code in {200, 204, 303, 409, 422}:
        return "+"
    return {403: "x", 404: "?"}[answer.status_code]


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    case, maria = await received(sessions, settings), await employ(sessions)
    async with transaction(sessions) as db:
        works = await db.get_one(Department, "works")
        await assignment.assign(db, await db.get_one(Case, case.id), works, by=maria, at=clock.now())
        kept = await attachments.keep(db, Uploads(settings.uploads), await attachments.prepared(drawn()))
        db.add(Attachment(case_id=case.id, position=1, media_type="image/jpeg", **vars(kept)))
        file = await enclosures.keep(db, Uploads(settings.uploads), await enclosures.checked(PDF, "становище.pdf"))
        one = await db.get_one(Case, case.id)
        await asked_of.answer(db, one, works, Answer.VIEW, "Запълнена е.", until=None, kept=[file], at=clock.now())
        message = EmailMessage()
        message["From"], message["To"] = PENKA["email"], case_address(open_to_mail(settings), case)
        message.add_attachment(drawn(), maintype="image", subtype="jpeg", filename="1.jpg")
        await incoming_mail.receive(db, bytes(message), settings, at=clock.now())
    return case


async def person(sessions: Sessions, who: str) -> Staff | None:
    if who == "stranger":
        return None
    department = {"department": "works", "other department": "lighting"}.get(who)
    role = Role.DEPARTMENT if department else Role(who)
    return await employ(sessions, who, role, department)


def path_of(route: str, colleague: Staff, template: int) -> str:
    ids = {
        "case_id": 1,
        "email_id": 2,
        "staff_id": colleague.id,
        "message": "received",
        "which": "rules",
        "n": 1,
        "file_id": 1,
        "mail_id": 1,
        "template_id": template,
        "part": "day",
    }
    return re.sub(r"{(\w+):\w+}", lambda found: str(ids.get(found[1], 0)), route)


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("who", PEOPLE)
async def test_everybody_gets_what_the_table_says(client: Client, sessions: Sessions, who: str) -> None:
    me = await person(sessions, who)
    colleague = await employ(sessions, "Някой друг от общината", Role.ADMIN)
    different = {}
    for route in sorted(asked(client)):
        client.cookies.clear()
        if me is not None:
            await sign_in(client, sessions, me)
        async with transaction(sessions) as db:
            (await db.get_one(Staff, colleague.id)).is_active = True
            template = await templates.add(db, TEMPLATE, by=colleague, at=clock.now())
        method, path = route.split()
        answer = await client.request(method, path_of(path, colleague, template.id), follow_redirects=False)
        expected = EXPECTED_BY_ROUTE[route][PEOPLE.index(who)]
        if got(answer) != expected:
            different[route] = f"{got(answer)} ({answer.status_code}) instead of {expected}"
    assert different == {}


async def test_every_route_has_its_row(client: Client) -> None:
    assert asked(client) == set(EXPECTED_BY_ROUTE)
