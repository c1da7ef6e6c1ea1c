"""Making, changing and closing a line over HTTP: what it becomes, what is refused and in which words, and who may."""

import re
from datetime import date, time
from http import HTTPStatus
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from borgerlinje.channels.phone.models import Trunk
from borgerlinje.cooperation.models import Membership
from borgerlinje.lines.models import Line, LineNumber, MenuVersion, OpeningPeriod, Overflow
from borgerlinje.staff.models import ChangeNote
from borgerlinje.staff.roles import Role
from tests.console.test_crisis_pages import get, person, post, text_of
from tests.support.cast import LONG_AGO, Cast, later

NEW, PAGE, LIST = "/konsol/linje/ny/", "/konsol/linje/hotline/", "/konsol/linjer/"
MOST_QUERIES = 20
NOT_THE_PAGES = re.compile("SET ROLE|RESET ROLE|SAVEPOINT|RELEASE|SELECT set_config")
WEEK = {**{f"day{day}": "8–15" for day in range(4)}, "day4": "8–14", "day5": "", "day6": ""}


def new_line(cast: Cast, **changes: Any) -> dict[str, Any]:
    usual = {
        **WEEK,
        "name": "Hjælp til pas",
        "owner": str(cast.own.pk),
        "audience": "citizens",
        "language": "da",
        "numbers": "+45 55 55 00 00, 1777",
        f"number-{cast.colleague_authority.pk}": "55 55 03 30",
        "skill": "",
        "skill_level": "1",
        "scope": "guidance_only",
        "greeting": "",
        "closed": "",
    }
    return {**usual, **changes}


def basics(cast: Cast, **changes: Any) -> dict[str, Any]:
    usual = {
        "name": "Hotline",
        "owner": str(cast.own.pk),
        "audience": "citizens",
        "language": "da",
        "skill": str(cast.skill.pk),
        "skill_level": "2",
        "scope": "guidance_only",
        "greeting_text": "Velkommen.",
    }
    return {**usual, **changes}


def faults(client: Client, path: str, **values: Any) -> str:
    answer = post(client, path, **values)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text_of(answer)
    assert "Intet er gemt. Ret det, der er markeret" in page
    return page


# A new line.


def test_new_page_has_good_answers_already(cast: Cast, secretariat: Client) -> None:
    page = text_of(get(secretariat, NEW))
    assert page.count('value="8–15"') == 4
    assert page.count('value="8–14"') == 1
    assert "Næstved Kommune" in page
    assert "Slagelse Kommune" in page
    assert "København" not in page
    assert 'href="/konsol/linje/ny/"' in text_of(get(secretariat, LIST))
    assert cast.centre.name in page


def test_new_line_is_stored_and_its_page_says_whether_it_works(cast: Cast, secretariat: Client) -> None:
    answer = post(secretariat, NEW, **new_line(cast))
    line = Line.objects.get(name="Hjælp til pas")
    assert answer["Location"] == f"/konsol/linje/{line.slug}/"
    assert (line.centre, line.owner, line.greeting_text[:24]) == (cast.centre, cast.own, "Velkommen til Hjælp til ")
    found = {each.digits: (each.home_authority, each.is_main) for each in line.numbers.all()}
    assert found == {"55550000": (None, True), "1777": (None, False), "55550330": (cast.colleague_authority, False)}
    assert OpeningPeriod.objects.filter(version__line=line).count() == 5
    made = ChangeNote.objects.get(kind="line", object_id=str(line.pk))
    assert made.before == {}
    assert made.after["numbers"] == ["55 55 00 00", "17 77".replace(" ", ""), "55 55 03 30 (Slagelse)"]
    page = text_of(get(secretariat, answer["Location"]))
    for said in (
        "Hjælp til pas er oprettet.",
        "Der er ingen forbindelse til telefonnettet endnu",
        "Linjen har 3 numre.",
        "Åbent nu, til kl. 15.",
        "Der er ingen telefonmenu.",
        # The host sees its own employee; the colleague of the other authority is behind its fence.
        "1 medarbejder, du kan se, kan svare.",
        "borgere i Slagelse Kommune",
    ):
        assert said in page, said
    assert not MenuVersion.objects.exists()


