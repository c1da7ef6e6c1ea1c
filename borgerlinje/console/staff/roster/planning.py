"""What a table of employees would make and change: every fault at once, or a plan that is shown and then carried out.

A person is known by the e-mail address, so the same table twice changes nothing the second time. Nothing is ever taken away.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from borgerlinje.console.staff.roster import reading, values
from borgerlinje.console.staff.roster.reading import Entry, Fault, Table
from borgerlinje.console.staff.roster.values import CellError
from borgerlinje.console.staff.words import role_said, shown, skill_said, work_said
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.staff.models import (
    Clearance,
    Employee,
    EmployeeCentre,
    EmployeeSkill,
    RoleAssignment,
    Skill,
    User,
)
from borgerlinje.staff.roles import Role

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class World:
    """What a table may speak of: the person's own authorities and centres, every skill, and the people kept, by address."""

    authorities: Mapping[str, Authority]
    centres: Mapping[str, Centre]
    skills: Mapping[str, Skill]
    people: Mapping[str, Employee]
    taken: frozenset[str]
    administers: frozenset[int]
    today: date


@dataclass(frozen=True, slots=True)
class Step:
    """One change, in words, and how it is carried out."""

    says: str
    do: Callable[[Employee], None]


@dataclass(frozen=True, slots=True)
class Item:
    """What one row does; `employee` is None for somebody new."""

    row: int
    label: str
    email: str
    employee: Employee | None
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table does, or every fault in it."""

    items: Sequence[Item]
    faults: Sequence[Fault]

    @property
    def new(self) -> list[Item]:
        """The people who are made."""
        return [item for item in self.items if item.employee is None]

    @property
    def changed(self) -> list[Item]:
        """The people who are there and change."""
        return [item for item in self.items if item.employee is not None and item.steps]

    @property
    def same_count(self) -> int:
        """How many are there and stay as they are."""
        return len(self.items) - len(self.new) - len(self.changed)

    @property
    def digest(self) -> str:
        """A mark of what was shown, by which the confirmation knows that nothing has changed since."""
        told = [
            (item.row, item.email, item.employee is None, [step.says for step in item.steps]) for item in self.items
        ]
        return sha256(repr(told).encode()).hexdigest()


@dataclass(slots=True)
class Wanted:
    """One row, understood."""

    email: str = ""
    given_name: str = ""
    initial: str = ""
    employer: Authority | None = None
    from_on: date | None = None
    centres: list[Centre] = field(default_factory=list)
    clearance: str = ""
    roles: list[Role] = field(default_factory=list)
    skills: list[tuple[Skill, int, date | None]] = field(default_factory=list)


def plan(table: Table, world: World) -> Plan:
    """Return what a table would do, or everything that is wrong with it."""
    faults = list(table.faults)
    wanted = [(entry, _understood(entry, table, world, faults)) for entry in table.entries]
    _check_twice(wanted, faults)
    for entry, each in wanted:
        _check_allowed(entry, each, world, faults)
    if faults:
        return Plan([], sorted(faults, key=lambda fault: fault.row))
    return Plan([_item(entry, each, world) for entry, each in wanted], [])


def _understood(entry: Entry, table: Table, world: World, faults: list[Fault]) -> Wanted:
    # What was refused as it was read, or has no column at all, is not told again as missing.
    told = {fault.column for fault in table.faults if fault.row == entry.row} | (set(reading.NEEDED) - set(table.names))

    def cell(name: str, understand: Callable[[str], T], otherwise: T, *, missing: str = "") -> T:
        text = entry.cells[name]
        if not text:
            if missing and name not in told:
                faults.append(Fault(entry.row, name, missing))
            return otherwise
        try:
            return understand(text)
        except CellError as error:
            faults.append(Fault(entry.row, name, str(error)))
            return otherwise

    return Wanted(
        email=cell(reading.EMAIL, values.email, "", missing=_("Adressen mangler. Skriv den; personen kendes på den.")),
        given_name=cell(reading.GIVEN_NAME, values.given_name, "", missing=_("Fornavnet mangler. Skriv det.")),
        initial=cell(
            reading.INITIAL, values.initial, "", missing=_("Forbogstavet mangler. Skriv ét eller to bogstaver.")
        ),
        employer=cell(
            reading.EMPLOYER,
            lambda text: values.one(text, world.authorities),
            None,
            missing=_("Myndigheden mangler. Skriv navnet på den, der har ansat personen."),
        ),
        from_on=cell(reading.FROM_ON, values.day, None),
        centres=cell(reading.CENTRES, lambda text: values.named(text, world.centres), []),
        clearance=cell(reading.CLEARANCE, values.clearance, ""),
        roles=cell(reading.ROLES, values.roles, []),
        skills=cell(reading.SKILLS, lambda text: values.skills(text, world.skills), []),
    )


def _check_twice(wanted: Sequence[tuple[Entry, Wanted]], faults: list[Fault]) -> None:
    seen: dict[str, int] = {}
    for entry, each in wanted:
        if each.email in seen:
            text = _("Adressen står allerede i række %(row)d. Slet den ene række.") % {"row": seen[each.email]}
            faults.append(Fault(entry.row, reading.EMAIL, text))
        elif each.email:
            seen[each.email] = entry.row


def _check_allowed(entry: Entry, each: Wanted, world: World, faults: list[Fault]) -> None:
    """Add what the row asks for that the person may not do, or that does not fit who is there already."""
    there = world.people.get(each.email)
    if there is None and each.email in world.taken:
        text = _("Adressen bruges af en konto, som du ikke kan ændre. Skriv en anden, eller slet rækken.")
        faults.append(Fault(entry.row, reading.EMAIL, text))
    if there is not None and there.has_left:
        text = _("%(name)s er holdt op. Slet rækken, eller skriv en anden adresse.") % {"name": there}
        faults.append(Fault(entry.row, reading.EMAIL, text))
    if there is not None and each.employer and there.employer_id != each.employer.pk:
        text = _("%(name)s er ansat hos %(employer)s. Ret rækken, eller flyt personen på personens egen side.")
        faults.append(Fault(entry.row, reading.EMPLOYER, text % {"name": there, "employer": there.employer}))
    if Role.ADMINISTRATOR in each.roles and each.employer and each.employer.pk not in world.administers:
        text = _("Kun en administrator hos myndigheden kan gøre andre til administrator. Slet rollen i rækken.")
        faults.append(Fault(entry.row, reading.ROLES, text))
    held = {skill.skill_id: skill.expires_on for skill in there.skills.all()} if there else {}
    past = [
        str(skill) for skill, _level, day in each.skills if day and day <= world.today and held.get(skill.pk) != day
    ]
    if past:
        text = _("Udløbsdatoen er gået for %(skills)s. Skriv en senere dag, eller slet kompetencen.")
        faults.append(Fault(entry.row, reading.SKILLS, text % {"skills": ", ".join(past)}))


def _item(entry: Entry, each: Wanted, world: World) -> Item:
    there = world.people.get(each.email)
    label = f"{each.given_name} {each.initial}."
    steps = _steps_of_new(each, world.today) if there is None else list(_steps_of_known(each, there, world.today))
    return Item(entry.row, label, each.email, there, steps)


def _steps_of_new(each: Wanted, today: date) -> list[Step]:
    from_on = each.from_on or today
    says = _("Ansat hos %(employer)s fra %(day)s") % {"employer": each.employer, "day": shown(from_on)}

    def make(employee: Employee) -> None:
        employee.given_name, employee.initial, employee.from_on = each.given_name, each.initial, from_on
        assert each.employer is not None  # noqa: S101 - for the type: a row without one is a fault
        employee.employer = each.employer
        employee.user = User.objects.create_user(each.email, name=str(employee))
        employee.save()

    return [
        Step(says, make),
        *(_work_step(centre, each.clearance, from_on) for centre in each.centres),
        *(_role_step(role, each.employer, from_on) for role in each.roles),
        *(_skill_step(*skill) for skill in each.skills),
    ]


def _steps_of_known(each: Wanted, there: Employee, today: date) -> list[Step]:
    from_on = max(today, there.from_on)
    steps: list[Step] = []
    if (there.given_name, there.initial) != (each.given_name, each.initial):
        steps.append(_name_step(each, there))
    works = {work.centre_id: work for work in there.works.all() if work.to_on is None or work.to_on > today}
    for centre in each.centres:
        work = works.get(centre.pk)
        if work is None:
            steps.append(_work_step(centre, each.clearance, from_on))
        elif each.clearance and work.clearance != each.clearance:
            steps.append(_clearance_step(work, each.clearance))
    held = {
        role.role
        for role in (there.user.role_assignments.all() if there.user else ())
        if role.authority_id == there.employer_id and (role.to_on is None or role.to_on > today)
    }
    steps.extend(_role_step(role, there.employer, from_on) for role in each.roles if role.value not in held)
    known = {skill.skill_id: (skill.level, skill.expires_on) for skill in there.skills.all()}
    steps.extend(
        _skill_step(skill, level, day) for skill, level, day in each.skills if known.get(skill.pk) != (level, day)
    )
    return steps


def _name_step(each: Wanted, there: Employee) -> Step:
    def rename(employee: Employee) -> None:
        employee.given_name, employee.initial = each.given_name, each.initial
        employee.save(update_fields=["given_name", "initial"])
        if employee.user is not None:
            employee.user.name = str(employee)
            employee.user.save(update_fields=["name"])

    return Step(_("Navnet ændres fra %(name)s") % {"name": there}, rename)


def _work_step(centre: Centre, clearance: str, from_on: date) -> Step:
    clearance = clearance or Clearance.LIGHT_CASEWORK.value
    values: dict[str, Any] = {"centre": centre, "clearance": clearance, "from_on": from_on}

    def do(employee: Employee) -> None:
        EmployeeCentre.objects.create(employee=employee, to_on=employee.to_on, **values)

    return Step(_("Center: %(work)s") % {"work": work_said(EmployeeCentre(**values))}, do)


def _clearance_step(work: EmployeeCentre, clearance: str) -> Step:
    def do(_employee: Employee) -> None:
        EmployeeCentre.objects.filter(pk=work.pk).update(clearance=clearance)

    words = {"centre": work.centre, "clearance": Clearance(clearance).label}
    return Step(_("Omfang hos %(centre)s: %(clearance)s") % words, do)


def _role_step(role: Role, authority: Authority | None, from_on: date) -> Step:
    values: dict[str, Any] = {"role": role.value, "authority": authority, "from_on": from_on}

    def do(employee: Employee) -> None:
        assert employee.user is not None  # noqa: S101 - for the type: who is known by an address has an account
        RoleAssignment.objects.create(user=employee.user, to_on=employee.to_on, **values)

    return Step(_("Rolle: %(role)s") % {"role": role_said(RoleAssignment(**values))}, do)


def _skill_step(skill: Skill, level: int, expires_on: date | None) -> Step:
    def do(employee: Employee) -> None:
        EmployeeSkill.objects.update_or_create(
            employee=employee, skill=skill, defaults={"level": level, "expires_on": expires_on}
        )

    held = EmployeeSkill(skill=skill, level=level, expires_on=expires_on)
    return Step(_("Kompetence: %(skill)s") % {"skill": skill_said(held)}, do)
