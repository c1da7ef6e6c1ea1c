"""How far an installation is set up, read from the rows themselves: nothing remembers that a step was done."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.http import HttpRequest

from borgerlinje.console.centres.access import SETS
from borgerlinje.console.first_run.access import own_centre
from borgerlinje.console.standing import authorities_as
from borgerlinje.contacts.models import Contact
from borgerlinje.cooperation.models import Centre, Membership
from borgerlinje.dispatch.ability import can_answer, read_ability
from borgerlinje.kit import clock
from borgerlinje.kit.intervals import in_force
from borgerlinje.lines.models import Line
from borgerlinje.lines.queries import open_lines
from borgerlinje.staff.models import Employee
from borgerlinje.staff.roles import Role

# A centre of one answers nobody else's calls.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """What is there: the centre, its members, its lines that can be rung, who can answer, the newest call, and whether one was taken."""

    centre: Centre | None
    members: tuple[Membership, ...]
    lines: tuple[Line, ...]
    people: tuple[Employee, ...]
    call: Contact | None
    is_taken: bool

    @property
    def done(self) -> tuple[bool, ...]:
        """Whether each step is done, in their order."""
        return (
            self.centre is not None,
            len(self.members) >= _FEWEST,
            bool(self.lines),
            bool(self.people),
            self.is_taken,
        )

    @property
    def now(self) -> int:
        """The number of the first step that is not done; one more than the steps when all are."""
        return next((number for number, is_done in enumerate(self.done, start=1) if not is_done), len(self.done) + 1)

    @property
    def count(self) -> int:
        """How many steps are done."""
        return sum(self.done)


def progress(request: HttpRequest, *, now: datetime) -> Progress:
    """Read how far the person's own centre is."""
    centre, is_taken = own_centre(request)
    if centre is None:
        return Progress(None, (), (), (), None, is_taken=False)
    today = now.astimezone(clock.COPENHAGEN).date()
    members = Membership.objects.filter(centre=centre).exclude(to_on__lte=today).select_related("authority")
    lines = [line for line in open_lines().filter(centre=centre) if _can_be_rung(line)]
    calls = Contact.objects.filter(line__centre=centre, line__is_hidden=False, is_test=False)
    people = who_can_answer(centre, lines, now=now)
    call = calls.order_by("-pk").first()
    return Progress(centre, tuple(members.order_by("pk")), tuple(lines), tuple(people), call, is_taken=is_taken)


def is_unfinished(request: HttpRequest) -> bool:
    """Tell in one query whether the start page leads to the guide: the person sets a centre up that took no call yet."""
    if not authorities_as(request, SETS):
        return False
    # Who has roles at a member alone has nothing to begin: somebody else houses their centre.
    centre, is_taken = own_centre(request)
    return centre is not None and not centre.is_demo and not is_taken


def who_can_answer(centre: Centre, lines: list[Line], *, now: datetime) -> list[Employee]:
    """Return who can sit down at the desk today and be offered a call to one of the lines, by the dispatcher's own rules."""
    today = now.astimezone(clock.COPENHAGEN).date()
    people = Employee.objects.filter(in_force(today), is_robot=False, user__is_active=True, works__centre=centre)
    found = list(people.filter(_holds(Role.EMPLOYEE, today)).distinct()) if lines else []
    read_ability(found, now=now)
    return [each for each in found if can_answer(each, lines, now=now)]


def _holds(role: Role, today: date) -> Q:
    held = "user__role_assignments__"
    return in_force(today, of=held) & Q(**{f"{held}role": role.value})


def _can_be_rung(line: Line) -> bool:
    has_hours = any(version.periods.all() for version in line.opening_versions.all())
    return bool(line.numbers.all()) and (has_hours or line.always_open or bool(line.special_days.all()))
