"""Pauses with a reason, and the employee's own day, over HTTP."""

from datetime import timedelta

import pytest
from django.test import Client

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.dispatch.models import Presence, Spell
from tests.desk.acts import get, post, state, talking, wrapping_up
from tests.support.cast import NOW, Cast, later, user_of


def spells(employee) -> list[tuple[str, str, bool]]:
    return [(each.kind, each.reason, each.to_at is None) for each in employee.spells.order_by("pk")]


def test_pause_with_a_reason_is_seen_by_colleagues_and_ends_with_the_pause(cast: Cast, web: Client) -> None:
    get(web, "/bord/")
    page = post(web, "/bord/status/", status="paused", reason="lunch").content.decode()
    assert "Du holder pause: Frokost" in page
    web.force_login(user_of(cast.colleague))
    assert "Frokost" in get(web, "/bord/").content.decode()
    web.force_login(user_of(cast.employee))
    post(web, "/bord/status/", status="ready")
    post(web, "/bord/status/", status="paused")
    assert Presence.objects.get(employee=cast.employee).pause_reason == ""


def test_another_reason_begins_a_pause_of_its_own(cast: Cast, web: Client) -> None:
    get(web, "/bord/")
    post(web, "/bord/status/", status="paused", reason="lunch")
    post(web, "/bord/status/", status="paused", reason="lunch")
    post(web, "/bord/status/", status="paused", reason="meeting")
    assert spells(cast.employee)[-2:] == [("pause", "lunch", False), ("pause", "meeting", True)]


@pytest.mark.parametrize("reason", ["ferie", "", "x" * 400])
def test_unknown_reason_is_a_pause_like_any_other(cast: Cast, web: Client, reason: str) -> None:
    get(web, "/bord/")
    post(web, "/bord/status/", status="ready")
    post(web, "/bord/status/", status="paused", reason=reason)
    assert (state(cast.employee), Presence.objects.get(employee=cast.employee).pause_reason) == ("paused", "")


def test_reason_asked_for_in_a_conversation_is_kept_until_the_pause(cast: Cast, web: Client) -> None:
    contact_id = talking(cast, cast.employee)
    post(web, "/bord/status/", status="paused", reason="training")
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(9))
    cast.event(contact_id, Event.COMPLETED, at=later(12))
    presence = Presence.objects.get(employee=cast.employee)
    assert (presence.state, presence.doing) == ("paused", "Oplæring")
    assert spells(cast.employee)[-1] == ("pause", "training", True)


def test_offers_and_conversations_are_one_spell_of_work(cast: Cast) -> None:
    wrapping_up(cast, cast.employee)
    assert spells(cast.employee)[-1] == ("work", "", True)
    assert [kind for kind, _, _ in spells(cast.employee)].count("work") == 1


def test_clock_turned_back_ends_nothing_before_it_began(cast: Cast) -> None:
    cast.ready(cast.employee)
    Presence.objects.update(state="paused", since=NOW - timedelta(hours=1))
    [work, pause] = Spell.objects.filter(employee=cast.employee).order_by("pk")[:2]
    assert work.to_at == work.from_at
    assert pause.to_at is None


def test_my_day_shows_my_citizens_and_pauses_and_nobody_elses(cast: Cast, web: Client) -> None:
    contact_id = wrapping_up(cast, cast.employee)
    cast.event(contact_id, Event.COMPLETED, at=later(12))
    talking(cast, cast.colleague)
    page = get(web, "/bord/min-dag/").content.decode()
    assert page.count("Borger 46 12 ** **") == 1
    assert "46120000" not in page
    assert "på arbejde siden" in page


def test_day_before_anything_has_happened_says_so(cast: Cast, web: Client) -> None:
    assert cast.employee.pk
    page = get(web, "/bord/min-dag/").content.decode()
    assert "Du har ikke talt med nogen i dag endnu." in page
    assert "Du har ikke været på arbejde i dag endnu." in page
