"""Middleware: pages, tables and our own texts go compressed to browsers that read it, about a fifth of the bytes.

Pages differ from answer to answer and carry the secret of their forms: they are compressed by Django's own middleware, which makes
their length say nothing (the BREACH attack). Static files are the same to all: each is compressed once in a process and kept.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

_TEXTS = ("text/html", "text/css", "text/javascript", "text/csv", "image/svg+xml", "application/json")
_OK = 200
_LEVEL = 9
_KEPT = 256


class Compression:
    """Stands outside of what serves the static files, so that it sees their answers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._pages = GZipMiddleware(get_response)
        self._compressed = lru_cache(maxsize=_KEPT)(_read)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if answer.status_code != _OK or not answer.headers.get("Content-Type", "").startswith(_TEXTS):
            return answer
        if not request.path.startswith(settings.STATIC_URL):
            return answer if answer.streaming else self._pages.process_response(request, answer)
        return self._static(request, answer)

    def _static(self, request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(answer, FileResponse) or "Content-Encoding" in answer.headers:
            return answer
        patch_vary_headers(answer, ("Accept-Encoding",))
        file = answer.file_to_stream
        if (
            request.method != "GET"
            or file is None
            or not hasattr(file, "name")
            or "gzip" not in request.headers.get("Accept-Encoding", "")
        ):
            return answer
        content = self._compressed(str(file.name), answer.headers.get("Last-Modified", ""))
        small = HttpResponse(content, headers={**answer.headers, "Content-Encoding": "gzip"})
        small.headers["Content-Length"] = str(len(content))
        # It names the bytes of the file as it lies there; the date is enough to ask whether there is a newer one.
        del small.headers["ETag"]
        file.close()
        return small


def _read(file: str, changed: str) -> bytes:
    """Compress a file; `changed` only tells a file from what stood in its place before."""
    del changed
    with open(file, "rb") as stored:  # noqa: PTH123 - a path in text, as the answer has it
        return gzip.compress(stored.read(), _LEVEL, mtime=0)
