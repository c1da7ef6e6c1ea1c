"""What the state machine found, each reduced to its smallest example."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from borgerlinje.contacts.closing import Closing
from borgerlinje.contacts.lifecycle import Event, State
from borgerlinje.contacts.models import Contact
from borgerlinje.desk.queries import in_hand
from borgerlinje.dispatch.actions import Change, do_complete, do_offer
from borgerlinje.dispatch.attendance import do_lose, do_pause, do_ready, do_return
from borgerlinje.dispatch.callbacks import do_take
from borgerlinje.dispatch.feed import Feed
from borgerlinje.dispatch.matching import Free, LineRule, Match, Rules, Waiting
from borgerlinje.dispatch.models import Offer, Presence, Transfer
from borgerlinje.dispatch.pool import match
from borgerlinje.dispatch.transfers import Mode, Target, do_start
from borgerlinje.kit.database import Row, Steps, arun, run
from borgerlinje.staff.models import Employee
from tests.dispatch.engine import Engine, call
from tests.support.cast import NOW, Cast, later


def do(steps: Steps[Any]) -> Any:
    with connection.cursor() as cursor:
        return run(steps, cursor)


def offer(contact_id: UUID, employee: Employee, *, at=NOW) -> list[Row]:
    made: list[Row] = do(do_offer([Match(contact_id, employee.pk, {"rule": "test"})], now=at))
    return made


def presence(employee: Employee) -> Presence:
    return Presence.objects.get(employee=employee)


def wait(cast: Cast, channel: str, *, at=NOW) -> UUID:
    contact_id = cast.wait(at=at)
    Contact.objects.filter(pk=contact_id).update(channel=channel)
    return contact_id


def answered(cast: Cast, channel: str, employee: Employee, *, at=NOW) -> UUID:
    contact_id = wait(cast, channel, at=at)
    assert offer(contact_id, employee, at=at)
    cast.event(contact_id, Event.ANSWERED, at=at)
    return contact_id


def complete(contact_id: UUID, employee: Employee, *, at=NOW) -> Change | None:
    change: Change | None = do(do_complete(contact_id, Closing("guided"), employee_id=employee.pk, now=at))
    return change


def test_requirement_that_comes_up_late_in_a_tick_counts_who_was_taken_before() -> None:
    rules = Rules({1: LineRule(1, 1), 2: LineRule(2, 1, skill_id=1), 3: LineRule(3, 1, skill_id=2)})
    waiting = [Waiting(uuid4(), line_id, NOW + timedelta(seconds=line_id)) for line_id in (2, 1, 3)]
    able = Free(1, 1, NOW, {1: 1}, {1: 1, 2: 1})
    matches = match(waiting, [able, Free(2, 1, NOW, {2: 1})], rules, now=later(60))
    assert [each.employee_id for each in matches] == [1]


def test_chat_is_not_offered_where_a_chat_has_taken_the_last_place_meanwhile(cast: Cast) -> None:
    cast.ready(cast.employee)
    Presence.objects.update(chat_capacity=1)
    answered(cast, "chat", cast.employee)
    assert offer(wait(cast, "chat"), cast.employee) == []
    assert offer(wait(cast, "phone"), cast.employee) == []
    assert offer(wait(cast, "mail"), cast.employee)


def test_callback_cannot_be_taken_without_room_for_it(cast: Cast) -> None:
    cast.ready(cast.employee)
    Presence.objects.update(phone_capacity=0)
    contact_id = wait(cast, "mail")
    cast.event(contact_id, Event.CALLBACK_ASKED)
    assert do(do_take(contact_id, employee_id=cast.employee.pk, now=later(1))) is None
    assert cast.contact(contact_id).state == "callback"


@pytest.mark.parametrize("channel", ["phone", "chat", "mail", "counter"])
def test_who_calls_a_citizen_back_is_offered_nobody_else_however_the_citizen_came(cast: Cast, channel: str) -> None:
    cast.ready(cast.employee)
    Presence.objects.update(mail_capacity=5, chat_capacity=5)
    contact_id = wait(cast, channel)
    cast.event(contact_id, Event.CALLBACK_ASKED)
    assert do(do_take(contact_id, employee_id=cast.employee.pk, now=later(1)))
    assert (presence(cast.employee).state, cast.contact(contact_id).state) == ("talking", "calling_back")
    assert [offer(wait(cast, other), cast.employee) for other in ("phone", "chat", "mail")] == [[], [], []]
    cast.event(contact_id, Event.CITIZEN_REACHED, at=later(5))
    assert Contact.objects.filter(in_hand(cast.employee)).get().pk == contact_id
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(9))
    assert presence(cast.employee).state == "wrap_up"
    complete(contact_id, cast.employee)
    assert (presence(cast.employee).state, presence(cast.employee).mail_load) == ("ready", 0)


def test_employee_lost_in_a_chat_loses_what_is_offered_to_them_too(cast: Cast) -> None:
    cast.ready(cast.employee)
    chat = answered(cast, "chat", cast.employee)
    other = wait(cast, "mail")
    offer(other, cast.employee)
    cast.event(chat, Event.EMPLOYEE_LOST, at=later(1))
    assert (presence(cast.employee).state, presence(cast.employee).chat_load) == ("connection_lost", 0)
    assert Offer.objects.get(contact=other).ended_as == "lost"
    assert [cast.contact(each).state for each in (chat, other)] == ["waiting", "waiting"]


def test_chat_handed_over_counts_until_it_is_documented(cast: Cast) -> None:
    cast.ready(cast.employee)
    first, second = answered(cast, "chat", cast.employee), answered(cast, "chat", cast.employee)
    cast.event(first, Event.TRANSFERRED)
    assert presence(cast.employee).chat_load == 2
    complete(first, cast.employee)
    assert presence(cast.employee).chat_load == 1
    cast.event(first, Event.PARTY_LEFT)
    assert presence(cast.employee).chat_load == 1
    cast.event(second, Event.TRANSFERRED)
    cast.event(second, Event.PARTY_LEFT)
    complete(second, cast.employee)
    assert (presence(cast.employee).chat_load, cast.contact(second).state) == (0, "closed")


def test_employee_is_free_after_handing_over_on_a_line_without_after_call_work(cast: Cast) -> None:
    cast.line.wrap_up_seconds = 0
    cast.line.save()
    cast.ready(cast.employee)
    contact_id = answered(cast, "phone", cast.employee)
    cast.event(contact_id, Event.TRANSFERRED, at=later(1))
    assert cast.contact(contact_id).documented_at == later(1)
    assert do(do_ready(cast.employee.pk, now=later(2)))
    # The database lets an employee have one call: this one is not theirs any more.
    answered(cast, "phone", cast.employee, at=later(3))


def test_employee_still_documents_when_the_line_stops_asking_for_it(cast: Cast) -> None:
    cast.ready(cast.employee)
    contact_id = answered(cast, "phone", cast.employee)
    cast.event(contact_id, Event.TRANSFERRED, at=later(1))
    cast.line.wrap_up_seconds = 0
    cast.line.save()
    assert complete(contact_id, cast.employee, at=later(2))
    assert presence(cast.employee).state == "ready"


def test_who_answers_after_a_transfer_failed_has_it_all_to_say_anew(cast: Cast) -> None:
    cast.ready(cast.employee)
    contact_id = answered(cast, "phone", cast.employee)
    cast.event(contact_id, Event.TRANSFERRED, at=later(1))
    complete(contact_id, cast.employee, at=later(2))
    cast.event(contact_id, Event.TRANSFER_FAILED, at=later(3))
    cast.ready(cast.colleague, at=later(3))
    offer(contact_id, cast.colleague, at=later(4))
    cast.event(contact_id, Event.ANSWERED, at=later(5))
    contact = cast.contact(contact_id)
    assert (contact.documented_at, contact.transferred_at) == (None, None)
    cast.event(contact_id, Event.CITIZEN_LEFT, at=later(6))
    complete(contact_id, cast.colleague, at=later(7))
    assert cast.contact(contact_id).closed_as == "answered"


def test_lost_employee_whose_conversation_went_on_comes_back_to_it(cast: Cast) -> None:
    cast.ready(cast.employee)
    contact_id = answered(cast, "phone", cast.employee)
    do(do_lose(cast.employee.pk, now=later(1)))
    assert presence(cast.employee).state == "connection_lost"
    assert do(do_return(cast.employee.pk, now=later(2)))
    assert presence(cast.employee).state == "talking"
    do(do_lose(cast.employee.pk, now=later(3)))
    assert cast.event(contact_id, Event.CITIZEN_LEFT, at=later(4)).state is State.WRAP_UP
    do(do_return(cast.employee.pk, now=later(5)))
    assert presence(cast.employee).state == "wrap_up"


def test_colleague_who_is_lost_out_of_a_chat_is_asked_no_more(cast: Cast) -> None:
    cast.ready(cast.employee)
    cast.ready(cast.colleague)
    Presence.objects.update(chat_capacity=2)
    chat = answered(cast, "chat", cast.colleague)
    call = answered(cast, "phone", cast.employee)
    target = Target("N.N.", employee_id=cast.colleague.pk)
    do(do_start(call, target, employee_id=cast.employee.pk, mode=Mode.ASK, now=later(1)))
    assert (cast.contact(call).state, presence(cast.colleague).state) == ("consulting", "offered")
    cast.event(chat, Event.EMPLOYEE_LOST, at=later(2))
    assert (cast.contact(call).state, presence(cast.colleague).state) == ("held", "connection_lost")
    assert not Transfer.objects.filter(ended_at=None).exists()


def test_lost_employee_who_asks_for_a_pause_keeps_the_conversation(cast: Cast) -> None:
    cast.ready(cast.employee)
    answered(cast, "phone", cast.employee)
    do(do_lose(cast.employee.pk, now=later(1)))
    assert do(do_pause(cast.employee.pk, now=later(2))) is False
    assert (presence(cast.employee).state, presence(cast.employee).pause_after) == ("talking", True)


async def test_changed_skill_counts_though_a_newcomer_was_read_in_between(engine: Engine) -> None:
    await engine.execute("DELETE FROM dispatch_presence WHERE employee_id = 3")
    feed = Feed(engine)
    await feed.read_all(today=NOW.date())
    await engine.execute("UPDATE staff_employeeskill SET level = 1 WHERE employee_id = 2")
    async with engine.transaction():
        await arun(do_ready(3, now=NOW), engine)
    await feed.refresh()
    await feed.read_rules(today=NOW.date())
    assert {each.employee_id: each.skills.get(1) for each in feed.pool.employees} == {1: 2, 2: 1, 3: 3, 4: None}


async def test_pool_looked_at_between_choice_and_offer_does_not_keep_who_was_offered(engine: Engine) -> None:
    await call(engine)
    feed = Feed(engine)
    await feed.read_all(today=NOW.date())
    matches = feed.pool.match(now=later(1))
    feed.take(matches)
    await engine.execute("UPDATE dispatch_presence SET mail_capacity = 5")
    await engine.execute("UPDATE contacts_contact SET head_start_seconds = 1")
    await feed.refresh()
    feed.note_made(matches, await arun(do_offer(matches, now=later(1)), engine))
    await feed.refresh()
    assert not feed.pool.contacts
    assert {each.employee_id for each in feed.pool.employees} == {1, 3, 4}
