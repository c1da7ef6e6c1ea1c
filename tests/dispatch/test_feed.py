"""What the leader knows, against what is in the rows, with real commits on several connections."""

import psycopg
import pytest
from psycopg.rows import dict_row

from borgerlinje.dispatch import loop
from borgerlinje.dispatch.feed import Feed
from borgerlinje.kit.hints import Hints
from tests.dispatch.engine import Engine, call, rows
from tests.support.cast import NOW, later
from tests.support.database import TestDatabase


@pytest.fixture
async def feed(engine: Engine) -> Feed:
    feed = Feed(engine)
    await feed.read_all(today=NOW.date())
    return feed


def other_connection(database: TestDatabase) -> psycopg.Connection[object]:
    return psycopg.connect(database.url("bl_engine"), row_factory=dict_row)


async def test_leader_begins_with_everybody_who_waits_and_is_free(engine: Engine) -> None:
    await call(engine)
    feed = Feed(engine)
    await feed.read_all(today=NOW.date())
    assert len(feed.pool.contacts) == 1
    # All four are ready; what each may be offered is for the matching to say.
    assert {employee.employee_id for employee in feed.pool.employees} == {1, 2, 3, 4}
    assert feed.colleagues[4].skills == {}


async def test_change_that_commits_late_is_not_passed_over(engine: Engine, feed: Feed, database: TestDatabase) -> None:
    with other_connection(database) as late:
        late.execute(
            "INSERT INTO contacts_contact (id, line_id, channel, authority_id, home_source, state, arrived_at, waiting_since,"
            " closed_as, caller_number, dialled, channel_ref, subject, outcome, note, is_test) VALUES (gen_random_uuid(), 1, 'phone',"
            " 1, 'number', 'waiting', %(at)s, %(at)s, '', '', '', '', '', '', '', false)",
            {"at": NOW},
        )
        # Others that began later are done, and read, before this one commits.
        await call(engine, seconds=1)
        await feed.refresh()
        await feed.refresh()
        assert len(feed.pool.contacts) == 1
        late.commit()
    await feed.refresh()
    assert len(feed.pool.contacts) == 2


async def test_contact_that_left_the_pool_leaves_the_memory(engine: Engine, feed: Feed) -> None:
    await call(engine)
    await feed.refresh()
    assert len(feed.pool.contacts) == 1
    await engine.execute("UPDATE contacts_contact SET state = 'closed', closed_as = 'abandoned', closed_at = now()")
    await engine.execute("UPDATE dispatch_presence SET state = 'paused' WHERE employee_id = 2")
    await feed.refresh()
    assert feed.pool.contacts == {}
    assert {employee.employee_id for employee in feed.pool.employees} == {1, 3, 4}


async def test_employee_who_has_somebody_is_not_free_whatever_the_state_says(engine: Engine, feed: Feed) -> None:
    await engine.execute(
        "INSERT INTO contacts_contact (id, line_id, channel, authority_id, home_source, state, arrived_at, waiting_since, employee_id,"
        " closed_as, caller_number, dialled, channel_ref, subject, outcome, note, is_test) VALUES (gen_random_uuid(), 1, 'phone',"
        " 1, 'number', 'held', %(at)s, %(at)s, 2, '', '', '', '', '', '', '', false)",
        {"at": NOW},
    )
    await engine.execute("UPDATE dispatch_presence SET state = 'ready' WHERE employee_id = 2")
    await feed.refresh()
    assert 2 not in {employee.employee_id for employee in feed.pool.employees}


async def test_leader_reads_its_own_offers_no_second_time(engine: Engine, feed: Feed) -> None:
    await call(engine)
    assert await loop.tick(feed, now=later(1))
    await feed.refresh()
    assert (len(feed.pool.contacts), len(feed.pool.employees)) == (0, 3)
    # What comes of the offer is news again.
    await engine.execute("UPDATE dispatch_offer SET ended_at = now(), ended_as = 'expired'")
    await engine.execute("UPDATE contacts_contact SET state = 'waiting'")
    await engine.execute("UPDATE dispatch_presence SET state = 'ready'")
    await feed.refresh()
    assert (len(feed.pool.contacts), len(feed.pool.employees)) == (1, 4)


@pytest.mark.parametrize(
    "lock",
    [
        "SELECT 1 FROM contacts_contact WHERE state = 'waiting' FOR UPDATE",
        "SELECT 1 FROM dispatch_presence WHERE employee_id = 2 FOR UPDATE",
    ],
    ids=["contact", "employee"],
)
async def test_row_that_somebody_holds_is_offered_when_they_let_go(
    engine: Engine, feed: Feed, database: TestDatabase, lock: str
) -> None:
    await call(engine)
    with other_connection(database) as other:
        other.execute(lock)
        assert await loop.tick(feed, now=later(1)) == []
        assert feed.is_doubtful
        # Nothing about the row changes: nobody would say so.
        other.rollback()
    assert "desk:2" in await loop.tick(feed, now=later(2))
    assert not feed.is_doubtful


