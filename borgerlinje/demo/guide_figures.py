"""What came of the demo's guides in the last weeks, so that the editors' lists have something to work off. Invented, and the same every time."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Feedback, Guide, MissedSearch, Opening, Side
from borgerlinje.guides.search.words import words_of
from borgerlinje.kit import clock

DAYS: Final = 45
_OPENED_A_DAY: Final = 12
_CAMPAIGN: Final = "bibliotek"
_SEED: Final = 1881
# What a reader missed: the guide, which side, the words.
_MISSING: Final = (
    ("mitid-glemt", Side.CITIZEN, "Demo: Hvad gør jeg, når jeg har fået en ny telefon?"),
    ("mitid-glemt", Side.EMPLOYEE, ""),
    ("flytning", Side.CITIZEN, "Demo: Der står ikke, hvornår jeg får et nyt sundhedskort."),
    ("sundhedskort", Side.CITIZEN, ""),
)
_SOUGHT_IN_VAIN: Final = (
    ("hjertestarter på torvet", Side.CITIZEN, 6),
    ("gadelampe slukket", Side.CITIZEN, 4),
    ("drone over skolen", Side.EMPLOYEE, 2),
)


def create(*, now: datetime) -> None:
    """Count openings, answers and searches of the last weeks, where nothing has been counted yet."""
    if Opening.objects.exists() or Feedback.objects.exists() or MissedSearch.objects.exists():
        return
    guides = {guide.slug: guide for guide in Guide.objects.filter(is_demo=True, solution__isnull=False)}
    authorities = list(Authority.objects.filter(is_demo=True).order_by("code"))
    if not guides or not authorities:
        return
    Opening.objects.bulk_create(_openings(list(guides.values()), authorities, now=now))
    Feedback.objects.bulk_create(
        Feedback(
            guide=guides[slug],
            version=1,
            authority=authorities[number % len(authorities)],
            side=side,
            helped=False,
            words=words,
            at=now - timedelta(days=number + 1),
        )
        for number, (slug, side, words) in enumerate(_MISSING)
        if slug in guides
    )
    MissedSearch.objects.bulk_create(
        MissedSearch(
            asked=" ".join(sorted(set(words_of(text)))),
            authority=authorities[number % len(authorities)],
            side=side,
            on=clock.today() - timedelta(days=number + 1),
            count=count,
        )
        for number, (text, side, count) in enumerate(_SOUGHT_IN_VAIN)
    )


def _openings(guides: list[Guide], authorities: list[Authority], *, now: datetime) -> list[Opening]:
    """Return some openings on each of the last days; what is opened most comes first in the alphabet, which is no truth."""
    chance = Random(_SEED)
    found: dict[tuple[int, int, str, str, int], Opening] = {}
    for days in range(1, DAYS):
        on = (now - timedelta(days=days)).date()
        for _ in range(_OPENED_A_DAY):
            guide = guides[min(chance.randrange(len(guides)), chance.randrange(len(guides)))]
            authority = chance.choice(authorities)
            side = chance.choice((Side.CITIZEN, Side.CITIZEN, Side.EMPLOYEE))
            campaign = _CAMPAIGN if side == Side.CITIZEN and chance.random() < 0.2 else ""  # noqa: PLR2004 - a fifth
            key = (guide.pk, authority.pk, side, campaign, days)
            if key not in found:
                found[key] = Opening(
                    guide=guide, authority=authority, side=side, campaign=campaign, on=on, count=chance.randint(1, 5)
                )
    return list(found.values())
