"""The demo's data: stored once, marked, and only where nothing real is."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from stdnum.dk import cvr

from borgerlinje.channels.phone.models import OutgoingPolicy
from borgerlinje.channels.phone.outgoing.policy import Number, Policy, range_allows, read
from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.demo import data, facts, sign_ins
from borgerlinje.lines.hours import status
from borgerlinje.lines.models import Line, LineNumber, Overflow, Specialist
from borgerlinje.lines.numbers import normalise
from borgerlinje.lines.queries import line_status, schedule
from borgerlinje.staff.models import Employee, RoleAssignment, User
from borgerlinje.staff.roles import Role
from tests.support.cast import Cast

ROOMS = ("cooperation", "staff", "lines", "contacts", "dispatch", "phone")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own for the file of sign-ins."""
    monkeypatch.setenv("BORGERLINJE_HOME", str(tmp_path))
    # Signing in with full effort takes a third of a second each.
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1_000)
    return tmp_path


pytestmark = pytest.mark.django_db


def rows() -> dict[str, list[dict[str, object]]]:
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
    }


def test_stored_twice_is_stored_once() -> None:
    first = data.create()
    before = rows()
    assert before["lines.LineNumber"]
    assert data.create() == first
    assert rows() == before


def test_what_somebody_changed_stays_changed() -> None:
    data.create()
    Line.objects.filter(slug="hotline").update(greeting_text="Hej.", always_open=False)
    data.create()
    line = Line.objects.get(slug="hotline")
    assert (line.greeting_text, line.always_open) == ("Hej.", False)


def test_every_row_that_can_be_marked_is_marked() -> None:
    data.create()
    for model in (Authority, Centre, Membership, User, Employee, Line, Specialist):
        assert model.objects.exists(), model
        assert not model.objects.filter(is_demo=False).exists(), model


def test_real_lines_keep_the_demo_out(cast: Cast) -> None:
    assert not cast.line.is_demo
    with pytest.raises(data.RealDataError):
        data.create()
    assert not Centre.objects.filter(is_demo=True).exists()


def test_hotline_of_naestved_has_the_hours_of_the_sources() -> None:
    data.create()
    line = Line.objects.get(numbers__digits=normalise("46 31 30 20"))
    line.always_open = False
    for text, is_open in (
        ("2014-11-03 14:59", False),  # a Monday under the first timetable
        ("2014-11-03 15:00", True),
        ("2014-11-07 18:00", False),  # a Friday
        ("2015-11-02 09:00", True),
        ("2015-11-06 17:00", False),
        ("2015-11-07 12:00", False),  # a Saturday
    ):
        at = datetime.fromisoformat(text + "+01:00")
        assert status(schedule(line, at=at), at).is_open is is_open, text


def test_lines_are_open_round_the_clock_and_say_why() -> None:
    data.create()
    night = datetime(2026, 12, 25, 3, tzinfo=UTC)
    for line in Line.objects.all():
        assert line_status(line, at=night).is_open
        assert line.always_open_reason == "Demo: åbent hele døgnet"


@pytest.mark.parametrize(
    ("number", "home", "owner"),
    [
        ("46 31 30 20", "Næstved", "Næstved"),
        ("00 00 03 30", "Slagelse", "Næstved"),
        ("1881", None, "Digitaliseringsstyrelsen"),
        ("70 10 18 81", None, "Digitaliseringsstyrelsen"),
    ],
)
def test_number_tells_the_home_authority(number: str, home: str | None, owner: str) -> None:
    data.create()
    found = LineNumber.objects.get(digits=normalise(number))
    assert (found.home_authority and found.home_authority.name, found.line.owner.name) == (home, owner)


def test_1881_is_owned_by_the_state_and_operated_by_copenhagen() -> None:
    data.create()
    line = Line.objects.get(slug="1881")
    assert (line.owner.kind, line.centre.host.name) == ("agency", "København")


