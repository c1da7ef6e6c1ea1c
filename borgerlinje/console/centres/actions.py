"""Writes to centres, authorities and memberships, each with its note of who changed what. Inside the caller's transaction."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from borgerlinje.console.centres.forms import slug_of
from borgerlinje.console.centres.member_forms import short
from borgerlinje.console.centres.undo import Step, facts
from borgerlinje.console.standing import authorities_as, user_of
from borgerlinje.cooperation.models import Authority, Centre, Membership
from borgerlinje.kit import clock, hints
from borgerlinje.staff.changes import note
from borgerlinje.staff.fence import set_fence
from borgerlinje.staff.models import RoleAssignment, User
from borgerlinje.staff.roles import ROLE_NAMES, Role

CENTRE_KIND, AUTHORITY_KIND = "centre", "authority"


def do_make_authority(request: HttpRequest, values: dict[str, Any], *, keeps: bool) -> Authority:
    """Store an authority; with `keeps` its maker holds there the role by which they made it. Raises IntegrityError for a code that is taken."""
    authority = Authority.objects.create(**values)
    _note_authority(request, authority, before={})
    if keeps:
        is_administrator = bool(authorities_as(request, (Role.ADMINISTRATOR,)))
        do_give_role(request, authority, Role.ADMINISTRATOR if is_administrator else Role.SECRETARIAT)
    return authority


def do_give_role(request: HttpRequest, authority: Authority, role: Role) -> None:
    """Give the person a role at an authority that nobody has a role at yet, and let the rest of the request see its rows."""
    user: User = user_of(request)
    request.authorities = sorted({*request.authorities, authority.pk})  # type: ignore[attr-defined] # set by staff.fence.Fence
    set_fence(user_id=user.pk, authorities=request.authorities)  # type: ignore[attr-defined]
    RoleAssignment.objects.create(user=user, authority=authority, role=role.value, from_on=clock.today())
    _write(request, AUTHORITY_KIND, authority, {}, {"role": f"{user}: {_danish_role(role)}"})


def do_change_authority(request: HttpRequest, authority: Authority, values: dict[str, Any]) -> Step:
    """Change what an authority is called. Raises IntegrityError for a code that is taken."""
    before, said = facts(authority), authority_said(authority)
    for name, value in values.items():
        setattr(authority, name, value)
    authority.save(update_fields=list(values))
    _note_authority(request, authority, before=said)
    return Step(AUTHORITY_KIND, authority.pk, before, facts(authority))


def do_make_centre(request: HttpRequest, *, name: str, host: Authority, editors_approve_own: bool = False) -> Centre:
    """Store a centre; its host is a member from today on."""
    approve_own = {"editors_approve_own": editors_approve_own}
    centre = Centre.objects.create(slug=slug_of(name), name=name, host=host, **approve_own)
    note_centre(request, centre, before={}, after=centre_said(centre))
    do_join(request, centre, host, phase=Membership.Phase.FULL, from_on=clock.today(), to_on=None)
    return centre


def do_change_centre(
    request: HttpRequest, centre: Centre, *, name: str, host: Authority, editors_approve_own: bool = False
) -> Step:
    """Change what a centre is called, who houses it, and whether editors approve their own changes. Its address stays."""
    before, said = facts(centre), centre_said(centre)
    centre.name, centre.host, centre.editors_approve_own = name, host, editors_approve_own
    centre.save(update_fields=["name", "host", "editors_approve_own"])
    note_centre(request, centre, before=said, after=centre_said(centre))
    return Step(CENTRE_KIND, centre.pk, before, facts(centre))


def do_join(
    request: HttpRequest, centre: Centre, authority: Authority, *, phase: str, from_on: date, to_on: date | None
) -> Step:
    """Store a membership. Raises IntegrityError when another of the same authority holds in that time."""
    membership = Membership.objects.create(
        centre=centre, authority=authority, phase=phase, from_on=from_on, to_on=to_on
    )
    _note_member(request, membership, before="", after=member_said(membership))
    return Step("membership", membership.pk, None, facts(membership))


def do_end(request: HttpRequest, membership: Membership, *, to_on: date) -> Step:
    """End a membership on a date, or move its end. Raises IntegrityError when another follows before."""
    before, said = facts(membership), member_said(membership)
    membership.to_on = to_on
    membership.save(update_fields=["to_on"])
    _note_member(request, membership, before=said, after=member_said(membership))
    return Step("membership", membership.pk, before, facts(membership))


def do_withdraw(request: HttpRequest, membership: Membership) -> Step:
    """Take away a membership that has not begun."""
    step = Step("membership", membership.pk, facts(membership), None)
    _note_member(request, membership, before=member_said(membership), after="")
    membership.delete()
    return step


def do_phase(request: HttpRequest, membership: Membership, *, phase: str, from_on: date) -> list[Step]:
    """Let a membership be in another phase from a day on: the days before stay as they were."""
    if from_on == membership.from_on:
        before, said = facts(membership), member_said(membership)
        membership.phase = phase
        membership.save(update_fields=["phase"])
        _note_member(request, membership, before=said, after=member_said(membership))
        return [Step("membership", membership.pk, before, facts(membership))]
    to_on = membership.to_on
    ended = do_end(request, membership, to_on=from_on)
    joined = do_join(request, membership.centre, membership.authority, phase=phase, from_on=from_on, to_on=to_on)
    return [ended, joined]


def lock(centre: Centre) -> None:
    """Let nobody else change the centre's members meanwhile."""
    Centre.objects.select_for_update(no_key=True, of=("self",)).get(pk=centre.pk)