def test_other_pages_of_a_new_line_are_reachable_and_say_what_to_do(cast: Cast, secretariat: Client) -> None:
    path = post(secretariat, NEW, **new_line(cast))["Location"]
    for rest, said in (
        ("aabningstider/", "34 timer om ugen"),
        ("telefon/", "Ingen aftale: borgere bliver på denne linje."),
    ):
        answer = get(secretariat, f"{path}{rest}")
        assert answer.status_code == HTTPStatus.OK, rest
        assert said in text_of(answer), rest
    menu = reverse("console:menu", args=["hjaelp-til-pas"])
    assert "Der er ingen menu endnu" in text_of(get(secretariat, menu))
    assert f'href="{menu}"' in text_of(get(secretariat, path))
    notice = text_of(get(secretariat, reverse("console:notice_new")))
    assert "Hjælp til pas</option>" in notice


def test_second_language_makes_a_menu(cast: Cast, secretariat: Client) -> None:
    path = post(secretariat, NEW, **new_line(cast, other_language="on"))["Location"]
    assert set(MenuVersion.objects.values_list("language", flat=True)) == {"da", "en"}
    assert "Borgeren hører telefonmenuen og kommer i kø." in text_of(get(secretariat, path))


def test_line_that_nobody_can_answer_says_so(cast: Cast, secretariat: Client) -> None:
    path = post(secretariat, NEW, **new_line(cast, skill=str(cast.skill.pk), skill_level="3", language="en"))[
        "Location"
    ]
    page = text_of(get(secretariat, path))
    assert "Ingen, du kan se, kan svare endnu." in page
    assert "der svarer for Prøvecenter og kan Selvbetjening på niveau 3 og taler engelsk" in page


def test_numbers_are_refused_each_beside_its_field(cast: Cast, secretariat: Client) -> None:
    member = f"number-{cast.colleague_authority.pk}"
    page = faults(secretariat, NEW, **new_line(cast, numbers="46 31 30 20, 12", **{member: "55550330, 55550330"}))
    assert "»12« er ikke et telefonnummer." in page
    assert Line.objects.count() == 1
    page = faults(secretariat, NEW, **new_line(cast, numbers="46 31 30 20"))
    assert "46 31 30 20 hører allerede til linjen Hotline. Skriv et andet nummer, eller fjern det dér først." in page
    assert 'value="46 31 30 20"' in page
    page = faults(secretariat, NEW, **new_line(cast, numbers="55550330"))
    assert "55550330 står også ovenfor." in page
    page = faults(secretariat, NEW, **new_line(cast, numbers="", **{member: ""}))
    assert "Skriv mindst ét nummer. Uden kan ingen ringe til linjen." in page


def test_what_else_is_missing_is_told_at_once(cast: Cast, secretariat: Client) -> None:
    closed = dict.fromkeys(WEEK, "")
    page = faults(secretariat, NEW, **new_line(cast, name="", owner=str(cast.outside.pk), greeting="Ring 010190-1234."))
    for said in ("Skriv, hvad linjen hedder.", "Vælg en myndighed.", "Teksten ligner et CPR-nummer"):
        assert said in page, said
    assert "Skriv, hvornår linjen har åbent, mindst én dag." in faults(secretariat, NEW, **new_line(cast, **closed))
    assert "slutter, før det begynder" in faults(secretariat, NEW, **new_line(cast, day0="15–8"))


def test_who_has_several_centres_chooses_and_nobody_makes_a_line_elsewhere(cast: Cast, secretariat: Client) -> None:
    other = cast.outside.hosted_centres.get()
    assert get(secretariat, NEW, center=other.slug).status_code == HTTPStatus.NOT_FOUND
    Membership.objects.create(centre=other, authority=cast.own, from_on=LONG_AGO)
    page = text_of(get(secretariat, NEW))
    assert "Vælg center" in page
    assert f"?center={other.slug}" in page
    # Not the host there: only a line of one's own authority.
    form = text_of(get(secretariat, NEW, center=other.slug))
    assert f'value="{cast.outside.pk}"' not in form
    values = new_line(cast, owner=str(cast.outside.pk))
    values.pop(f"number-{cast.colleague_authority.pk}")
    answer = post(secretariat, f"{NEW}?center={other.slug}", **values)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_only_those_who_set_lines_make_one(cast: Cast) -> None:
    for name, role in (("Leo", Role.AUTHORITY_MANAGER), ("Pia", Role.PLANNER), ("Eva", Role.EMPLOYEE)):
        client = person(cast, name, role)
        assert get(client, NEW).status_code == HTTPStatus.FORBIDDEN
        assert get(client, PAGE).status_code == HTTPStatus.FORBIDDEN
    stranger = person(cast, "Uffe", Role.SECRETARIAT, cast.outside)
    assert get(stranger, PAGE).status_code == HTTPStatus.NOT_FOUND
    for act in ("nummer/", "luk/", "aabn/", "nummer/fortryd/", f"nummer/{cast.line.numbers.all()[0].pk}/fjern/"):
        assert post(stranger, f"{PAGE}{act}").status_code == HTTPStatus.NOT_FOUND, act


