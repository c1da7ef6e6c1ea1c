"""Tables as bytes: CSV and XLSX, read and written. Pure.

What comes from a spreadsheet is data and nothing else: no formula is computed, no link followed, nothing unpacked beyond a limit.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from lzma import LZMAError
from typing import Any, Final
from xml.parsers.expat import ExpatError

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from borgerlinje.guides.carrying.xml_guard import has_own_types

MOST_ROWS: Final = 2000
MOST_COLUMNS: Final = 600
_MOST_UNPACKED: Final = 60 * 1024 * 1024
_MOST_PARTS: Final = 500
_SHEET: Final = "Guider"
# A cell of a sheet holds so many characters and no more.
_LONGEST_CELL: Final = 32767
# What comes of a package, or of the XML in it, that is broken or made to break its reader.
BROKEN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ExpatError,
    InvalidFileException,
    LookupError,
    LZMAError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class SheetError(ValueError):
    """A file that is no table; the text says in Danish what to do."""


def read_csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty with the line it begins in (from 1). Raises SheetError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SheetError(
            "Filen er ikke i UTF-8, og så kan æ, ø og å blive forkerte. Vælg i Excel »Gem som« og filtypen »CSV UTF-8 (kommasepareret)«, og prøv igen."
        ) from error
    if "\0" in text:
        raise SheetError("Filen er ikke tekst. Gem den som »CSV UTF-8 (kommasepareret)« i regnearket, og prøv igen.")
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line, count = 1, 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                count += 1
                _check_size(count, len(cells))
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise SheetError(f"Linje {line} kan ikke læses: anførselstegnene passer ikke ({error}).") from error


def write_csv(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield a table as a Danish spreadsheet opens it: UTF-8 with its mark, semicolons."""
    yield "\ufeff".encode()
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(row)
        yield line.getvalue().encode()


def read_xlsx(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty of the first sheet, with its number (from 1). Raises SheetError."""
    _check_package(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book[_SHEET] if _SHEET in book.sheetnames else book.worksheets[0]
        # What a sheet says of its own size is not to be relied on.
        sheet.reset_dimensions()
        count = 0
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_row=50 * MOST_ROWS), 1):
            cells = [_text(value) for value in row]
            if any(cells):
                count += 1
                _check_size(count, len(cells))
                yield number, cells
    except SheetError:
        raise
    except BROKEN as error:
        raise SheetError(
            "Filen kan ikke læses som et regneark. Gem den som »Excel-projektmappe (.xlsx)«, og prøv igen."
        ) from error


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as a workbook of one sheet: every cell is text, the first row stays in sight."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET)
    sheet.freeze_panes = "B2"
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value[:_LONGEST_CELL] or None)
            if value:
                cell.data_type = "s"
                cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place(row: int, column: int) -> str:
    """Return a cell's name in a spreadsheet, from its row and its column (both from 1)."""
    return f"{get_column_letter(column)}{row}"


def _check_size(rows: int, cells: int) -> None:
    if rows > MOST_ROWS + 1:
        raise SheetError(f"Filen har mere end {MOST_ROWS} rækker. Del den i flere.")
    if cells > MOST_COLUMNS:
        raise SheetError(f"Filen har mere end {MOST_COLUMNS} kolonner. Slet dem, der er tomme.")


def _check_package(data: bytes) -> None:
    """Raise SheetError for a workbook that unpacks to more than a sheet of guides does, or brings XML types of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            flaw = _flaw(package)
    except BROKEN as error:
        raise SheetError("Filen er intet regneark. Gem den som »Excel-projektmappe (.xlsx)«, og prøv igen.") from error
    if flaw:
        raise SheetError(flaw)


def _flaw(package: zipfile.ZipFile) -> str:
    """Return what is wrong with a package, empty where nothing is."""
    parts = package.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        return "Filen fylder for meget, når den pakkes ud. Slet andre ark og billeder i den, og prøv igen."
    if any(part.flag_bits & 1 for part in parts):
        return "Filen har en adgangskode. Gem den uden, og prøv igen."
    # Every part, whatever it is called: a sheet is a sheet by what points to it.
    if any(has_own_types(package.read(part)) for part in parts):
        return "Filen har en dokumenttype, som et regneark ikke har. Gem den på ny i Excel, og prøv igen."
    return ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