async def test_rules_that_changed_count_without_a_new_leader(engine: Engine, feed: Feed) -> None:
    await call(engine)
    await engine.execute("UPDATE dispatch_presence SET state = 'paused' WHERE employee_id <> 4")
    assert await loop.tick(feed, now=later(1)) == []
    await engine.execute("UPDATE staff_employeeskill SET expires_on = NULL WHERE employee_id = 4")
    await feed.read_rules(today=NOW.date())
    assert "desk:4" in await loop.tick(feed, now=later(2))


async def test_new_colleague_is_known_when_they_become_ready(
    engine: Engine, feed: Feed, database: TestDatabase
) -> None:
    with database.as_owner() as owner:
        owner.execute(
            "INSERT INTO staff_employee (id, employer_id, given_name, initial, from_on, is_robot, is_demo)"
            " VALUES (9, 1, 'New', 'X', '2020-01-01', false, false)"
        )
        owner.execute("INSERT INTO staff_employeecentre (employee_id, centre_id, from_on) VALUES (9, 1, '2020-01-01')")
        owner.execute("INSERT INTO staff_employeeskill (employee_id, skill_id, level) VALUES (9, 1, 3)")
    await engine.execute("UPDATE dispatch_presence SET state = 'paused'")
    await engine.execute(
        "INSERT INTO dispatch_presence (employee_id, state, since, idle_since, pause_after) VALUES (9, 'ready', now(), now(), false)"
    )
    await call(engine)
    assert "desk:9" in await loop.tick(feed, now=later(1))


async def test_drain_offers_everything_in_batches(
    engine: Engine, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "BATCH", 2)
    await engine.execute(
        "INSERT INTO staff_employeeskill (employee_id, skill_id, level) VALUES (3, 1, 3), (4, 1, 3) ON CONFLICT (employee_id, skill_id)"
        " DO UPDATE SET expires_on = NULL"
    )
    await engine.execute(
        "INSERT INTO staff_employeecentre (employee_id, centre_id, from_on) VALUES (3, 1, '2020-01-01')"
    )
    for seconds in range(6):
        await call(engine, seconds=seconds)
    feed = Feed(engine)
    await feed.read_all(today=NOW.date())
    hints = await Hints.connect(database.url("bl_engine"))
    await loop.drain(feed, hints)
    await hints.close()
    assert len(await rows(engine, "SELECT id FROM dispatch_offer WHERE ended_at IS NULL")) == 4
    assert len(await rows(engine, "SELECT id FROM contacts_contact WHERE state = 'waiting'")) == 2
    assert (len(feed.pool.contacts), len(feed.pool.employees)) == (2, 0)


async def test_rows_of_another_server_are_read_once(engine: Engine, database: TestDatabase) -> None:
    await call(engine)
    with database.as_owner() as owner:
        # As a restore leaves them: with numbers far ahead of this server's.
        owner.execute("ALTER TABLE contacts_contact DISABLE TRIGGER stamp")
        owner.execute("UPDATE contacts_contact SET changed_xid = 4000000000")
        owner.execute("ALTER TABLE contacts_contact ENABLE TRIGGER stamp")
    feed = Feed(engine)
    await feed.read_all(today=NOW.date())
    assert len(feed.pool.contacts) == 1
    feed.pool.drop_contact(next(iter(feed.pool.contacts)))
    await feed.refresh()
    assert feed.pool.contacts == {}


async def test_offer_that_the_database_refuses_holds_up_nobody_else(engine: Engine) -> None:
    for seconds in (0, 1):
        await call(engine, seconds=seconds)
    # What only a hand in the database can leave behind: an open offer of a contact that waits.
    await engine.execute(
        "INSERT INTO dispatch_offer (id, contact_id, authority_id, employee_id, made_at, expires_at, ended_as, why)"
        " SELECT gen_random_uuid(), id, 1, 4, waiting_since, waiting_since, '', '{}' FROM contacts_contact"
        " ORDER BY waiting_since LIMIT 1"
    )
    feed = Feed(engine)
    await feed.read_all(today=NOW.date())
    await loop.tick(feed, now=later(5))
    states = await rows(engine, "SELECT state FROM contacts_contact ORDER BY waiting_since")
    assert [row["state"] for row in states] == ["waiting", "offered"]


async def test_sweep_passes_over_a_row_that_somebody_holds(engine: Engine, feed: Feed, database: TestDatabase) -> None:
    await engine.execute("SET lock_timeout = '50ms'")
    await call(engine)
    await loop.tick(feed, now=NOW)
    with other_connection(database) as other:
        other.execute("SELECT 1 FROM contacts_contact FOR UPDATE")
        assert await loop.sweep(engine, now=later(60)) == []
        other.rollback()
    assert "desk:2" in await loop.sweep(engine, now=later(60))
