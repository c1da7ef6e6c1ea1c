"""Robots stand back where people are ready, and come forward for whom the people cannot take."""

import pytest

from borgerlinje.demo.crew import Floor, Member, Orders, steer

ZEALAND, COPENHAGEN = 1, 2


def crew(*states: str, centre: int = ZEALAND) -> list[Member]:
    return [Member(centre * 10 + index, centre, state) for index, state in enumerate(states)]


def test_nobody_else_ready_makes_every_free_robot_ready() -> None:
    members = crew("signed_out", "paused", "not_answering", "ready")
    assert steer(members, Floor()) == Orders(ready=(10, 11, 12), pause=())


def test_a_person_who_is_ready_sends_the_robots_into_a_pause() -> None:
    assert steer(crew("ready", "ready", "signed_out"), Floor({ZEALAND: 1})) == Orders(ready=(), pause=(10, 11))


@pytest.mark.parametrize(("citizens", "ready"), [(0, 0), (1, 0), (2, 1), (3, 2), (9, 3)])
def test_robots_take_only_what_is_too_much_for_the_people(citizens: int, ready: int) -> None:
    orders = steer(crew("paused", "paused", "paused"), Floor({ZEALAND: 1}, {ZEALAND: citizens}))
    assert (len(orders.ready), orders.pause) == (ready, ())


@pytest.mark.parametrize("state", ["offered", "talking", "wrap_up"])
def test_robot_with_a_call_is_left_alone(state: str) -> None:
    assert steer(crew(state), Floor({ZEALAND: 1}, {ZEALAND: 5})) == Orders((), ())


def test_centres_do_not_disturb_each_other() -> None:
    members = [*crew("ready"), *crew("paused", centre=COPENHAGEN)]
    assert steer(members, Floor({ZEALAND: 1}, {})) == Orders(ready=(20,), pause=(10,))


def test_orders_carried_out_need_no_more_orders() -> None:
    floor = Floor({ZEALAND: 1}, {ZEALAND: 3})
    members = crew("ready", "paused", "talking", "paused")
    orders = steer(members, floor)
    after = [Member(m.employee_id, m.centre_id, "ready" if m.employee_id in orders.ready else m.state) for m in members]
    assert steer(after, floor) == Orders((), ())
