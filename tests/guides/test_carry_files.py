"""Guides as files of every kind: what is written is read again exactly, and every fault is told with its place."""

import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borgerlinje.demo.guides import FOLDER
from borgerlinje.guides.carrying.files import FORMATS, LARGEST, empty_table, ending, take_files, write_file
from borgerlinje.guides.carrying.rows import guarded, unguarded
from borgerlinje.guides.carrying.sheets import write_csv, write_xlsx
from borgerlinje.guides.clean import one_line
from borgerlinje.guides.content import Channel, Complexity, Content, LifeEvent, Step, Text
from borgerlinje.guides.markdown import Read
from borgerlinje.kit.personal_data import CprInTextError, check_no_cpr

# What breaks tables, titles, lists and formulas when it is not looked after.
_AWKWARD = st.text(alphabet=st.sampled_from("aæ|\\'\"=+-@#;,\t\n 1.<&😀:"), min_size=1, max_size=12)


def _said(text: str) -> bool:
    try:
        check_no_cpr(text)
    except CprInTextError:
        return False
    return bool(text)


_TEXT = (_AWKWARD | st.text(max_size=20)).map(one_line).filter(_said)
_TEXT_OR_NONE = _TEXT | st.just("")
_ITEMS = st.lists(_TEXT, max_size=3).map(tuple)
_PICTURE = st.sampled_from(["", "b1-320x200"])


@st.composite
def _texts(draw: st.DrawFn) -> Text:
    keys = draw(st.lists(st.sampled_from(["s1", "s2", "s3", "k-9"]), unique=True, max_size=4))
    steps = tuple(
        Step(key, draw(_TEXT), draw(_TEXT_OR_NONE), draw(_TEXT_OR_NONE), draw(_PICTURE), draw(_TEXT_OR_NONE))
        for key in keys
    )
    return Text(draw(_TEXT), draw(_TEXT_OR_NONE), draw(_ITEMS), steps, draw(_ITEMS), draw(_TEXT_OR_NONE))


_SOLUTIONS = st.fixed_dictionaries(
    {"slug": st.just("nyt-kort"), "name": _TEXT, "owner": _TEXT, "owner_kind": st.just("state")},
    optional={
        "address": st.just("https://www.borger.dk/?a=1&b=2"),
        "at_hand": st.lists(_TEXT, min_size=1, max_size=2),
        "exempt": _TEXT,
        "per_authority": st.just(True),
        "mandatory_from": st.just("2027-01-01"),
    },
)
_CONTENTS = st.builds(
    Content,
    texts=st.fixed_dictionaries({"da": _texts()}, optional={"en": _texts()}),
    words=st.fixed_dictionaries({"da": _ITEMS, "en": _ITEMS}),
    life_events=st.lists(st.sampled_from([each.value for each in LifeEvent]), max_size=2).map(tuple),
    complexity=st.sampled_from([each.value for each in Complexity]),
    channels=st.lists(st.sampled_from([each.value for each in Channel]), unique=True).map(tuple),
    unit=_TEXT_OR_NONE,
    legal_basis=_TEXT_OR_NONE,
    facts_from=_TEXT_OR_NONE,
)
_GUIDES = st.builds(
    Read,
    slug=st.from_regex(r"[a-m0-9]{1,6}(-[a-m]{1,3})?", fullmatch=True),
    subject=_TEXT_OR_NONE,
    content=_CONTENTS,
    solution=st.none() | _SOLUTIONS,
    kle=st.sampled_from(["", "90.14.05"]),
)


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=25, deadline=None)
@given(guides=st.lists(_GUIDES, max_size=3, unique_by=lambda guide: guide.slug))
def test_what_is_carried_out_is_carried_in_exactly(form: str, guides: list[Read]) -> None:
    data = b"".join(write_file(guides, form))
    taken = take_files([(f"a.{ending(form)}", data)])
    # A package with no files is told: one that broke may look so.
    assert bool(taken.faults) == (form == "md" and not guides)
    assert [guide for _, guide in taken.guides] == guides


