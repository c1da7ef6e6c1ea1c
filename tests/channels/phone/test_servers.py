"""Which telephone servers are there, told without comparing anybody's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from borgerlinje.channels.phone.network import servers
from borgerlinje.channels.phone.network.servers import LOST_SECONDS, Watch
from borgerlinje.kit.running import CannotRunError

SEEN = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def rows(*, a: datetime = SEEN, b: datetime = SEEN) -> list[dict[str, object]]:
    return [{"name": "a", "seen_at": a}, {"name": "b", "seen_at": b}]


def test_server_whose_row_stands_still_is_dead_and_one_that_writes_is_not() -> None:
    watch = Watch()
    lost = [watch.look(rows(a=SEEN + timedelta(seconds=second)), at=100.0 + second) for second in range(0, 20, 2)]
    assert lost[:8] == [[]] * 8
    assert lost[8:] == [["b"]] * 2


def test_server_that_writes_again_is_alive() -> None:
    watch = Watch()
    for second in range(0, 18, 2):
        watch.look(rows(a=SEEN + timedelta(seconds=second)), at=second)
    assert watch.look(rows(a=SEEN, b=SEEN + timedelta(hours=1)), at=18) == []


def test_clock_that_jumps_kills_nobody() -> None:
    watch = Watch()
    for second in range(0, 40, 2):
        jump = timedelta(hours=5 if second > 20 else -5, seconds=second)
        assert watch.look(rows(a=SEEN + jump, b=SEEN + jump), at=second) == []


def test_nobody_is_dead_who_was_not_looked_at() -> None:
    """After an outage of the database every row is old at once: each has its time anew."""
    watch = Watch()
    watch.look(rows(), at=0)
    assert watch.look(rows(), at=60) == []
    for second in range(62, 60 + round(LOST_SECONDS), 2):
        assert watch.look(rows(), at=second) == []
    assert watch.look(rows(), at=61 + LOST_SECONDS) == ["a", "b"]


def test_name_of_a_server_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(servers.VARIABLE, raising=False)
    assert servers.own_name() == "asterisk"
    monkeypatch.setenv(servers.VARIABLE, "b")
    assert servers.own_name() == "b"
    monkeypatch.setenv(servers.VARIABLE, "Server B")
    with pytest.raises(CannotRunError, match="small letters"):
        servers.own_name()