def test_who_is_in_no_centre_is_told_what_to_do(cast: Cast) -> None:
    Membership.objects.filter(authority=cast.colleague_authority).delete()
    client = person(cast, "Signe", Role.SECRETARIAT, cast.colleague_authority)
    assert "dine myndigheder er ikke med i noget endnu" in text_of(get(client, NEW))
    assert "Du indstiller ingen linjer." in text_of(get(client, LIST))


# A line there is.


def test_own_fields_are_changed_and_noted(cast: Cast, secretariat: Client) -> None:
    answer = post(
        secretariat, PAGE, **basics(cast, name="Hotline til MitID", skill="", owner=str(cast.colleague_authority.pk))
    )
    assert answer["Location"] == PAGE
    cast.line.refresh_from_db()
    assert (cast.line.name, cast.line.owner, cast.line.skill, cast.line.slug) == (
        "Hotline til MitID",
        cast.colleague_authority,
        None,
        "hotline",
    )
    page = text_of(get(secretariat, PAGE))
    for said in ("Gemt. Det gælder fra det næste opkald.", "Hotline til MitID", "Slagelse Kommune", "Sofie S"):
        assert said in page, said
    assert "Skriv, hvad den, der ringer, hører først." in faults(secretariat, PAGE, **basics(cast, greeting_text=" "))


def test_number_is_given_taken_and_given_back(cast: Cast, secretariat: Client) -> None:
    given = {"number-numbers": "55 55 01 01", "number-home": str(cast.colleague_authority.pk)}
    assert post(secretariat, f"{PAGE}nummer/", **given)["Location"] == PAGE
    assert LineNumber.objects.get(digits="55550101").home_authority == cast.colleague_authority
    page = faults(secretariat, f"{PAGE}nummer/", **given)
    assert "55 55 01 01 hører allerede til linjen Hotline." in page

    main = cast.line.numbers.get(is_main=True)
    assert post(secretariat, f"{PAGE}nummer/{main.pk}/fjern/")["Location"] == PAGE
    assert set(cast.line.numbers.values_list("digits", flat=True)) == {"1881", "55550101"}
    assert cast.line.numbers.filter(is_main=True).count() == 1
    assert "46 31 30 20 er ikke længere linjens nummer." in text_of(get(secretariat, PAGE))
    post(secretariat, f"{PAGE}nummer/fortryd/")
    back = LineNumber.objects.get(digits="46313020")
    assert (back.line, back.home_authority, back.is_main) == (cast.line, cast.own, True)
    assert cast.line.numbers.filter(is_main=True).count() == 1
    assert post(secretariat, f"{PAGE}nummer/fortryd/").status_code == HTTPStatus.NOT_FOUND

    short = cast.line.numbers.get(digits="1881")
    post(secretariat, f"{PAGE}nummer/{short.pk}/foerst/")
    assert cast.line.numbers.get(is_main=True) == short


def test_number_that_went_to_another_line_meanwhile_is_not_taken_back(cast: Cast, secretariat: Client) -> None:
    main = cast.line.numbers.get(is_main=True)
    post(secretariat, f"{PAGE}nummer/{main.pk}/fjern/")
    values = new_line(cast, numbers="46313020")
    assert post(secretariat, NEW, **values).status_code == HTTPStatus.FOUND
    post(secretariat, f"{PAGE}nummer/fortryd/")
    assert LineNumber.objects.get(digits="46313020").line.name == "Hjælp til pas"
    assert "hører allerede til linjen Hjælp til pas" in text_of(get(secretariat, PAGE))


def test_line_without_a_number_says_so(cast: Cast, secretariat: Client) -> None:
    for number in list(cast.line.numbers.all()):
        post(secretariat, f"{PAGE}nummer/{number.pk}/fjern/")
    assert "Linjen har intet nummer, så ingen kan ringe til den." in text_of(get(secretariat, PAGE))
    assert "intet nummer" in text_of(get(secretariat, LIST))


