"""How a letter is worded for somebody: by their authority, else by the one that houses its centre, else by the default."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from borgerlinje.kit.database import Query, Row, Steps
from borgerlinje.letters.kinds import DANISH, KINDS, LANGUAGES, Kind, Wording


class Source(StrEnum):
    """Whose words they are."""

    OWN = "own"
    HOST = "host"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Worded:
    """A template that holds, and whose words it has. `version`: how many versions the authority itself has had."""

    words: Wording
    source: Source
    version: int = 0


# The newest version of each of those who may have worded it; one that went back to the default says so with an empty body.
_WORDED = """
SELECT DISTINCT ON (t.code, t.language, t.authority_id)
       t.code, t.language, t.authority_id = %(authority)s::bigint AS is_own, t.version, t.subject, t.body
  FROM letters_lettertemplate t
 WHERE t.code = ANY (%(codes)s::text[]) AND t.language = ANY (%(languages)s::text[])
   AND (t.authority_id = %(authority)s::bigint OR t.authority_id IN (
        SELECT c.host_id FROM cooperation_centre c JOIN cooperation_membership m ON m.centre_id = c.id
         WHERE m.authority_id = %(authority)s::bigint
           AND m.from_on <= %(today)s::date AND (m.to_on IS NULL OR m.to_on > %(today)s::date)))
 ORDER BY t.code, t.language, t.authority_id, t.version DESC
"""

_ADD = """
INSERT INTO letters_lettertemplate (authority_id, code, language, version, subject, body, changed_at, changed_by_id)
SELECT %(authority)s::bigint, %(code)s::text, %(language)s::text, %(seen)s::integer + 1, %(subject)s::text, %(body)s::text,
       %(now)s::timestamptz, %(by)s::bigint
 WHERE %(seen)s::integer = (SELECT coalesce(max(t.version), 0) FROM letters_lettertemplate t
                             WHERE t.authority_id = %(authority)s::bigint AND t.code = %(code)s::text AND t.language = %(language)s::text)
    ON CONFLICT (authority_id, code, language, version) DO NOTHING
RETURNING version
"""


def wording(code: str, language: str, *, authority_id: int | None, today: date) -> Steps[Worded]:
    """Return how a letter is worded for an authority's people; the default for None. Raises KeyError for a code there is none of."""
    kind = KINDS[code]
    language = language if language in LANGUAGES else DANISH
    if authority_id is None or not kind.is_worded_here:
        return Worded(kind.default(language), Source.DEFAULT)
    found = yield from wordings([kind], [language], authority_id=authority_id, today=today)
    return found[code, language]


def wordings(
    kinds: Sequence[Kind], languages: Sequence[str], *, authority_id: int, today: date
) -> Steps[dict[tuple[str, str], Worded]]:
    """Return how several letters that can be worded are worded for an authority's people, by code and language; one query."""
    codes = [kind.code for kind in kinds]
    asked = {"codes": codes, "languages": list(languages), "authority": authority_id, "today": today}
    rows = yield Query(_WORDED, asked)
    rows = sorted(rows, key=lambda row: not row["is_own"])
    return {
        (kind.code, language): _worded(
            kind, language, [row for row in rows if (row["code"], row["language"]) == (kind.code, language)]
        )
        for kind in kinds
        for language in languages
    }


def _worded(kind: Kind, language: str, rows: Sequence[Row]) -> Worded:
    """Choose between the authority's own words, which come first, its hosts' and the default."""
    version = 0
    for row in rows:
        version = row["version"] if row["is_own"] else version
        if row["body"]:
            source = Source.OWN if row["is_own"] else Source.HOST
            return Worded(Wording(row["subject"], row["body"]), source, version)
    return Worded(kind.default(language), Source.DEFAULT, version)


def do_word(
    code: str, language: str, words: Wording | None, *, authority_id: int, seen: int, by: int, now: datetime
) -> Steps[bool]:
    """Word a letter anew for an authority, None: as the default; False when somebody else has since version `seen`."""
    rows = yield Query(
        _ADD,
        {
            "authority": authority_id,
            "code": code,
            "language": language,
            "seen": seen,
            "subject": words.subject if words else "",
            "body": words.body if words else "",
            "now": now,
            "by": by,
        },
    )
    return bool(rows)