def tell() -> None:
    """Let the dispatcher and the live pages read anew who belongs to which centre."""
    hints.send_on_commit("dispatch", "queue")


def centre_said(centre: Centre) -> dict[str, Any]:
    """Return what is noted of a centre."""
    return {"name": centre.name, "host": centre.host.name, "editors_approve_own": centre.editors_approve_own}


def authority_said(authority: Authority) -> dict[str, Any]:
    """Return what is noted of an authority."""
    with translation.override("da"):
        kind = str(Authority.Kind(authority.kind).label)
    return {"name": authority.name, "code": authority.code, "kind": kind, "cvr": authority.cvr}


def member_said(membership: Membership) -> str:
    """Say a membership as the log keeps it, whatever language the writer has chosen."""
    with translation.override("da"):
        words = {
            "name": membership.authority.name,
            "phase": str(Membership.Phase(membership.phase).label).lower(),
            "from": short(membership.from_on),
        }
        if membership.to_on is None:
            return _("%(name)s, %(phase)s fra %(from)s") % words
        words["last"] = short(membership.to_on - timedelta(days=1))
        return _("%(name)s, %(phase)s fra %(from)s til %(last)s") % words


def note_centre(request: HttpRequest, centre: Centre, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Write what the person changed about a centre."""
    _write(request, CENTRE_KIND, centre, before, after)


def note_undone(request: HttpRequest, what: Centre | Authority, said: str) -> None:
    """Write that the person took their last change back."""
    kind = CENTRE_KIND if isinstance(what, Centre) else AUTHORITY_KIND
    _write(request, kind, what, {"undone": said}, {"undone": ""})


def _note_member(request: HttpRequest, membership: Membership, *, before: str, after: str) -> None:
    values = [{"member": each} if each else {} for each in (before, after)]
    _write(request, CENTRE_KIND, membership.centre, *values)


def _note_authority(request: HttpRequest, authority: Authority, *, before: dict[str, Any]) -> None:
    said = authority_said(authority)
    after = said if before else {name: value for name, value in said.items() if value}
    _write(request, AUTHORITY_KIND, authority, before, after)


def _write(
    request: HttpRequest, kind: str, what: Centre | Authority, before: dict[str, Any], after: dict[str, Any]
) -> None:
    # Nobody's: a centre is run by several, and each is to see who did what to it.
    note(user_of(request), kind=kind, object_id=what.pk, label=what.name, before=before, after=after, now=clock.now())


def _danish_role(role: Role) -> str:
    with translation.override("da"):
        return str(ROLE_NAMES[role])
