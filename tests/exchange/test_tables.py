"""Registers as Excel saves them in Bulgaria."""

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.cases.model import Case
from portal.commands import import_
from portal.db import Sessions, transaction
from portal.errors import OperatorError
from portal.exchange import importing
from portal.exchange.importing import BadLine, Record
from tests.cast import Client, employ, sign_in

HEADS = {
    "Входящ №": "С-0901/10.11.2025",
    "Вид": "Сигнал",
    "Относно": "Дупка",
    "Текст": "Голяма дупка на ул. Мир, пред № 5; вчера падна дете.",
    "Подател": "Иван Петров",
    "Имейл": "ivan@example.bg",
    "Телефон": "0888 123 457",
    "Публикуване": "Без моето име",
    "Постъпило": "10.11.2025 14:05",
    "Срок": "24.11.2025",
    "Статус": "С отговор",
    "Отговор": "Запълнена е.",
    "Отговорено на": "12.11.2025",
}


def table(*rows: dict[str, str], by: str = ";", end: str = "\r\n") -> str:
    rows = rows or ({},)
    heads = [*HEADS, *(name for name in rows[0] if name not in HEADS)]
    cells = [heads, *([{**HEADS, **row}[head] for head in heads] for row in rows)]
    return end.join(by.join(f'"{one}"' if by in one or '"' in one else one for one in row) for row in cells) + end


def read(content: str | bytes) -> list[Record | BadLine]:
    return list(importing.read_csv(content.encode() if isinstance(content, str) else content))


def only(content: str | bytes) -> Record:
    (one,) = read(content)
    assert isinstance(one, Record), one
    return one


@pytest.mark.parametrize("by", [";", ",", "\t"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_table_is_read_however_excel_writes_it(by: str, charset: str, end: str) -> None:
    one = only(table(by=by, end=end).encode(charset))
    assert (one.incoming_no, one.title, one.sender.name) == ("С-0901/10.11.2025", "Дупка", "Иван Петров")
    assert one.text == HEADS["Текст"]
    assert one.received_at.isoformat() == "2025-11-10T14:05:00+02:00"
    assert (str(one.due_on), one.sender.phone) == ("2025-11-24", "+359888123457")
    assert one.reply
    assert one.reply.at.isoformat() == "2025-11-12T00:00:00+02:00"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("10.11.2025", "2025-11-10T00:00:00+02:00"),
        ("10.11.2025 г.", "2025-11-10T00:00:00+02:00"),
        ("10.11.2025 г., 14:05 ч.", "2025-11-10T14:05:00+02:00"),
        ("10.11.2025\N{NO-BREAK SPACE}9:05:07", "2025-11-10T09:05:07+02:00"),
        ("2025-11-10T14:05", "2025-11-10T14:05:00+02:00"),
        ("2025-11-10 12:05:00+00:00", "2025-11-10T12:05:00+00:00"),
        ("2025-11-10", "2025-11-10T00:00:00+02:00"),
    ],
)
def test_moment_is_read_as_it_is_written(written: str, moment: str) -> None:
    assert only(table({"Постъпило": written})).received_at.isoformat() == moment


def test_summer_has_its_own_offset() -> None:
    row = {"Входящ №": "С-1/10.07.2025", "Постъпило": "10.07.2025 14:05", "Срок": "24.07.2025"}
    assert only(table(row)).received_at.isoformat() == "2025-07-10T14:05:00+03:00"


def test_reply_told_by_the_day_of_receipt_is_not_before_it() -> None:
    one = only(table({"Отговорено на": "10.11.2025"}))
    assert one.reply
    assert one.reply.at == one.received_at


@pytest.mark.parametrize("empty", [";;;;;;;;;;;;", "", ";;", " ; ;;;;;;;;;;;"])
def test_rows_with_nothing_in_them_are_no_rows(empty: str) -> None:
    text = table()
    head, _, rest = text.partition("\r\n")
    assert only(f"{head}\r\n{empty}\r\n{rest}{empty}\r\n{empty}\r\n") == only(text)


def test_line_is_named_where_it_begins() -> None:
    text = table({"Текст": "Първо\nВторо"}, {}, {"Вид": "жалба"}).replace("Първо\nВторо", '"Първо\nВторо"')
    bad = [one for one in read(text) if isinstance(one, BadLine)]
    assert [(one.number, "„жалба“ не се познава; познати са сигнал" in one.reason) for one in bad] == [(5, True)]


