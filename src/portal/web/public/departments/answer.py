"""A department answers through the link in its digest: what it is asked for, and its view of each."""

from collections.abc import Sequence
from dataclasses import astuple
from http import HTTPStatus

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import audit, clock
from portal.cases.model import Case
from portal.db import let_go
from portal.departments import answers
from portal.departments.answers import Answer
from portal.files import enclosures
from portal.files.enclosures import StoredFile
from portal.municipality import Department
from portal.tokens import Tokens
from portal.web import files
from portal.web.forms import Typed, typed
from portal.web.guards import address_of
from portal.web.pages import DB, PRIVATE, Files, Links, Request, page, see_other

LONGEST = 10_000
GREATEST = 2**63 - 1


@get("/answer/{token:str}", name="public.answer")
async def show(request: Request, token: FromPath[str], db: DB, tokens: Links) -> Template:
    department = await _department(request, db, tokens, token)
    if department is None:
        return _gone(request)
    cases = await answers.asked_of(db, department)
    return page(
        request, "public/departments/answer/page.html", headers=PRIVATE, department=department, cases=cases, token=token
    )  # fmt: skip


@get("/answer/{token:str}/{case_id:int}", name="public.answer.case")
async def case(request: Request, token: FromPath[str], case_id: FromPath[int], db: DB, tokens: Links) -> Template:
    department, one = await _opened(request, db, tokens, token, case_id)
    if department is None or one is None:
        return _gone(request, token if department else None)
    return await _page(request, db, department, one, token=token, form=Typed({"answer": Answer.VIEW}))


@post("/answer/{token:str}/{case_id:int}", request_max_body_size=files.LARGEST_BODY)
async def answer(
    request: Request, token: FromPath[str], case_id: FromPath[int], db: DB, tokens: Links, *, uploads: Files
) -> Template | Redirect:
    department, one = await _opened(request, db, tokens, token, case_id)
    if department is None or one is None:
        return _gone(request, token if department else None)
    data = await request.form()
    form = typed(data)
    await let_go(db)
    new = await files.read(request, data, form)
    department, one = await _opened(request, db, tokens, token, case_id)
    if department is None or one is None:
        return _gone(request, token if department else None)
    what = form.one_of("answer", set(Answer), "Изберете какво отговаряте")
    text = form.text("text", LONGEST, "Напишете становището или причината", shortest=5)
    until = form.day("until") if what == Answer.MORE_TIME else None
    if until and until <= clock.today():
        form.errors["until"] = "Изберете ден след днешния"
    kept = await files.keep(db, data, form, new, tokens=tokens, uploads=uploads)
    if form.errors:
        signed = [(tokens.enclosed(astuple(file)), file) for file in kept]
        return await _page(request, db, department, one, token=token, form=form, kept=signed, status_code=422)
    await answers.answer(db, one, department, Answer(what), text, until=until, kept=kept, at=clock.now())
    return see_other(request.url_for("public.answer.case", token=token, case_id=case_id))


@get("/answer/{token:str}/{case_id:int}/files/{file_id:int}", name="public.answer.file")
async def file(
    request: Request, token: FromPath[str], case_id: FromPath[int], file_id: FromPath[int],
    *, db: DB, tokens: Links, uploads: Files,
) -> Response[bytes]:  # fmt: skip
    """Answer with what this department has enclosed: of another's answers it opens nothing."""
    department, one = await _opened(request, db, tokens, token, case_id)
    if department is None or one is None:
        raise NotFoundException
    enclosed = await enclosures.of_case(db, one)
    for event in await answers.answers(db, one, department):
        for found in enclosed.get(event.id, []):
            if found.id == file_id:
                return await files.answer(request, uploads, found)
    raise NotFoundException


async def _department(request: Request, db: AsyncSession, tokens: Tokens, token: str) -> Department | None:
    """Note in the audit log from where it is opened: a mailbox is read by more people than it was meant for."""
    said = tokens.read_answer(token)
    department = await answers.linked(db, *said, at=clock.now()) if said else None
    if department is not None:
        browser = request.headers.get("user-agent", "")[:300]
        await audit.opened_by_link(db, department.code, ip=address_of(request), browser=browser, at=clock.now())
    return department


async def _opened(
    request: Request, db: AsyncSession, tokens: Tokens, token: str, case_id: int
) -> tuple[Department | None, Case | None]:
    department = await _department(request, db, tokens, token)
    return department, await answers.one_asked(db, department, min(case_id, GREATEST)) if department else None


async def _page(
    request: Request, db: AsyncSession, department: Department, one: Case,
    *, token: str, form: Typed, kept: Sequence[tuple[str, StoredFile]] = (), status_code: int = 200,
) -> Template:  # fmt: skip
    said = await answers.answers(db, one, department)
    return page(
        request, "public/departments/answer/case.html", status_code=status_code, headers=PRIVATE,
        department=department, case=one, token=token, form=form, said=said, kept=kept,
        enclosed=await enclosures.of_case(db, one),
    )  # fmt: skip


def _gone(request: Request, token: str | None = None) -> Template:
    """The link opens nothing; with `token` it does, but not this case any more."""
    return page(
        request, "public/departments/answer/gone.html", status_code=HTTPStatus.NOT_FOUND, headers=PRIVATE, token=token
    )
