"""What is said when a solution does not work, before anybody has written anything."""

from django.utils import translation
from django.utils.translation import gettext as _

from borgerlinje.guides.models import Solution, SolutionStatus

_LONGEST_NAME = 120


def usual(solution: Solution, kind: str, language: str) -> str:
    """Return the words for a kind of trouble in a language, whatever the writer's own is."""
    is_english = language == "en"
    name = ((is_english and solution.name_en) or solution.name)[:_LONGEST_NAME]
    if is_english:
        said = (
            "“%(name)s” is not working right now. Please try again later."
            if kind == SolutionStatus.Kind.DOWN
            else "“%(name)s” is unstable right now. Please try again in a while if it does not work."
        )
        return said % {"name": name}
    with translation.override("da"):
        if kind == SolutionStatus.Kind.DOWN:
            return _("»%(name)s« virker ikke lige nu. Prøv igen senere.") % {"name": name}
        return _("»%(name)s« driller lige nu. Prøv igen om lidt, hvis det ikke lykkes.") % {"name": name}


def all_usual(solution: Solution) -> dict[str, dict[str, str]]:
    """Return the usual words by kind and language."""
    return {
        kind: {language: usual(solution, kind, language) for language in ("da", "en")}
        for kind in SolutionStatus.Kind.values
    }
