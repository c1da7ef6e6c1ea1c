"""What the law has us say: complete, for each authority, and true of its lines."""

from datetime import date

import pytest

from borgerlinje.cooperation.models import Face
from tests.portal.asking import text
from tests.portal.test_portal_pages import get
from tests.support.cast import Cast

ACCESSIBILITY, PRIVACY = "/kommune/370/tilgaengelighed/", "/kommune/370/privatliv/"


@pytest.mark.parametrize(
    "part",
    [
        "Næstved Kommune skal gøre sine websteder tilgængelige efter lov om tilgængelighed af offentlige organers websteder",
        "Siderne følger delvist kravene i standarden EN 301 549",
        "Kortet på siden kan ikke læses op.",
        "Erklæringen er sidst gennemgået den 3. marts 2026",
        "was@example.org",
        "55 00 00 00",
        "Digitaliseringsstyrelsen fører tilsyn",
        "At ringe fra skærmen kræver JavaScript",
    ],
)
def test_accessibility_statement_has_every_part_the_law_asks_for(cast: Cast, part: str) -> None:
    Face.objects.create(
        authority=cast.own,
        conformance="partial",
        known_faults="Kortet på siden kan ikke læses op.",
        statement_on=date(2026, 3, 3),
        contact_email="was@example.org",
        contact_phone="55 00 00 00",
        statement_url="https://was.digst.dk/example-org",
    )
    answer = get(ACCESSIBILITY)
    assert part in text(answer)
    assert 'href="https://was.digst.dk/example-org"' in answer.content.decode()


def test_statement_that_nobody_has_written_claims_nothing(cast: Cast) -> None:
    page = text(get(ACCESSIBILITY))
    assert "En samlet vurdering er ikke offentliggjort her endnu" in page
    assert "Vi kender ingen undtagelser" not in page
    assert "46 31 30 20" in page, "the line is there to call"


def test_site_leads_to_each_authoritys_own(cast: Cast) -> None:
    assert f'href="{ACCESSIBILITY}"' in get("/tilgaengelighed/").content.decode()
    assert f'href="{PRIVACY}"' in get("/privatliv/").content.decode()


def test_short_address_leads_to_the_statement(cast: Cast) -> None:
    assert get("/was/")["Location"] == "/tilgaengelighed/"
    assert get("/kommune/370/was/")["Location"] == ACCESSIBILITY
    Face.objects.create(authority=cast.own, statement_url="https://was.digst.dk/example-org")
    assert get("/kommune/370/was/")["Location"] == "https://was.digst.dk/example-org"


def test_privacy_text_names_who_answers_for_it_and_what_can_be_demanded(cast: Cast) -> None:
    Face.objects.create(authority=cast.own, dpo_email="dpo@example.org")
    page = text(get(PRIVACY))
    for part in (
        "Næstved Kommune er dataansvarlig",
        "dpo@example.org",
        "Datatilsynet",
        "indsigt",
        "artikel 6",
        "Kort fortalt",
    ):
        assert part in page, part


def test_privacy_text_tells_of_recordings_only_where_there_are_any(cast: Cast) -> None:
    assert "Samtalen bliver ikke optaget." in text(get(PRIVACY))
    cast.line.recording_purpose, cast.line.recording_days = "Oplæring af nye", 14
    cast.line.save()
    page = text(get(PRIVACY))
    assert "Samtalen bliver ikke optaget, medmindre du selv trykker ja" in page
    assert "Oplæring af nye" in page
    assert "Slettes efter 14 dage" in page


@pytest.mark.parametrize(
    "path", ["/", "/find/", "/privatliv/", "/tilgaengelighed/", ACCESSIBILITY, PRIVACY, "/kommune/370/"]
)
def test_every_page_is_there_in_english(cast: Cast, path: str) -> None:
    from django.conf import settings

    assert '<html lang="en">' in get(path, cookies={settings.LANGUAGE_COOKIE_NAME: "en"}).content.decode()
