"""The subjects over HTTP: made, found, changed, taken out of use and back, and whose own link it is to keep."""

from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from borgerlinje.desk.queries import subject_names
from borgerlinje.lines.models import LineTask, MenuVersion, Specialist, Subject, SubjectLink
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import get, person, post, text_of
from tests.support.cast import Cast, later

LIST, NEW = "/konsol/emner/", "/konsol/emner/nyt/"


@pytest.fixture
def passport(cast: Cast) -> Subject:
    return Subject.objects.create(code="pas", name="Pas", skill=cast.skill, skill_level=2)


def values(cast: Cast, **changes: Any) -> dict[str, Any]:
    usual = {
        "name": "Kørekort",
        "name_en": "Driving licence",
        "search_words": "bil køre forny",
        "about": "Du fornyer på nettet.",
        "about_en": "",
        "source": "borger.dk",
        "link": "https://www.borger.dk/koerekort",
        f"link-{cast.own.pk}": "https://naestved.example.org/koerekort",
        "skill": "",
        "skill_level": "1",
    }
    return {**usual, **changes}


def faults(client: Client, path: str, **data: Any) -> str:
    answer = post(client, path, **data)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    return text_of(answer)


def test_empty_list_says_where_to_begin(secretariat: Client) -> None:
    page = text_of(get(secretariat, LIST))
    assert "Her er ingen emner endnu. Begynd med det, flest ringer om" in page
    assert f'href="{NEW}"' in page


def test_subject_is_made_and_found_by_the_words_people_use(cast: Cast, secretariat: Client, passport: Subject) -> None:
    assert post(secretariat, NEW, **values(cast))["Location"] == LIST
    made = Subject.objects.get(name="Kørekort")
    assert (made.code, made.name_en, made.link) == ("koerekort", "Driving licence", "https://www.borger.dk/koerekort")
    assert SubjectLink.objects.get(subject=made).authority == cast.own
    page = text_of(get(secretariat, LIST))
    assert "Kørekort er gemt." in page
    assert "fælles link, 1 eget link" in page
    assert f"{passport.skill}, niveau 2" in page
    found = text_of(get(secretariat, LIST, q="forny min bil"))
    assert "Det finder en borger, der skriver »forny min bil«" in found
    assert "Kørekort" in found
    assert ">Pas<" not in found
    assert "Skriv ordet som søgeord på det emne" in text_of(get(secretariat, LIST, q="vielse"))


def test_citizens_see_their_authoritys_own_link(cast: Cast, secretariat: Client) -> None:
    post(secretariat, NEW, **values(cast))
    line = cast.line
    line.always_open, line.always_open_reason = True, "Prøve"
    line.save()
    everybody = text_of(Client().get(reverse("portal:subject", args=["koerekort"])))
    assert 'href="https://www.borger.dk/koerekort"' in everybody
    own = text_of(Client().get(reverse("portal:member_subject", args=["370", "koerekort"])))
    assert 'href="https://naestved.example.org/koerekort"' in own
    assert "https://www.borger.dk/koerekort" not in own


def test_subject_is_changed_and_the_change_is_noted(cast: Cast, secretariat: Client, passport: Subject) -> None:
    path = f"{LIST}{passport.pk}/"
    SubjectLink.objects.create(subject=passport, authority=cast.outside, url="https://kbh.example.org/")
    page = text_of(get(secretariat, path))
    assert 'value="Pas"' in page
    assert "København" not in page
    data = values(cast, name="Pas og rejse", skill=str(cast.skill.pk), skill_level="3", needs_discretion="on")
    assert post(secretariat, path, **data)["Location"] == LIST
    passport.refresh_from_db()
    assert (passport.name, passport.code, passport.skill_level, passport.needs_discretion) == (
        "Pas og rejse",
        "pas",
        3,
        True,
    )
    # Another authority's own link is theirs.
    assert set(passport.links.values_list("authority", flat=True)) == {cast.own.pk, cast.outside.pk}
    post(secretariat, path, **{**data, f"link-{cast.own.pk}": ""})
    assert passport.links.get().authority == cast.outside
    note = ChangeNote.objects.get(kind="subject", object_id=str(passport.pk), before__name="Pas")
    assert note.after["name"] == "Pas og rejse"
    assert note.after["links"] == [
        "København: https://kbh.example.org/",
        "Næstved: https://naestved.example.org/koerekort",
    ]
    assert "Pas og rejse" in text_of(get(secretariat, path))


