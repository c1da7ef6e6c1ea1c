"""Lists that a whole country makes long: a page at a time, found by words, and nothing out of reach."""

import csv
import io
import re
from collections.abc import Iterable
from html import unescape
from http import HTTPStatus

import pytest
from django.test import Client

from borgerlinje.channels.phone.models import DoNotCall
from borgerlinje.console import line_states
from borgerlinje.console.centres import authorities
from borgerlinje.console.crisis.access import askable
from borgerlinje.console.crisis.forms import CrisisForm
from borgerlinje.console.crisis.presets import PRESETS
from borgerlinje.console.hours import coverage
from borgerlinje.console.lines import specialists
from borgerlinje.console.outgoing import queries as outgoing
from borgerlinje.console.templatetags.console import count_cells
from borgerlinje.cooperation.models import Authority, Membership
from borgerlinje.lines.models import Line, LineNumber, Specialist
from borgerlinje.staff.roles import Role
from tests.console.staffing import signed_in
from tests.support.cast import LONG_AGO, NOW, Cast, make_employee
from tests.support.database import as_web

MANY = 45


def page_of(client: Client, path: str) -> str:
    with as_web():
        answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK
    return unescape(answer.content.decode())


def after(path: str, page: str) -> str:
    """Return the address of the page after this one."""
    found = re.search(r'href="(\?[^"]+)" rel="next"', page)
    assert found, "there is no next page"
    return path + found[1].partition("#")[0]


def heads(page: str, names: Iterable[str]) -> list[str]:
    """Return those of the names that head a row, in the page's order."""
    found = re.findall(r'<th scope="row"[^>]*>(?:<a [^>]*>)?([^<]*)', page)
    wanted = set(names)
    return [each.strip() for each in found if each.strip() in wanted]


def make_authorities() -> list[Authority]:
    rows = [Authority(code=f"x{number:03}", name=f"Prøveby {number:03}", kind="agency") for number in range(MANY)]
    return Authority.objects.bulk_create(rows)


def test_start_shows_lines_with_a_queue_first_and_leads_to_the_rest(cast: Cast) -> None:
    lines = Line.objects.bulk_create(
        Line(slug=f"a{number}", name=f"A {number:03}", owner=cast.own, centre=cast.centre) for number in range(MANY)
    )
    LineNumber.objects.bulk_create(LineNumber(line=line, digits=f"4699{line.pk:04}") for line in lines)
    manager = signed_in(make_employee("Mona", cast.own, cast.centre, role=Role.AUTHORITY_MANAGER))
    cast.wait()
    names = [cast.line.name, *(line.name for line in lines)]
    first = page_of(manager, "/konsol/")
    assert heads(first, names) == names[: line_states.SHOWN], "the line on which somebody waits is not the first"
    assert "Side 1 af 2, 46 i alt" in first
    second = page_of(manager, after("/konsol/", first))
    assert heads(second, names) == names[line_states.SHOWN :]


def test_authorities_are_paged_and_found_by_name_or_code(cast: Cast) -> None:
    administrator = signed_in(make_employee("Ada", cast.own, None, role=Role.ADMINISTRATOR))
    names = [each.name for each in make_authorities()]
    path = "/konsol/myndigheder/"
    found = page_of(administrator, f"{path}?q=prøveby")
    assert heads(found, names) == names[: authorities.SHOWN]
    assert heads(page_of(administrator, after(path, found)), names) == names[authorities.SHOWN :], "the words are lost"
    assert heads(page_of(administrator, f"{path}?q=x041"), names) == ["Prøveby 041"]
    assert "Ingen passer til det." in page_of(administrator, f"{path}?q=krokodille")


def test_specialists_are_paged_and_found_by_name_authority_or_number(cast: Cast, secretariat: Client) -> None:
    units = Specialist.objects.bulk_create(
        Specialist(authority=cast.own, name=f"Enhed {number:03}", digits=f"4698{number:04}") for number in range(MANY)
    )
    names, path = [each.name for each in units], "/konsol/specialister/"
    first = page_of(secretariat, path)
    assert heads(first, names) == names[: specialists.SHOWN]
    assert heads(page_of(secretariat, after(path, first)), names) == names[specialists.SHOWN :]
    assert heads(page_of(secretariat, f"{path}?q=næstved+46980042"), names) == ["Enhed 042"]
    assert "Ingen passer til det." in page_of(secretariat, f"{path}?q=krokodille")


