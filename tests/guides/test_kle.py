"""KLE's numbers and plans: read whole, or refused with every fault told."""

import argparse
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borgerlinje.demo import kle as demo
from borgerlinje.guides import text
from borgerlinje.guides.kle import Entry, JournalNumber, KleError, read_plan
from borgerlinje.guides.kle_plan import do_take_plan
from borgerlinje.guides.models import KleEntry

# Invented: no text of KL's plan.
PLAN = """<?xml version="1.0" encoding="UTF-8"?>
<KLE-Emneplan><UdgivelsesDato>2026-11-01</UdgivelsesDato>
 <Hovedgruppe><HovedgruppeNr>90</HovedgruppeNr><HovedgruppeTitel>Prøver</HovedgruppeTitel>
  <Gruppe><GruppeNr>90.14</GruppeNr><GruppeTitel>Kort
     og beviser</GruppeTitel>
   <Emne><EmneNr>90.14.05</EmneNr><EmneTitel>Gule prøvekort</EmneTitel></Emne>
  </Gruppe></Hovedgruppe></KLE-Emneplan>"""


def test_plan_is_read_in_its_order() -> None:
    plan, faults = read_plan(PLAN.encode())
    assert not faults
    assert plan is not None
    assert plan.issued_on == date(2026, 11, 1)
    assert plan.entries == (
        Entry("90", "Prøver"),
        Entry("90.14", "Kort og beviser"),
        Entry("90.14.05", "Gule prøvekort"),
    )
    assert [entry.parent for entry in plan.entries] == ["", "90", "90.14"]


def test_every_fault_of_a_plan_is_told() -> None:
    bad = PLAN.replace("90.14.05", "91.14.05").replace("<HovedgruppeTitel>Prøver", "<HovedgruppeTitel>")
    plan, faults = read_plan(bad.encode())
    assert plan is None
    assert faults == ["90 har ingen titel.", "91.14.05 står ikke under 91.14."]


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        ("", "ikke rigtig XML"),
        ("<KLE-Emneplan/>", "ingen Hovedgruppe"),
        ("<html>", "ikke rigtig XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><KLE-Emneplan>&b;</KLE-Emneplan>', "dokumenttype"),
        (
            '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;"><!ENTITY d "&c;&c;">]><KLE-Emneplan>&d;</KLE-Emneplan>',
            "dokumenttype",
        ),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><KLE-Emneplan>&b;</KLE-Emneplan>', "dokumenttype"),
        ('<!DOCTYPE a SYSTEM "https://example.org/a.dtd"><KLE-Emneplan/>', "dokumenttype"),
        (f'<!--{" " * 5000}--><!DOCTYPE a [<!ENTITY b "c">]><KLE-Emneplan>&b;</KLE-Emneplan>', "dokumenttype"),
    ],
)
def test_what_is_no_plan_is_refused(xml: str, says: str) -> None:
    plan, faults = read_plan(xml.encode())
    assert plan is None
    assert says in " ".join(faults)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_document_type_is_found_in_every_encoding(encoding: str) -> None:
    xml = '<!DOCTYPE a [<!ENTITY b "c">]><KLE-Emneplan>&b;</KLE-Emneplan>'
    plan, faults = read_plan(xml.encode(encoding))
    assert plan is None
    assert "dokumenttype" in faults[0]


@pytest.mark.parametrize("encoding", ["shift_jis", "big5", "euc-jp", "utf-7", "utf-32"])
def test_plan_in_letters_that_cannot_be_looked_into_is_refused(encoding: str) -> None:
    plan, faults = read_plan(f'<?xml version="1.0" encoding="{encoding}"?><KLE-Emneplan/>'.encode())
    assert plan is None
    assert faults


@pytest.mark.django_db
def test_plan_is_taken_into_use_on_the_command_line(tmp_path: Path, capsys) -> None:
    file = tmp_path / "plan.xml"
    file.write_text(PLAN)
    assert text.run(argparse.Namespace(what="kle", files=[file])) == 0
    file.write_text(PLAN.replace("90.14.05", "90.14.06").replace("Prøver", "Forsøg"))
    assert text.run(argparse.Namespace(what="kle", files=[file])) == 0
    assert capsys.readouterr().out == "3 numbers: 3 new, 0 renamed, 0 gone\n3 numbers: 1 new, 1 renamed, 1 gone\n"
    file.write_text("<html>")
    assert text.run(argparse.Namespace(what="kle", files=[file])) == 2
    assert text.run(argparse.Namespace(what="kle", files=[tmp_path / "none.xml"])) == 2
    assert "nothing was stored" in capsys.readouterr().err
    assert KleEntry.objects.filter(retired_on=None).count() == 3


@pytest.mark.django_db
def test_number_that_comes_back_is_in_use_again_and_invented_ones_give_way() -> None:
    plan, _ = read_plan(PLAN.encode())
    without, _ = read_plan(PLAN.replace("90.14.05", "90.14.06").encode())
    assert plan is not None
    assert without is not None
    demo.create()
    assert KleEntry.objects.filter(is_demo=True).exists()
    for each in (plan, without, plan):
        do_take_plan(each, today=date(2026, 11, 22))
    assert not KleEntry.objects.filter(is_demo=True).exists()
    assert dict(KleEntry.objects.values_list("number", "retired_on")) == {
        "90": None,
        "90.14": None,
        "90.14.05": None,
        "90.14.06": date(2026, 11, 22),
    }


def test_journal_number_is_read_and_written() -> None:
    number = JournalNumber.read(" 00.14.00-G01-6-14 ")
    assert (number.subject, number.facet, number.number, number.year) == ("00.14.00", "G01", 6, "14")
    assert str(number) == "00.14.00-G01-6-14"


@pytest.mark.parametrize(
    "number",
    [
        "",
        "00.14.00",
        "00.14-G01-6-14",
        "00.14.00-g01-6-14",
        "00.14.00-G1-6-14",
        "00.14.00-G01-0-14",
        "00.14.00-G01-6-1",
    ],
)
def test_what_is_no_journal_number_is_refused_with_words(number: str) -> None:
    with pytest.raises(KleError, match="»"):
        JournalNumber.read(number)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(number: str) -> None:
    try:
        assert JournalNumber.read(number)
    except KleError as error:
        assert str(error)  # noqa: PT017 - what is proven is that nothing else is raised