def test_what_is_wrong_is_told_beside_its_field(cast: Cast, secretariat: Client, passport: Subject) -> None:
    page = faults(secretariat, NEW, **values(cast, name="pas", link="borger", about="Ring om 010190-1234."))
    for said in ("Emnet Pas findes allerede.", "Skriv hele adressen", "Teksten ligner et CPR-nummer", "Intet er gemt."):
        assert said in page, said
    assert "Skriv hele adressen" in faults(secretariat, NEW, **values(cast, link="http://borger.dk"))
    assert "Skriv, hvad emnet hedder." in faults(secretariat, NEW, **values(cast, name=""))
    passport.retired_on = date(2026, 1, 1)
    passport.save()
    assert "findes, men er ude af brug" in faults(secretariat, NEW, **values(cast, name="Pas"))


def test_retired_subject_is_offered_to_nobody_and_comes_back(
    cast: Cast, secretariat: Client, passport: Subject
) -> None:
    path = f"{LIST}{passport.pk}/"
    MenuVersion.objects.create(
        line=cast.line,
        tree={"start": {"keys": [{"key": "1", "do": "subject", "to": "pas"}]}},
        from_at=later(-60),
        published_at=later(-60),
        changed_at=later(-60),
    )
    Specialist.objects.create(name="Borgerservice", digits="11112222").subjects.add(passport)
    LineTask.objects.create(line=cast.line, subject=passport, opens="08:00", closes="15:00", scope="guidance_only")
    page = text_of(get(secretariat, path))
    for said in (
        "Telefonmenuen for Hotline kan vælge det.",
        "Hotline har en opgave om det.",
        "Specialisterne Borgerservice hjælper med det.",
    ):
        assert said in page, said
    assert post(secretariat, f"{path}ud/")["Location"] == path
    # A unit that helps with it goes on saying so; no other is offered it.
    unit = Specialist.objects.get()
    unit.authority = cast.own
    unit.save()
    assert ">Pas</option>" in text_of(get(secretariat, reverse("console:specialist", args=[unit.pk])))
    assert ">Pas</option>" not in text_of(get(secretariat, reverse("console:specialist_new")))
    assert "Emnet er ude af brug siden 24-11-2026" in text_of(get(secretariat, path))
    assert subject_names() == []
    assert "Pas" not in text_of(Client().get(reverse("portal:find"))).split("<main", 1)[1]
    assert "siden 24-11-2026" in text_of(get(secretariat, LIST))
    assert post(secretariat, f"{path}ud/").status_code == HTTPStatus.NOT_FOUND
    post(secretariat, f"{path}igen/")
    assert subject_names() == ["Pas"]


def test_names_alike_have_codes_of_their_own(cast: Cast, secretariat: Client) -> None:
    for name in ("Pas!", "Pas?"):
        post(secretariat, NEW, **values(cast, name=name))
    assert set(Subject.objects.values_list("code", flat=True)) == {"pas", "pas-2"}


def test_only_those_who_set_lines_keep_subjects(cast: Cast, passport: Subject) -> None:
    client = person(cast, "Leo", Role.AUTHORITY_MANAGER)
    for path in (LIST, NEW, f"{LIST}{passport.pk}/"):
        assert get(client, path).status_code == HTTPStatus.FORBIDDEN
    assert post(client, f"{LIST}{passport.pk}/ud/").status_code == HTTPStatus.FORBIDDEN
