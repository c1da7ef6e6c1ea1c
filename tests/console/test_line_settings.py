"""What a line does on the telephone, its agreements and the specialists, over HTTP: words, faults, and whose it is to set."""

from datetime import date, time
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.lines.models import Line, Overflow, Specialist
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import get, person, post, text_of
from tests.support.cast import Cast

PAGE, ADD = "/konsol/linje/hotline/telefon/", "/konsol/linje/hotline/overloeb/"
TODAY = date(2026, 11, 24)


@pytest.fixture
def neighbour(cast: Cast) -> Line:
    return Line.objects.create(
        slug="nabo",
        name="Nabo",
        owner=cast.outside,
        centre=cast.outside.hosted_centres.get(),
        greeting_text="Velkommen.",
        closed_text="Lukket.",
    )


def settings_of(**changes: Any) -> dict[str, Any]:
    usual = {
        "audience": "citizens",
        "says_place": "on",
        "says_wait": "on",
        "callback_after_seconds": "120",
        "guide_sms_text": "",
        "hold_reminder_seconds": "60",
        "max_waiting": "20",
        "when_full": "announce",
        "full_text": "Der er for mange i kø.",
        "when_closed": "voicemail",
        "closed_text": "Vi har lukket.",
        "serves_waiting_after_close": "on",
        "offers_callbacks": "on",
        "callback_attempts": "3",
        "callback_retry_seconds": "900",
        "voicemail_seconds": "120",
        "voicemail_days": "30",
        "recording_purpose": "",
        "recording_days": "30",
    }
    return {**usual, **changes}


def agreement(neighbour: Line, **changes: Any) -> dict[str, Any]:
    usual = {
        "to_line": str(neighbour.pk),
        "after_seconds": "180",
        "when_full": "on",
        "when_closed": "on",
        "from_on": "2026-11-24",
        "to_on": "",
        "agreed": "Aftale af 1. november",
    }
    return {f"overflow-{name}": value for name, value in {**usual, **changes}.items()}


def test_settings_are_told_in_words(cast: Cast, secretariat: Client, neighbour: Line) -> None:
    assert post(secretariat, PAGE, **settings_of())["Location"] == PAGE
    cast.line.refresh_from_db()
    assert (cast.line.max_waiting, cast.line.callback_after_seconds, cast.line.when_closed) == (20, 120, "voicemail")
    page = text_of(get(secretariat, PAGE))
    for sentence in (
        "Mens borgeren venter, siges pladsen i køen og den ventede ventetid.",
        "Efter 120 sekunder tilbydes borgeren at blive ringet op og beholde sin plads.",
        "Når 20 venter, er køen fuld. Den, der ringer, hører »Der er for mange i kø.«, og opkaldet slutter.",
        "Når der er lukket: Den, der ringer, kan indtale en besked på højst 120 sekunder. De, der venter ved lukketid, bliver betjent.",
        "Samtaler optages aldrig.",
    ):
        assert sentence in page, sentence
    post(secretariat, ADD, **agreement(neighbour))
    assert "Opkaldet stilles til Nabo, hvis den er åben (Aftale af 1. november). Ellers:" in text_of(
        get(secretariat, PAGE)
    )


def test_every_setting_that_cannot_be_is_said_at_once(cast: Cast, secretariat: Client) -> None:
    faulty = settings_of(
        max_waiting="5",
        full_text="",
        closed_text="",
        guide_sms_text="Se borger.dk",
        callback_after_seconds="5",
        voicemail_days="0",
        when_closed="callback",
        offers_callbacks="",
    )
    answer = post(secretariat, PAGE, **faulty)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text_of(answer)
    for fault in (
        "Skriv, hvad den, der ringer til en fuld kø, skal høre.",
        "Skriv, hvad den, der ringer, skal høre.",
        "begynder med https://.",
        "Skriv et helt tal fra 30 til 3600.",
        "Skriv et helt tal fra 1 til 365.",
        "så nogen skal have opkaldene tilbudt.",
        "Intet er gemt.",
    ):
        assert fault in page, fault
    cast.line.refresh_from_db()
    assert cast.line.max_waiting == 0
    # What the page says of the line is what is stored, not what was refused.
    assert "Køen bliver aldrig fuld." in page


def test_line_of_others_is_not_set(cast: Cast, secretariat: Client, neighbour: Line) -> None:
    for client, path in (
        (secretariat, PAGE.replace("hotline", "nabo")),
        (person(cast, "Otte", Role.SECRETARIAT, cast.outside), PAGE),
    ):
        assert get(client, path).status_code == HTTPStatus.NOT_FOUND
        assert post(client, path, **settings_of()).status_code == HTTPStatus.NOT_FOUND
    lines = text_of(get(secretariat, "/konsol/linjer/"))
    assert "Hotline" in lines
    assert neighbour.name not in lines