def test_every_member_has_a_number_and_no_invented_one_is_a_subscribers() -> None:
    data.create()
    members = set(Membership.objects.filter(centre__slug="sjaelland").values_list("authority__name", flat=True))
    numbers = LineNumber.objects.filter(line__slug="hotline")
    assert {number.home_authority.name for number in numbers if number.home_authority} == members
    assert all(digits == "46313020" or digits.startswith("00") for digits in numbers.values_list("digits", flat=True))


def test_every_company_number_is_valid_or_empty() -> None:
    assert all(cvr.is_valid(fact.cvr) for fact in facts.AUTHORITIES if fact.cvr)


def test_there_is_a_working_sign_in_for_every_role(home: Path) -> None:
    for made in data.create():
        assert authenticate(email=made.email, username=made.email, password=made.password) is not None
    assert set(RoleAssignment.objects.values_list("role", flat=True)) == {role.value for role in Role}
    assert [one.where for one in sign_ins.read()].count("/bord/") == 1
    assert stat.S_IMODE((home / sign_ins.FILE).stat().st_mode) == 0o600


def test_two_homes_have_different_passwords() -> None:
    assert sign_ins.new_password() != sign_ins.new_password()


def test_lost_file_gives_new_passwords_that_work(home: Path) -> None:
    before = data.create()
    (home / sign_ins.FILE).unlink()
    after = data.create()
    assert {one.email for one in after} == {one.email for one in before}
    assert not {one.password for one in after} & {one.password for one in before}
    assert all(authenticate(username=one.email, password=one.password) for one in after)


def test_newcomer_answers_for_both_centres_and_is_no_robot() -> None:
    data.create()
    newcomer = Employee.objects.get(user__isnull=False)
    assert not newcomer.is_robot
    assert {centre.slug for centre in newcomer.centres.all()} == {"sjaelland", "koebenhavn"}
    skills = {held.skill.code for held in newcomer.skills.all()}
    assert skills == {"demo-selvbetjening", "demo-borgerdk", "demo-erhverv", "demo-tolk"}


def test_robots_work_for_one_centre_each() -> None:
    data.create()
    robots = Employee.objects.filter(is_robot=True)
    assert robots.count() == 5
    assert all(robot.centres.count() == 1 and robot.user is None for robot in robots)


def test_businesses_and_those_with_an_interpreter_have_lines_of_their_own() -> None:
    data.create()
    for slug, audience in (("erhverv", "businesses"), ("tolk", "text_relay")):
        line = Line.objects.get(slug=slug)
        assert (line.audience, line.centre.slug) == (audience, "sjaelland")
        assert line.skill is not None
        assert Line.objects.filter(skill=line.skill).count() == 1
        assert line.numbers.count() == 1
    assert Line.objects.get(slug="tolk").wrap_up_seconds == 3 * Line.objects.get(slug="hotline").wrap_up_seconds


def test_specialists_have_invented_numbers_that_the_demo_may_call() -> None:
    data.create()
    assert {unit.authority and unit.authority.name for unit in Specialist.objects.all()} == {
        "Næstved",
        "Slagelse",
        None,
    }
    for policy in OutgoingPolicy.objects.all():
        rules = Policy(tuple(policy.countries), tuple(policy.allowed_prefixes))
        for unit in Specialist.objects.all():
            number = read(unit.digits)
            assert isinstance(number, Number)
            assert number.is_invented
            assert range_allows(number, rules) is None
    assert OutgoingPolicy.objects.count() == Centre.objects.count()


def test_overflow_is_marked_and_goes_where_robots_can_help() -> None:
    data.create()
    agreement = Overflow.objects.get()
    assert agreement.agreed.startswith("Demo:")
    robots = Employee.objects.filter(is_robot=True, centres=agreement.to_line.centre)
    assert robots.exists()
    for robot in robots:
        assert robot.skills.filter(skill=agreement.to_line.skill, level__gte=agreement.to_line.skill_level).exists()
