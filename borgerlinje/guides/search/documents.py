"""What of a guide is found by, and what each part of it is worth. Pure."""

import re
from typing import Final

from borgerlinje.guides.content import Content, LifeEvent
from borgerlinje.guides.overlay import Overlay
from borgerlinje.guides.search.index import Document

_TITLE: Final = 1.0
_TITLE_PART: Final = 0.85
_SLUG: Final = 0.9
_WORDS: Final = 0.95
_SOLUTION: Final = 0.9
_INTRO: Final = 0.45
_PURPOSE: Final = 0.45
_EVENT: Final = 0.35
_UNIT: Final = 0.3
_BODY: Final = 0.25

# What stands between two names for one matter in its title.
_BETWEEN: Final = re.compile(r",\s+|\s+(?:og|eller|and|or)\s+")

# What citizens call what happens to them, in Danish and English.
EVENT_WORDS: Final = {
    LifeEvent.BIRTH: "få barn gravid fødsel nyfødt baby having a baby pregnant",
    LifeEvent.CHILDREN: "børn barn familie skole institution children family",
    LifeEvent.EDUCATION: "uddannelse studere studium gymnasium universitet education studying",
    LifeEvent.WORK: "arbejde job ansat løn work job",
    LifeEvent.UNEMPLOYED: "ledig arbejdsløs fyret unemployed",
    LifeEvent.HOME: "bolig hus lejlighed flytte home housing",
    LifeEvent.TRANSPORT: "bil trafik parkering cykel kørsel car traffic transport",
    LifeEvent.TRAVEL: "rejse ferie udlandet travel abroad",
    LifeEvent.ILLNESS: "syg sygdom læge sundhed hospital ill health doctor",
    LifeEvent.DISABILITY: "handicap funktionsnedsættelse kørestol disability",
    LifeEvent.PENSION: "pension pensionist ældre alderdom retired elderly",
    LifeEvent.COUPLE: "kæreste ægteskab gift samliv marriage couple",
    LifeEvent.DIVORCE: "skilsmisse skilt separation brud divorce",
    LifeEvent.DEATH: "dødsfald død arv begravelse death funeral",
    LifeEvent.MONEY: "penge økonomi skat gæld tilskud money tax",
    LifeEvent.TO_DENMARK: "flytte til danmark udlænding indvandrer moving to denmark foreigner",
    LifeEvent.FROM_DENMARK: "flytte fra danmark udrejse udvandre leaving denmark",
    LifeEvent.DIGITAL: "digital internet computer login app online",
    LifeEvent.BUSINESS: "virksomhed firma erhverv selvstændig business company",
    LifeEvent.LEISURE: "fritid sport forening kultur leisure sport",
    LifeEvent.DEMOCRACY: "demokrati valg klage rettigheder election complaint rights",
    LifeEvent.SURROUNDINGS: "miljø affald bygge have hus garden environment",
}


def document(
    slug: str,
    content: Content,
    *,
    solution: tuple[str, ...] = (),
    about: tuple[str, ...] = (),
    authorities: frozenset[str] | None = None,
) -> Document:
    """Return what a guide is found by. `solution` are the names of its self-service solution, `about` what is said of that and of its subject."""
    phrases = [(slug.replace("-", " "), _SLUG)]
    phrases += [(text.title, _TITLE) for text in content.texts.values()]
    phrases += [(part, _TITLE_PART) for text in content.texts.values() for part in _named_apart(text.title)]
    phrases += [(word, _WORDS) for words in content.words.values() for word in words]
    phrases += [(name, _SOLUTION) for name in solution if name]
    said: list[tuple[str, float]] = [(text, _PURPOSE) for text in about]
    said += [(EVENT_WORDS[LifeEvent(event)], _EVENT) for event in content.life_events]
    said.append((f"{content.unit} {content.legal_basis}", _UNIT))
    for text in content.texts.values():
        said.append((text.intro, _INTRO))
        steps = (part for step in text.steps for part in (step.text, step.say, step.sees))
        said += [(part, _BODY) for part in (*text.have, *steps, *text.mistakes, text.not_digital)]
    return Document(slug, tuple(phrases), tuple(said), authorities)


def local_document(slug: str, overlay: Overlay, authority: str) -> Document | None:
    """Return what an authority's own words find, for its own readers (`authority` is its code); None where it says nothing."""
    own = [(word, _WORDS) for words in overlay.words.values() for word in words]
    said = [(fact, _BODY) for each in overlay.facts for fact in (each.label, each.value, each.label_en, each.value_en)]
    said.append((overlay.unit, _UNIT))
    for text in overlay.texts.values():
        said.append((text.replaced.get("intro", ""), _INTRO))
        steps = (part for parts in text.steps.values() for part in parts.values())
        added = (item for items in text.added.values() for item in items)
        said += [(part, _BODY) for part in (text.replaced.get("not_digital", ""), *steps, *added)]
    said = [(text, worth) for text, worth in said if text]
    if not own and not said:
        return None
    return Document(slug, tuple(own), tuple(said), frozenset({authority}))


def _named_apart(title: str) -> list[str]:
    """Return the parts of a title that names several things ("Separation og skilsmisse"); none of one that names one."""
    parts = _BETWEEN.split(title)
    return parts if len(parts) > 1 else []