def test_agreement_on_overflow_is_made_and_ended(cast: Cast, secretariat: Client, neighbour: Line) -> None:
    assert post(secretariat, ADD, **agreement(neighbour))["Location"] == PAGE
    overflow = Overflow.objects.get()
    assert (overflow.line, overflow.to_line, overflow.after_seconds) == (cast.line, neighbour, 180)
    Overflow.objects.update(from_on=date(2026, 1, 1))
    post(secretariat, f"{ADD}{overflow.pk}/slut/")
    overflow.refresh_from_db()
    assert overflow.to_on == TODAY
    assert post(secretariat, f"{ADD}{overflow.pk}/slut/").status_code == HTTPStatus.NOT_FOUND
    post(secretariat, ADD, **agreement(neighbour, from_on="2026-12-01"))
    post(secretariat, f"{ADD}{Overflow.objects.latest('pk').pk}/slut/")
    assert Overflow.objects.count() == 1


def test_every_fault_of_an_agreement_is_said_at_once(cast: Cast, secretariat: Client, neighbour: Line) -> None:
    Overflow.objects.create(line=cast.line, to_line=neighbour, when_full=True, from_on=TODAY, agreed="Den gamle")
    nothing = agreement(
        neighbour,
        to_line=str(cast.line.pk),
        after_seconds="",
        when_full="",
        when_closed="",
        agreed="",
        from_on="2027-01-01",
    )
    page = text_of(post(secretariat, ADD, **nothing))
    for fault in (
        "Vælg, hvornår borgere sendes videre",
        "Uden aftale sendes ingen videre.",
        "Der gælder allerede en aftale i den tid: til Nabo (Den gamle).",
        "Vælg en anden linje.",
    ):
        assert fault in page, fault
    backwards = text_of(post(secretariat, ADD, **agreement(neighbour, from_on="2027-01-02", to_on="2027-01-01")))
    assert "Aftalen slutter, før den begynder." in backwards
    assert Overflow.objects.count() == 1


def test_agreements_that_go_round_in_a_ring_are_warned_of(cast: Cast, secretariat: Client, neighbour: Line) -> None:
    third = Line.objects.create(
        slug="tredje", name="Tredje", owner=cast.own, centre=cast.centre, greeting_text="A", closed_text="B"
    )
    post(secretariat, ADD, **agreement(neighbour))
    assert "Aftalerne går i ring" not in text_of(get(secretariat, PAGE))
    for line, to_line in ((neighbour, third), (third, cast.line)):
        Overflow.objects.create(line=line, to_line=to_line, when_full=True, from_on=TODAY, agreed="x")
    assert "Hotline → Nabo → Tredje → Hotline." in text_of(get(secretariat, PAGE))
    # A ring elsewhere that a chain leads into ends there.
    Overflow.objects.filter(line=third).update(to_line=neighbour)
    assert "Aftalerne går i ring" not in text_of(get(secretariat, PAGE))


# Specialists.

UNIT = {
    "name": "Pas og kørekort",
    "about": "",
    "digits": "46 31 31 31",
    "first_weekday": "0",
    "last_weekday": "4",
    "opens": "09:00",
    "closes": "15:00",
}


def test_manager_keeps_the_units_of_their_own_authority(cast: Cast, secretariat: Client) -> None:
    manager = person(cast, "Mona", Role.AUTHORITY_MANAGER, cast.colleague_authority)
    foreign = Specialist.objects.create(authority=cast.own, name="Byggesag", digits="46313132")
    common = Specialist.objects.create(name="Fælles", digits="46313133")
    assert (
        post(manager, "/konsol/specialister/ny/", **UNIT, authority=str(cast.colleague_authority.pk)).status_code == 302
    )
    unit = Specialist.objects.get(name="Pas og kørekort")
    assert (unit.digits, unit.opens) == ("46313131", time(9))
    page = text_of(get(manager, "/konsol/specialister/"))
    assert "Fælles" in page
    assert "Byggesag" not in page
    for others in (foreign, common):
        assert post(manager, f"/konsol/specialister/{others.pk}/", **UNIT).status_code == HTTPStatus.NOT_FOUND
        assert post(manager, f"/konsol/specialister/{others.pk}/slet/").status_code == HTTPStatus.NOT_FOUND
    # Neither for another authority, nor for all.
    for authority in (str(cast.own.pk), ""):
        assert post(manager, "/konsol/specialister/ny/", **UNIT, authority=authority).status_code == 422
    assert post(secretariat, "/konsol/specialister/ny/", **{**UNIT, "name": "Ny"}, authority="").status_code == 302
    post(manager, f"/konsol/specialister/{unit.pk}/slet/")
    assert not Specialist.objects.filter(pk=unit.pk).exists()


def test_every_fault_of_a_unit_is_said_at_once(cast: Cast, secretariat: Client) -> None:
    faulty = {**UNIT, "name": "", "digits": "12", "closes": "08:00", "first_weekday": "5", "last_weekday": "1"}
    page = text_of(post(secretariat, "/konsol/specialister/ny/", **faulty, authority=str(cast.own.pk)))
    for fault in (
        "Skriv, hvad enheden hedder.",
        "Det er ikke et telefonnummer.",
        "Enheden lukker, før den åbner.",
        "Den sidste ugedag ligger før den første.",
    ):
        assert fault in page, fault
    half = text_of(post(secretariat, "/konsol/specialister/ny/", **{**UNIT, "closes": ""}, authority=str(cast.own.pk)))
    assert "Skriv begge tider, eller ingen" in half
    assert not Specialist.objects.exists()
