from datetime import date

import pytest
from django.db import IntegrityError, transaction

from borgerlinje.cooperation.models import Authority, Membership
from tests.support.cast import Cast


def test_trial_and_full_membership_meet_on_a_day_without_overlap(cast: Cast) -> None:
    """S1-7: "until 28 February" and "until 1 March" are the same half-open end."""
    joining = {"centre": cast.centre, "authority": cast.outside}
    trial = Membership.objects.create(**joining, phase="trial", from_on=date(2013, 5, 1), to_on=date(2014, 3, 1))
    Membership.objects.create(**joining, phase="full", from_on=date(2014, 3, 1))
    assert trial.to_on is not None
    assert (trial.to_on - date(2014, 2, 28)).days == 1


def test_authority_cannot_be_a_member_of_one_centre_twice_on_a_day(cast: Cast) -> None:
    joining = {"centre": cast.centre, "authority": cast.outside}
    Membership.objects.create(**joining, from_on=date(2013, 5, 1), to_on=date(2014, 3, 1))
    with pytest.raises(IntegrityError, match="membership_no_overlap"), transaction.atomic():
        Membership.objects.create(**joining, from_on=date(2014, 2, 28))


def test_membership_that_ends_before_it_begins_is_refused(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="membership_ends_after_start"), transaction.atomic():
        Membership.objects.create(
            centre=cast.centre, authority=cast.outside, from_on=date(2014, 1, 1), to_on=date(2014, 1, 1)
        )


def test_authority_is_named_as_one_says_it() -> None:
    assert Authority(name="Næstved", kind="municipality").full_name == "Næstved Kommune"
    assert Authority(name="Region Sjælland", kind="region").full_name == "Region Sjælland"


def test_cvr_is_eight_digits_or_unknown(db: None) -> None:
    Authority.objects.create(code="1", name="A", kind="agency")
    with pytest.raises(IntegrityError, match="authority_cvr_eight_digits"), transaction.atomic():
        Authority.objects.create(code="2", name="B", kind="agency", cvr="123")
