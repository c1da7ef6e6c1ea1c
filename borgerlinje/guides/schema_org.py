"""Guides as search engines read them: schema.org's GovernmentService, in the guide's own page. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from borgerlinje.guides.content import Channel
from borgerlinje.guides.publication import AUDIENCES, CHANNEL_NAMES, DEMO, Service


def government_service(service: Service, language: str) -> dict[str, Any]:
    """Return a guide as schema.org's GovernmentService, in one language."""
    text = service.texts.get(language) or service.texts["da"]
    said_in = language if language in service.texts else "da"
    operator = {"@type": "GovernmentOrganization", "name": service.authority.name, "url": service.authority.page}
    channels = [_schema_channel(service, channel, [*service.texts]) for channel in service.channels]
    _, audience = AUDIENCES["virksomhed" in service.events]
    found = {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": f"{service.page}#service",
        "name": text.title,
        "description": text.intro,
        "url": service.page,
        "identifier": service.slug,
        "serviceOperator": operator,
        "areaServed": {"@type": "AdministrativeArea", "name": service.authority.area or "Danmark"},
        "availableChannel": [channel for channel in channels if channel],
        "audience": {"@type": "Audience", "audienceType": audience.get(said_in, audience["da"])},
        "disambiguatingDescription": DEMO.get(said_in) if service.is_demo else "",
    }
    return {name: value for name, value in found.items() if value}


def as_data_block(value: Mapping[str, Any]) -> str:
    """Return values as JSON that can stand in a page's script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _schema_channel(service: Service, channel: str, languages: list[str]) -> dict[str, Any] | None:
    found: dict[str, Any] = {
        "@type": "ServiceChannel",
        "name": CHANNEL_NAMES[Channel(channel)]["da"],
        "availableLanguage": languages,
    }
    if channel == Channel.SELF_SERVICE:
        return {**found, "serviceUrl": service.address} if service.address else None
    if channel == Channel.PHONE:
        if service.telephone is None:
            return None
        return {**found, "servicePhone": {"@type": "ContactPoint", "telephone": service.telephone.number}}
    return found
