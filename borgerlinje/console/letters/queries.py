"""What the pages on letters show. The rows come through the person's own fence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from borgerlinje.channels.phone.models import Text
from borgerlinje.channels.phone.text_messages.texts import CAN_BE_TRIED_AGAIN
from borgerlinje.console.letters.words import why_letter, why_text
from borgerlinje.cooperation.models import Authority
from borgerlinje.kit import clock
from borgerlinje.kit.request_database import run_here
from borgerlinje.letters.actions import BACK_OFF
from borgerlinje.letters.addresses import masked
from borgerlinje.letters.kinds import LANGUAGES, WORDED_HERE, Kind, Wording
from borgerlinje.letters.models import Letter, LetterTemplate
from borgerlinje.letters.rendering import Size, Written, placeholders, render, size
from borgerlinje.letters.wording import Worded, wording, wordings
from borgerlinje.lines import numbers

_SHOWN = 100
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter filled in with samples; `size` of a text message."""

    written: Written
    size: Size


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter or text that was asked for; `why` it was not taken, in our words, `words` in the server's; `again` where it is tried again."""

    at: datetime
    label: str
    is_text: bool
    whose: str
    to: str
    state: Letter.State
    why: str
    words: str
    attempts: int
    again: str


def listed(authority: Authority) -> list[tuple[Kind, list[tuple[str, Worded]]]]:
    """Return every letter that can be worded, and how it is in each language."""
    found = run_here(wordings(list(WORDED_HERE), list(LANGUAGES), authority_id=authority.pk, today=clock.today()))
    return [(kind, [(each, found[kind.code, each]) for each in LANGUAGES]) for kind in WORDED_HERE]


def held(kind: Kind, language: str, authority: Authority) -> Worded:
    """Return how a letter is worded for an authority today."""
    return run_here(wording(kind.code, language, authority_id=authority.pk, today=clock.today()))


def versions(kind: Kind, language: str, authority: Authority) -> list[LetterTemplate]:
    """Return how an authority has worded a letter, the newest first."""
    found = LetterTemplate.objects.filter(authority=authority, code=kind.code, language=language)
    return list(found.select_related("changed_by").order_by("-version")[:_SHOWN])


def preview(kind: Kind, words: Wording, language: str) -> Preview:
    """Return a letter as its reader would get it. A placeholder that is not known stays as it is written."""
    values = {name: f"{{{name}}}" for name in placeholders(f"{words.subject}\n{words.body}")} | kind.samples(language)
    written = render(words.subject, words.body, values, with_lines=kind.with_lines)
    return Preview(written, size(written.body))


def recent(authority_ids: list[int], *, failed_only: bool, now: datetime) -> list[Sent]:
    """Return the last letters and texts of some authorities, the newest first."""
    recently = Q(authority__in=authority_ids, asked_at__gt=now - RECENT)
    letters = Letter.objects.filter(recently).select_related("authority")
    texts = Text.objects.filter(recently).select_related("authority")
    if failed_only:
        letters, texts = letters.filter(gave_up_at__isnull=False), texts.exclude(failed="")
    newest = [_letter(each) for each in letters.order_by("-asked_at")[:_SHOWN]]
    newest += [_text(each, now=now) for each in texts.order_by("-asked_at")[:_SHOWN]]
    return sorted(newest, key=lambda each: each.at, reverse=True)[:_SHOWN]


def failed_count(authority_ids: list[int]) -> int:
    """Count the e-mails of these authorities that were given up in the last 30 days."""
    recently = Q(authority__in=authority_ids, asked_at__gt=clock.now() - RECENT)
    return Letter.objects.filter(recently, gave_up_at__isnull=False).count()


def _letter(each: Letter) -> Sent:
    is_failed = each.state is Letter.State.FAILED
    return Sent(
        at=each.asked_at,
        label=str(each.kind.label) if each.kind else each.code,
        is_text=False,
        whose=each.authority.name if each.authority else "",
        to=masked(each.address),
        state=each.state,
        why=why_letter(each.fault) if each.fault else "",
        words=each.words,
        attempts=min(each.attempts, len(BACK_OFF) + 1),
        again=reverse("console:letter_again", kwargs={"letter_id": each.pk}) if is_failed else "",
    )


def _text(each: Text, *, now: datetime) -> Sent:
    state = Letter.State.SENT if each.sent_at else Letter.State.FAILED if each.failed else Letter.State.WAITING
    may_again = bool(each.failed) and each.sent_at is None and each.asked_at > now - CAN_BE_TRIED_AGAIN
    return Sent(
        at=each.asked_at,
        label=_("Sms til en borger"),
        is_text=True,
        whose=each.authority.name,
        to=numbers.masked(each.digits.removeprefix("+45")),
        state=state,
        why=why_text(each.failed) if each.failed else "",
        words="",
        attempts=each.attempts,
        again=reverse("console:letter_text_again", kwargs={"text_id": each.pk}) if may_again else "",
    )
