"""Counting what comes of the guides, in one statement each: parallel readers cannot count past one another."""

import re
from datetime import date
from typing import Final

from django.db import connection

from borgerlinje.guides.search.words import words_of

_OPENED: Final = """
INSERT INTO guides_opening AS o (guide_id, authority_id, side, campaign, "on", count)
VALUES (%(guide)s, %(authority)s, %(side)s, %(campaign)s, %(on)s, 1)
ON CONFLICT ON CONSTRAINT opening_once DO UPDATE SET count = o.count + 1
"""
_MISSED: Final = """
INSERT INTO guides_missedsearch AS m (asked, authority_id, side, "on", count)
VALUES (%(asked)s, %(authority)s, %(side)s, %(on)s, 1)
ON CONFLICT ON CONSTRAINT missed_search_once DO UPDATE SET count = m.count + 1
"""
LONGEST_CAMPAIGN: Final = 40
_LONGEST_SEARCH: Final = 120
_NOT_IN_CAMPAIGN: Final = re.compile(r"[^0-9a-zæøå]+")
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
# A telephone number has eight digits and a CPR number ten, however they are spaced.
_FEWEST_OF_A_PERSON: Final = 8


def campaign_of(text: str) -> str:
    """Return a campaign's name as it stands in an address and is counted: small letters, digits and hyphens; empty for one that tells a number."""
    if _tells_a_person(text):
        return ""
    return _NOT_IN_CAMPAIGN.sub("-", text.casefold()).strip("-")[:LONGEST_CAMPAIGN].strip("-")


def do_count_opening(guide_id: int, *, authority_id: int | None, side: str, campaign: str, on: date) -> None:
    """Count that a guide's solution was opened. `campaign` is what the link that led here named, empty for none."""
    values = {"guide": guide_id, "authority": authority_id, "side": side, "on": on}
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, {**values, "campaign": campaign_of(campaign)})


def do_count_missed(text: str, *, authority_id: int | None, side: str, on: date) -> None:
    """Count that a search found nothing. The words are stored folded, in the order of the alphabet: the same question once.

    One that may tell who somebody is (a long number, an e-mail address) is not stored at all.
    """
    if _tells_a_person(text):
        return
    asked = " ".join(sorted(set(words_of(text))))[:_LONGEST_SEARCH]
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(_MISSED, {"asked": asked, "authority": authority_id, "side": side, "on": on})


def _tells_a_person(text: str) -> bool:
    digits = sum(each.isdigit() for each in _YEAR.sub("", text))
    return digits >= _FEWEST_OF_A_PERSON or "@" in text