def test_closing_a_line_is_read_first_and_can_be_taken_back(cast: Cast, secretariat: Client) -> None:
    cast.wait()
    cast.wait()
    seen = text_of(post(secretariat, f"{PAGE}luk/", ended_on="2026-11-24", vis="1"))
    for said in (
        "Det sker, når linjen lukker 24-11-2026",
        "2 venter i køen nu. De, der venter, når linjen lukker, bliver betjent.",
        "Den, der ringer til 46 31 30 20, 1881, hører »Vi har lukket.«",
        "ingen kan stilles om til den",
    ):
        assert said in seen, said
    # Another date than the one that was read is shown first.
    assert "Det sker, når linjen lukker 01-12-2026" in text_of(
        post(secretariat, f"{PAGE}luk/", ended_on="2026-12-01", set="2026-11-24")
    )
    assert Line.objects.get(pk=cast.line.pk).ended_on is None
    post(secretariat, f"{PAGE}luk/", ended_on="2026-11-24", set="2026-11-24")
    cast.line.refresh_from_db()
    assert cast.line.ended_on == date(2026, 11, 24)
    other = Line.objects.create(
        slug="nabo", name="Nabo", owner=cast.own, centre=cast.centre, greeting_text="Hej.", closed_text="Lukket."
    )
    # No agreement can send citizens to it.
    assert ">Hotline (" not in text_of(get(secretariat, reverse("console:line_settings", args=[other.slug])))
    assert "Linjen er lukket siden 24-11-2026" in text_of(get(secretariat, PAGE))
    assert "lukket</span>" in text_of(get(secretariat, LIST))
    post(secretariat, f"{PAGE}aabn/")
    assert Line.objects.get(pk=cast.line.pk).ended_on is None
    assert ChangeNote.objects.filter(kind="line", object_id=str(cast.line.pk)).count() == 2


def test_closing_later_says_so_and_where_callers_are_sent(cast: Cast, secretariat: Client) -> None:
    other = Line.objects.create(
        slug="nabo", name="Nabo", owner=cast.own, centre=cast.centre, greeting_text="Hej.", closed_text="Lukket."
    )
    Overflow.objects.create(line=cast.line, to_line=other, when_closed=True, from_on=LONG_AGO, agreed="A")
    Overflow.objects.create(line=other, to_line=cast.line, when_full=True, from_on=LONG_AGO, agreed="B")
    Line.objects.filter(pk=cast.line.pk).update(serves_waiting_after_close=False)
    seen = text_of(post(secretariat, f"{PAGE}luk/", ended_on="2027-01-01", vis="1"))
    for said in (
        "De, der venter, når linjen lukker, får besked og bliver ikke betjent.",
        "stilles til Nabo, når den har åbent",
        "Aftalen om overløb fra Nabo virker ikke længere",
    ):
        assert said in seen, said
    post(secretariat, f"{PAGE}luk/", ended_on="2027-01-01", set="2027-01-01")
    assert "Linjen lukker 01-01-2027" in text_of(get(secretariat, PAGE))
    post(secretariat, f"{PAGE}aabn/")
    assert "Den dato er gået." in faults(secretariat, f"{PAGE}luk/", ended_on="2026-11-23", vis="1")


def test_hours_and_trunk_missing_or_there_are_told(cast: Cast, secretariat: Client) -> None:
    page = text_of(get(secretariat, PAGE))
    assert "Linjen har ingen åbningstider og er altid lukket." in page
    # Only an administrator may open the page of the telephone network.
    assert "Det sætter en administrator op." in page
    assert reverse("console:network") not in page.split("<main", 1)[1]
    assert (
        reverse("console:network") in text_of(get(person(cast, "Ada", Role.ADMINISTRATOR), PAGE)).split("<main", 1)[1]
    )
    Trunk.objects.create(name="Udbyder", host="sip.example.org", is_active=True, changed_at=later(0))
    version = cast.line.opening_versions.create(from_on=LONG_AGO)
    version.periods.create(weekday=1, opens=time(9), closes=time(21))
    page = text_of(get(secretariat, PAGE))
    assert "Opkald kommer ind over Udbyder." in page
    assert "Åbent nu, til kl. 21." in page


def test_pages_ask_the_database_few_times(cast: Cast, secretariat: Client) -> None:
    for number in range(6):
        LineNumber.objects.create(line=cast.line, digits=f"5555010{number}", home_authority=cast.own)
    version = cast.line.opening_versions.create(from_on=LONG_AGO)
    version.periods.create(weekday=1, opens=time(9), closes=time(21))
    cast.line.special_days.create(on=date(2026, 12, 23), opens=time(9), closes=time(12))
    for path in (LIST, NEW, PAGE, f"{PAGE}aabningstider/", "/konsol/emner/", "/konsol/emner/nyt/"):
        with CaptureQueriesContext(connection) as asked:
            assert get(secretariat, path).status_code == HTTPStatus.OK
        # What the test itself says, to be the web's role and to come back from it, is none of the page's.
        own = [each["sql"][:150] for each in asked if not NOT_THE_PAGES.match(each["sql"])]
        assert len(own) <= MOST_QUERIES, own
