"""A contact's story and the fairness report as lines for a terminal and as JSON for other programs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from borgerlinje.dispatch import words
from borgerlinje.dispatch.explain import Offered
from borgerlinje.dispatch.fairness import FEWEST, Group, Report, Staff, Waits
from borgerlinje.dispatch.queries import Account
from borgerlinje.kit import clock
from borgerlinje.lines import numbers

SHAPE = 1


def account_lines(account: Account) -> Iterator[str]:
    """Yield a contact's story, ready to print."""
    contact = account.contact
    yield _("Henvendelse %(id)s") % {"id": contact.pk}
    yield f"  {contact.arrived_at.astimezone(clock.COPENHAGEN):%d-%m-%Y}  {caller(account)}"
    yield f"  {contact.line.name} {numbers.display(contact.dialled)}".rstrip()
    yield "  " + _("Borger fra") + f": {home(account)}"
    yield "  " + _("Kræver") + f": {'; '.join(account.needs)}"
    yield ""
    for moment in account.moments:
        yield f"{words.clock_time(moment.at)}  {moment.says}"
        yield from (f"          {detail}" for detail in moment.details)
    if account.not_offered is not None:
        waits = account.not_offered
        yield ""
        yield _("Hvorfor den ikke er tilbudt endnu") + f": {waits.says}"
        yield from (f"  {detail}" for detail in waits.details)
        for each in waits.obstacles:
            yield f"  - {account.names.person(each.employee_id)}: {each.says}"


def caller(account: Account) -> str:
    """Name the citizen without naming them: the number's first half."""
    return numbers.masked(account.contact.caller_number) or _("ukendt nummer")


def home(account: Account) -> str:
    """Say whose citizen it is and how that is known."""
    contact = account.contact
    known = contact.home_authority.full_name if contact.home_authority else _("kommune ukendt")
    return f"{known} ({contact.get_home_source_display()})" if contact.home_authority else known


def account_json(account: Account) -> dict[str, Any]:
    """Return a contact's story as plain values, instants in ISO 8601 and UTC. The shape stays; keys may be added.

    `contact`: id, line, channel, dialled, home_authority (name or null), home_source, state, closed_as, arrived_at, waiting_since,
    answered_at, closed_at. `requires`: demands in words. `moments`, oldest first: at, event, from, to, employee (id and name, or null),
    says, details in words, and with an offer its id, made_at, rung_at, ended_at, ended_as and `why` as it was stored.
    `not_offered` is null unless the contact waits: says, details, and `people` with employee, state, since, code, says.
    """
    contact = account.contact
    return {
        "v": SHAPE,
        "contact": {
            "id": str(contact.pk),
            "line": contact.line.slug,
            "channel": contact.channel,
            "dialled": contact.dialled,
            "home_authority": contact.home_authority.name if contact.home_authority else None,
            "home_source": contact.home_source,
            "state": contact.state,
            "closed_as": contact.closed_as,
            **{
                name: _iso(getattr(contact, name))
                for name in ("arrived_at", "waiting_since", "answered_at", "closed_at")
            },
        },
        "requires": account.needs,
        "moments": [
            {
                "at": _iso(moment.at),
                "event": moment.name,
                "from": moment.from_state,
                "to": moment.to_state,
                "employee": _person(account, moment.employee_id),
                "says": moment.says,
                "details": list(moment.details),
                "offer": _offer(moment.offer) if moment.offer else None,
            }
            for moment in account.moments
        ],
        "not_offered": {
            "says": account.not_offered.says,
            "details": list(account.not_offered.details),
            "people": [
                {
                    "employee": _person(account, each.employee_id),
                    "state": each.state,
                    "since": _iso(each.since),
                    "code": each.code,
                    "says": each.says,
                }
                for each in account.not_offered.obstacles
            ],
        }
        if account.not_offered
        else None,
    }


