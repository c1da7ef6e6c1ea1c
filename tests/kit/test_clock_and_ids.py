from datetime import UTC, datetime, timedelta

import pytest

from borgerlinje.kit import clock
from borgerlinje.kit.ids import uuid7

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_clock_stands_where_it_is_turned_to_and_runs_again_afterwards() -> None:
    with clock.turned(NOON):
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_today_is_the_danish_date() -> None:
    with clock.turned(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        assert clock.today().isoformat() == "2027-01-01"


def test_clock_refuses_a_naive_time() -> None:
    with pytest.raises(ValueError, match="aware"), clock.turned(datetime(2026, 7, 1)):  # noqa: DTZ001 - the point
        pass


def test_ids_are_version_7_unique_and_in_the_order_of_time() -> None:
    ids = [uuid7(NOON + timedelta(milliseconds=n)) for n in range(50)]
    assert ids == sorted(ids)
    assert {each.version for each in ids} == {7}
    assert len({uuid7(NOON) for _ in range(1000)}) == 1000
