"""The demo's self-service solutions: members' own front doors where the municipality has its own, and a wave that is coming.

Everything works: a demo is calm. What is there already stays as it is.
"""

from datetime import timedelta
from typing import Final

from borgerlinje.cooperation.models import Authority
from borgerlinje.guides.models import Solution, SolutionAddress
from borgerlinje.kit import clock

# The municipalities' own websites: a citizen begins there, and finds the solution under its subject.
_WEBSITES: Final = {
    "101": "https://www.kk.dk/",
    "306": "https://www.odsherred.dk/",
    "316": "https://holbaek.dk/",
    "320": "https://www.faxekommune.dk/",
    "329": "https://ringsted.dk/",
    "330": "https://www.slagelse.dk/",
    "340": "https://soroe.dk/",
    "350": "https://www.lejre.dk/",
    "370": "https://www.naestved.dk/",
}
# Invented: the date is the demo's, and moves with it.
_COMING, _COMING_DAYS = "lokaler-og-idraetshaller", 45


def create() -> None:
    """Store what is missing."""
    members = {each.code: each for each in Authority.objects.filter(code__in=_WEBSITES, is_demo=True)}
    known = set(SolutionAddress.objects.values_list("solution", "authority"))
    own = Solution.objects.filter(per_authority=True, is_demo=True)
    SolutionAddress.objects.bulk_create(
        SolutionAddress(solution=solution, authority=member, url=_WEBSITES[code])
        for solution in own
        for code, member in members.items()
        if (solution.pk, member.pk) not in known
    )
    coming = Solution.objects.filter(guides__slug=_COMING, is_demo=True, mandatory_on=None)
    coming.update(mandatory_on=clock.today() + timedelta(days=_COMING_DAYS))
