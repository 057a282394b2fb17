"""Pictures come in with a form, and are answered as files that can do nothing but be looked at."""

import asyncio
import logging
from dataclasses import dataclass

from litestar import Response
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import NotFoundException
from sqlalchemy.ext.asyncio import AsyncSession

from portal.files import attachments, documents, pictures
from portal.files.attachments import MOST, StoredPicture
from portal.files.pictures import Picture
from portal.files.uploads import LEAST_FREE, Uploads
from portal.languages import _
from portal.tokens import Tokens
from portal.web.forms import Typed
from portal.web.guards import address_of
from portal.web.pages import PRIVATE, Request
from portal.work_queue import QueueFull

log = logging.getLogger(__name__)
LARGEST_BODY = 64_000_000
"""Bytes: three pictures, each too large, are still told so beside the field."""
TOO_MANY = "не е приета: оттук са изпратени твърде много снимки. Опитайте отново след 15 минути"
CROWDED = "не е приета: в момента пристигат твърде много снимки. Опитайте отново след минута"
HARMLESS = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Taken:
    """The pictures of a form: those that came before it, and those that came with it, safe but not kept yet."""

    before: list[StoredPicture]
    new: list[Picture]


async def read(
    request: Request, form: FormMultiDict, values: Typed, *, tokens: Tokens, uploads: Uploads, counted: bool = True
) -> Taken:
    """Decode what came with the form, before the first statement; note what is wrong in `errors`.

    `counted`: whoever sends many is slowed, whether there is another error in the form or not.
    """
    before, wrong = await _kept_before(form, tokens, uploads)
    new: list[Picture] = []
    for file in form.getall("attachments", []):
        if not isinstance(file, UploadFile):
            continue
        if len(before) + len(new) < MOST:
            try:
                content = await file.read(pictures.LARGEST + 1)
                if counted:
                    await _count(request, uploads, min(len(content), pictures.LARGEST_KEPT))
                new.append(await attachments.prepared(content))
            except pictures.Refused as why:
                wrong.append(_("„{name}“ {why}").format(name=_name(file), why=why))
            except QueueFull:
                wrong.append(_("„{name}“ {why}").format(name=_name(file), why=_(CROWDED)))
        else:
            too_many = _("„{name}“ не е приета: изберете най-много {most} снимки")
            wrong.append(too_many.format(name=_name(file), most=MOST))
        await file.close()
    if wrong:
        values.errors["attachments"] = ". ".join(wrong)
    return Taken(before, new)


async def keep(db: AsyncSession, taken: Taken, uploads: Uploads) -> list[StoredPicture]:
    return [*taken.before, *[await attachments.keep(db, uploads, one) for one in taken.new]]


async def _count(request: Request, uploads: Uploads, size: int) -> None:
    """Raise Refused where too much has come: from there, from everybody, or for the disk."""
    if not await request.app.state.throttle.allows_picture(address_of(request), size):
        raise pictures.Refused(_(TOO_MANY))
    if await asyncio.to_thread(uploads.is_full):
        log.error("pictures are refused: less than %d bytes are free in %s", LEAST_FREE, uploads.folder)
        raise pictures.Refused(_(CROWDED))


async def _kept_before(form: FormMultiDict, tokens: Tokens, uploads: Uploads) -> tuple[list[StoredPicture], list[str]]:
    signed = [StoredPicture(*one) for token in form.getall("kept", [])[:MOST] if (one := tokens.read_kept(f"{token}"))]
    there = [one for one in signed if await asyncio.to_thread(uploads.has, one.sha256)]
    gone = len(there) < len(signed)
    return there, [_("Снимките, изпратени преди повече от ден, вече ги няма. Изберете ги отново")] if gone else []


def _name(file: UploadFile) -> str:
    return documents.readable(file.filename)[-60:]


def wants_small(request: Request) -> bool:
    return request.query_params.get("size") == "small"


async def answer(
    request: Request, uploads: Uploads, sha256: str, name: str, *, public: bool = False
) -> Response[bytes]:
    """Answer with the file, kept by no cache; a public one may be kept, to be asked after each time it is shown."""
    small = wants_small(request)
    etag = f'"{sha256}{"-small" if small else ""}"'
    caching = {"Cache-Control": "no-cache", "ETag": etag} if public else PRIVATE
    headers = {**HARMLESS, **caching, "Content-Disposition": f'inline; filename="{name}.jpg"'}
    if public and request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers)
    try:
        content = await asyncio.to_thread(uploads.read, sha256, small=small)
    except OSError as gone:
        log.exception("picture %s of %s can't be read", sha256, request.scope.get("path_template"))
        raise NotFoundException from gone
    return Response(content, media_type="image/jpeg", headers=headers)
