"""Who words letters and sees how they went, and for which authority."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from borgerlinje.console.standing import authorities_as
from borgerlinje.cooperation.models import Authority
from borgerlinje.letters.kinds import KINDS, LANGUAGES, Kind
from borgerlinje.staff.roles import Role

KEEPS = (Role.SECRETARIAT, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Here:
    """The authority that a page is about, among those where the person keeps the letters."""

    authority: Authority
    authorities: list[Authority]

    def address(self, name: str, **parts: str) -> str:
        """Return the address of one of the letters' pages for this authority."""
        return f"{reverse(f'console:{name}', kwargs=parts)}?myndighed={self.authority.code}"


def here(request: HttpRequest) -> Here:
    """Return the authority that is asked for, by its code; else one of the person's that houses a centre, else the first. Raises Http404."""
    mine = authorities(request)
    code = request.POST.get("myndighed") or request.GET.get("myndighed")
    if code:
        found = next((each for each in mine if each.code == code), None)
    else:
        found = next((each for each in mine if each.hosted_centres.exists()), next(iter(mine), None))
    if found is None:
        raise Http404
    return Here(found, mine)


def authorities(request: HttpRequest) -> list[Authority]:
    """Return the authorities whose letters the person keeps."""
    return list(Authority.objects.filter(pk__in=authorities_as(request, KEEPS)))


def access_kind(code: str, language: str) -> Kind:
    """Return a letter that can be worded here, in a language that it is written in. Raises Http404."""
    kind = KINDS.get(code)
    if kind is None or not kind.is_worded_here or language not in LANGUAGES:
        raise Http404
    return kind