@pytest.mark.parametrize("form", FORMATS)
def test_every_guide_of_the_demo_goes_through_every_form(form: str) -> None:
    demo = take_files((file.name, file.read_bytes()) for file in sorted(FOLDER.glob("*.md")))
    assert not demo.faults
    guides = [guide for _, guide in demo.guides]
    taken = take_files([(f"a.{ending(form)}", b"".join(write_file(guides, form)))])
    assert not taken.faults
    assert [guide for _, guide in taken.guides] == guides


@given(st.text(max_size=8) | _AWKWARD)
def test_no_cell_is_a_formula_and_the_guard_comes_off(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(guarded(text)) == text


ROW = {
    "slug": "sundhedskort",
    "titel": "Sundhedskort",
    "trin1": "Gå til borger.dk.",
    "ord": "gult kort | væk \\| stjålet",
}


def _csv(*rows: dict[str, str]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return b"".join(write_csv([names, *([row.get(name, "") for name in names] for row in rows)]))


def _told(name: str, data: bytes) -> list[str]:
    taken = take_files([(name, data)])
    return [str(fault) for fault in taken.faults]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_table_as_spreadsheets_write_it_is_read(separator: str, mark: str) -> None:
    text = f'{mark}Slug{separator} TITEL {separator}trin1\r\nkort{separator}"Kort; og, godt"{separator}"Gå\r\nderhen"\r\n{separator}{separator}\r\n'
    ((_, guide),) = take_files([("a.csv", text.encode())]).guides
    assert (guide.slug, guide.content.text("da").title) == ("kort", "Kort; og, godt")
    assert guide.content.text("da").steps == (Step("s1", "Gå derhen"),)


def test_list_with_its_own_separator_in_it_is_read() -> None:
    ((_, guide),) = take_files([("a.csv", _csv(ROW))]).guides
    assert guide.content.words["da"] == ("gult kort", "væk | stjålet")


def test_every_fault_of_a_table_is_told_by_row_and_column() -> None:
    bad = ROW | {
        "slug": "Ny Slug",
        "kle": "14",
        "trin3": "Send.",
        "løsning_slug": "x",
        "løsning_address": "javascript:alert(1)",
        "livssituation": "vejret",
    }
    told = _told("a.csv", _csv(ROW | {"sig1_en": "Hi"}, bad))
    assert [each.partition(": ")[0].removeprefix("a.csv:") for each in told] == [
        "række 2, titel_en",
        "række 2, trin1_en",
        "række 3, slug",
        "række 3, kle",
        "række 3, løsning_address",
        "række 3, livssituation",
        "række 3, trin2",
        "række 3, løsning_name",
        "række 3, løsning_owner",
        "række 3, løsning_owner_kind",
    ]


def test_fault_in_a_workbook_is_told_by_its_cell() -> None:
    data = write_xlsx([["slug", "titel", "kle"], ["a", "A", "90.14.05"], ["b", "", "14"]])
    assert [each.partition(": ")[0] for each in _told("a.xlsx", data)] == ["a.xlsx:B3", "a.xlsx:C3"]


def test_fault_in_json_is_told_by_its_path() -> None:
    value = {
        "format": "borgerlinje-guides",
        "guides": [{"slug": "a", "texts": {"da": {"title": "A", "steps": [{"text": "x"}, {"text": 3, "sig": ""}]}}}, 7],
    }
    told = _told("a.json", json.dumps(value).encode())
    assert [each.partition(": ")[0] for each in told] == [
        "a.json:guides.0.texts.da.steps.1.sig",
        "a.json:guides.0.texts.da.steps.1.text",
        "a.json:guides.1",
    ]


def test_workbook_with_numbers_dates_and_formulas_is_read_as_what_it_shows() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["slug", "titel", "indledning", "enhed"])
    sheet.append(["kort", 112, "=1+1", 2.5])
    out = io.BytesIO()
    book.save(out)
    ((_, guide),) = take_files([("a.xlsx", out.getvalue())]).guides
    text = guide.content.text("da")
    # A formula that nobody has computed shows nothing, and is not computed here.
    assert (text.title, text.intro, guide.content.unit) == ("112", "", "2.5")


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    guide = take_files([("a.csv", _csv(ROW | {"indledning": "'=HYPERLINK(1)"}))]).guides[0][1]
    assert guide.content.text("da").intro == "=HYPERLINK(1)"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(write_file([guide], "xlsx"))))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert b"'=HYPERLINK" in b"".join(write_file([guide], "csv"))


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", "slug;titel\nå;ø".encode("cp1252"), "CSV UTF-8"),
        ("a.csv", "slug;titel".encode("utf-16"), "CSV UTF-8"),
        ("a.csv", b"", "tom"),
        ("a.csv", b'slug;titel\na;"b\n', "anførselstegn"),
        ("a.csv", b"slug;titel;konge\n", "»konge« kendes ikke"),
        ("a.csv", b"slug;slug;titel\n", "to gange"),
        ("a.csv", b"slug\na\n", "»titel« mangler"),
        ("a.csv", b"slug;titel\na;b;c\n", "flere celler"),
        ("a.xlsx", b"PK", "intet regneark"),
        ("a.xlsx", b"slug;titel\n", "intet regneark"),
        ("a.md", "+++".encode("utf-16"), "UTF-8"),
        ("a.json", b"[]", "format"),
        ("a.json", b"{", "rigtig JSON"),
        ("a.json", b"[" * 100_000, "fil med guider"),
        ("a.json", b"[" + b"1" * 5000 + b"]", "fil med guider"),
        ("a.json", b'{"format": "borgerlinje-guides", "guides": [{"\\ud800": 1}]}', "UTF-8"),
        ("a.md", b"+++\na = " + b"1" * 5000 + b"\n+++\n# A\n", "kan ikke læses"),
        ("a.md", b"+++\na = " + b"[" * 100_000 + b"\n+++\n# A\n", "kan ikke læses"),
        ("a.zip", b"PK", "pakkes ud"),
        ("a.docx", b"", "skal ende på"),
        ("a.md", b" " * (LARGEST + 1), "større end 5 MB"),
    ],
)
def test_file_that_holds_no_guides_is_refused_with_words(name: str, data: bytes, says: str) -> None:
    told = _told(name, data)
    assert says in " ".join(told)
    assert all(each.startswith(name) for each in told)


