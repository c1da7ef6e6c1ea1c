"""Guides for others' machines: CPSV-AP that its shapes accept without a network, and schema.org that no text breaks out of."""

import json
import re
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
from django.test import Client
from rdflib.namespace import DCTERMS, RDF

from borgerlinje.guides.content import Text
from borgerlinje.guides.models import Guide, GuideVersion, LocalGuide, LocalVersion, Solution, SolutionAddress, State
from borgerlinje.guides.overlay import Fact, LocalText, Overlay
from borgerlinje.guides.schema_org import as_data_block
from borgerlinje.kit import clock
from borgerlinje.lines.models import Subject
from tests.guides.making import DANISH, SOLUTION, published
from tests.guides.test_local import put
from tests.support.cast import NOW, Cast
from tests.support.database import as_web

# The readers' own deprecations are theirs to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:pyshacl")
CPSV = rdflib.Namespace("http://purl.org/vocab/cpsv#")
CV = rdflib.Namespace("http://data.europa.eu/m8g/")
SHAPES = rdflib.Graph().parse(Path(__file__).parent / "cpsv_shapes.ttl")
HERE = "http://testserver"


@pytest.fixture
def guide(cast: Cast) -> Guide:
    Subject.objects.create(code="kort", name="Sundhedskort", name_en="Health card")
    made = published(
        subject="kort",
        channels=("self_service", "phone", "counter"),
        legal_basis="Sundhedsloven",
        life_events=("sygdom", "virksomhed"),
        solution=SOLUTION | {"at_hand": ["MitID"]},
    )
    Guide.objects.update(kle="90.14.05")
    return made


def ask(path: str, **headers: str) -> Any:
    with as_web(), clock.turned(NOW):
        return Client().get(path, headers=headers)


def graph(path: str) -> rdflib.Graph:
    """Return what a path answers, read as any reader of JSON-LD does and accepted by the shapes."""
    answer = ask(path)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Type"] == "application/ld+json; charset=utf-8"
    found = rdflib.Graph().parse(data=answer.content, format="json-ld")
    is_right, _, said = pyshacl.validate(found, shacl_graph=SHAPES)
    assert is_right, said
    return found


def test_guide_is_a_public_service_with_all_its_parts(guide: Guide) -> None:
    found = graph("/guide/sundhedskort/data.jsonld")
    service = rdflib.URIRef(f"{HERE}/guide/sundhedskort/#service")
    assert set(found.objects(service, DCTERMS.title)) == {
        rdflib.Literal("Nyt sundhedskort", lang="da"),
        rdflib.Literal("New health card", lang="en"),
    }
    kinds = {
        str(kind).rpartition("/")[2]
        for event in found.objects(service, CV.isGroupedBy)
        for kind in found.objects(event, RDF.type)
    }
    assert kinds == {"Event", "LifeEvent", "BusinessEvent"}
    assert len(set(found.objects(service, CV.hasChannel))) == 3
    assert {str(each) for each in found.objects(None, CV.telephone)} == {"1881"}
    assert rdflib.URIRef("https://www.borger.dk/") in set(found.objects())
    for path in (CV.hasLegalResource, CV.thematicArea, CV.isClassifiedBy, CPSV.hasInput, DCTERMS.spatial):
        assert list(found.objects(service, path)), path
    assert not list(found.objects(service, CV.processingTime))


def test_shapes_refuse_what_lacks_its_authority(guide: Guide) -> None:
    found = graph("/guide/sundhedskort/data.jsonld")
    found.remove((None, CV.hasCompetentAuthority, None))
    assert not pyshacl.validate(found, shacl_graph=SHAPES)[0]


def test_members_own_parts_are_published_under_its_own_address(guide: Guide, cast: Cast) -> None:
    local = LocalGuide.objects.create(guide=guide, authority=cast.own)
    overlay = Overlay({"da": LocalText({"intro": "I Næstved henter du det selv."})}, (Fact("Åbent", "10-14"),))
    local.published = LocalVersion.objects.create(
        local=local, number=1, state=State.PUBLISHED, stored=overlay.stored(), made_at=NOW
    )
    local.save()
    assert guide.solution is not None
    SolutionAddress.objects.create(solution=guide.solution, authority=cast.own, url="https://naestved.dk/kort")
    for path in ("/kommune/370/guide/sundhedskort/data.jsonld", "/kommune/370/guider.jsonld"):
        found = graph(path)
        service = rdflib.URIRef(f"{HERE}/kommune/370/guide/sundhedskort/#service")
        assert rdflib.Literal("I Næstved henter du det selv.", lang="da") in set(
            found.objects(service, DCTERMS.description)
        )
        assert rdflib.URIRef("https://naestved.dk/kort") in set(found.objects())
        assert rdflib.Literal("Næstved Kommune", lang="da") in set(found.objects())
        assert {str(each) for each in found.objects(None, CV.telephone)} == {"+4546313020"}
    common = graph("/guide/sundhedskort/data.jsonld")
    assert "Næstved henter" not in common.serialize()


