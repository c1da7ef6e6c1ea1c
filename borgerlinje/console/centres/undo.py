"""What was changed last, kept with the session for a while so that it can be taken back as long as nobody has changed it since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.http import HttpRequest

from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.kit import clock

_KEY, _LASTS = "centre_changed", timedelta(minutes=10)
_MODELS: dict[str, type[models.Model]] = {"centre": Centre, "authority": Authority, "membership": Membership}
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One row as it was before and as it is after; None where it was not, or is not, there. `kind` is a key of the rows' models."""

    kind: str
    pk: int
    before: Facts | None
    after: Facts | None


def facts(row: Centre | Authority | Membership) -> dict[str, Any]:
    """Return a row's columns as the session and a comparison keep them."""
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]  # noqa: SLF001 - Django documents it
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def keep(request: HttpRequest, steps: Sequence[Step], *, said: str, back: str) -> None:
    """Keep what was just changed: `said` names it on the page, `back` is the page it is offered on."""
    request.session[_KEY] = {
        "at": clock.now().isoformat(),
        "said": said,
        "back": back,
        "steps": [[step.kind, step.pk, step.before, step.after] for step in steps],
    }


def kept(request: HttpRequest, *, back: str = "") -> dict[str, Any] | None:
    """Return what the person changed a moment ago, on the page `back` (empty: on any); None when there is nothing."""
    found: dict[str, Any] | None = request.session.get(_KEY)
    if found is None or clock.now() - datetime.fromisoformat(found["at"]) > _LASTS:
        return None
    return found if not back or found["back"] == back else None


def do_undo(request: HttpRequest, found: Mapping[str, Any]) -> bool:
    """Put every row back, the last first; False, and nothing is changed, when one of them was changed since. Locks them."""
    request.session.pop(_KEY, None)
    steps = [Step(*each) for each in found["steps"]]
    if any(_present(step) != step.after for step in steps):
        return False
    # Rows that go first make room for those that come back: two memberships never overlap.
    for step in sorted(steps, key=lambda each: each.before is not None):
        model: Any = _MODELS[step.kind]
        if step.before is None:
            model.objects.filter(pk=step.pk).delete()
        elif step.after is None:
            model.objects.create(pk=step.pk, **step.before)
        else:
            model.objects.filter(pk=step.pk).update(**step.before)
    return True


def _present(step: Step) -> dict[str, Any] | None:
    model: Any = _MODELS[step.kind]
    row = model.objects.select_for_update(of=("self",)).filter(pk=step.pk).first()
    return facts(row) if row is not None else None
