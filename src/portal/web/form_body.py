"""The body of a form, read as it comes: what is too long or too much is refused before anything is done with it.

Instead of Litestar's own readers: they know no limit for a text beside files, decode in whatever character set the
sender names (some take minutes for a megabyte), and keep the last thousand url-encoded bodies in memory, passwords
included.

These are the limits of any form. How long one field of one page may be is said beside that page (LONGEST…), and for
the citizen's form in portal.intake.submission.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from litestar.datastructures import FormMultiDict, UploadFile
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from multipart import (  # type: ignore[import-untyped]
    MultipartSegment,
    ParserError,
    ParserLimitReached,
    PushMultipartParser,
)

MOST_PARTS = 500
LONGEST_ENCODED = 1_000_000
"""Bytes of a form without files: a Cyrillic letter takes six of them."""
BOUNDARY = re.compile(r';\s*boundary="?([^";,]{1,70})"?', re.IGNORECASE)
"""At most 70 characters (RFC 2046, 5.1.1)."""


@dataclass(frozen=True)
class Limits:
    """Letters of one field, and bytes of all texts of a form together."""

    field: int = 64_000
    texts: int = 256_000


LIMITS = "limits of a form"
"""Option of a route whose limits are not those of a citizen's form."""
CITIZENS = Limits()
STAFFS = Limits(field=128_000, texts=900_000)
"""The longest text of the portal's own pages has 60,000 letters; a merge brings three replies at once."""


async def read(content_type: str, chunks: AsyncIterator[bytes], limits: Limits) -> FormMultiDict:
    """Raise RequestEntityTooLarge, and ClientException for what is no form or is not in UTF-8 as the pages are."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            fields = await _multipart(content_type, chunks, limits)
        elif kind == "application/x-www-form-urlencoded":
            fields = await _encoded(chunks)
        else:
            return FormMultiDict()
    except (UnicodeDecodeError, ParserError) as wrong:
        raise ClientException from wrong
    _check(fields, limits)
    return FormMultiDict(fields)


Fields = list[tuple[str, Any]]


async def _encoded(chunks: AsyncIterator[bytes]) -> Fields:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > LONGEST_ENCODED:
            raise RequestEntityTooLarge
    if body.count(b"&") >= MOST_PARTS:
        raise RequestEntityTooLarge
    return list(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))


async def _multipart(content_type: str, chunks: AsyncIterator[bytes], limits: Limits) -> Fields:
    boundary = BOUNDARY.search(content_type)
    if boundary is None:
        raise ClientException
    parts = _Parts(limits)
    try:
        with PushMultipartParser(boundary[1], max_segment_count=MOST_PARTS) as parser:
            async for chunk in chunks:
                for piece in parser.parse(chunk):
                    await parts.take(piece)
                if parser.closed:
                    break
        return parts.done()
    except BaseException as wrong:
        await parts.close()
        if isinstance(wrong, ParserLimitReached):
            raise RequestEntityTooLarge from wrong
        raise


class _Parts:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.fields: list[tuple[str, bytearray | UploadFile]] = []
        self.texts = 0

    async def take(self, piece: MultipartSegment | bytearray | None) -> None:
        """Take what the parser has found: a part begins, more of it, or None at its end."""
        if isinstance(piece, MultipartSegment):
            self.fields.append((piece.name, _file(piece) if piece.filename else bytearray()))
            return
        content = self.fields[-1][1]
        if isinstance(content, UploadFile):
            await (content.write(bytes(piece)) if piece else content.seek(0))
        elif piece:
            content += piece
            self.texts += len(piece)
            if self.texts > self.limits.texts:
                raise RequestEntityTooLarge

    def done(self) -> Fields:
        return [(name, one.decode() if isinstance(one, bytearray) else one) for name, one in self.fields]

    async def close(self) -> None:
        for _, content in self.fields:
            if isinstance(content, UploadFile):
                await content.close()


def _file(part: MultipartSegment) -> UploadFile:
    return UploadFile(content_type=part.content_type or "application/octet-stream", filename=part.filename)


def _check(fields: Fields, limits: Limits) -> None:
    texts = [value for _, value in fields if isinstance(value, str)]
    if sum(map(len, texts)) > limits.texts or any(len(one) > limits.field for one in texts):
        raise RequestEntityTooLarge
