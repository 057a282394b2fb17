"""Reports of how terms are kept, by month, quarter or year: read, printed, and taken away as a table."""

from collections.abc import Iterator
from dataclasses import dataclass

from litestar import Response, get
from litestar.exceptions import PermissionDeniedException
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock, municipality
from portal.cases.model import Kind
from portal.cases.permissions import may_read_reports
from portal.rendering.formats import WORD
from portal.reports import periods, sheets, statistics
from portal.reports.periods import Period, Span
from portal.reports.sheets import Table
from portal.reports.statistics import By, Figures, Report
from portal.staff.model import Staff
from portal.web.forms import Typed
from portal.web.pages import DB, PRIVATE, Config, Me, Request, page

SPANS = {Span.MONTH: "Месец", Span.QUARTER: "Тримесечие", Span.YEAR: "Година"}
COLUMNS = {
    "received": "Получени",
    "in_time": "Отговор в срок",
    "late": "Отговор след срока",
    "forwarded": "Препратени",
    "unanswered": "Приключени без отговор",
    "withdrawn": "Оттеглени",
    "waiting": "Чакат отговор",
    "extended": "С\N{NO-BREAK SPACE}удължен срок",
    "overdue": "Просрочени днес",
    "resolved": "Решени според подателя",
    "median_days": "Дни до отговор, медиана",
    "p90_days": "Дни до отговор, 90\N{NO-BREAK SPACE}%",
}
"""The figures of statistics.Figures, as they are headed on the page and in the files."""
CUTS = {By.KIND: "По вид", By.DEPARTMENT: "По отдел", By.TOPIC: "По тема"}
NONE = {By.DEPARTMENT: "Без отдел", By.TOPIC: "Без тема"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Opened:
    period: Period
    there: list[Period]
    report: Report
    parts: dict[By, list[tuple[str, Figures]]]

    def beside(self, step: int) -> Period | None:
        """Return the period with cases before this one, or after it."""
        later = [one for one in self.there if one > self.period]
        earlier = [one for one in self.there if one < self.period]
        return (later[-1] if later else None) if step > 0 else (earlier[0] if earlier else None)


@get("/reports", name="staff.reports")
async def show(request: Request, me: Me, db: DB) -> Template:
    opened = await _opened(request, me, db)
    period = opened.period
    return page(
        request,
        "staff/reports/page.html",
        headers=PRIVATE,
        me=me,
        opened=opened,
        form=Typed({"period": period.span, "of": period.of}),
        spans=SPANS,
        there={one.of: one.name for one in sorted({*opened.there, period}, reverse=True)},
        columns=COLUMNS,
        cuts=CUTS,
        asked=_asked(period),
    )


@get("/reports.csv", name="staff.reports.csv")
async def as_csv(request: Request, me: Me, db: DB, settings: Config) -> Response[bytes]:
    opened = await _opened(request, me, db)
    written = sheets.as_csv(_table(opened, settings.municipality.name))
    return _file(written, f"report-{opened.period.of}.csv", "text/csv; charset=utf-8")


@get("/reports.xlsx", name="staff.reports.xlsx")
async def as_xlsx(request: Request, me: Me, db: DB, settings: Config) -> Response[bytes]:
    opened = await _opened(request, me, db)
    written = sheets.as_xlsx(_table(opened, settings.municipality.name))
    return _file(written, f"report-{opened.period.of}.xlsx", XLSX)


async def _opened(request: Request, me: Staff, db: AsyncSession) -> Opened:
    """Open the period that is asked for; one that makes no sense is the newest one."""
    if not may_read_reports(me):
        raise PermissionDeniedException
    asked = Typed(request.query_params)
    span = Span(asked["period"]) if asked["period"] in set(Span) else Span.MONTH
    there = await statistics.periods(db, span)
    period = periods.chosen(span, asked["of"].strip(), there, clock.today())
    report = await statistics.report(db, period, on=clock.today())
    return Opened(period, there, report, await _named(db, report))


async def _named(db: AsyncSession, report: Report) -> dict[By, list[tuple[str, Figures]]]:
    """Put names for codes: kinds and topics in the order of the forms, departments by name, what has none last."""
    departments, topics = await municipality.all_departments(db), await municipality.all_topics(db)
    names: dict[By, dict[str | None, str]] = {
        By.KIND: {kind: WORD[kind].capitalize() for kind in Kind},
        By.DEPARTMENT: {code: one.name for code, one in departments.items()},
        By.TOPIC: {code: one.name for code, one in topics.items()},
    }
    return {
        by: [(name, part[code]) for code, name in (names[by] | {None: NONE.get(by, "")}).items() if code in part]
        for by, part in report.parts.items()
    }


def _table(opened: Opened, municipality_name: str) -> Table:
    about = (("Период", opened.period.name), ("Към", clock.today()))
    heads = ("Разрез", "Име", *COLUMNS.values())
    return Table("Справка", f"{municipality_name}: отговори и срокове", about, heads, list(_rows(opened)))


def _rows(opened: Opened) -> Iterator[list[sheets.Cell]]:
    yield ["Общо", "", *_cells(opened.report.total)]
    for by, part in opened.parts.items():
        for name, figures in part:
            yield [CUTS[by], name, *_cells(figures)]


def _cells(figures: Figures) -> list[int | None]:
    return [getattr(figures, name) for name in COLUMNS]


def _asked(period: Period) -> str:
    return f"period={period.span}&of={period.of}"


def _file(written: bytes, name: str, media_type: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **PRIVATE}
    return Response(written, media_type=media_type, headers=headers)
