"""Files come in with a department's answer, and are answered as downloads that can do nothing by themselves."""

import asyncio
import logging
from collections.abc import Iterable
from urllib.parse import quote

from litestar import Response
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import NotFoundException
from sqlalchemy.ext.asyncio import AsyncSession

from portal.files import documents, enclosures
from portal.files.documents import Document
from portal.files.enclosures import MOST, Enclosure, StoredFile
from portal.files.uploads import Uploads
from portal.tokens import Tokens
from portal.web.forms import Typed
from portal.web.guards import address_of
from portal.web.pages import PRIVATE, Request
from portal.web.pictures import HARMLESS
from portal.work_queue import QueueFull

log = logging.getLogger(__name__)
LARGEST_BODY = 64_000_000
"""Bytes: five files and what is typed; one that is too large is still told so beside the field."""

TOO_MANY = "не е приет: оттук са изпратени твърде много файлове. Опитайте отново след 15 минути"


async def read(request: Request, form: FormMultiDict, values: Typed) -> list[Document]:
    """Look at the files that came with the form, with no connection held; note what is wrong in `errors`."""
    found, wrong = [], []
    for file in form.getall("files", []):
        if not isinstance(file, UploadFile):
            continue
        name = documents.readable(file.filename)[-60:]
        try:
            content = await file.read(documents.LARGEST + 1)
            if not await request.app.state.throttle.allows_picture(address_of(request), len(content)):
                raise documents.Refused(TOO_MANY)  # noqa: TRY301 - one way for all that is wrong with a file
            found.append(await enclosures.checked(content, file.filename))
        except documents.Refused as why:
            wrong.append(f"„{name}“ {why}")
        except QueueFull:
            wrong.append(f"„{name}“ не е приет: в момента пристигат твърде много файлове. Опитайте отново след минута")
        await file.close()
    if wrong:
        values.errors["files"] = ". ".join(wrong)
    return found


async def keep(
    db: AsyncSession, form: FormMultiDict, values: Typed, new: Iterable[Document], *, tokens: Tokens, uploads: Uploads
) -> list[StoredFile]:
    """Keep the files that came with the form, beside those that came with it before; note what is wrong in `errors`."""
    signed = [StoredFile(*one) for token in form.getall("kept", [])[:MOST] if (one := tokens.read_enclosed(f"{token}"))]
    kept = await enclosures.still_there(db, uploads, signed)
    wrong = ["Файловете, изпратени преди повече от ден, вече ги няма. Изберете ги отново"] * (len(kept) < len(signed))
    for document in new:
        _add(await enclosures.keep(db, uploads, document), kept, wrong)
    if wrong:
        values.errors["files"] = ". ".join([*wrong, *filter(None, [values.errors.get("files")])])
    return kept


def _add(kept: StoredFile, found: list[StoredFile], wrong: list[str]) -> None:
    if any(one.sha256 == kept.sha256 for one in found):
        return  # chosen again beside itself
    if len(found) == MOST:
        wrong.append(f"„{kept.name}“ не е приет: изберете най-много {MOST} файла")
    else:
        found.append(kept)


async def answer(request: Request, uploads: Uploads, file: Enclosure) -> Response[bytes]:
    """Answer with the file to be saved, never to be shown in the page's own origin."""
    try:
        content = await asyncio.to_thread(uploads.read_document, file.sha256)
    except OSError as gone:
        log.exception("file %s of %s can't be read", file.sha256, request.scope.get("path_template"))
        raise NotFoundException from gone
    disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    headers = {**HARMLESS, **PRIVATE, "Content-Disposition": disposition}
    return Response(content, media_type=file.media_type, headers=headers)
