"""Expected failures: one base class, one class per failure, rendered in one place.

An expected failure is never a 500, and its text says what the reader can do.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _


class BorgerlinjeError(Exception):
    """An expected failure with a stable `code`, an HTTP `status` and a Danish `message` for the person."""

    code = "error"
    status = 400
    # Translated when it is shown, not when it is raised.
    message: Any = ""

    def __init__(self, message: Any = None, **details: object) -> None:
        self.details = details
        super().__init__(message or self.message)


class NotAllowedError(BorgerlinjeError):
    """The person may not do this here."""

    code = "not_allowed"
    status = 403
    message = _("Du har ikke adgang til dette. Spørg din leder, hvis du mener, at du skal have det.")


class GoneError(BorgerlinjeError):
    """What the person acted on has changed or ended meanwhile."""

    code = "gone"
    status = 409
    message = _("Det er ændret i mellemtiden. Siden viser nu det, der gælder.")
