"""What an employee does on the way to a transfer, and whom they may ask."""

from datetime import time
from uuid import UUID

from django.db import connection
from django.test import Client

from borgerlinje.cooperation.models import Centre
from borgerlinje.dispatch.models import Transfer
from borgerlinje.dispatch.transfers import do_answer, do_fail
from borgerlinje.kit import clock
from borgerlinje.kit.database import run
from borgerlinje.lines.models import Line, Specialist
from tests.desk.acts import get, post
from tests.support.cast import Cast


def specialist(cast: Cast, name: str = "Sygesikring", **values: object) -> Specialist:
    return Specialist.objects.create(
        **{"authority": cast.own, "name": name, "digits": "00012345", "opens": time(8), "closes": time(15), **values}
    )


def act(web: Client, contact_id: UUID, name: str, **values: str) -> str:
    return str(post(web, f"/bord/henvendelse/{contact_id}/{name}/", **values).content.decode())


def panel(web: Client, contact_id: UUID, **values: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in values.items())
    return str(get(web, f"/bord/nu/?open={contact_id}&{query}").content.decode())


def ask(web: Client, contact_id: UUID, target: str, mode: str = "ask", **values: str) -> str:
    said = {"open": str(contact_id), "was": str(contact_id)}
    return act(web, contact_id, "viderestil", target=target, mode=mode, **said, **values)


def ask_colleague(cast: Cast, web: Client, contact_id: UUID, mode: str = "ask") -> Transfer:
    ask(web, contact_id, f"e{cast.colleague.pk}", mode, note="Har MitID.", subject="Pas")
    return Transfer.objects.get(contact=contact_id, ended_at__isnull=True)


def answered(transfer: Transfer) -> Transfer:
    with connection.cursor() as cursor:
        run(do_answer(transfer.pk, now=clock.now()), cursor)
    return transfer


def unanswered(transfer: Transfer, ended_as: str = "no_answer") -> None:
    with connection.cursor() as cursor:
        run(do_fail(transfer.pk, ended_as, now=clock.now()), cursor)


def other_line(cast: Cast, centre: Centre, owner: object, **values: object) -> Line:
    del cast
    return Line.objects.create(
        **{
            "slug": "erhverv",
            "name": "Erhverv",
            "owner": owner,
            "centre": centre,
            "greeting_text": "x",
            "closed_text": "x",
            "always_open": True,
            "always_open_reason": "prøve",
            **values,
        }
    )
