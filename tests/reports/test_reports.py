"""Reports as the staff read them and take them away."""

import csv
import io
import re
import zipfile
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest

from portal import clock
from portal.cases.model import Case
from portal.clock import SOFIA
from portal.db import Sessions, transaction
from portal.handling import assignment
from portal.municipality import Department
from portal.replies import reply
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import Client, employ, received, sign_in

SEPTEMBER = {"period": "month", "of": "2020-09"}
FORMULA = '=HYPERLINK("https://evil.example";"Водоснабдяване")'
CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
async def case(client: Client, sessions: Sessions, settings: Settings) -> Case:
    """A case of September 2020, answered on the third day, and one of today; the head of the municipality reads."""
    case = await received(sessions, settings, at=datetime(2020, 9, 1, 12, tzinfo=SOFIA))
    await received(sessions, settings, draft="today's")
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        found = await db.get_one(Case, case.id)
        works = await db.get_one(Department, "works")
        works.name = FORMULA
        await assignment.assign(db, found, works, by=maria, at=datetime(2020, 9, 2, 9, tzinfo=SOFIA))
        await reply.reply(db, found, "Запълнена е.", by=maria, at=datetime(2020, 9, 4, 9, tzinfo=SOFIA))
    await sign_in(client, sessions, await employ(sessions, role=Role.HEAD))
    return case


def numbers(html: str, name: str) -> list[str]:
    row = re.search(rf'<th scope="row">{name}</th>(.*?)</tr>', html, re.DOTALL)
    assert row, name
    return re.findall(r"<td>(.*?)</td>", row[1])


@pytest.mark.usefixtures("case")
async def test_month_is_read_on_one_page(client: Client) -> None:
    html = (await client.get("/staff/reports", params=SEPTEMBER)).text
    assert "септември 2020 г." in html
    assert numbers(html, "Общо") == ["1", "1", "0", "0", "0", "0", "0", "0", "0", "0", "3", "3"]
    assert numbers(html, "Сигнал")[0] == "1"
    assert "Следващ: " in html
    assert "Предишен: " not in html


@pytest.mark.usefixtures("case")
async def test_newest_period_opens_first(client: Client) -> None:
    html = (await client.get("/staff/reports")).text
    assert f"{clock.today().year} г." in html
    assert "Предишен: септември 2020 г." in html
    assert numbers(html, "Общо")[-2:] == ["–", "–"]  # nothing answered yet: no median


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(("period", "of"), [("year", "2020-09"), ("quarter", "2020"), ("month", "2020-Q3")])
async def test_other_span_stays_in_the_same_time(client: Client, period: str, of: str) -> None:
    html = (await client.get("/staff/reports", params={"period": period, "of": of})).text
    assert numbers(html, "Общо")[:2] == ["1", "1"]


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize("nasty", ["", "ж" * 900, "9" * 40, "0000-00", "9999-12", "2199-12", "1900-01", "\x00", "-1"])
async def test_nonsense_is_no_error(client: Client, nasty: str) -> None:
    for path in ("reports", "reports.csv", "reports.xlsx"):
        for params in ({"of": nasty}, {"period": nasty}, {"period": "year", "of": nasty}):
            assert (await client.get(f"/staff/{path}", params=params)).status_code == 200


async def test_before_the_first_case_there_is_an_empty_report(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    for path in ("reports", "reports.csv", "reports.xlsx"):
        assert (await client.get(f"/staff/{path}")).status_code == 200


@pytest.mark.usefixtures("case")
async def test_csv_opens_in_excel_and_runs_nothing(client: Client) -> None:
    answer = await client.get("/staff/reports.csv", params=SEPTEMBER)
    assert answer.headers["content-disposition"] == 'attachment; filename="report-2020-09.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0][:4] == ["Разрез", "Име", "Получени", "Отговор в срок"]
    assert lines[1] == ["Общо", "", "1", "1", "0", "0", "0", "0", "0", "0", "0", "0", "3", "3"]
    assert [line[1] for line in lines if line[0] == "По отдел"] == [f"'{FORMULA}"]


@pytest.mark.usefixtures("case")
async def test_xlsx_has_numbers_for_numbers_and_text_for_formulas(client: Client) -> None:
    answer = await client.get("/staff/reports.xlsx", params=SEPTEMBER)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
        shared = ["".join(one.itertext()) for one in ET.fromstring(book.read("xl/sharedStrings.xml"))]
    assert not list(sheet.iter(f"{CELL}f"))
    assert not list(sheet.iter(f"{CELL}hyperlink"))
    cells = {one.get("r"): (one.get("t"), one.findtext(f"{CELL}v") or "") for one in sheet.iter(f"{CELL}c")}
    said = {place: shared[int(value)] for place, (kind, value) in cells.items() if kind == "s"}
    assert said["A1"] == "Община Станимака: отговори и срокове"
    assert said["B2"] == "септември 2020 г."
    assert cells["B3"] == (None, str((clock.today() - datetime(1899, 12, 30, tzinfo=SOFIA).date()).days))
    assert (said["A5"], said["C5"], said["A6"]) == ("Разрез", "Получени", "Общо")
    assert (cells["C6"], cells["M6"]) == ((None, "1"), (None, "3"))
    assert FORMULA in said.values()
    pane = next(sheet.iter(f"{CELL}pane"))
    assert (pane.get("state"), pane.get("topLeftCell")) == ("frozen", "C6")


async def test_department_reads_none(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    for path in ("reports", "reports.csv", "reports.xlsx"):
        assert (await client.get(f"/staff/{path}")).status_code == 403
    assert "Справки" not in (await client.get("/staff")).text
