"""What Asterisk is told of an account, and how long an account that it refuses is left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from borgerlinje.channels.phone.accounts.endpoints import objects
from borgerlinje.channels.phone.pbx.sorcery import Refusals

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def account(kind: str) -> dict[str, Any]:
    return {"name": f"bl-{kind[0]}-1", "kind": kind, "secret": "s", "contact_uri": "sip:x@127.0.0.1:9"}


@pytest.mark.parametrize("kind", ["employee", "citizen", "robot"])
def test_no_account_may_transfer_a_call(kind: str):
    assert objects(account(kind))["endpoint"]["allow_transfer"] == "no"


def test_account_without_a_password_cannot_be_named_by_a_caller():
    endpoint = objects(account("robot"))["endpoint"]
    assert "auth" not in endpoint
    assert endpoint["identify_by"] == "ip"
    assert all(objects(account(kind))["endpoint"]["auth"] for kind in ("employee", "citizen"))


def test_refused_account_is_tried_again_later_each_time():
    refusals = Refusals()
    assert refusals.is_due("bl-e-1", now=NOW)
    waits = [refusals.note("bl-e-1", now=NOW) for _ in range(12)]
    assert waits[:3] == [timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4)]
    assert waits[-1] == timedelta(minutes=5)
    assert not refusals.is_due("bl-e-1", now=NOW + timedelta(minutes=4))
    assert refusals.is_due("bl-e-1", now=NOW + timedelta(minutes=5))
    assert refusals.is_due("bl-e-2", now=NOW)


def test_account_that_was_taken_begins_anew():
    refusals = Refusals()
    refusals.note("bl-e-1", now=NOW)
    refusals.forget("bl-e-1")
    assert refusals.note("bl-e-1", now=NOW) == timedelta(seconds=1)
