"""What a line's settings mean to who calls, in sentences."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from borgerlinje.lines.models import Line, Overflow


def consequences(line: Line, overflow: Overflow | None) -> Iterator[str]:
    """Yield what happens to a citizen on this line, given the agreement on overflow in force (None: there is none)."""
    yield from _waiting(line)
    yield _full(line, overflow)
    yield _closed(line, overflow)
    if overflow is not None and overflow.after_seconds is not None:
        said = _(
            "Har borgeren ventet %(seconds)d sekunder, stilles opkaldet til %(line)s, hvis den er åben. Pladsen i køen følger med."
        )
        yield said % {"seconds": overflow.after_seconds, "line": overflow.to_line}
    yield from _kept(line)


def _waiting(line: Line) -> Iterator[str]:
    match (line.says_place, line.says_wait):
        case (True, True):
            yield _("Mens borgeren venter, siges pladsen i køen og den ventede ventetid.")
        case (True, False):
            yield _("Mens borgeren venter, siges pladsen i køen, men ikke ventetiden.")
        case (False, True):
            yield _("Mens borgeren venter, siges den ventede ventetid, men ikke pladsen i køen.")
        case _neither:
            yield _("Mens borgeren venter, er der kun musik.")
    if line.callback_after_seconds is not None:
        said = _("Efter %(seconds)d sekunder tilbydes borgeren at blive ringet op og beholde sin plads.")
        yield said % {"seconds": line.callback_after_seconds}
    if line.guide_sms_text:
        yield _("Borgeren kan med et tastetryk få en sms med link til selvbetjening.")
    said = _(
        "En borger på hold påmindes om, at nogen er der, hvert %(seconds)d. sekund, og medarbejderen ser det samme."
    )
    yield said % {"seconds": line.hold_reminder_seconds}


def _full(line: Line, overflow: Overflow | None) -> str:
    if not line.max_waiting:
        return _("Køen bliver aldrig fuld.")
    start = ngettext("Når %(count)d venter, er køen fuld.", "Når %(count)d venter, er køen fuld.", line.max_waiting) % {
        "count": line.max_waiting
    }
    return f"{start} {_otherwise(line, overflow if overflow and overflow.when_full else None, line.when_full, line.full_text)}"


def _closed(line: Line, overflow: Overflow | None) -> str:
    sent_on = overflow if overflow and overflow.when_closed else None
    said = _("Når der er lukket:") + " " + _otherwise(line, sent_on, line.when_closed, line.closed_text)
    waiting = (
        _("De, der venter ved lukketid, bliver betjent.")
        if line.serves_waiting_after_close
        else _("De, der venter ved lukketid, får besked og bliver ikke betjent.")
    )
    return f"{said} {waiting}"


def _otherwise(line: Line, sent_on: Overflow | None, otherwise: str, text: str) -> str:
    own = {
        Line.Otherwise.ANNOUNCE: _("Den, der ringer, hører »%(text)s«, og opkaldet slutter.") % {"text": text},
        Line.Otherwise.CALLBACK: _("Den, der ringer, kan bede om at blive ringet op."),
        Line.Otherwise.VOICEMAIL: ngettext(
            "Den, der ringer, kan indtale en besked på højst %(count)d sekund.",
            "Den, der ringer, kan indtale en besked på højst %(count)d sekunder.",
            line.voicemail_seconds,
        )
        % {"count": line.voicemail_seconds},
    }[Line.Otherwise(otherwise)]
    if sent_on is None:
        return own
    first = _("Opkaldet stilles til %(line)s, hvis den er åben (%(agreed)s). Ellers:")
    return f"{first % {'line': sent_on.to_line, 'agreed': sent_on.agreed}} {own}"


def _kept(line: Line) -> Iterator[str]:
    yield _("Indtalte beskeder slettes efter %(days)d dage.") % {"days": line.voicemail_days}
    if line.recording_purpose:
        said = _(
            "Samtaler optages kun, når borgeren selv trykker ja til »%(purpose)s«, og slettes efter %(days)d dage."
        )
        yield said % {"purpose": line.recording_purpose, "days": line.recording_days}
    else:
        yield _("Samtaler optages aldrig.")
