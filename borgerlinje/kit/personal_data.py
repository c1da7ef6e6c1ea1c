"""Keeping CPR numbers out of free text.

A CPR number is allowed where the law needs it, in a field of its own; nobody needs it in a note. The check digit was abandoned in
2007, so what looks like one is treated as one: six digits that can be a date, then four.
"""

import re

from django.utils.translation import gettext_lazy as _

from borgerlinje.kit.errors import BorgerlinjeError

_CPR = re.compile(r"(?<!\d)(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d[ -]?\d{4}(?!\d)")


class CprInTextError(BorgerlinjeError):
    """Free text holds what looks like a CPR number."""

    code = "cpr_in_text"
    status = 422
    message = _("Teksten ligner et CPR-nummer og er ikke gemt. Slet nummeret; skriv fx »borgeren« i stedet.")


def check_no_cpr(text: str) -> None:
    """Raise CprInTextError when the text holds what looks like a CPR number."""
    if _CPR.search(text):
        raise CprInTextError
