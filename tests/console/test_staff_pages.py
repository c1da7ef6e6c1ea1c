"""The pages on people: the list, one employee, who is made and changed, where they work, which roles they hold."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.cooperation.models import Centre, Membership
from borgerlinje.staff.models import ChangeNote, Clearance, Employee, EmployeeCentre, RoleAssignment, User
from borgerlinje.staff.roles import Role
from tests.console.staffing import PEOPLE, get, in_use, keeper, page_of, post, said, signed_in
from tests.support.cast import LONG_AGO, NOW, Cast, make_employee, user_of

TODAY = NOW.date()
NEW: dict[str, Any] = {
    "given_name": "Bodil",
    "initial": "h",
    "from_on": "2026-12-01",
    "email": "Bodil.H@example.org",
    "clearance": "guidance_only",
    "role": "employee",
}


def new(cast: Cast, **other: Any) -> dict[str, Any]:
    return NEW | {"employer": cast.own.pk, "centre": cast.centre.pk} | other


def test_list_shows_ones_own_people_and_nobody_elses(cast: Cast, secretariat: Client) -> None:
    page = get(secretariat)
    assert "Karen K." in page
    assert "Birgit" not in page
    assert "Otto" not in page
    assert get(secretariat, page_of(cast.employee))
    for stranger in (cast.colleague, cast.outsider):
        for rest in ("", "ret/", "kompetencer/"):
            assert secretariat.get(page_of(stranger, rest)).status_code == HTTPStatus.NOT_FOUND
        for rest in ("center/", "rolle/", "forlad/", "forlad/fortryd/", "inviter/", "inviter/traek/", "konto/stop/"):
            assert post(secretariat, page_of(stranger, rest)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=kar", True),
        ("q=Karen+K.", True),
        ("q=example.org", True),
        ("q=Lone", False),
        ("center=prove", True),
        ("center=andet", False),
        ("kompetence=selvbetjening", True),
        ("kompetence=ukendt", False),
        ("myndighed=x", True),
    ],
)
def test_list_is_narrowed(cast: Cast, secretariat: Client, *, asked: str, found: bool) -> None:
    page = get(secretariat, f"{PEOPLE}?{asked}")
    assert ("Karen K." in page) is found
    if not found:
        assert "Ingen passer til det." in page


def test_who_has_left_is_shown_when_asked_for(cast: Cast, secretariat: Client) -> None:
    Employee.objects.filter(pk=cast.employee.pk).update(to_on=TODAY)
    assert "Karen K." not in get(secretariat)
    page = get(secretariat, f"{PEOPLE}?vis=alle")
    assert "Karen K." in page
    assert "Stoppet" in page


@pytest.mark.parametrize("role", [Role.PLANNER, Role.AUTHORITY_MANAGER])
def test_planner_and_manager_read_and_change_nothing(cast: Cast, role: Role) -> None:
    reader = keeper(cast, role)
    page = get(reader, page_of(cast.employee))
    assert "Karen K." in page
    assert "Ret oplysninger" not in page
    assert '<form method="post" action="/konsol/medarbejdere/' not in page
    assert "Ny medarbejder" not in get(reader)
    assert post(reader, page_of(cast.employee, "konto/stop/")).status_code == HTTPStatus.FORBIDDEN
    assert reader.get(f"{PEOPLE}ny/").status_code == HTTPStatus.FORBIDDEN


def test_new_employee_has_account_centre_and_role(cast: Cast, secretariat: Client) -> None:
    answer = post(secretariat, f"{PEOPLE}ny/", **new(cast))
    assert answer.status_code == HTTPStatus.FOUND
    made = Employee.objects.get(given_name="Bodil")
    assert answer["Location"] == page_of(made)
    assert (str(made), made.employer, user_of(made).email) == ("Bodil H.", cast.own, "bodil.h@example.org")
    assert not user_of(made).has_usable_password()
    work = EmployeeCentre.objects.get(employee=made)
    assert (work.centre, work.clearance, work.from_on) == (cast.centre, Clearance.GUIDANCE_ONLY, made.from_on)
    role = RoleAssignment.objects.get(user=made.user)
    assert (role.role, role.authority, role.from_on) == ("employee", cast.own, made.from_on)
    page = get(secretariat, page_of(made))
    for text in ("Ikke inviteret", "Kun vejledning", "01-12-2026", "Sofie S.", "Ændringer"):
        assert text in page
    assert ChangeNote.objects.get(kind="employee", object_id=str(made.pk)).after["email"] == "bodil.h@example.org"


def test_new_employee_may_have_no_account(cast: Cast, secretariat: Client) -> None:
    post(secretariat, f"{PEOPLE}ny/", **new(cast, email="", role=""))
    made = Employee.objects.get(given_name="Bodil")
    assert made.user is None
    assert "Ingen konto" in get(secretariat, page_of(made))


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"given_name": ""}, "Skriv fornavnet."),
        ({"given_name": "=cmd"}, "Et navn begynder med et bogstav"),
        ({"given_name": "B" * 41}, "højst 40 tegn"),
        ({"initial": ""}, "Skriv forbogstavet"),
        ({"initial": "7"}, "ét eller to bogstaver"),
        ({"initial": "Hans"}, "ét eller to bogstaver"),
        ({"employer": ""}, "Vælg den myndighed"),
        ({"employer": "999999"}, "Vælg en af dine egne myndigheder."),
        ({"from_on": "i morgen"}, "Vælg en dato."),
        ({"email": "bodil"}, "Det ligner ikke en e-mailadresse."),
        ({"email": "karen@example.org"}, "En anden konto bruger allerede adressen."),
        ({"email": "otto@example.org"}, "En anden konto bruger allerede adressen."),
        ({"email": ""}, "En rolle hører til en konto."),
        ({"clearance": "alt"}, "Vælg, hvor langt hjælpen må gå."),
        ({"centre": "999999"}, "Vælg et center, som din myndighed er med i."),
        ({"role": "administrator"}, "Vælg en rolle, du må give."),
    ],
)
def test_every_fault_of_a_new_employee_stands_by_its_field(
    cast: Cast, secretariat: Client, wrong: dict[str, Any], text: str
) -> None:
    answer = post(secretariat, f"{PEOPLE}ny/", **new(cast, **wrong))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert text in said(answer)
    assert "Intet er gemt." in said(answer)
    assert not Employee.objects.filter(given_name="Bodil").exists()


def test_other_authoritys_centre_and_employer_are_not_for_choice(cast: Cast, secretariat: Client) -> None:
    other = cast.outside.hosted_centres.get()
    for wrong in ({"employer": cast.colleague_authority.pk}, {"centre": other.pk}):
        assert post(secretariat, f"{PEOPLE}ny/", **new(cast, **wrong)).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = get(secretariat, f"{PEOPLE}ny/")
    assert "Slagelse" not in page
    assert "Andet center" not in page


def test_change_is_noted_with_who_what_and_when(cast: Cast, secretariat: Client) -> None:
    data = {"given_name": "Karin", "initial": "K", "employer": cast.own.pk, "from_on": "2020-01-01"}
    answer = post(secretariat, page_of(cast.employee, "ret/"), **data, email="karin@example.org")
    assert answer.status_code == HTTPStatus.FOUND
    assert User.objects.get(employee=cast.employee).email == "karin@example.org"
    page = get(secretariat, page_of(cast.employee))
    for text in ("Karin K.", "Fornavn", "karen@example.org", "karin@example.org", "24-11-2026 14.01", "Sofie"):
        assert text in page


def test_address_of_an_account_in_use_is_the_persons_own(cast: Cast, secretariat: Client) -> None:
    in_use(cast.employee)
    data = {"given_name": "Karen", "initial": "K", "employer": cast.own.pk, "from_on": "2020-01-01"}
    answer = post(secretariat, page_of(cast.employee, "ret/"), **data, email="min@example.org")
    assert "Kontoen er i brug, så adressen kan kun skiftes af personen selv" in said(answer)
    assert "Kontoen har brug for en adresse." in said(
        post(secretariat, page_of(cast.employee, "ret/"), **data, email="")
    )


def test_work_is_added_and_ended(cast: Cast, secretariat: Client) -> None:
    work = EmployeeCentre.objects.get(employee=cast.employee)
    assert post(secretariat, page_of(cast.employee, f"center/{work.pk}/slut/")).status_code == HTTPStatus.FOUND
    work.refresh_from_db()
    assert work.to_on == TODAY
    again = {"work-centre": cast.centre.pk, "work-clearance": "light_casework", "work-from_on": "2026-11-24"}
    assert post(secretariat, page_of(cast.employee, "center/"), **again).status_code == HTTPStatus.FOUND
    assert cast.employee.works.count() == 2
    gone = post(secretariat, page_of(cast.employee, f"center/{work.pk}/slut/"))
    assert gone.status_code == HTTPStatus.CONFLICT


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"work-centre": ""}, "Vælg et center."),
        ({"work-from_on": ""}, "Vælg en dato."),
        ({"work-from_on": "2019-01-01"}, "Personen er ikke ansat endnu den dag."),
        ({"work-to_on": "2026-01-01"}, "Det slutter, før det begynder."),
        ({}, "Personen arbejder allerede for centret i den tid."),
    ],
)
def test_every_fault_of_work_stands_by_its_field(
    cast: Cast, secretariat: Client, wrong: dict[str, str], text: str
) -> None:
    right = {"work-centre": cast.centre.pk, "work-clearance": "light_casework", "work-from_on": "2026-11-24"}
    answer = post(secretariat, page_of(cast.employee, "center/"), **(right | wrong))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert text in said(answer)


def test_role_is_given_and_taken(cast: Cast, secretariat: Client) -> None:
    given = {"role-role": "planner", "role-authority": cast.own.pk, "role-from_on": "2026-11-01"}
    assert post(secretariat, page_of(cast.employee, "rolle/"), **given).status_code == HTTPStatus.FOUND
    role = RoleAssignment.objects.get(user=cast.employee.user, role="planner")
    assert "Planlægger" in get(secretariat, page_of(cast.employee))
    twice = post(secretariat, page_of(cast.employee, "rolle/"), **given)
    assert "Personen har allerede rollen" in said(twice)
    assert post(secretariat, page_of(cast.employee, f"rolle/{role.pk}/slut/")).status_code == HTTPStatus.FOUND
    role.refresh_from_db()
    assert role.to_on == TODAY


def test_role_at_another_authority_is_not_for_giving_or_taking(cast: Cast, secretariat: Client) -> None:
    given = {"role-role": "planner", "role-authority": cast.colleague_authority.pk, "role-from_on": "2026-11-24"}
    answer = post(secretariat, page_of(cast.employee, "rolle/"), **given)
    assert "Vælg en af dine egne myndigheder." in said(answer)
    role = RoleAssignment.objects.create(
        user=user_of(cast.employee), authority=cast.colleague_authority, role="planner", from_on=LONG_AGO
    )
    answer = post(secretariat, page_of(cast.employee, f"rolle/{role.pk}/slut/"))
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_only_an_administrator_makes_and_unmakes_administrators(cast: Cast, secretariat: Client) -> None:
    given = {"role-role": "administrator", "role-authority": cast.own.pk, "role-from_on": "2026-11-24"}
    assert "Vælg en rolle, du må give." in said(post(secretariat, page_of(cast.employee, "rolle/"), **given))
    administrator = keeper(cast, Role.ADMINISTRATOR, "Ada")
    assert post(administrator, page_of(cast.employee, "rolle/"), **given).status_code == HTTPStatus.FOUND
    role = RoleAssignment.objects.get(user=cast.employee.user, role="administrator")
    for rest in (f"rolle/{role.pk}/slut/", "konto/stop/", "inviter/", "forlad/"):
        assert post(secretariat, page_of(cast.employee, rest)).status_code == HTTPStatus.FORBIDDEN
    assert post(administrator, page_of(cast.employee, f"rolle/{role.pk}/slut/")).status_code == HTTPStatus.FOUND


def test_last_who_may_administer_keeps_the_role(cast: Cast) -> None:
    sara = make_employee("Sara", cast.own, cast.centre, role=Role.SECRETARIAT)
    web = signed_in(sara)
    role = RoleAssignment.objects.get(user=sara.user)
    last = {"leaving-last_on": "2026-12-01"}
    for rest, values in ((f"rolle/{role.pk}/slut/", {}), ("konto/stop/", {}), ("forlad/", last)):
        answer = post(web, page_of(sara, rest), **values)
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "Det er den sidste, der kan administrere myndigheden" in said(answer)
    # A colleague who has not taken the account into use does not count.
    second = make_employee("Stine", cast.own, cast.centre, role=Role.SECRETARIAT)
    assert post(web, page_of(sara, f"rolle/{role.pk}/slut/")).status_code == HTTPStatus.CONFLICT
    in_use(second)
    assert post(web, page_of(sara, f"rolle/{role.pk}/slut/")).status_code == HTTPStatus.FOUND


def test_last_administrator_keeps_the_role_though_there_is_a_secretariat(cast: Cast, secretariat: Client) -> None:
    del secretariat
    ada = make_employee("Ada", cast.own, cast.centre, role=Role.ADMINISTRATOR)
    role = RoleAssignment.objects.get(user=ada.user)
    web = signed_in(ada)
    assert post(web, page_of(ada, f"rolle/{role.pk}/slut/")).status_code == HTTPStatus.CONFLICT
    in_use(make_employee("Axel", cast.own, cast.centre, role=Role.ADMINISTRATOR))
    assert post(web, page_of(ada, f"rolle/{role.pk}/slut/")).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("page", [PEOPLE, f"{PEOPLE}kompetencer/", f"{PEOPLE}import/"])
def test_page_asks_no_more_of_the_database_for_many_people(
    cast: Cast, secretariat: Client, django_assert_max_num_queries: Any, page: str
) -> None:
    for number in range(20):
        make_employee(f"Nr{number}", cast.own, cast.centre)
    # Seven are the test's own: it becomes the web and goes back, and a request here is a savepoint.
    with django_assert_max_num_queries(20 + 7):
        get(secretariat, page)


def test_only_centre_and_employer_are_chosen_beforehand(cast: Cast, secretariat: Client) -> None:
    page = get(secretariat, f"{PEOPLE}ny/")
    assert f'<option value="{cast.centre.pk}" selected>Prøvecenter</option>' in page
    assert f'<option value="{cast.own.pk}" selected>' in page
    assert "Uden et center får personen ingen henvendelser." in page
    second = Centre.objects.create(slug="to", name="Center to", host=cast.own)
    Membership.objects.create(centre=second, authority=cast.own, from_on=LONG_AGO)
    page = get(secretariat, f"{PEOPLE}ny/")
    assert '<option value="" selected>Vælg …</option>' in page
    assert f'<option value="{cast.centre.pk}">Prøvecenter</option>' in page
    # A role is given by choice, never because it stood first.
    assert (
        '<option value="" selected>Vælg …</option>' in get(secretariat, page_of(cast.employee)).split("role-role", 1)[1]
    )
