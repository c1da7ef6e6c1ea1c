"""What comes of the guides: what there is to do, what was opened, and that nothing of it tells who somebody was."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection

from borgerlinje.contacts.lifecycle import Event
from borgerlinje.contacts.models import Contact, ContactGuide
from borgerlinje.dispatch.models import Transfer
from borgerlinje.guides import figures
from borgerlinje.guides.counting import campaign_of, do_count_missed, do_count_opening
from borgerlinje.guides.figures import Month
from borgerlinje.guides.models import Feedback, Guide, GuideVersion, MissedSearch, Opening, Side
from borgerlinje.guides.work import Item, Kind, Scope, do_mark, do_unmark, to_do, with_remarks
from borgerlinje.lines.models import Specialist
from tests.desk.acts import talking
from tests.guides.making import published
from tests.support.cast import NOW, Cast, later
from tests.support.database import as_web

TODAY = date(2026, 11, 24)
NOVEMBER = Month(date(2026, 11, 1))


@pytest.fixture
def guide(cast: Cast) -> Guide:
    return published()


@pytest.fixture
def scope(cast: Cast) -> Scope:
    return Scope((cast.own.pk, cast.colleague_authority.pk))


def said(guide: Guide, *, helped: bool, words: str = "", **more: object) -> Feedback:
    usual = {"version": 1, "side": Side.CITIZEN, "at": NOW, "authority": None}
    return Feedback.objects.create(guide=guide, helped=helped, words=words, **(usual | more))


def opened(cast: Cast, guide: Guide, *, digits: str = "46313020") -> UUID:
    """Let the employee talk with a citizen and open the guide."""
    contact_id = talking(cast, cast.employee, digits=digits)
    ContactGuide.objects.create(
        contact_id=contact_id,
        authority=cast.own,
        guide=guide,
        version=1,
        employee=cast.employee,
        opened_at=later(20),
    )
    return contact_id


def handed_on(cast: Cast, contact_id: UUID, *, digits: str = "+4555881234") -> None:
    """Let the contact be left with a number."""
    Transfer.objects.create(
        contact_id=contact_id,
        authority=cast.own,
        employee=cast.employee,
        digits=digits,
        label="Pensionsteam",
        made_at=later(30),
        expires_at=later(60),
        ended_at=later(50),
        ended_as="handed_over",
    )
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(60))


def of_kind(scope: Scope, kind: Kind) -> list[Item]:
    return to_do(scope, now=later(120), kind=kind)


def test_guide_that_did_not_help_stands_with_its_words_and_the_share_that_it_helped(guide: Guide, scope: Scope) -> None:
    said(guide, helped=False, words="Knappen er væk")
    said(guide, helped=False, side=Side.EMPLOYEE)
    said(guide, helped=True)
    said(guide, helped=False, at=NOW - timedelta(days=91))
    (item,) = of_kind(scope, Kind.NOT_HELPED)
    assert (item.key, item.weight, item.helped, item.answered) == ("sundhedskort", 2, 1, 3)
    assert item.sides == ("Borger", "Medarbejder")
    (shown,) = with_remarks([item], scope)
    assert [each.words for each in shown.remarks] == ["Knappen er væk"]


def test_answers_outside_the_scope_are_not_counted(cast: Cast, guide: Guide, scope: Scope) -> None:
    said(guide, helped=False, authority=cast.outside)
    assert not of_kind(scope, Kind.NOT_HELPED)
    said(guide, helped=False)
    assert not of_kind(Scope((cast.own.pk,), has_common=False), Kind.NOT_HELPED)
    assert not of_kind(Scope((cast.own.pk,), side=Side.EMPLOYEE), Kind.NOT_HELPED)
    assert of_kind(Scope((cast.own.pk,), side=Side.CITIZEN), Kind.NOT_HELPED)


def test_what_is_done_is_gone_until_it_happens_anew_and_can_be_taken_back(guide: Guide, scope: Scope) -> None:
    said(guide, helped=False)
    (item,) = of_kind(scope, Kind.NOT_HELPED)
    after = said(guide, helped=False)
    do_mark(item.kind, item.key, scope, until=item.until, now=later(60))
    (item,) = of_kind(scope, Kind.NOT_HELPED)
    assert (item.weight, item.until) == (1, str(after.pk)), "what came after the list was drawn stands"
    do_unmark(Kind.NOT_HELPED, item.key, scope, at=later(60))
    assert of_kind(scope, Kind.NOT_HELPED)[0].weight == 2


def test_searches_in_vain_are_grouped_over_days_and_a_new_day_is_open_again(cast: Cast, scope: Scope) -> None:
    for on, authority_id in ((TODAY, None), (TODAY, cast.own.pk), (TODAY - timedelta(days=1), None)):
        do_count_missed("bålplads", authority_id=authority_id, side=Side.CITIZEN, on=on)
    (item,) = of_kind(scope, Kind.MISSED)
    assert (item.key, item.weight, item.places, item.until) == ("baalplads", 3, ("Næstved",), "2026-11-24")
    do_mark(item.kind, item.key, scope, until=item.until, now=later(60))
    assert not of_kind(scope, Kind.MISSED)
    do_count_missed("bålplads", authority_id=None, side=Side.CITIZEN, on=TODAY + timedelta(days=1))
    assert of_kind(scope, Kind.MISSED)[0].weight == 1
    do_unmark(Kind.MISSED, "baalplads", scope, at=later(60))
    assert of_kind(scope, Kind.MISSED)[0].weight == 4


@pytest.mark.parametrize(
    "text", ["0101701234", "010170-1234", "01 01 70 12 34", "12345678", "+45 46 31 30 20", "anna@example.org"]
)
def test_search_that_may_tell_who_somebody_is_is_not_stored(cast: Cast, text: str) -> None:
    do_count_missed(f"flytning {text}", authority_id=None, side=Side.CITIZEN, on=TODAY)
    assert not MissedSearch.objects.exists()
    assert campaign_of(f"bibliotek {text.replace('@', '1234567890')}") == ""


def test_years_and_house_numbers_do_not_keep_a_search_out(cast: Cast) -> None:
    do_count_missed("årsopgørelse 2025 2026 blanket 1007", authority_id=None, side=Side.CITIZEN, on=TODAY)
    assert MissedSearch.objects.get().asked == "1007 2025 2026 aarsopgoerelse blanket"


def test_matter_passed_on_though_a_guide_was_opened_is_counted_with_its_unit(
    cast: Cast, guide: Guide, scope: Scope
) -> None:
    Specialist.objects.create(authority=cast.own, name="Pension og tillæg", digits="55881234")
    handed_on(cast, opened(cast, guide))
    (item,) = of_kind(scope, Kind.TRANSFERRED)
    assert (item.key, item.weight, item.units) == ("sundhedskort", 1, (("Pension og tillæg", 1),))
    assert item.places == ("Næstved",)


def test_matter_that_was_closed_as_transferred_counts_and_one_that_was_solved_does_not(
    cast: Cast, guide: Guide, scope: Scope
) -> None:
    contact_id = opened(cast, guide)
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(40))
    Contact.objects.filter(pk=contact_id).update(outcome="resolved")
    assert not of_kind(scope, Kind.TRANSFERRED)
    Contact.objects.filter(pk=contact_id).update(outcome="transferred")
    (item,) = of_kind(scope, Kind.TRANSFERRED)
    assert item.units == (("", 1),)


def test_counts_cross_the_fence_and_contacts_do_not(cast: Cast, guide: Guide, scope: Scope) -> None:
    handed_on(cast, opened(cast, guide))
    with as_web():
        assert not ContactGuide.objects.exists()
        assert not Transfer.objects.exists()
        assert [each.weight for each in of_kind(scope, Kind.TRANSFERRED)] == [1]
        assert not of_kind(Scope((cast.outside.pk,)), Kind.TRANSFERRED)


def test_guide_that_was_looked_at_comes_back_only_with_what_came_after(cast: Cast, guide: Guide, scope: Scope) -> None:
    handed_on(cast, opened(cast, guide))
    assert do_mark(Kind.TRANSFERRED, guide.slug, scope, until="", now=later(90)) is None
    assert not of_kind(scope, Kind.TRANSFERRED)
    do_unmark(Kind.TRANSFERRED, guide.slug, scope, at=later(90), before=None)
    assert of_kind(scope, Kind.TRANSFERRED)


def test_looking_at_a_guide_does_not_make_the_search_anew(guide: Guide, scope: Scope) -> None:
    def changes() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT changes FROM guides_stamp")
            return int(cursor.fetchone()[0])

    before = changes()
    do_mark(Kind.TRANSFERRED, guide.slug, scope, until="", now=NOW)
    assert changes() == before
    Guide.objects.filter(pk=guide.pk).update(title="Et andet kort")
    assert changes() > before


def test_guide_past_its_review_weighs_as_it_is_opened(guide: Guide, scope: Scope) -> None:
    assert not of_kind(scope, Kind.DUE)
    GuideVersion.objects.update(review_on=date(2026, 1, 1))
    for _time in range(3):
        do_count_opening(guide.pk, authority_id=None, side=Side.CITIZEN, campaign="", on=TODAY)
    (item,) = of_kind(scope, Kind.DUE)
    assert (item.key, item.weight, item.last_on) == ("sundhedskort", 3, date(2026, 1, 1))


def test_list_begins_with_what_happened_most_often(guide: Guide, scope: Scope) -> None:
    said(guide, helped=False)
    for _time in range(2):
        do_count_missed("bålplads", authority_id=None, side=Side.CITIZEN, on=TODAY)
    assert [(each.kind, each.weight) for each in to_do(scope, now=later(1))] == [
        (Kind.MISSED, 2),
        (Kind.NOT_HELPED, 1),
    ]


def test_openings_are_summed_by_guide_campaign_authority_and_side(cast: Cast, guide: Guide, scope: Scope) -> None:
    counted = (
        (None, Side.CITIZEN, "Bibliotek forår!", TODAY),
        (cast.own.pk, Side.CITIZEN, "", TODAY),
        (cast.own.pk, Side.EMPLOYEE, "", TODAY),
        (cast.outside.pk, Side.CITIZEN, "", TODAY),
        (None, Side.CITIZEN, "", date(2026, 10, 31)),
    )
    for authority_id, side, campaign, on in counted:
        do_count_opening(guide.pk, authority_id=authority_id, side=side, campaign=campaign, on=on)
    total = figures.total(scope, NOVEMBER)
    assert (total.citizens, total.employees, total.total) == (2, 1, 3)
    assert [(each.key, each.total) for each in figures.by_guide(scope, NOVEMBER)] == [("sundhedskort", 3)]
    assert [(each.key, each.total) for each in figures.by_campaign(scope, NOVEMBER)] == [("bibliotek-forår", 1)]
    assert {(each.name, each.total) for each in figures.by_authority(scope, NOVEMBER)} == {("Næstved", 2), ("", 1)}
    assert len(list(figures.every(scope, NOVEMBER))) == 3
    assert Opening.objects.count() == 5


def test_months_go_back_over_the_turn_of_the_year() -> None:
    found = figures.months(date(2026, 1, 31), count=3)
    assert [each.code for each in found] == ["2026-01", "2025-12", "2025-11"]
    assert found[1].next_on == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("kind", "until"), [(Kind.DUE, ""), (Kind.NOT_HELPED, "x"), (Kind.MISSED, "i går"), (Kind.TRANSFERRED, "")]
)
def test_what_cannot_be_marked_is_an_error(scope: Scope, kind: Kind, until: str) -> None:
    with pytest.raises(ValueError):
        do_mark(kind, "findes-ikke", scope, until=until, now=NOW)