@pytest.mark.parametrize(("asked", "shown"), [("46 99 00 44", "46 99 00 44"), ("slagelse", "46 99 10 00")])
def test_numbers_of_a_line_are_found_by_digits_and_by_authority(
    cast: Cast, secretariat: Client, asked: str, shown: str
) -> None:
    LineNumber.objects.bulk_create(LineNumber(line=cast.line, digits=f"469900{number:02}") for number in range(MANY))
    LineNumber.objects.create(line=cast.line, digits="46991000", home_authority=cast.colleague_authority)
    path = f"/konsol/linje/{cast.line.slug}/"
    assert "Side 1 af 2, 48 i alt" in page_of(secretariat, path)
    found = re.findall(r'<th scope="row" class="is-fixed">([\d ]+)', page_of(secretariat, f"{path}?q={asked}"))
    assert [each.strip() for each in found] == [shown]


def test_coverage_shows_a_page_of_members_and_its_table_everybody(cast: Cast, secretariat: Client) -> None:
    made = make_authorities()
    Membership.objects.bulk_create(Membership(centre=cast.centre, authority=each, from_on=LONG_AGO) for each in made)
    names, path = [each.name for each in made], "/konsol/daekning/"
    first = page_of(secretariat, path)
    assert len(heads(first, [*names, "Næstved Kommune", "Slagelse Kommune"])) == coverage.SHOWN
    assert names[-1] in page_of(secretariat, after(path, first))
    with as_web():
        table = secretariat.get(f"{path}tabel.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline=""), delimiter=";"))
    assert [row["Myndighed"] for row in rows[:: 7 * 24]] == ["Næstved", *names, "Slagelse"]
    assert len(rows) == (MANY + 2) * 7 * 24


def test_coverage_names_a_few_lines_and_counts_the_rest(cast: Cast, secretariat: Client) -> None:
    lines = Line.objects.bulk_create(
        Line(slug=f"a{number}", name=f"A{number:03}", owner=cast.own, centre=cast.centre) for number in range(9)
    )
    LineNumber.objects.bulk_create(LineNumber(line=line, digits=f"4699{line.pk:04}") for line in lines)
    assert "Centrets linjer: A000, A001, A002, A003, A004, A005 og 4 til" in page_of(secretariat, "/konsol/daekning/")


def test_number_that_is_not_to_be_called_is_found_among_many(cast: Cast, secretariat: Client) -> None:
    DoNotCall.objects.bulk_create(
        DoNotCall(authority=cast.own, digits=f"+454698{number:04}", reason="Prøve", made_at=NOW)
        for number in range(MANY)
    )
    page = page_of(secretariat, "/konsol/udgaaende/")
    assert f"Her er {outgoing.SHOWN} af dem." in page
    assert "46 98 00 44" not in page
    assert "46 98 00 44" in page_of(secretariat, "/konsol/udgaaende/?nummer=46+98+00+44")
    assert "Det nummer er ikke spærret." in page_of(secretariat, "/konsol/udgaaende/?nummer=4611")


def test_only_who_is_asked_has_a_field_and_every_name_is_escaped(cast: Cast) -> None:
    Authority.objects.filter(pk=cast.outside.pk).update(name="<b>Ø", kind="agency")
    form = CrisisForm(
        {f"ask-{cast.own.pk}": "3", f"ask-{cast.outside.pk}": " "},
        centre=cast.centre,
        preset=PRESETS["tom"],
        askable=askable(cast.centre),
    )
    assert [name for name in form.fields if name.startswith("ask-")] == [f"ask-{cast.own.pk}"]
    rows = form.ask_rows
    assert "&lt;b&gt;Ø <span" in rows
    assert "<b>" not in rows
    assert f'name="ask-{cast.own.pk}" value="3"' in rows
    form.is_valid()
    assert form.asked == [(cast.own, True, 3)]


def test_cells_of_counts_are_grouped_and_nothing_is_a_dot() -> None:
    assert count_cells([0, 1234]) == '<td class="is-num">·</td><td class="is-num">1.234</td>'