def test_what_is_local_in_danish_only_is_not_published_as_english_and_own_things_to_have_are(
    guide: Guide, cast: Cast
) -> None:
    guide.refresh_from_db()
    put(guide, cast.own, Overlay({"da": LocalText({"intro": "Det koster 500 kr."}, {"have": ("Kvittering",)})}))
    own = graph("/kommune/370/guide/sundhedskort/data.jsonld")
    service = rdflib.URIRef(f"{HERE}/kommune/370/guide/sundhedskort/#service")
    assert set(own.objects(service, DCTERMS.description)) == {
        rdflib.Literal("Det koster 500 kr.", lang="da"),
        rdflib.Literal("New health card", lang="en"),
    }
    assert things_to_have(own) == {"MitID", "Kvittering"}
    assert things_to_have(graph("/guide/sundhedskort/data.jsonld")) == {"MitID"}


def things_to_have(found: rdflib.Graph) -> set[str]:
    return {str(name) for each in found.objects(None, CPSV.hasInput) for name in found.objects(each, DCTERMS.title)}


@pytest.mark.parametrize("path", ["/guide/sundhedskort/data.jsonld", "/guider.jsonld", "/kommune/370/guider.jsonld"])
def test_solution_out_of_use_is_not_published(guide: Guide, cast: Cast, path: str) -> None:
    solution = guide.solution
    assert solution is not None
    SolutionAddress.objects.create(solution=solution, authority=cast.own, url="https://naestved.dk/kort")
    Solution.objects.update(at_hand=["Pas"], retired_on=NOW.date() + timedelta(days=1))
    addresses = {rdflib.URIRef("https://www.borger.dk/"), rdflib.URIRef("https://naestved.dk/kort")}
    assert addresses & set(graph(path).objects()), "it is in use today"
    Solution.objects.update(retired_on=NOW.date())
    found = graph(path)
    assert not addresses & set(found.objects())
    assert things_to_have(found) == {"MitID"}, "as the page has it"


def test_catalogue_has_every_guide_that_holds_in_pages(guide: Guide, django_assert_max_num_queries: Any) -> None:
    for number in range(100):
        published(f"guide-{number}", solution=None)
    GuideVersion.objects.filter(guide__slug="guide-7").update(valid_to=NOW.date())
    with django_assert_max_num_queries(30):
        first = json.loads(ask("/guider.jsonld").content)
    whole = first["@graph"][0]
    assert (whole["totalItems"], len(whole["member"])) == (100, 100)
    assert "next" not in whole["view"]
    published("guide-100", solution=None)
    first = json.loads(ask("/guider.jsonld").content)
    second = json.loads(ask(first["@graph"][0]["view"]["next"]).content)
    assert len(second["@graph"][0]["member"]) == 1
    assert second["@graph"][0]["view"]["previous"].endswith("/guider.jsonld?side=1")
    assert f"{HERE}/guide/guide-7/#service" not in first["@graph"][0]["member"]
    graph("/guider.jsonld?side=2")


def test_what_has_not_changed_is_not_sent_again(guide: Guide) -> None:
    answer = ask("/guider.jsonld")
    mark = answer.headers["ETag"]
    assert "max-age" in answer.headers["Cache-Control"]
    assert ask("/guider.jsonld", if_none_match=mark).status_code == HTTPStatus.NOT_MODIFIED
    Guide.objects.update(kle="")
    assert ask("/guider.jsonld", if_none_match=mark).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "path",
    ["/guide/findes-ikke/data.jsonld", "/kommune/999/guider.jsonld", "/kommune/999/guide/sundhedskort/data.jsonld"],
)
def test_what_is_not_there_is_not_found(guide: Guide, path: str) -> None:
    assert ask(path).status_code == HTTPStatus.NOT_FOUND


def test_catalogue_without_guides_is_empty(cast: Cast) -> None:
    assert json.loads(ask("/guider.jsonld").content)["@graph"][0]["totalItems"] == 0


def test_guide_page_has_its_data_and_where_to_get_it(guide: Guide) -> None:
    page = ask("/kommune/370/guide/sundhedskort/").content.decode()
    assert (
        '<link rel="alternate" type="application/ld+json" href="/kommune/370/guide/sundhedskort/data.jsonld">' in page
    )
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert block
    found = json.loads(block[1])
    assert (found["@type"], found["name"]) == ("GovernmentService", "Nyt sundhedskort")
    assert found["serviceOperator"]["name"] == found["areaServed"]["name"] == "Næstved Kommune"
    assert {"serviceUrl", "servicePhone"} <= {name for channel in found["availableChannel"] for name in channel}


def test_no_text_ends_the_data_or_begins_a_comment(cast: Cast) -> None:
    hostile = "</script><script>alert(1)</script><!-- & \u2028"
    # Stored as nobody can store it through the product, which takes markup out: the page does not rely on that.
    published(texts={"da": Text(hostile[:100], hostile, DANISH.have, DANISH.steps)})
    page = ask("/guide/sundhedskort/").content.decode()
    assert "<script>alert" not in page
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert block
    assert json.loads(block[1])["description"] == hostile
    assert not re.search("[<>&\u2028]", as_data_block({"a": hostile}))
