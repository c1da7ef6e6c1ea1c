"""A clock turned back: places keep their order, and nothing that was to end soon lasts for hours."""

from datetime import timedelta

from django.db import connection

from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.actions import do_offer
from borgerlinje.dispatch.matching import Match
from borgerlinje.dispatch.models import Offer, Presence
from borgerlinje.dispatch.turned_clock import do_move_back
from borgerlinje.kit.database import run
from tests.support.cast import NOW, Cast, later

HOURS = 7200.0


def move_back() -> int:
    with connection.cursor() as cursor:
        return run(do_move_back(now=NOW), cursor)


def test_those_who_waited_before_stay_in_order_and_before_whoever_came_after(cast: Cast) -> None:
    first, second = cast.wait(at=later(HOURS)), cast.wait(at=later(HOURS + 60))
    newcomer = cast.wait(at=NOW)
    assert move_back() == 2
    assert list(Contact.objects.order_by("waiting_since").values_list("id", flat=True)) == [first, second, newcomer]
    places = Contact.objects.in_bulk()
    first_place, second_place = places[first].waiting_since, places[second].waiting_since
    assert first_place is not None
    assert second_place is not None
    assert second_place - first_place == timedelta(seconds=60)
    assert second_place < NOW
    assert move_back() == 0


def test_open_offer_ends_after_its_own_time_and_the_longest_idle_stay_first(cast: Cast) -> None:
    cast.ready(cast.employee, at=later(HOURS))
    cast.ready(cast.colleague, at=later(HOURS + 60))
    contact_id = cast.wait(at=later(HOURS + 70))
    with connection.cursor() as cursor:
        run(do_offer([Match(contact_id, cast.employee.pk, {})], now=later(HOURS + 80)), cursor)
    assert move_back() == 3
    offer = Offer.objects.get()
    assert offer.expires_at == NOW + timedelta(seconds=cast.line.ring_seconds)
    idle = dict(Presence.objects.values_list("employee_id", "idle_since"))
    assert idle[cast.employee.pk] < idle[cast.colleague.pk] < NOW


def test_clocks_that_differ_by_little_move_nothing(cast: Cast) -> None:
    cast.wait(at=later(5))
    assert move_back() == 0
