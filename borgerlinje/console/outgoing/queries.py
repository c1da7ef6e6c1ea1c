"""What the page on outgoing calls shows. The rows come through the person's own fence."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from borgerlinje.channels.phone.models import DoNotCall, OutgoingCall, OutgoingPolicy, Text
from borgerlinje.channels.phone.outgoing.policy import Reason
from borgerlinje.channels.phone.outgoing.words import short
from borgerlinje.cooperation.models import Centre
from borgerlinje.kit.clock import COPENHAGEN
from borgerlinje.lines import numbers

SHOWN = 30
_HOUR, _DAY = timedelta(hours=1), timedelta(hours=24)
# An employee's own phone is neither counted nor limited.
_COUNTED = ~Q(purpose=OutgoingCall.Purpose.EMPLOYEE)


@dataclass(frozen=True, slots=True)
class Use:
    """How much of its limits a centre has used: in the last hour, the most to one number in 24 hours, and refusals today by reason."""

    this_hour: int
    per_hour: int
    most_to_one: int
    per_number_per_day: int
    today: int
    refused: tuple[tuple[str, int], ...]
    texts_today: int


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made, or refused (`why`): a citizen's number is masked, one that was refused is shown, so that it can be judged."""

    call: OutgoingCall
    number: str
    why: str


def use(centre: Centre, policy: OutgoingPolicy, *, now: datetime) -> Use:
    """Count a centre's calls. Calls of authorities out of the person's sight are not counted."""
    midnight = datetime.combine(now.astimezone(COPENHAGEN).date(), time(0), COPENHAGEN)
    calls = OutgoingCall.objects.filter(_COUNTED, line__centre=centre)
    went_out = calls.filter(refused="")
    most = went_out.filter(made_at__gt=now - _DAY).values("digits").annotate(calls=Count("pk")).order_by("-calls")
    reasons = calls.filter(made_at__gte=midnight).exclude(refused="").values_list("refused", flat=True)
    lately = went_out.filter(made_at__gte=min(midnight, now - _HOUR)).aggregate(
        this_hour=Count("pk", filter=Q(made_at__gt=now - _HOUR)), today=Count("pk", filter=Q(made_at__gte=midnight))
    )
    return Use(
        this_hour=lately["this_hour"],
        per_hour=policy.per_hour,
        most_to_one=most[0]["calls"] if most else 0,
        per_number_per_day=policy.per_number_per_day,
        today=lately["today"],
        refused=tuple((short(Reason(code)), count) for code, count in Counter(reasons).most_common()),
        texts_today=Text.objects.filter(contact__line__centre=centre, asked_at__gte=midnight).count(),
    )


def calls_of(centre: Centre, *, refused_only: bool) -> "QuerySet[OutgoingCall]":
    """Return a centre's calls, the newest first."""
    calls = OutgoingCall.objects.filter(line__centre=centre).select_related("authority", "line", "employee")
    if refused_only:
        calls = calls.exclude(refused="")
    return calls.order_by("-made_at", "-pk")


def made(call: OutgoingCall) -> Made:
    """Return a call as the page shows it."""
    digits = call.digits.removeprefix("+45")
    if call.refused:
        return Made(call, numbers.display(digits), short(Reason(call.refused)))
    return Made(call, numbers.masked(digits), "")


def barred(authority_ids: list[int], asked: str, *, now: datetime) -> "QuerySet[DoNotCall, Any]":
    """Return the numbers that these authorities' contacts are not to call now; of them those that hold the digits that are asked for."""
    entries = DoNotCall.objects.filter(Q(to_at=None) | Q(to_at__gt=now), authority__in=authority_ids)
    if asked:
        digits = "".join(each for each in asked if each.isdecimal())
        entries = entries.filter(digits__contains=digits) if digits else entries.none()
    return entries.select_related("authority", "made_by")
