"""What stands open on a desk's page. The page says it with each request, so that the answer draws it as it stands."""

from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from django.http import HttpRequest

from borgerlinje.dispatch.models import Transfer

CALL_OUT = "ring"
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands open: the directory for a contact (`opened` is its id), or the form for a new call (`CALL_OUT`).

    `q` is what is searched for, `target` who is chosen (`directory.Entry.key`), `mode` how, `digits` another number. `sure` is the closed
    target that was asked about again. `was` is the contact that the page showed in hand when it asked: it is told what became of it.
    """

    opened: str = ""
    q: str = ""
    target: str = ""
    mode: str = Transfer.Mode.ASK.value
    digits: str = ""
    sure: str = ""
    was: UUID | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Read what stands open from a request."""
        said = request.POST if request.method == "POST" else request.GET
        mode = said.get("mode", "")
        return cls(
            said.get("open", "")[:_LONGEST],
            said.get("q", "").strip()[:_LONGEST],
            said.get("target", "")[:_LONGEST],
            mode if mode in Transfer.Mode.values else Transfer.Mode.ASK.value,
            said.get("digits", "").strip()[:_LONGEST],
            said.get("sure", "")[:_LONGEST],
            _contact_id(said.get("was", "")),
        )

    def asking(self, target: str) -> Self:
        """Return the panel that asks whether a closed target is meant."""
        return replace(self, sure=target)


def _contact_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
