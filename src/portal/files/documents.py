"""Documents: what kind a file is, told by its content and not by its name, which is cleaned."""

import re
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

LARGEST = 10 << 20
"""Bytes of a file."""
LONGEST_NAME = 100
NOT_IN_A_NAME = re.compile(r'[<>:"|?*%]')
UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f\ufffd]")
"""Beside what Unicode calls control and format: fillers, variation selectors, what stands for a byte that was lost."""


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
ODS = Kind("application/vnd.oasis.opendocument.spreadsheet", ("ods",))
DOC = Kind("application/msword", ("doc",))
XLS = Kind("application/vnd.ms-excel", ("xls",))
RTF = Kind("application/rtf", ("rtf",))
TIFF = Kind("image/tiff", ("tif", "tiff"))
SIGNED = Kind("application/pkcs7-mime", ("p7m", "p7s"))
PDF_HEADER = re.compile(rb"(?:\xef\xbb\xbf|[\s\0]|\x1b%-12345X|@PJL[^\n]*\n)*%PDF-")
"""Readers take what begins within the first kilobyte: after a byte order mark, empty lines, the words to a printer."""
BEGINNINGS = {
    b"\xff\xd8\xff": JPEG,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"II*\0": TIFF,
    b"MM\0*": TIFF,
    b"{\\rtf": RTF,
    b"-----BEGIN PKCS7": SIGNED,
    b"-----BEGIN CMS": SIGNED,
}
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
"""The name of what a qualified signature encloses (RFC 5652), a few bytes behind the beginning."""
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
STREAMS = {"WordDocument": DOC, "Workbook": XLS}
MAIN_PARTS = {"wordprocessingml.document.main+xml": DOCX, "spreadsheetml.sheet.main+xml": XLSX}
"""By the end of the content type, whatever the part is called: Word Online calls it word/document2.xml."""
MACROS = ("vbaproject", "macroenabled", "macrosheet")
WITH_MACROS = "съдържа макроси, а те не се приемат. Запазете го без тях или като PDF"
TYPES = "[content_types].xml"
SCRIPTS = ("basic/", "scripts/")


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
    kind = (
        PDF if is_pdf(content) else next((one for start, one in BEGINNINGS.items() if content.startswith(start)), None)
    )
    if kind is None and content.startswith(b"PK\x03\x04"):
        kind = _office(content)
    if kind is None and content.startswith(OLE):
        kind = _older_office(content)
    if kind is None and SIGNED_DATA in content[:32]:
        kind = SIGNED
    if kind is None:
        raise Refused(
            "не е във формат PDF, JPEG, PNG, TIFF, DOC, DOCX, XLS, XLSX, RTF, ODT, ODS или P7M, или е повреден. "
            "Запазете го като PDF"
        )
    return Document(content, kind.media_type, cleaned(name, kind))


def is_pdf(content: bytes) -> bool:
    return PDF_HEADER.match(content[:1024]) is not None


def _office(content: bytes) -> Kind | None:
    """Tell the kind of what office programs pack with zip; no more is unpacked than the lists of parts. No macros."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            parts = {part.lower(): part for part in packed.namelist()}
            types = _types(packed.open(parts[TYPES]).read(1 << 20)) if TYPES in parts else []
            odf = packed.open("mimetype").read(100).strip() if "mimetype" in parts else b""
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, KeyError, ET.ParseError):
        return None
    if any(macro in told for told in [*types, *parts] for macro in MACROS) or any(map(_is_script, parts)):
        raise Refused(WITH_MACROS)
    for kind in (ODT, ODS):
        if odf == kind.media_type.encode():
            return kind
    return next((kind for end, kind in MAIN_PARTS.items() if any(told.endswith(end) for told in types)), None)


def _types(xml: bytes) -> list[str]:
    """Return the content types that [Content_Types].xml names, in small letters: of parts, and of endings."""
    told = ET.fromstring(xml)  # noqa: S314 - at most a megabyte, and expat bounds what entities make of it
    return [one.get("ContentType", "").lower() for one in told]


def _is_script(part: str) -> bool:
    return part.startswith(SCRIPTS) and not part.endswith("/")


def _older_office(content: bytes) -> Kind | None:
    """Tell the kind by the streams that the file's directory names, in UTF-16."""
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise Refused(WITH_MACROS)
    return next((kind for stream, kind in STREAMS.items() if stream.encode("utf-16-le") in content), None)


def cleaned(name: str, kind: Kind) -> str:
    """Return the last part of the path, with nothing that can't be seen or that a disk refuses, ending as its kind."""
    last = re.split(r"[/\\]", readable(name))[-1]
    stem, _, ending = NOT_IN_A_NAME.sub("", " ".join(last.split())).strip(". ").rpartition(".")
    if ending.lower() not in kind.endings:
        stem, ending = f"{stem}.{ending}".strip(". "), kind.endings[0]
    return f"{stem[:LONGEST_NAME].strip('. ') or 'файл'}.{ending.lower()}"


def readable(name: str) -> str:
    """Return a file's name without what can't be seen, or turns the direction of what is read."""
    composed = UNSEEN.sub("", unicodedata.normalize("NFC", name))
    return "".join(one for one in composed if unicodedata.category(one)[0] != "C")