def _person(account: Account, employee_id: int | None) -> dict[str, Any] | None:
    return {"id": employee_id, "name": account.names.person(employee_id)} if employee_id else None


def _offer(offer: Offered) -> dict[str, Any]:
    instants = {name: _iso(getattr(offer, name)) for name in ("made_at", "rung_at", "ended_at")}
    return {"id": str(offer.offer_id), **instants, "ended_as": offer.ended_as, "why": dict(offer.why)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def group_name(waits: Waits) -> str:
    """Name a row of the fairness report."""
    if waits.authority is not None:
        return waits.authority.name
    names = {
        Group.UNKNOWN: _("Kommune ukendt"),
        Group.OUTSIDE: _("Uden for samarbejdet"),
        Group.HOST: _("Værten"),
        Group.OTHERS: _("Øvrige medlemmer"),
        Group.ALL: _("Alle"),
    }
    return names.get(waits.group, "")


def employer_name(staff: Staff) -> str:
    """Name the employer of a row of the fairness report."""
    return staff.employer.name if staff.employer else _("Andre myndigheder")


def report_lines(report: Report) -> Iterator[str]:
    """Yield a fairness report as two tables, ready to print."""
    period = {"from": f"{report.period.from_on:%d-%m-%Y}", "to": f"{report.period.last_on:%d-%m-%Y}"}
    yield f"{report.centre.name}, " + _("%(from)s til %(to)s") % period
    yield ""
    heads = (_("i kø"), _("besvaret"), _("opgivet"), _("inden for målet"), _("median"), "90 %", _("længste"))
    yield _("Borgere fra").ljust(24) + "".join(f"{head:>16}" for head in heads)
    for row in (*report.members, report.host, report.others, report.total):
        counts = (row.offered, row.answered, row.abandoned, row.in_target)
        waits = (row.median_seconds, row.ninetieth_seconds, row.longest_seconds)
        cells = [*map(str, counts), *("–" if each is None else f"{each:.0f} s" for each in waits)]
        yield f"{group_name(row):<24}" + "".join(f"{cell:>16}" for cell in cells)
    yield _("Ventetider vises fra %(fewest)d besvarede.") % {"fewest": FEWEST}
    yield ""
    yield _("Hvem svarer hvem (borgere fra, svaret af):")
    names = [group_name(row) for row in report.members]
    for staff in report.staff:
        cells = [f"{name} {count}" for name, count in zip(names, staff.by_home, strict=True) if count]
        yield f"{employer_name(staff):<24}{staff.answered:>6}  {', '.join(cells)}"


def report_json(report: Report) -> dict[str, Any]:
    """Return a fairness report as plain values, waits in seconds and null where fewer than `FEWEST` were answered.

    `members`, `host`, `others`, `total` are rows of counts and waits; `staff` has per employer what was answered, `by_home` among it
    in the order of `members`.
    """
    return {
        "v": SHAPE,
        "centre": report.centre.slug,
        "from_on": report.period.from_on.isoformat(),
        "to_on": report.period.to_on.isoformat(),
        "members": [_row(row) for row in report.members],
        "host": _row(report.host),
        "others": _row(report.others),
        "total": _row(report.total),
        "staff": [
            {
                "employer": staff.employer.name if staff.employer else None,
                "answered": staff.answered,
                "own": staff.own,
                "hard": staff.hard,
                "median_seconds": staff.median_seconds,
                "ninetieth_seconds": staff.ninetieth_seconds,
                "by_home": list(staff.by_home),
            }
            for staff in report.staff
        ],
    }


def _row(waits: Waits) -> dict[str, Any]:
    counts = ("offered", "answered", "abandoned", "in_target", "called_back", "otherwise")
    seconds = ("median_seconds", "ninetieth_seconds", "longest_seconds")
    return {
        "group": waits.group.value,
        "authority": waits.authority.name if waits.authority else None,
        "is_host": waits.is_host,
        **{name: getattr(waits, name) for name in (*counts, *seconds)},
    }
