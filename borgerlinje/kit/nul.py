"""The one letter that PostgreSQL stores in no text: who sends it gets a page that says so, and no statement is tried."""

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from borgerlinje.kit.error_pages import bad_request

_NUL: Final = "\0"
_FORM: Final = "application/x-www-form-urlencoded"


class NoNul:
    """Middleware: answers 400 where the address or a form's fields hold the letter NUL. Files are not looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        texts = [request.path, *_texts(request.GET)]
        if request.method == "POST" and request.content_type == _FORM:
            texts += _texts(request.POST)
        return bad_request(request, BadRequest(_NUL)) if any(_NUL in text for text in texts) else None


def _texts(fields: Any) -> list[str]:
    return [*fields, *(value for name in fields for value in fields.getlist(name))]
