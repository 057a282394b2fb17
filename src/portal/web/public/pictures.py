"""Pictures as the citizens see them: the public ones by anybody, one's own by who has the tracking link."""

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from portal.cases import attachments, register
from portal.web.pages import DB, Files, Links, Request
from portal.web.pictures import answer
from portal.web.public.register import GREATEST
from portal.web.public.track import tracked


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
