"""The way back from a withdrawal made in haste. Inside the caller's transaction."""

from borgerlinje.guides.drafting import WrongStateError
from borgerlinje.guides.models import Guide, GuideVersion, State


def do_put_back(version: GuideVersion) -> None:
    """Let a version that was withdrawn be read again as it was. Locks its guide. Raises WrongStateError where another one is read by now."""
    guide = Guide.objects.select_for_update().get(pk=version.guide_id)
    version.refresh_from_db()
    if version.state != State.WITHDRAWN or guide.published_id is not None:
        raise WrongStateError
    version.state, version.ended_at = State.PUBLISHED, None
    version.save(update_fields=["state", "ended_at"])
    guide.published = version
    guide.save(update_fields=["published"])