def _package(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name.replace("_", "."), data)
    return out.getvalue()


def test_workbook_that_swells_or_brings_types_of_its_own_is_refused() -> None:
    assert "pakkes ud" in _told("a.xlsx", _package(a_xml=b" " * 61 * 1024 * 1024))[0]
    bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    for encoding in ("utf-8", "utf-16"):
        assert "dokumenttype" in _told("a.xlsx", _package(a_xml=bomb.encode(encoding)))[0]
    for part in ("a_dat", "a_XML"):
        assert "dokumenttype" in _told("a.xlsx", _package(**{part: bomb.encode()}))[0]
    assert "pakkes ud" in _told("a.zip", _package(a_md=b" " * 31 * 1024 * 1024))[0]
    assert "ender på .md" in _told("a.zip", _package(a_exe=b""))[0]
    assert "ingen filer" in _told("a.zip", _package())[0]


@pytest.mark.parametrize("form", ["xlsx", "md"])
@given(where=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255))
@settings(max_examples=25, deadline=None)
def test_broken_package_is_read_or_refused(form: str, where: float, change: int) -> None:
    guide = take_files([("a.csv", _csv(ROW))]).guides[0][1]
    data = bytearray(b"".join(write_file([guide], form)))
    data[int(where * len(data))] ^= change
    taken = take_files([(f"a.{ending(form)}", bytes(data))])
    assert taken.guides or taken.faults
    # A workbook carries sums of what is in it: what can be read of it is whole.
    assert form == "md" or taken.faults or taken.guides[0][1] == guide


def test_guide_that_stands_twice_is_told() -> None:
    taken = take_files([("a.csv", _csv(ROW)), ("b.csv", _csv(ROW))])
    assert [str(fault) for fault in taken.faults] == [
        "a.csv, b.csv: Guiden »sundhedskort« står 2 gange. Slet alle undtagen én."
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_empty_table_is_one_to_fill(form: str) -> None:
    taken = take_files([(f"a.{form}", empty_table(form))])
    assert (taken.guides, taken.faults) == ((), ())


def test_reserved_slug_is_refused() -> None:
    assert "bruges af siderne" in _told("a.csv", _csv(ROW | {"slug": "kle"}))[0]
