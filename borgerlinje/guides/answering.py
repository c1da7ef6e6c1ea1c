"""What readers answer to "did it help?": stored once for each page they answered on, and never with who they are."""

import secrets
from datetime import datetime
from typing import Final

from borgerlinje.guides.models import Feedback, Side
from borgerlinje.guides.reading import Reading
from borgerlinje.kit.throttle import do_count

_LONGEST: Final = 300
_ONCE_SECONDS: Final = 24 * 3600
_LONGEST_TICKET: Final = 24


def ticket() -> str:
    """Return what a page's form carries, so that it is answered once: a second press, or a step back, says nothing new."""
    return secrets.token_urlsafe(12)


def do_answer(
    reading: Reading,
    *,
    side: Side,
    authority_id: int | None,
    helped: bool,
    words: str,
    ticket: str,
    now: datetime,
) -> bool:
    """Store whether a guide helped; False where this page was answered before. An empty `ticket` is a page of before there were any."""
    key = f"guide-answer:{ticket[:_LONGEST_TICKET]}"
    if ticket and do_count(key, window_seconds=_ONCE_SECONDS) > 1:
        return False
    Feedback.objects.create(
        guide=reading.guide,
        version=reading.version.number,
        authority_id=authority_id,
        side=side,
        helped=helped,
        words=words[:_LONGEST],
        at=now,
    )
    return True
