"""Documents: what kind a file is, told by its content and not by its name, which is cleaned."""

import re
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

LARGEST = 10 << 20
"""Bytes of a file."""
LONGEST_NAME = 100
NOT_IN_A_NAME = re.compile(r'[<>:"|?*%]')


@dataclass(frozen=True)
class Kind:
    media_type: str
    endings: tuple[str, ...]


PDF = Kind("application/pdf", ("pdf",))
JPEG = Kind("image/jpeg", ("jpg", "jpeg"))
PNG = Kind("image/png", ("png",))
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
ODT = Kind("application/vnd.oasis.opendocument.text", ("odt",))
BEGINNINGS = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


class Refused(ValueError):  # noqa: N818 - reads as what it says
    """Why it is not taken, in words that follow the name of the file."""


@dataclass(frozen=True)
class Document:
    content: bytes
    media_type: str
    name: str


def checked(content: bytes, name: str) -> Document:
    """Return the document as it is kept: its bytes as they came. Raise Refused."""
    if not content:
        raise Refused("е празен")
    if len(content) > LARGEST:
        raise Refused(f"е над {LARGEST >> 20} MB")
    kind = next((kind for beginning, kind in BEGINNINGS.items() if content.startswith(beginning)), None)
    kind = kind or (_office(content) if content.startswith(b"PK\x03\x04") else None)
    if kind is None:
        raise Refused("не е във формат PDF, JPEG, PNG, DOCX, XLSX или ODT, или е повреден")
    return Document(content, kind.media_type, cleaned(name, kind))


def _office(content: bytes) -> Kind | None:
    """Tell the kind of what office programs pack with zip; nothing but the list of parts is unpacked, and no macros."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            parts = set(packed.namelist())
            odf = packed.open("mimetype").read(100) if "mimetype" in parts else b""
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return None
    if any(part.endswith("vbaProject.bin") or part.startswith("Basic/") for part in parts):
        return None
    if odf.strip() == ODT.media_type.encode():
        return ODT
    return next((kind for part, kind in PARTS.items() if {"[Content_Types].xml", part} <= parts), None)


def cleaned(name: str, kind: Kind) -> str:
    """Return the last part of the path, with nothing that can't be seen or that a disk refuses, ending as its kind."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    stem, _, ending = NOT_IN_A_NAME.sub("", " ".join(seen.split())).strip(". ").rpartition(".")
    if ending.lower() not in kind.endings:
        stem, ending = f"{stem}.{ending}".strip(". "), kind.endings[0]
    return f"{stem[:LONGEST_NAME].strip('. ') or 'файл'}.{ending.lower()}"