def test_separator_that_excel_tells_excel() -> None:
    assert only(f"sep=;\r\n{table()}") == only(table())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (table().replace("Подател;", "").replace("Иван Петров;", ""), "липсват колони: „подател“ (sender_name)"),
        (table({"забележка": "х"}), "непознати колони: „забележка“"),
        (table({"title": "х"}), "две колони за едно и също: „заглавие“ (title)"),
        (b"PK\x03\x04\x14\x00", "запазете като „CSV UTF-8“"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "запазете като „CSV UTF-8“"),
        ("", "файлът е празен"),
        ("\r\n\r\n", "файлът е празен"),
        ("нещо\r\n", "липсват колони"),
    ],
)
def test_what_is_no_such_table_is_said_in_words(content: str | bytes, why: str, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(OperatorError) as refused:
        import_.read(file)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"Срок": "32.01.2026"}, "„срок“ (due_on): „32.01.2026“ не е дата като 28.06.2026"),
        ({"Постъпило": "вчера"}, "„вчера“ не е дата"),
        ({"Подател": ""}, "празна клетка в „подател“ (sender_name)"),
        ({"Отговорено на": ""}, "„отговор“ (reply) без „отговорено“ (replied_at)"),
        ({"Отговорено на": "01.01.2024"}, "преди постъпването"),
        ({"Срок": "01.11.2025"}, "срокът е преди постъпването"),
        ({"Входящ №": "С-0901/10.11.2024"}, "от друга година"),
        ({"Имейл": "пенка@пример.бг"}, "не може да се пише"),
        ({"Публикуване": "може би"}, "публикуване"),
        ({"Текст": "а" * 100_001}, "кавичка в реда не се затваря"),
        ({"Текст": "а" * 200_000}, "кавичка в реда не се затваря"),
    ],
)
def test_row_that_can_not_be_is_refused_with_its_line(row: dict[str, str], why: str) -> None:
    good, bad, last = read(table({}, row, {"Входящ №": "С-0902/10.11.2025"}))
    assert isinstance(good, Record)
    assert isinstance(last, Record)
    assert isinstance(bad, BadLine)
    assert bad.number == 3
    assert why in bad.reason


def test_cell_too_many_is_said() -> None:
    (bad,) = read(table().removesuffix("\r\n") + ";още\r\n")
    assert isinstance(bad, BadLine)
    assert "„още“ е извън колоните" in bad.reason


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0888123457", "+359888123457"),
        ("0888 123 457", "+359888123457"),
        ("+359 888 123-457", "+359888123457"),
        ("00359888123457", "+359888123457"),
        ("(0331) 62 345", "+35933162345"),
        ("62345", "62345"),
        ("0888123457, 0331/62345", "0888123457, 0331/62345"),
        ("0888 123 457 (дъщеря му)", "0888 123 457 (дъщеря му)"),
        ("няма", "няма"),
    ],
)
def test_phone_is_kept_in_one_form_or_as_it_was_typed(typed: str, kept: str) -> None:
    assert only(table({"Телефон": typed}, by="\t")).sender.phone == kept


@pytest.mark.parametrize("asked", ["0888123457", "0888 123 457", "+359888123457", "123457"])
async def test_sender_is_found_by_any_form_of_the_phone(
    sessions: Sessions, client: Client, tmp_path: Path, asked: str
) -> None:
    file = tmp_path / "register.csv"
    file.write_text(table(), "cp1251", newline="")
    assert await import_.add(sessions, import_.read(file), quiet=True) == 1
    await sign_in(client, sessions, await employ(sessions))
    assert "С-0901/10.11.2025" in (await client.get("/staff", params={"q": asked})).text


@pytest.mark.parametrize("department", ["lighting", "Улично осветление", "УЛИЧНО ОСВЕТЛЕНИЕ"])
async def test_department_is_known_by_its_name(sessions: Sessions, tmp_path: Path, department: str) -> None:
    file = tmp_path / "register.csv"
    file.write_text(table({"Отдел": department}), "utf-8", newline="")
    assert await import_.add(sessions, import_.read(file), quiet=True) == 1
    async with transaction(sessions) as db:
        assert await db.scalar(select(Case.department_code)) == "lighting"


async def test_unknown_department_is_said(sessions: Sessions, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text(table({"Отдел": "Змейове"}), "utf-8", newline="")
    with pytest.raises(OperatorError, match="Змейове"):
        await import_.add(sessions, import_.read(file), quiet=True)
