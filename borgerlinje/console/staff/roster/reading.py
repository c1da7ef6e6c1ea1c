"""Reading a table of employees: bytes in, rows and every fault out. Pure, and knows nothing of what is stored.

UTF-8 (with or without a mark) or Windows-1252, comma or semicolon between cells: what Excel, LibreOffice and a payroll system write.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from borgerlinje.console.staff.roster.cells import FORMULA

MOST_BYTES = 200_000
MOST_ROWS = 500
LONGEST_CELL = 254
EMAIL, GIVEN_NAME, INITIAL, EMPLOYER, FROM_ON = "e-mail", "fornavn", "forbogstav", "myndighed", "fra"
CENTRES, CLEARANCE, ROLES, SKILLS = "centre", "omfang", "roller", "kompetencer"
COLUMNS = (EMAIL, GIVEN_NAME, INITIAL, EMPLOYER, FROM_ON, CENTRES, CLEARANCE, ROLES, SKILLS)
NEEDED = (EMAIL, GIVEN_NAME, INITIAL, EMPLOYER)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and what to do. `row` is the line of the file, 0: the whole file; `column` empty: the whole row."""

    row: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: its line in the file, and the text of each column, empty where there is none."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What was read: the text as it was decoded, the columns that are there, its rows, and every fault."""

    text: str
    names: Sequence[str]
    entries: Sequence[Entry]
    faults: Sequence[Fault]


def read(data: bytes) -> Table:
    """Read a file."""
    if len(data) > MOST_BYTES:
        return _refused(_("Filen er for stor. Del den, så hver del er højst 200 kB."))
    text = _decoded(data)
    if text is None:
        return _refused(_("Filen kan ikke læses som tekst. Gem den som CSV (UTF-8) i regnearket, og prøv igen."))
    return read_text(text)


def read_text(text: str) -> Table:
    """Read the text of a file."""
    faults: list[Fault] = []
    entries: list[Entry] = []
    lines = _lines(text, faults)
    header = next(lines, None)
    if header is None:
        return Table(text, [], [], faults or [Fault(0, "", _("Filen er tom. Hent skabelonen, og udfyld den."))])
    names = _header(header[1], header[0], faults)
    for row, cells in lines:
        if len(entries) == MOST_ROWS:
            faults.append(Fault(row, "", _("Filen har for mange rækker. Del den, så hver del har højst 500.")))
            break
        entries.append(_entry(row, cells, names, faults))
    if not entries and not faults:
        faults.append(Fault(0, "", _("Filen har kun overskrifter. Skriv en række for hver medarbejder.")))
    return Table(text, names, entries, faults)


def _refused(text: str) -> Table:
    return Table("", [], [], [Fault(0, "", text)])


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # A null is no text: a workbook, a picture, or UTF-16.
        return None if "\0" in text else text
    return None


def _lines(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, each with its line in the file; what cannot be taken apart ends them with a fault."""
    first = text.lstrip().split("\n", 1)[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        row = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            faults.append(
                Fault(
                    row, "", _('Rækken kan ikke læses. Se efter et anførselstegn ("), der mangler sin anden halvdel.')
                )
            )
            return
        if cells is None:
            return
        cells = [" ".join(cell.split()) for cell in cells]
        if any(cells):
            yield row, cells


def _header(cells: Sequence[str], row: int, faults: list[Fault]) -> list[str]:
    """Return the name of each column, empty for one that is not known."""
    names: list[str] = []
    for cell in cells:
        name = cell.casefold()
        if name in names and name:
            faults.append(Fault(row, cell[:40], _("Kolonnen står der to gange. Slet den ene.")))
            name = ""
        elif name and name not in COLUMNS:
            known = ", ".join(COLUMNS)
            faults.append(
                Fault(
                    row,
                    cell[:40],
                    _("Kolonnen kendes ikke. Ret overskriften, eller slet den. De, der bruges, er: %(known)s.")
                    % {"known": known},
                )
            )
            name = ""
        names.append(name)
    faults.extend(
        Fault(row, name, _("Kolonnen mangler. Tilføj den, eller hent skabelonen."))
        for name in NEEDED
        if name not in names
    )
    return names


def _entry(row: int, cells: Sequence[str], names: Sequence[str], faults: list[Fault]) -> Entry:
    if any(cells[len(names) :]):
        text = _("Rækken har flere felter end overskriften. Sæt tekst med skilletegn i anførselstegn.")
        faults.append(Fault(row, "", text))
    values = dict.fromkeys(COLUMNS, "")
    for name, cell in zip(names, cells, strict=False):
        if not name:
            continue
        if len(cell) > LONGEST_CELL:
            faults.append(Fault(row, name, _("Teksten er for lang. Skriv højst 254 tegn.")))
        elif cell.startswith(FORMULA):
            faults.append(Fault(row, name, _("Feltet begynder som en formel i et regneark. Slet tegnet forrest.")))
        elif any(not char.isprintable() for char in cell):
            faults.append(Fault(row, name, _("Feltet har et usynligt tegn. Skriv det igen i hånden.")))
        else:
            values[name] = cell
    return Entry(row, values)
