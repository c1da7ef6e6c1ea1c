from typing import Any

import pytest

from borgerlinje.channels.phone.network.trunk_report import told

WELL: dict[str, Any] = {
    "name": "Udbyder",
    "registers": True,
    "server": "asterisk",
    "is_reachable": True,
    "registration": "registered",
    "fault": "",
    "is_silent": False,
}


@pytest.mark.parametrize(
    ("state", "how", "is_well"),
    [
        ({}, "registered at asterisk", True),
        ({"registration": "rejected"}, "rejected at asterisk", False),
        ({"registration": "unanswered"}, "unanswered at asterisk", False),
        ({"registration": "unknown"}, "reachable at asterisk", True),
        ({"registers": False, "registration": ""}, "reachable at asterisk", True),
        ({"registers": False, "is_reachable": False}, "unreachable at asterisk", False),
        ({"fault": "sealed"}, "sealed at asterisk", False),
        ({"fault": "refused"}, "refused at asterisk", False),
        ({"is_silent": True, "server": None}, "silent", False),
    ],
)
def test_doctor_tells_how_a_trunk_is_and_what_to_mend(state: dict[str, Any], how: str, *, is_well: bool) -> None:
    (found,) = told([WELL | state])
    assert (found.name, found.how) == ("Udbyder", how)
    assert (found.mend == "") is is_well
