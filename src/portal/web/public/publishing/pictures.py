"""Pictures of the citizens: taken before their form, and shown: the public ones to anybody, one's own to its sender."""

from dataclasses import astuple

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from portal.files import attachments
from portal.languages import _
from portal.publishing import register
from portal.web import pictures
from portal.web.forms import Typed
from portal.web.pages import DB, PRIVATE, Files, Links, Request
from portal.web.pictures import answer
from portal.web.public.handling.track import tracked
from portal.web.public.publishing.register import GREATEST


@post("/submit/pictures", name="public.submit.picture", request_max_body_size=pictures.LARGEST_BODY // 4)
async def take(request: Request, db: DB, tokens: Links, *, uploads: Files) -> Response[str]:
    """Keep one picture while its form is still being written; answer with the token under which the form sends it."""
    values = Typed({})
    taken = await pictures.read(request, await request.form(), values, tokens=tokens, uploads=uploads)
    if error := values.errors.get("attachments"):
        status = 429 if _(pictures.TOO_MANY) in error else 503 if _(pictures.CROWDED) in error else 422
        return _said(error, status)
    kept = await pictures.keep(db, taken, uploads)
    return _said(tokens.kept(astuple(kept[0])), 200) if kept else _said(_("Изберете снимка"), 422)


@get("/register/{year:int}/{number:int}/pictures/{n:int}", name="public.register.picture")
async def show(
    request: Request, year: FromPath[int], number: FromPath[int], n: FromPath[int], *, db: DB, uploads: Files
) -> Response[bytes]:
    """One that nobody has looked at, that is withheld or that there never was: answered alike."""
    sha256 = await register.picture(db, year, number, n) if max(year, number, n) <= GREATEST else None
    if sha256 is None:
        raise NotFoundException
    return await answer(request, uploads, sha256, f"{number}-{year}-{n}", public=True)


@get("/track/{token:str}/pictures/{n:int}", name="public.track.picture")
async def own(
    request: Request, token: FromPath[str], n: FromPath[int], db: DB, tokens: Links, *, uploads: Files
) -> Response[bytes]:
    case = await tracked(db, tokens, token, lock=False)
    found = [one for one in await attachments.of_case(db, case) if one.position == n]
    if not found:
        raise NotFoundException
    return await answer(request, uploads, found[0].sha256, f"{case.incoming_seq}-{case.incoming_year}-{n}")


def _said(words: str, status_code: int) -> Response[str]:
    return Response(words, status_code=status_code, media_type="text/plain", headers=PRIVATE)
