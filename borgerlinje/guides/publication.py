"""Guides as others' machines read them: CPSV-AP 3.2 as JSON-LD. Pure.

CPSV-AP is the European Commission's vocabulary of public services (SEMIC, release 3.2.0): which classes and properties are used here, and which
of them must be there, is as its SHACL shapes have it. The context stands in the document, so that nothing need be fetched to read it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from borgerlinje.guides.content import Channel, Text

_EU: Final = "http://publications.europa.eu/resource/authority"
_LANGUAGES: Final = {"da": f"{_EU}/language/DAN", "en": f"{_EU}/language/ENG"}
_COUNTRY: Final = f"{_EU}/country/DNK"
_ADMS: Final = "http://purl.org/adms/status/"
_VOCABULARY: Final = "urn:borgerlinje:"
CHANNEL_NAMES: Final = {
    Channel.SELF_SERVICE: {"da": "Selvbetjening", "en": "Self-service"},
    Channel.PHONE: {"da": "Telefon", "en": "Telephone"},
    Channel.COUNTER: {"da": "Personligt fremmøde", "en": "Service counter"},
}
AUDIENCES: Final = {
    False: ("citizen", {"da": "Borgere", "en": "Citizens"}),
    True: ("business", {"da": "Virksomheder", "en": "Businesses"}),
}
DEMO: Final = {"da": "Demo: en guide til at prøve med", "en": "Demo: a guide to try things out with"}
_TEXT: Final = {"@container": "@language"}
_LINK: Final = {"@type": "@id"}
CONTEXT: Final[dict[str, Any]] = {
    "@version": 1.1,
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "identifier": "dct:identifier",
    "title": {"@id": "dct:title", **_TEXT},
    "description": {"@id": "dct:description", **_TEXT},
    "prefLabel": {"@id": "skos:prefLabel", **_TEXT},
    "note": {"@id": "skos:note", **_TEXT},
    "notation": "skos:notation",
    "keyword": {"@id": "dcat:keyword", **_TEXT},
    "modified": {"@id": "dct:modified", "@type": "xsd:dateTime"},
    "telephone": "cv:telephone",
    "contactPage": {"@id": "cv:contactPage"},
    **{
        name: f"{prefix}:{name}"
        for prefix, names in {
            "cv": "hasCompetentAuthority hasChannel contactPoint openingHours isGroupedBy thematicArea isClassifiedBy hasLegalResource ownedBy",
            "dct": "spatial language type audience",
            "cpsv": "hasInput",
            "adms": "status",
        }.items()
        for name in names.split()
    },
    "page": {"@id": "foaf:page"},
    "next": {"@id": "hydra:next", **_LINK},
    "previous": {"@id": "hydra:previous", **_LINK},
    "member": {"@id": "hydra:member", **_LINK},
    "totalItems": "hydra:totalItems",
    "view": "hydra:view",
}


@dataclass(frozen=True, slots=True)
class Organisation:
    """An authority. `code` is its code here, empty for one that is only named; `area` the place it covers, empty: all of Denmark."""

    name: str
    page: str
    code: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number to call, as +45 and digits or a short one, and when it is answered, in Danish words."""

    number: str
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """What is said of a guide. `page` is its address, `events` maps a life event's code to its names, `subject` is a code and names or None.

    `at_hand` are things to bring, each in the languages it is told in. `address` is where self-service is; `modified` an ISO time.
    """

    slug: str
    page: str
    texts: Mapping[str, Text]
    words: Mapping[str, tuple[str, ...]]
    authority: Organisation
    channels: tuple[str, ...]
    events: Mapping[str, Mapping[str, str]]
    subject: tuple[str, Mapping[str, str]] | None
    at_hand: tuple[Mapping[str, str], ...]
    kle: str
    legal_basis: str
    address: str
    telephone: Telephone | None
    modified: str
    is_demo: bool


def document(service: Service) -> dict[str, Any]:
    """Return a guide as a CPSV-AP document."""
    return {"@context": CONTEXT, **_service(service)}


def catalogue(services: Iterable[Service], *, address: str, total: int, pages: Mapping[str, str]) -> dict[str, Any]:
    """Return many guides as a CPSV-AP document at `address`; `pages` has the addresses of this page of it, the next and the previous one."""
    graph = [_service(service) for service in services]
    members = [each["@id"] for each in graph]
    view = {"@id": pages["this"], "@type": "hydra:PartialCollectionView"}
    view |= {name: pages[name] for name in ("next", "previous") if name in pages}
    whole = {"@id": address, "@type": "hydra:Collection", "totalItems": total, "member": members, "view": view}
    return {"@context": CONTEXT, "@graph": [whole, *graph]}


