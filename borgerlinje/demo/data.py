"""Stores the demo: two centres, their lines and their people, all marked. Running it again changes nothing.

Runs as the owner of the tables. What is there already stays as it is: somebody may have tried things out on it.
"""

from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction
from django.utils import crypto, translation

from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.demo import facts, guide_work, guides, services, sign_ins, solutions, switchboards
from borgerlinje.demo.sign_ins import SignIn
from borgerlinje.demo.subjects import SUBJECTS
from borgerlinje.kit import clock
from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.lines.models import Line, LineNumber, MenuVersion, OpeningPeriod, OpeningVersion, Subject
from borgerlinje.staff.models import Employee, EmployeeCentre, EmployeeSkill, RoleAssignment, Skill, User
from borgerlinje.staff.roles import ROLE_NAMES, Role

FROM_ON = date(2015, 1, 1)


class RealDataError(BorgerlinjeError):
    """The demo does not mix with real lines."""

    code = "real_data"
    status = 409
    message = "Her er rigtige linjer. Demoen lægges kun i et tomt hjem: vælg et andet med BORGERLINJE_HOME."


def main() -> None:
    """Store the demo, or what is missing of it. Raises RealDataError in a home with real lines."""
    create()
    print("The demo is stored: " + ", ".join(centre.name for centre in facts.CENTRES))


def create() -> list[SignIn]:
    """Store the demo in one transaction and return its sign-ins."""
    with transaction.atomic():
        if Line.objects.filter(is_demo=False, is_hidden=False).exists():
            raise RealDataError
        authorities = {fact.code: _authority(fact) for fact in facts.AUTHORITIES}
        for subject in SUBJECTS:
            Subject.objects.get_or_create(code=subject.code, defaults={**asdict(subject), "is_demo": True})
        guides.create()
        centres = [_centre(fact, authorities) for fact in facts.CENTRES]
        services.create(centres, authorities, from_on=FROM_ON)
        switchboards.create(authorities)
        solutions.create()
        _newcomer(authorities, centres)
        made = _accounts(authorities)
        guide_work.create(now=clock.now())
        return made


def _authority(fact: facts.AuthorityFact) -> Authority:
    values = {"name": fact.name, "kind": fact.kind, "cvr": fact.cvr, "is_demo": True}
    return Authority.objects.get_or_create(code=fact.code, defaults=values)[0]


def _centre(fact: facts.CentreFact, authorities: dict[str, Authority]) -> Centre:
    values = {"name": fact.name, "host": authorities[fact.host], "is_demo": True}
    centre = Centre.objects.get_or_create(slug=fact.slug, defaults=values)[0]
    for member in fact.members:
        Membership.objects.get_or_create(
            centre=centre,
            authority=authorities[member.code],
            from_on=member.from_on,
            defaults={"to_on": member.to_on, "phase": member.phase, "is_demo": True},
        )
    for line in fact.lines:
        _line(line, centre, authorities)
    for given_name, initial, code in fact.robots:
        robot = _employee(given_name, initial, authorities[code], is_robot=True)
        _works_for(robot, centre)
    return centre


def _line(fact: facts.LineFact, centre: Centre, authorities: dict[str, Authority]) -> None:
    code, name = fact.skill
    line, is_new = Line.objects.get_or_create(
        slug=fact.slug,
        defaults={
            "name": fact.name,
            "owner": authorities[fact.owner],
            "centre": centre,
            "scope": fact.scope,
            "skill": Skill.objects.get_or_create(code=code, defaults={"name": name})[0],
            "skill_level": facts.SKILL_LEVEL,
            "greeting_text": fact.greeting,
            "closed_text": fact.closed,
            "audience": fact.audience,
            "wrap_up_seconds": fact.wrap_up_seconds,
            "callback_after_seconds": services.CALLBACK_AFTER_SECONDS,
            "always_open": True,
            "always_open_reason": facts.ALWAYS_OPEN_REASON,
            "is_demo": True,
        },
    )
    for index, (digits, home) in enumerate(fact.numbers.items()):
        values = {"line": line, "home_authority": authorities.get(home), "is_main": index == 0}
        LineNumber.objects.get_or_create(digits=digits, defaults=values)
    if is_new:
        for hours in fact.hours:
            _hours(hours, line)
        for language, tree in fact.menus.items():
            _menu(line, language, tree)


