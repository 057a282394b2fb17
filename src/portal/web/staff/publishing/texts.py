"""The texts of the public pages, edited by those who run the portal."""

from litestar import get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import audit, clock
from portal.cases.permissions import may_edit_texts
from portal.publishing import texts
from portal.staff.model import Staff
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Config, Me, Request, page, see_other

LONGEST = 60_000


@get("/texts", name="staff.texts")
async def show(request: Request, me: Me) -> Template:
    _check(me)
    return page(request, "staff/publishing/texts/list.html", headers=PRIVATE, me=me, pages=list(texts.Page))


@get("/texts/{which:str}", name="staff.text")
async def edit(request: Request, which: FromPath[str], me: Me, db: DB, settings: Config) -> Template:
    _check(me)
    saved = await texts.newest(db, _page(which))
    values = {"markdown": await texts.markdown(db, _page(which)), "seen": str(saved.id if saved else 0)}
    return _form(request, me, which, Typed(values), settings)


@post("/texts/{which:str}")
async def save(request: Request, which: FromPath[str], me: Me, db: DB, settings: Config) -> Template | Redirect:
    """„Преглед“ shows the page as it would be, and saves nothing."""
    _check(me)
    form = typed(await request.form())
    markdown = form.text("markdown", LONGEST, "Напишете текста")
    if form.errors:
        return _form(request, me, which, form, settings, status_code=422)
    if form["preview"]:
        return _form(request, me, which, form, settings, shown=markdown)
    before = await texts.markdown(db, _page(which))
    colleague = await texts.save(db, _page(which), markdown, seen=form.number("seen"), by=me, at=clock.now())
    if colleague is not None:
        merged = Typed({**form.values, "seen": str(colleague.id)})
        return _form(request, me, which, merged, settings, colleague=colleague, status_code=409)
    audit.changed(db, me, "text", before=before, after=markdown, at=clock.now(), page=which)
    return see_other(request.url_for(f"public.{_page(which)}"))


def _page(which: str) -> texts.Page:
    if which not in set(texts.Page):
        raise NotFoundException
    return texts.Page(which)


def _check(me: Staff) -> None:
    if not may_edit_texts(me):
        raise PermissionDeniedException


def _form(
    request: Request,
    me: Staff,
    which: str,
    form: Typed,
    settings: Config,
    *,
    shown: str | None = None,
    colleague: texts.Text | None = None,
    status_code: int = 200,
) -> Template:
    preview = None if shown is None else texts.html(shown, settings.municipality)
    return page(
        request,
        "staff/publishing/texts/page.html",
        status_code=status_code,
        headers=PRIVATE,
        me=me,
        which=_page(which),
        form=form,
        preview=preview,
        colleague=colleague,
    )