def _service(service: Service) -> dict[str, Any]:
    name, audience = AUDIENCES["virksomhed" in service.events]
    found: dict[str, Any] = {
        "@id": f"{service.page}#service",
        "@type": "cpsv:PublicService",
        "identifier": service.slug,
        "title": {language: text.title for language, text in service.texts.items()},
        "description": {language: text.intro or text.title for language, text in service.texts.items()},
        "page": {"@id": service.page, "@type": "foaf:Document"},
        "keyword": {language: list(words) for language, words in service.words.items() if words},
        "hasCompetentAuthority": _organisation(service.authority),
        "spatial": _place(service.authority),
        "language": [{"@id": _LANGUAGES[each], "@type": "dct:LinguisticSystem"} for each in service.texts],
        "audience": _concept(f"{_VOCABULARY}audience:{name}", audience),
        "isGroupedBy": [_event(code, names) for code, names in service.events.items()],
        "thematicArea": _concept(f"{_VOCABULARY}subject:{service.subject[0]}", service.subject[1])
        if service.subject
        else None,
        "isClassifiedBy": {"@id": f"{_VOCABULARY}kle:{service.kle}", "@type": "skos:Concept", "notation": service.kle}
        if service.kle
        else None,
        "hasInput": [_evidence(service, number, names) for number, names in enumerate(service.at_hand, 1)],
        "hasLegalResource": _law(service),
        "hasChannel": [_channel(service, channel) for channel in service.channels],
        "contactPoint": _contact(service),
        "status": {"@id": f"{_ADMS}{'UnderDevelopment' if service.is_demo else 'Completed'}", "@type": "skos:Concept"},
        "modified": service.modified,
        "note": DEMO if service.is_demo else None,
    }
    return {name: value for name, value in found.items() if value}


def _organisation(authority: Organisation) -> dict[str, Any]:
    names = {"identifier": authority.code} if authority.code else {}
    return {
        "@id": f"{authority.page}#authority" if authority.code else f"{_VOCABULARY}authority:{_slug(authority.name)}",
        "@type": "cv:PublicOrganisation",
        "prefLabel": {"da": authority.name},
        "spatial": _place(authority),
        **names,
    }


def _place(authority: Organisation) -> dict[str, Any]:
    if authority.area:
        return {"@id": f"{authority.page}#area", "@type": "dct:Location", "prefLabel": {"da": authority.area}}
    return {"@id": _COUNTRY, "@type": "dct:Location"}


def _event(code: str, names: Mapping[str, str]) -> dict[str, Any]:
    kind = "cv:BusinessEvent" if code == "virksomhed" else "cv:LifeEvent"
    # What groups a service is an event to the shapes, and they know of no classes beneath.
    return {"@id": f"{_VOCABULARY}event:{code}", "@type": ["cv:Event", kind], "identifier": code, "title": dict(names)}


def _concept(address: str, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "@id": address,
        "@type": "skos:Concept",
        "prefLabel": {language: name for language, name in names.items() if name},
    }


def _evidence(service: Service, number: int, names: Mapping[str, str]) -> dict[str, Any]:
    identifier = f"{service.slug}-{number}"
    return {
        "@id": f"{service.page}#evidence-{number}",
        "@type": "cv:Evidence",
        "identifier": identifier,
        "title": dict(names),
    }


def _law(service: Service) -> dict[str, Any] | None:
    if not service.legal_basis:
        return None
    return {"@id": f"{service.page}#law", "@type": "eli:LegalResource", "title": {"da": service.legal_basis}}


def _channel(service: Service, channel: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@id": f"{service.page}#channel-{channel}",
        "@type": "cv:Channel",
        "identifier": f"{service.slug}-{channel}",
        "type": _concept(f"{_VOCABULARY}channel:{channel}", CHANNEL_NAMES[Channel(channel)]),
    }
    if channel == Channel.SELF_SERVICE and service.address:
        found["page"] = {"@id": service.address, "@type": "foaf:Document"}
    if channel == Channel.PHONE and service.telephone is not None and service.telephone.hours:
        found["openingHours"] = _hours(service, service.telephone.hours)
    if channel == Channel.COUNTER:
        instead = {language: text.not_digital for language, text in service.texts.items() if text.not_digital}
        found |= {"description": instead} if instead else {}
    return found


def _contact(service: Service) -> dict[str, Any] | None:
    if service.telephone is None:
        return None
    found: dict[str, Any] = {
        "@id": f"{service.page}#contact",
        "@type": "cv:ContactPoint",
        "telephone": service.telephone.number,
        "contactPage": {"@id": service.page, "@type": "foaf:Document"},
    }
    if service.telephone.hours:
        found["openingHours"] = _hours(service, service.telephone.hours)
    return found


def _hours(service: Service, words: str) -> dict[str, Any]:
    return {"@id": f"{service.page}#hours", "@type": "time:TemporalEntity", "description": {"da": words}}


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.casefold())
