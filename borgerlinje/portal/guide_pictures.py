"""Pictures of the guides' steps, as files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from borgerlinje.guides.pictures import access_picture, content_type
from borgerlinje.staff.permission import public
from borgerlinje.staff.roles import Role

# The address names the picture's own points, so what it holds never changes.
_SECONDS = 31_536_000


@public
@require_GET
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """Give a picture of a guide that is read, or to an editor that of any. Raises Http404."""
    roles: frozenset[Role] = getattr(request, "roles", frozenset())
    is_editor = Role.GUIDE_EDITOR in roles
    found = access_picture(key, is_editor=is_editor)
    if found is None:
        raise Http404
    content = bytes(found.png)
    answer = HttpResponse(content, content_type=content_type(content))
    answer["Cache-Control"] = f"{'private' if is_editor else 'public'}, max-age={_SECONDS}, immutable"
    # Opened by itself it is a picture and nothing else.
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
