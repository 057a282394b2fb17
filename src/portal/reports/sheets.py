"""A table to take away: as CSV and as XLSX, opened by a spreadsheet as it is meant, with nothing in it executed."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a cell."""
LONGEST_NAME = 31  # of a worksheet
WORDS, NUMBER = 34, 12  # widths of columns, in digits
_HEAD = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E6F0F8"}

A4 = 9  # as spreadsheets number papers

Cell = str | int | date | None


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    about: Sequence[Sequence[Cell]]
    """What stands over the table: a word and what it is."""
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    """At least one; its first cells are the names of what is counted, the others numbers."""


def plain(cell: str) -> str:
    """Return the cell with an apostrophe before it where it would be taken for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_csv(table: Table) -> bytes:
    """Write the heads and the rows alone.

    With a byte order mark, or Excel takes Cyrillic for its old code page; with semicolons, since that is what Excel
    parts columns by where the decimal sign is a comma, as in Bulgaria: by commas all would stand in one column.
    """
    written = io.StringIO(newline="")
    lines = csv.writer(written, delimiter=";")
    lines.writerow(table.heads)
    lines.writerows([plain(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table) -> bytes:
    """Write numbers as numbers, days as days and text as text, whatever it begins with."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, "default_date_format": "dd.mm.yyyy"})
    book.set_properties({"title": table.title})
    sheet = book.add_worksheet(table.name[:LONGEST_NAME])
    _write(sheet, 0, [table.title], book.add_format({"bold": True, "font_size": 14}))
    for at, line in enumerate(table.about, start=1):
        _write(sheet, at, line)
    head = len(table.about) + 2
    _write(sheet, head, table.heads, book.add_format(_HEAD))
    for at, row in enumerate(table.rows, start=head + 1):
        _write(sheet, at, row)
    _lay_out(sheet, head, names=sum(isinstance(cell, str) for cell in table.rows[0]), columns=len(table.heads))
    book.close()
    return written.getvalue()


def _write(sheet: Worksheet, at: int, cells: Sequence[Cell], form: Format | None = None) -> None:
    """Never by what the text looks like: xlsxwriter's own guess makes formulas and links of it."""
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(at, column, cell, form)
        elif isinstance(cell, date):
            sheet.write_datetime(at, column, cell, form)
        elif cell is not None:
            sheet.write_number(at, column, cell, form)


def _lay_out(sheet: Worksheet, head: int, *, names: int, columns: int) -> None:
    """Keep heads and names in sight; on paper A4, lying, as wide as the page, with the heads on each."""
    sheet.set_column(0, columns - 1, NUMBER)
    sheet.set_column(names - 1, names - 1, WORDS)
    sheet.freeze_panes(head + 1, names)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
