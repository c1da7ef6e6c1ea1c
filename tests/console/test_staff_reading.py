"""Reading a table of employees: encodings, separators, every fault with its row and column. Pure."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.console.staff.roster.cells import FORMULA, safe
from borgerlinje.console.staff.roster.reading import COLUMNS, MOST_BYTES, MOST_ROWS, NEEDED, read, read_text

HEADER = ";".join(COLUMNS)
ROW = "bodil@example.org;Bodil;H;Næstved;;;;;"

cells = st.text(
    st.characters(codec="cp1252", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\x00"), max_size=30
)
rows = st.lists(st.lists(cells, min_size=len(COLUMNS), max_size=len(COLUMNS)), min_size=1, max_size=8)


def written(table: list[list[str]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([list(COLUMNS), *table])
    return out.getvalue()


@given(rows, st.sampled_from(";,"), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))
def test_what_a_spreadsheet_writes_is_read_back(table: list[list[str]], delimiter: str, encoding: str) -> None:
    found = read(written(table, delimiter).encode(encoding))
    plain = [[" ".join(cell.split()) for cell in row] for row in table]
    plain = [row for row in plain if any(row)]
    good = [row for row in plain if not any(cell.startswith(FORMULA) for cell in row)]
    if encoding == "cp1252" and written(table, delimiter).encode(encoding).isascii() is False:
        # Bytes that are UTF-8 as well are read as that: nobody can tell them apart.
        try:
            written(table, delimiter).encode(encoding).decode()
        except UnicodeDecodeError:
            pass
        else:
            return
    if len(good) == len(plain) and plain:
        assert [list(entry.cells.values()) for entry in found.entries] == plain
        assert list(found.faults) == []
    else:
        assert found.faults


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found = read(data)
    assert found.faults or found.entries
    assert all(fault.text for fault in found.faults)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read_text(f"{HEADER}\n{text}")
    assert found.faults or found.entries
    assert all(set(entry.cells) == set(COLUMNS) for entry in found.entries)
    assert not any(cell.startswith(FORMULA) for entry in found.entries for cell in entry.cells.values())


@given(st.text())
def test_safe_cell_is_no_formula(cell: str) -> None:
    assert not safe(cell).startswith(FORMULA)
    assert safe(cell).removeprefix("'") == cell.removeprefix("'")


@pytest.mark.parametrize(
    ("text", "row", "column", "says"),
    [
        ("", 0, "", "Filen er tom."),
        ("\n\n;;;\n", 0, "", "Filen er tom."),
        (HEADER, 0, "", "Filen har kun overskrifter."),
        (HEADER.replace("fornavn", "navn") + f"\n{ROW}", 1, "navn", "Kolonnen kendes ikke."),
        (HEADER.replace("fra", "fornavn") + f"\n{ROW}", 1, "fornavn", "Kolonnen står der to gange."),
        (f"e-mail\n{ROW}", 1, "fornavn", "Kolonnen mangler."),
        (f"{HEADER}\n\n{ROW};x", 3, "", "Rækken har flere felter end overskriften."),
        (f"{HEADER}\n{ROW}\n=cmd|calc;x", 3, "e-mail", "Feltet begynder som en formel"),
        (f"{HEADER}\nb@example.org;{'B' * 255}", 2, "fornavn", "Teksten er for lang."),
        (f"{HEADER}\nb@example.org;Bo\u200bdil", 2, "fornavn", "Feltet har et usynligt tegn."),
        (f'{HEADER}\nb@example.org;"Bodil', 2, "", "Rækken kan ikke læses."),
        (f"{HEADER}\n" + f"{ROW}\n" * (MOST_ROWS + 1), MOST_ROWS + 2, "", "Filen har for mange rækker."),
    ],
)
def test_each_fault_says_where_and_what_to_do(text: str, row: int, column: str, says: str) -> None:
    found = [fault for fault in read_text(text).faults if says in fault.text]
    assert [(fault.row, fault.column) for fault in found[:1]] == [(row, column)]


def test_all_missing_columns_are_told_at_once() -> None:
    faults = read_text("centre\nprove").faults
    assert [fault.column for fault in faults] == list(NEEDED)


def test_what_is_no_text_and_what_is_too_large_is_refused() -> None:
    assert "kan ikke læses som tekst" in read(HEADER.encode("utf-16")).faults[0].text
    assert "kan ikke læses som tekst" in read(b"\x81\x8d\x8f").faults[0].text
    assert "Filen er for stor." in read(b"x" * (MOST_BYTES + 1)).faults[0].text


def test_row_is_the_line_of_the_file_though_a_cell_has_lines() -> None:
    found = read_text(f'{HEADER}\r\n"b@example.org\r\n";Bodil;H;Næstved\r\nc@example.org;Carl;H;Næstved')
    assert [entry.row for entry in found.entries] == [2, 4]
