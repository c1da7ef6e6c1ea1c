"""A line made of a few values can be called, queues, and is offered to somebody; numbers that are taken are refused by name."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from borgerlinje.channels.phone import book
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.lines import menus, queries
from borgerlinje.lines.models import Line, LineNumber, MenuVersion
from borgerlinje.lines.new_line import NewLine, NumberTakenError, do_create_line, slug_of, usual_greeting
from tests.support.cast import NOW, Cast, later
from tests.support.database import as_web


def new(cast: Cast, **changes: object) -> NewLine:
    usual = {
        "name": "Hjælp til pas",
        "centre_id": cast.centre.pk,
        "owner_id": cast.own.pk,
        "numbers": {"55550000": None},
    }
    return NewLine(**{**usual, **changes})  # type: ignore[arg-type] # one test's changes


def make(cast: Cast, **changes: object) -> Line:
    with as_web():
        made = run_here(do_create_line(new(cast, **changes), now=NOW))
    return Line.objects.get(pk=made.line_id)


def test_line_of_few_values_has_good_answers(cast: Cast) -> None:
    line = make(cast)
    assert (line.slug, line.language, line.audience, line.scope) == (
        "hjaelp-til-pas",
        "da",
        "citizens",
        "guidance_only",
    )
    assert (
        line.greeting_text
        == usual_greeting("Hjælp til pas")
        == "Velkommen til Hjælp til pas. Et øjeblik, så stiller vi dig igennem."
    )
    assert line.closed_text.startswith("Hjælp til pas har lukket.")
    number = line.numbers.get()
    assert (number.digits, number.home_authority, number.is_main) == ("55550000", None, True)
    # Tuesday 14.00: from 8 to 15.
    assert queries.line_status(line, at=NOW).closes_at == later(3600)
    assert not queries.line_status(line, at=later(3600)).is_open
    assert queries.open_lines().filter(pk=line.pk).exists()
    assert not line.menus.exists()


def test_call_to_a_new_line_is_queued_and_can_be_offered_to_anybody_of_the_centre(cast: Cast) -> None:
    line = make(cast)
    contact_id = cast.arrive("55550000")
    cast.event(contact_id, Event.GREETED)
    contact = cast.contact(contact_id)
    assert (contact.line_id, contact.state, contact.authority_id) == (line.pk, "waiting", cast.own.pk)
    cast.ready(cast.employee)
    assert queries.load(line.pk, at=NOW).waiting == 1
    assert queries.load(line.pk, at=NOW).ready == 1


def test_members_own_number_tells_whose_citizen_calls(cast: Cast) -> None:
    make(cast, numbers={"55550000": None, "55550330": cast.colleague_authority.pk})
    assert cast.contact(cast.arrive("55550330")).home_authority == cast.colleague_authority
    assert [each.digits for each in LineNumber.objects.filter(is_main=True, digits__startswith="5555")] == ["55550000"]


def test_number_of_another_line_is_refused_by_that_lines_name(cast: Cast) -> None:
    with pytest.raises(NumberTakenError, match="46 31 30 20 hører allerede til linjen Hotline"), transaction.atomic():
        make(cast, numbers={"55550000": None, "46313020": None})
    assert not Line.objects.filter(name="Hjælp til pas").exists()


def test_lines_of_one_name_have_addresses_of_their_own(cast: Cast) -> None:
    slugs = [
        make(cast, name=name, numbers={digits: None}).slug
        for name, digits in (("Ny", "1101"), ("Ny", "1102"), ("ny!", "1103"))
    ]
    assert slugs == ["ny-2", "ny-3", "ny-4"]
    assert slug_of("Æblegrød på Ærø") == "aeblegroed-paa-aeroe"
    assert slug_of("???") == "linje"
    assert len(slug_of("a b " * 60)) <= 44


def test_second_language_can_be_chosen_and_who_presses_nothing_gets_a_person(cast: Cast) -> None:
    line = make(cast, languages=("da", "en"), greeting="Velkommen til paslinjen.")
    trees = {
        each.language: menus.read(each.tree, language=each.language) for each in MenuVersion.objects.filter(line=line)
    }
    assert set(trees) == {"da", "en"}
    menu, faults = trees["da"]
    assert faults == ()
    assert menu.greeting.text == "Velkommen til paslinjen."
    assert [(each.key, each.action.kind, each.action.to) for each in menu.start.choices] == [
        ("8", menus.Kind.LANGUAGE, "en"),
        ("0", menus.Kind.PERSON, ""),
    ]
    assert menu.start.silence.action.kind is menus.Kind.PERSON


def test_line_of_a_demo_centre_is_the_demos(cast: Cast) -> None:
    assert not make(cast).is_demo
    cast.centre.is_demo = True
    cast.centre.save()
    assert make(cast, numbers={"55550001": None}).is_demo


def test_line_closed_for_good_takes_no_calls_and_is_shown_nowhere(cast: Cast) -> None:
    line = make(cast)
    line.ended_on = date(2026, 11, 25)
    line.always_open, line.always_open_reason = True, "Prøvedrift"
    line.save()
    with clock.turned(NOW):
        assert queries.open_lines().filter(pk=line.pk).exists()
        assert not queries.has_ended(line)
        assert queries.line_status(line, at=NOW).is_open
    day_after = NOW + timedelta(days=1)
    with clock.turned(day_after):
        assert not queries.line_status(line, at=day_after).is_open
        assert queries.line_status(line, at=day_after).opens_at is None
        assert not queries.open_lines().filter(pk=line.pk).exists()
        assert queries.shown_line(line.pk) == line
        assert queries.has_ended(line)


def test_telephone_says_a_closed_line_is_closed_and_promises_nothing(cast: Cast) -> None:
    line = make(cast, languages=("da", "en"))
    Line.objects.filter(pk=line.pk).update(when_closed="callback", offers_callbacks=True)
    entry = book._entry(Line.objects.get(pk=line.pk), (), NOW)
    assert entry.digits == {"55550000"}
    assert entry.has_menu(NOW)
    assert entry.does_more_when_closed
    Line.objects.filter(pk=line.pk).update(ended_on=NOW.date())
    with clock.turned(NOW):
        entry = book._entry(Line.objects.get(pk=line.pk), (), NOW)
    assert not entry.is_open(NOW)
    assert not entry.has_menu(NOW)
    assert not entry.does_more_when_closed
    assert entry.closed_text == line.closed_text
