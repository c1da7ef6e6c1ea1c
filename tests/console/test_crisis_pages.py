"""The pages of a crisis over HTTP, as the web's own database role: who may begin, answer, read, and what is shown."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from borgerlinje.console.crisis.forms import GuideForm, TextsForm
from borgerlinje.console.crisis.presets import PRESETS, Preset
from borgerlinje.contacts.lifecycle import Event
from borgerlinje.kit import clock
from borgerlinje.lines.models import Crisis, CrisisLoan, CrisisMember, LineNumber
from borgerlinje.staff.models import Employee, EmployeeCentre, RoleAssignment
from borgerlinje.staff.roles import Role
from tests.support.cast import LONG_AGO, Cast, later, make_employee, user_of
from tests.support.database import as_web

NEW = "/konsol/krise/ny/"


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(user_of(employee), backend="django.contrib.auth.backends.ModelBackend")
    return client


def person(cast: Cast, name: str, role: Role, *others: Any) -> Client:
    """Sign in somebody with a role at the host, or at the authorities given instead."""
    first, *more = others or (cast.own,)
    employee = make_employee(name, first, None, role=role)
    for authority in more:
        RoleAssignment.objects.create(user=user_of(employee), authority=authority, role=role.value, from_on=LONG_AGO)
    return signed_in(employee)


@pytest.fixture
def secretariat(cast: Cast) -> Client:
    return person(cast, "Sofie", Role.SECRETARIAT, cast.own, cast.colleague_authority)


@pytest.fixture
def manager(cast: Cast) -> Client:
    """The manager of an authority that is no member of the centre."""
    return person(cast, "Mona", Role.AUTHORITY_MANAGER, cast.outside)


def get(client: Client, path: str, **query: str) -> Any:
    with as_web():
        return client.get(path, query)


def post(client: Client, path: str, **data: Any) -> Any:
    with as_web():
        return client.post(path, {name.replace("__", "-"): value for name, value in data.items()})


def text_of(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def filled_in(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Fejl i pas",
        "reason": "Passene er ugyldige.",
        "announcement": "Der er travlt.",
        "announcement_en": "",
        "banner": "Tjek dit pas.",
        "cost_key": "PAS",
        f"line-{cast.line.pk}": "open",
        f"ask-{cast.outside.pk}": "2",
        "guide-1-title": "Pas",
        "guide-1-text": "Henvis til borgerservice.",
        "guide-1-link": "",
        **changes,
    }


def begun(cast: Cast, client: Client, **changes: Any) -> Crisis:
    answer = post(client, NEW, **filled_in(cast, bekraeft="1", **changes))
    assert answer.status_code == HTTPStatus.FOUND, text_of(answer)
    return Crisis.objects.get()


# It begins.


def test_template_fills_the_form_in(cast: Cast, secretariat: Client) -> None:
    page = text_of(get(secretariat, NEW, skabelon="pas"))
    assert "Der er fejl i en del pas." in page
    assert "Borgerens pas er ikke gyldigt" in page
    assert "København Kommune" in page
    assert page.count("ikke medlem her") == 1


def test_nothing_begins_before_it_is_confirmed(cast: Cast, secretariat: Client) -> None:
    cast.wait(at=later(-90))
    page = text_of(post(secretariat, NEW, **filled_in(cast)))
    assert "1 borger venter på linjerne lige nu." in page
    assert "<b>Hotline</b> holdes åben døgnet rundt, til krisen slutter." in page
    assert "København Kommune spørges om 2 medarbejdere." in page
    assert "opgøres på PAS" in page
    assert not Crisis.objects.exists()
    # What was written goes along, to the button and back to the form.
    sent = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    assert sent["name"] == "Fejl i pas"
    form = text_of(post(secretariat, NEW, **filled_in(cast, ret="1")))
    assert 'value="Fejl i pas"' in form
    assert not Crisis.objects.exists()


def test_every_fault_is_said_at_once(cast: Cast, secretariat: Client) -> None:
    faulty = {
        "name": "",
        "reason": "Ring til 010190-1234.",
        f"line-{cast.line.pk}": "",
        f"ask-{cast.outside.pk}": "-1",
        "guide-1-text": "",
        "guide-2-title": "",
        "guide-2-link": "nej",
        "bekraeft": "1",
    }
    answer = post(secretariat, NEW, **filled_in(cast, **faulty))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text_of(answer)
    for fault in (
        "Giv krisen et navn, som alle forstår.",
        "Teksten ligner et CPR-nummer",
        "Vælg mindst én linje, der er med.",
        "Skriv et helt tal fra 0 til 200.",
        "Guide 1 mangler noget.",
        "Guide 2 mangler noget.",
        "Skriv, hvad medarbejderen skal gøre.",
        "Skriv en hel adresse",
    ):
        assert fault in page, fault
    assert not Crisis.objects.exists()


def test_one_button_begins_everything_and_tells_the_telephone(
    cast: Cast, secretariat: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as told:
        found = begun(cast, secretariat)
    assert told
    page = text_of(get(secretariat, f"/konsol/krise/{found.pk}/"))
    assert "Krisen begyndte: Fejl i pas." in page
    assert 'data-live="queue"' in page
    assert "Fortryd, og sæt alt tilbage" in page
    # A second one is the first.
    assert get(secretariat, NEW)["Location"] == f"/konsol/krise/{found.pk}/"
    with clock.turned(later(61)):
        assert "Fortryd, og sæt alt tilbage" not in text_of(get(secretariat, f"/konsol/krise/{found.pk}/"))


def test_only_the_hosts_secretariat_begins(cast: Cast) -> None:
    for at in (cast.colleague_authority, cast.outside):
        client = person(cast, f"S{at.code}", Role.SECRETARIAT, at)
        answer = post(client, NEW + "?center=prove", **filled_in(cast, bekraeft="1"))
        assert answer.status_code == HTTPStatus.FORBIDDEN
    assert post(person(cast, "Pia", Role.PLANNER), NEW, **filled_in(cast)).status_code == HTTPStatus.FORBIDDEN
    assert not Crisis.objects.exists()


def test_citizens_page_says_that_a_closed_line_is_kept_open(cast: Cast, secretariat: Client) -> None:
    assert "Lukket" in text_of(get(Client(), "/"))
    begun(cast, secretariat)
    page = text_of(get(Client(), "/"))
    assert "Åbent nu. Vi holder ekstra åbent" in page
    assert "/ring/" in page


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS.keys())
def test_template_fits_its_fields(preset: Preset) -> None:
    texts = TextsForm({name: getattr(preset.texts, name) for name in TextsForm.base_fields})
    guides = [GuideForm({"title": each.title, "text": each.text, "link": each.link}) for each in preset.guides]
    assert [form.errors for form in (texts, *guides)] == [{}] * (1 + len(guides))


# It goes on.


def test_log_is_written_in_a_role(cast: Cast, secretariat: Client) -> None:
    found = begun(cast, secretariat)
    path = f"/konsol/krise/{found.pk}/log/"
    answer = post(secretariat, path, text="Pressen ringer.", role="leader", kind="decision")
    assert answer["Location"].endswith("?skriv=1")
    page = text_of(get(secretariat, f"/konsol/krise/{found.pk}/?skriv=1"))
    assert re.search(
        r"Kriseleder</td>.*Beslutning</span></td><td class=\"bl-log__text\">Pressen ringer.</td><td>Sofie</td>", page
    )
    assert "autofocus" in page
    faulty = post(secretariat, path, text=" ", role="leader", kind="decision")
    assert faulty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Skriv noget først." in text_of(faulty)
    assert (
        post(secretariat, path, text="x", role="system", kind="action").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    )


def test_texts_guides_and_roles_change_while_it_lasts(cast: Cast, secretariat: Client) -> None:
    found = begun(cast, secretariat)
    base = f"/konsol/krise/{found.pk}"
    post(secretariat, f"{base}/tekster/", announcement="Nyt.", announcement_en="", banner="", cost_key="PAS")
    post(secretariat, f"{base}/guide/", guide__title="Mere", guide__text="Gør sådan.", guide__link="")
    other = make_employee("Lars", cast.own, None, role=Role.PLANNER)
    post(secretariat, f"{base}/rolle/", role="log_keeper", person=str(user_of(other).pk))
    page = text_of(get(secretariat, f"{base}/nu/"))
    assert "Banneret ændret fra »Tjek dit pas.« til »«." in page
    assert "Ny guide: »Mere«." in page
    assert "<dt>Logfører</dt><dd>Lars" in page
    for path, data in (("tekster", {"banner": "x" * 301}), ("guide", {}), ("rolle", {"role": "leader", "person": "0"})):
        assert post(secretariat, f"{base}/{path}/", **data).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_reader_sees_and_changes_nothing(cast: Cast, secretariat: Client) -> None:
    found = begun(cast, secretariat)
    planner = person(cast, "Pia", Role.PLANNER)
    page = text_of(get(planner, f"/konsol/krise/{found.pk}/"))
    assert "Krisen begyndte" in page
    assert "Afslut krisen" not in page
    # Of one member only: not all citizens are theirs to see.
    assert "Tallene er derfor ikke alle." in page
    assert "Tallene er derfor ikke alle." not in text_of(get(secretariat, f"/konsol/krise/{found.pk}/"))
    assert post(planner, f"/konsol/krise/{found.pk}/slut/", reason="x").status_code == HTTPStatus.FORBIDDEN
    elsewhere = person(cast, "Else", Role.SECRETARIAT, cast.colleague_authority)
    assert post(elsewhere, f"/konsol/krise/{found.pk}/slut/", reason="x").status_code == HTTPStatus.FORBIDDEN
    found.refresh_from_db()
    assert found.ended_at is None


def test_figures_are_those_of_the_crisis(cast: Cast, secretariat: Client) -> None:
    LineNumber.objects.create(line=cast.line, digits="46313021", home_authority=cast.outside)
    cast.wait(at=later(-60))
    found = begun(cast, secretariat)
    for digits in ("46313020", "46313021"):
        cast.event(cast.arrive(digits, at=later(1)), Event.GREETED, at=later(1))
    page = text_of(get(secretariat, f"/konsol/krise/{found.pk}/nu/"))
    assert "<dt>venter</dt><dd>2</dd>" in page
    assert "<dt>uden for fællesskabet</dt><dd>1 <small>50 %</small></dd>" in page
    assert "<dt>ringede flere gange</dt><dd>1 <small>100 %</small></dd>" in page
    assert 'København <span class="bl-tag bl-tag--warn">ikke medlem</span>' in page


# Who is called in.


def test_called_in_authority_answers_and_lends_its_own(cast: Cast, secretariat: Client, manager: Client) -> None:
    begun(cast, secretariat)
    member = CrisisMember.objects.get()
    path = f"/konsol/krise/svar/{member.pk}/"
    assert "Prøvecenter beder København Kommune om 2 medarbejdere" in text_of(get(manager, "/konsol/"))
    assert "Udlån under krisen" not in text_of(get(manager, path))
    assert post(manager, f"{path}antal/", promised="1")["Location"] == path
    page = text_of(get(manager, path))
    assert "Otto O." in page
    assert "mangler Selvbetjening 2" in page
    assert "Birgit" not in page
    nobody = post(manager, f"{path}udlaan/", employees=[str(cast.colleague.pk)], clearance="guidance_only")
    assert nobody.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert (
        post(manager, f"{path}udlaan/", employees=[str(cast.outsider.pk)], clearance="guidance_only").status_code == 302
    )
    assert EmployeeCentre.objects.filter(employee=cast.outsider, centre=cast.centre, to_on=None).exists()
    log = text_of(get(secretariat, f"/konsol/krise/{member.crisis_id}/nu/"))
    assert "København sender 1 medarbejder." in log
    assert "København låner 1 medarbejder ud" in log
    assert post(manager, f"{path}hjem/", employees=[str(cast.outsider.pk), "x"]).status_code == HTTPStatus.FOUND
    assert not EmployeeCentre.objects.filter(employee=cast.outsider, centre=cast.centre).exists()


def test_nobody_answers_for_another_authority(cast: Cast, secretariat: Client) -> None:
    begun(cast, secretariat)
    path = f"/konsol/krise/svar/{CrisisMember.objects.get().pk}/"
    other = person(cast, "Olga", Role.AUTHORITY_MANAGER, cast.colleague_authority)
    for answer in (get(other, path), post(other, f"{path}antal/", promised="5"), post(other, f"{path}udlaan/")):
        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert get(secretariat, path).status_code == HTTPStatus.FORBIDDEN


# It ends.


def test_end_gives_everything_back_and_leads_to_the_evaluation(
    cast: Cast, secretariat: Client, manager: Client
) -> None:
    found = begun(cast, secretariat)
    path = f"/konsol/krise/svar/{CrisisMember.objects.get().pk}/"
    post(manager, f"{path}antal/", promised="1")
    post(manager, f"{path}udlaan/", employees=[str(cast.outsider.pk)], clearance="guidance_only")
    end = f"/konsol/krise/{found.pk}/slut/"
    assert post(secretariat, end, reason=" ").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    with clock.turned(later(5400)):
        evaluation = post(secretariat, end, reason="Passene virker.")["Location"]
        page = text_of(get(secretariat, evaluation))
        assert "Krisen sluttede: Passene virker." in page
        assert "<dt>Udlånt bemanding</dt><dd>1,5 t</dd>" in page
        assert CrisisLoan.objects.get().to_at == later(5400)
        # Once is enough, and nothing is answered or lent any more.
        assert post(secretariat, end, reason="Igen.").status_code == HTTPStatus.CONFLICT
        assert post(manager, f"{path}antal/", promised="1").status_code == HTTPStatus.CONFLICT
        assert get(secretariat, f"/konsol/krise/{found.pk}/")["Location"] == evaluation
        assert "Der kan ikke svares eller lånes ud mere." in text_of(get(manager, path))
        assert "Krisen er slut" in text_of(get(secretariat, f"/konsol/krise/{found.pk}/nu/"))
        post(secretariat, f"/konsol/krise/{found.pk}/laering/", evaluation="Næste gang før.")
        assert "Næste gang før." in text_of(get(secretariat, evaluation))


def test_protocol_and_figures_are_taken_along(cast: Cast, secretariat: Client) -> None:
    found = begun(cast, secretariat)
    cast.wait(at=later(1))
    post(secretariat, f"/konsol/krise/{found.pk}/log/", text="=1+1", role="leader", kind="observation")
    answer = get(secretariat, f"/konsol/krise/{found.pk}/tabel.csv")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "Krise;Fejl i pas"
    assert any(row.startswith("Alle;;1;1;0;0;0;") for row in rows)
    assert "København;2;;0;0.0" in rows
    assert any(row.endswith("Kriseleder;Observation;Sofie;'=1+1") for row in rows)


def test_crisis_of_another_centre_is_not_there(cast: Cast, secretariat: Client) -> None:
    found = begun(cast, secretariat, **{f"ask-{cast.outside.pk}": ""})
    stranger = person(cast, "Otte", Role.ADMINISTRATOR, cast.outside)
    for path in ("", "nu/", "evaluering/", "tabel.csv"):
        assert get(stranger, f"/konsol/krise/{found.pk}/{path}").status_code == HTTPStatus.NOT_FOUND
    assert "Fejl i pas" not in text_of(get(stranger, "/konsol/krise/"))
    assert "Fejl i pas" in text_of(get(secretariat, "/konsol/krise/"))


def test_text_is_heard_before_anybody_rings(cast: Cast, secretariat: Client) -> None:
    answer = get(secretariat, "/konsol/hoer/", tekst="Goddag", sprog="da")
    assert answer.status_code == HTTPStatus.OK
    assert answer.content[:4] == b"RIFF"
    assert get(secretariat, "/konsol/hoer/", tekst=" ").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
