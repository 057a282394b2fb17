"""What kind a file is, is told by what is in it; its name is cleaned, and ends as its kind does."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from portal.files import documents
from portal.files.documents import DOC, DOCX, JPEG, LARGEST, ODS, ODT, RTF, SIGNED, TIFF, XLS, XLSX, Refused
from tests.files.test_pictures import drawn

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"


def packed(*parts: tuple[str, str]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."
WORD_MAIN, EXCEL_MAIN = OFFICE + "wordprocessingml.document.main+xml", OFFICE + "spreadsheetml.sheet.main+xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
DER = bytes.fromhex("30820f0006092a864886f70d010702a0820ef1")


def types(*told: str) -> tuple[str, str]:
    listed = "".join(f'<Override PartName="/part{n}" ContentType="{one}"/>' for n, one in enumerate(told))
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    return "[Content_Types].xml", f'<?xml version="1.0"?><Types xmlns="{namespace}">{listed}</Types>'


def stream(name: str) -> bytes:
    return name.encode("utf-16-le").ljust(128, b"\0")


WORD = packed(types(WORD_MAIN), ("word/document.xml", "<w:document/>"))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (drawn(), JPEG.media_type),
        (WORD, DOCX.media_type),
        (packed(types(EXCEL_MAIN), ("xl/workbook.xml", "<workbook/>")), XLSX.media_type),
        (packed(types(WORD_MAIN), ("word/document2.xml", "<w:document/>")), DOCX.media_type),
        (packed((types()[0].lower(), types(WORD_MAIN)[1])), DOCX.media_type),
        (packed(("mimetype", ODS.media_type + "\n"), ("Basic/", "")), ODS.media_type),
        (b"\xef\xbb\xbf" + PDF, "application/pdf"),
        (b"\r\n\r\n" + PDF, "application/pdf"),
        (b"\n" * 1000 + PDF, "application/pdf"),
        (b"\xef\xbb\xbf \t\0\x0c" + PDF, "application/pdf"),
        (b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n" + PDF, "application/pdf"),
        (OLE + stream("WordDocument"), DOC.media_type),
        (OLE + stream("Workbook"), XLS.media_type),
        (b"{\\rtf1\\ansi Text}", RTF.media_type),
        (drawn("TIFF"), TIFF.media_type),
        (DER + bytes(100), SIGNED.media_type),
        (b"-----BEGIN PKCS7-----\nMII", SIGNED.media_type),
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
        packed(("mimetype", "application/vnd.oasis.opendocument.presentation"), ("content.xml", "<x/>")),
        packed(("[Content_Types].xml", "<Types"), ("word/document.xml", "<w/>")),
        packed(types(), ("word/document.xml", "<w/>")),
        packed(("word/document.xml", "<w/>")),
        b"\n" * 1024 + PDF,
        b"<script>alert(1)</script>" + PDF,
        OLE + stream("__attach_version1.0"),
        OLE,
        b"\x30\x82\x0f\x00" + bytes(100),
        PDF + b" " * LARGEST,
    ],
)
def test_anything_else_is_refused_whatever_its_name(content: bytes) -> None:
    with pytest.raises(Refused):
        documents.checked(content, "становище.pdf")


MACRO = "application/vnd.ms-office.vbaProject"


@pytest.mark.parametrize(
    "content",
    [
        packed(types(WORD_MAIN, MACRO), ("word/vbaProject.bin", "macros")),
        packed(types(WORD_MAIN), ("word/vbaProject.bin", "macros")),
        packed(types(WORD_MAIN), ("word/VBAPROJECT.BIN", "macros")),
        packed(types(WORD_MAIN, MACRO.upper()), ("word/part.dat", "macros")),
        packed(types(WORD_MAIN, MACRO.replace("v", "&#118;")), ("word/part.dat", "macros")),
        packed(("[Content_Types].xml", f"<Types><Default Extension='dat' ContentType='{MACRO}'/></Types>")),
        packed(types("application/vnd.ms-word.document.macroEnabled.main+xml")),
        packed(types("application/vnd.ms-excel.sheet.macroEnabled.main+xml")),
        packed(types(EXCEL_MAIN, "application/vnd.ms-excel.intlmacrosheet+xml")),
        packed(("mimetype", ODT.media_type), ("Basic/Standard/Module1.xml", "macros")),
        packed(("mimetype", ODS.media_type), ("BASIC/Standard/Module1.xml", "macros")),
        packed(("mimetype", ODT.media_type), ("Scripts/python/a.py", "macros")),
        OLE + stream("WordDocument") + stream("_VBA_PROJECT"),
        OLE + stream("Workbook") + stream("_VBA_PROJECT_CUR"),
    ],
)
def test_macros_are_refused_however_they_are_called(content: bytes) -> None:
    with pytest.raises(Refused, match="макроси"):
        documents.checked(content, "становище.docx")


def test_entities_without_end_are_read_quickly() -> None:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'ha'}'>" for n in range(30))
    with pytest.raises(Refused):
        documents.checked(packed(("[Content_Types].xml", f"<!DOCTYPE T [{laughs}]><T>&l29;</T>")), "a.docx")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Становище № 5.PDF", "Становище № 5.pdf"),
        ("C:\\Users\\maria\\скан.pdf", "скан.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("снимка.html", "снимка.html.pdf"),
        ("fdp\u202e.exe\r\nSet-Cookie: a", "fdp.exeSet-Cookie a.pdf"),
        ('a"<b>|c?.pdf', "abc.pdf"),
        ("snimka\u202egpj.exe", "snimkagpj.exe.pdf"),
        ("\u2066молба\u2069\u200b.pdf", "молба.pdf"),
        ("молба\ufe0f\u3164.pdf", "молба.pdf"),
        ("мо\ufffdлба\x85.pdf", "молба.pdf"),
        ("", "файл.pdf"),
        (".pdf", "файл.pdf"),
        ("и" * 300 + ".pdf", "и" * 100 + ".pdf"),
    ],
)
def test_name_is_cleaned(name: str, kept: str) -> None:
    assert documents.checked(PDF, name).name == kept


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (DER, "становище.pdf.p7m", "становище.pdf.p7m"),
        (DER, "подпис.p7s", "подпис.p7s"),
        (DER, "подпис.exe", "подпис.exe.p7m"),
        (b"{\\rtf1}", "писмо.doc", "писмо.doc.rtf"),
        (OLE + stream("WordDocument"), "писмо.DOC", "писмо.doc"),
    ],
)
def test_name_ends_as_the_kind(content: bytes, name: str, kept: str) -> None:
    assert documents.checked(content, name).name == kept
