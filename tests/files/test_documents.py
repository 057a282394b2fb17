"""What kind a file is, is told by what is in it; its name is cleaned, and ends as its kind does."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from portal.files import documents
from portal.files.documents import DOCX, JPEG, LARGEST, ODT, XLSX, Refused
from tests.files.test_pictures import drawn

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"


def packed(*parts: tuple[str, str]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


TYPES = ("[Content_Types].xml", "<Types/>")
WORD = packed(TYPES, ("word/document.xml", "<w:document/>"))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (drawn(), JPEG.media_type),
        (WORD, DOCX.media_type),
        (packed(TYPES, ("xl/workbook.xml", "<workbook/>")), XLSX.media_type),
        (packed(("mimetype", ODT.media_type), ("content.xml", "<x/>")), ODT.media_type),
    ],
)
def test_kind_is_told_by_the_content(content: bytes, media_type: str) -> None:
    assert documents.checked(content, "нещо.html").media_type == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90\x00",
        b"PK\x03\x04 torn",
        WORD[:-30],
        packed(("setup.exe", "MZ")),
        packed(TYPES, ("word/document.xml", "<w/>"), ("word/vbaProject.bin", "macros")),
        packed(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>")),
        PDF + b" " * LARGEST,
    ],
)
def test_anything_else_is_refused_whatever_its_name(content: bytes) -> None:
    with pytest.raises(Refused):
        documents.checked(content, "становище.pdf")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Становище № 5.PDF", "Становище № 5.pdf"),
        ("C:\\Users\\maria\\скан.pdf", "скан.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("снимка.html", "снимка.html.pdf"),
        ("fdp\u202e.exe\r\nSet-Cookie: a", "fdp.exeSet-Cookie a.pdf"),
        ('a"<b>|c?.pdf', "abc.pdf"),
        ("", "файл.pdf"),
        (".pdf", "файл.pdf"),
        ("и" * 300 + ".pdf", "и" * 100 + ".pdf"),
    ],
)
def test_name_is_cleaned(name: str, kept: str) -> None:
    assert documents.checked(PDF, name).name == kept
