"""The templates of replies: listed, written, tried out on a made-up case, and deleted by those who reply."""

from collections.abc import Collection
from typing import Any

from litestar import get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from portal import audit, clock
from portal.cases.model import Kind
from portal.cases.permissions import may_edit_templates
from portal.mail import samples
from portal.municipality import topics
from portal.rendering.formats import WORD
from portal.replies import templates
from portal.replies.templates import Draft, ReplyTemplate
from portal.staff.model import Staff
from portal.staff.names import names
from portal.web.forms import Typed, typed
from portal.web.pages import DB, PRIVATE, Me, Request, page, see_other

LONGEST_TITLE = 120
LONGEST = 10_000
LAST_PLACE = 999


@get("/templates", name="staff.templates")
async def show(request: Request, me: Me, db: DB) -> Template:
    _check(me)
    listed = await templates.listed(db)
    return page(
        request, "staff/replies/templates/list.html", headers=PRIVATE, me=me, listed=listed, topics=await topics(db),
    )  # fmt: skip


@get("/templates/new", name="staff.templates.new")
async def begin(request: Request, me: Me, db: DB) -> Template:
    _check(me)
    values = {"place_in_list": str(await templates.next_place(db)), "offered": "1"}
    return await _form(request, me, db, Typed(values))


@post("/templates/new")
async def add(request: Request, me: Me, db: DB) -> Template | Redirect:
    _check(me)
    form = typed(await request.form())
    draft = read(form, await topics(db))
    if draft is None or form["preview"]:
        return await _tried(request, me, db, form, draft=draft, one=None)
    made = await templates.add(db, draft, by=me, at=clock.now())
    audit.changed(db, me, "reply_template_added", before=None, after=vars(draft), at=clock.now(), id=made.id)
    return see_other(request.url_for("staff.templates"))


@get("/templates/{template_id:int}", name="staff.template")
async def edit(request: Request, template_id: FromPath[int], me: Me, db: DB) -> Template:
    one = await _opened(me, db, template_id)
    return await _form(request, me, db, Typed(_values(one)), one)


@post("/templates/{template_id:int}")
async def save(request: Request, template_id: FromPath[int], me: Me, db: DB) -> Template | Redirect:
    one, form = await _opened(me, db, template_id, lock=True), typed(await request.form())
    draft = read(form, await topics(db))
    if draft is None or form["preview"]:
        return await _tried(request, me, db, form, draft=draft, one=one)
    before = vars(templates.draft_of(one))
    if not templates.save(one, draft, seen=form.number("seen"), by=me, at=clock.now()):
        merged = Typed({**form.values, "seen": str(one.version)})
        by = (await names(db)).get(one.saved_by)
        return await _form(request, me, db, merged, one, status_code=409, colleague=by)
    audit.changed(db, me, "reply_template", before=before, after=vars(draft), at=clock.now(), id=one.id)
    return see_other(request.url_for("staff.templates"))


@post("/templates/{template_id:int}/removal", name="staff.template.removal")
async def remove(request: Request, template_id: FromPath[int], me: Me, db: DB) -> Redirect:
    """Delete it: what was sent from it stays as it was sent."""
    one = await _opened(me, db, template_id, lock=True)
    before = vars(templates.draft_of(one))
    audit.changed(db, me, "reply_template_removed", before=before, after=None, at=clock.now(), id=one.id)
    await db.delete(one)
    return see_other(request.url_for("staff.templates"))


def read(form: Typed, known_topics: Collection[str]) -> Draft | None:
    """Return what was written, or None where `form.errors` says what to mend."""
    title = form.line("title", LONGEST_TITLE, "Напишете заглавие")
    text = form.text("text", LONGEST, "Напишете текста")
    if wrong := templates.unknown(text):
        form.errors["text"] = f"Няма такова поле: {', '.join(wrong)}. Може: {' '.join(templates.PLACEHOLDERS)}"
    topic = form.one_of("topic", {"", *known_topics}, "Изберете тема от списъка")
    kind = form.one_of("kind", {"", *Kind}, "Изберете вид от списъка")
    place = form.number("place_in_list")
    if not 1 <= place <= LAST_PLACE:
        form.errors["place_in_list"] = f"Въведете число от 1 до {LAST_PLACE}"
    if form.errors:
        return None
    return Draft(title, text, topic or None, Kind(kind) if kind else None, place, form["offered"] != "0")


def previews(text: str) -> dict[str, str]:
    """Fill a made-up case, and one that lacks what cases may lack."""
    case, bare = (samples.case("Дупка на улицата", at=clock.now()) for _ in range(2))
    case.sender_name = bare.sender_name = "Пенка Стоянова"
    case.place, bare.place = "ул. Речна 5", ""
    of_all = templates.values(case, department="Екология", topic="Улици и пътища", on=clock.today())
    of_bare = templates.values(bare, department=None, topic=None, on=clock.today())
    return {
        "Попълнено от измислена преписка": templates.filled(text, of_all),
        "Без място, тема и отдел": templates.filled(text, of_bare),
    }


def _check(me: Staff) -> None:
    if not may_edit_templates(me):
        raise PermissionDeniedException


async def _opened(me: Staff, db: DB, template_id: int, *, lock: bool = False) -> ReplyTemplate:
    _check(me)
    one = await templates.template(db, template_id, lock=lock)
    if one is None:
        raise NotFoundException
    return one


def _values(one: ReplyTemplate) -> dict[str, str]:
    return {
        "title": one.title,
        "text": one.text,
        "topic": one.topic_code or "",
        "kind": one.kind or "",
        "place_in_list": str(one.place_in_list),
        "offered": "1" if one.is_active else "0",
        "seen": str(one.version),
    }


async def _tried(
    request: Request, me: Staff, db: DB, form: Typed, *, draft: Draft | None, one: ReplyTemplate | None
) -> Template:
    """Show what is to be mended, or how the text would read; nothing is saved."""
    if draft is None:
        return await _form(request, me, db, form, one, status_code=422)
    return await _form(request, me, db, form, one, shown=previews(draft.text))


async def _form(
    request: Request,
    me: Staff,
    db: DB,
    form: Typed,
    one: ReplyTemplate | None = None,
    *,
    status_code: int = 200,
    **more: Any,
) -> Template:
    context = {"one": one, "colleague": None, "shown": {}, **more}
    return page(
        request, "staff/replies/templates/form.html", status_code=status_code, headers=PRIVATE,
        me=me, form=form, topics=await topics(db), kinds={kind: WORD[kind].capitalize() for kind in Kind},
        placeholders=templates.PLACEHOLDERS, **context,
    )  # fmt: skip