def _menu(line: Line, language: str, tree: dict[str, Any]) -> None:
    """Store a menu that has been in force since the demo began, so that it is heard at any hour the demo is turned to."""
    begun = datetime.combine(FROM_ON, time(0), clock.COPENHAGEN)
    MenuVersion.objects.create(
        line=line, language=language, tree=tree, from_at=begun, published_at=begun, changed_at=begun, note="Demo"
    )


def _hours(fact: facts.HoursFact, line: Line) -> None:
    version = OpeningVersion.objects.create(line=line, from_on=fact.from_on, to_on=fact.to_on, source=fact.source)
    OpeningPeriod.objects.bulk_create(
        OpeningPeriod(
            version=version, weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)
        )
        for first, last, opens, closes in fact.days
        for weekday in range(first, last + 1)
    )


def _employee(given_name: str, initial: str, employer: Authority, *, is_robot: bool = False) -> Employee:
    return Employee.objects.get_or_create(
        given_name=given_name,
        initial=initial,
        employer=employer,
        is_demo=True,
        defaults={"from_on": FROM_ON, "is_robot": is_robot},
    )[0]


def _works_for(employee: Employee, centre: Centre) -> None:
    """Let an employee answer for a centre, with the skills its lines ask for."""
    EmployeeCentre.objects.get_or_create(employee=employee, centre=centre, from_on=FROM_ON)
    for skill in Skill.objects.filter(lines__centre=centre, lines__is_demo=True).distinct():
        EmployeeSkill.objects.get_or_create(employee=employee, skill=skill, defaults={"level": facts.SKILL_LEVEL})


def _newcomer(authorities: dict[str, Authority], centres: list[Centre]) -> None:
    """Store the employee whom the newcomer's browser is; they answer for both centres."""
    given_name, initial, code = facts.NEWCOMER
    newcomer = _employee(given_name, initial, authorities[code])
    for centre in centres:
        _works_for(newcomer, centre)


def _accounts(authorities: dict[str, Authority]) -> list[SignIn]:
    """Make an account per role; the file of sign-ins is the only place where the passwords stand."""
    known = {one.email: one for one in sign_ins.read()}
    made = [_account(fact, known.get(_email(fact)), authorities) for fact in facts.SIGN_INS]
    if list(known.values()) != made:
        # Inside the transaction: should the file not be written, no account is left with a password nobody knows.
        sign_ins.write(made)
    return made


def _account(fact: facts.SignInFact, known: SignIn | None, authorities: dict[str, Authority]) -> SignIn:
    role = Role(fact.role)
    sign_in = known or SignIn(_danish(role), _email(fact), sign_ins.new_password(), fact.where)
    user = User.objects.filter(email=sign_in.email).first()
    if user is None:
        user = User.objects.create(
            email=sign_in.email, name=fact.name, is_demo=True, password=_hashed(sign_in.password)
        )
    elif known is None:
        # The file is gone, the account is not: a new password for it.
        user.password = _hashed(sign_in.password)
        user.save(update_fields=["password"])
    for code in fact.at:
        RoleAssignment.objects.get_or_create(user=user, authority=authorities[code], role=role.value, from_on=FROM_ON)
    if fact.account == facts.NEWCOMER_ACCOUNT:
        given_name, initial, code = facts.NEWCOMER
        Employee.objects.filter(
            given_name=given_name, initial=initial, employer=authorities[code], is_demo=True, user=None
        ).update(user=user)
    return sign_in


def _hashed(password: str) -> str:
    """Hash a password of 78 random bits in a moment; Django hashes it anew with its full effort at the first sign-in."""
    return PBKDF2PasswordHasher().encode(password, crypto.get_random_string(22), iterations=1_000)


def _email(fact: facts.SignInFact) -> str:
    return f"{fact.account}@{facts.MAIL_DOMAIN}"


def _danish(role: Role) -> str:
    with translation.override("da"):
        return str(ROLE_NAMES[role])
