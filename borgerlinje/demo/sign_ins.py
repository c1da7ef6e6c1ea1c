"""The demo's sign-ins: made once per home, kept in a file that only its owner can read."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from borgerlinje.kit.home import Home, home
from borgerlinje.kit.running import replace_text

FILE = "demo-sign-ins.json"
# No letters or digits that look like others.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class SignIn:
    """An account of the demo: its role by the Danish name, and the page to begin on."""

    role: str
    email: str
    password: str
    where: str


def read(of: Home | None = None) -> list[SignIn]:
    """Read the sign-ins of a home (default: the one BORGERLINJE_HOME names); none where there is no demo."""
    try:
        stored = json.loads(((of or home()).path / FILE).read_text())
        return [SignIn(**entry) for entry in stored]
    except (OSError, ValueError, TypeError):
        return []


def write(sign_ins: Sequence[SignIn], of: Home | None = None) -> None:
    """Write the sign-ins of a home in one step, readable to its owner only."""
    entries = [{slot: getattr(one, slot) for slot in ("role", "email", "password", "where")} for one in sign_ins]
    replace_text((of or home()).path / FILE, json.dumps(entries, ensure_ascii=False, indent=1) + "\n")


def new_password() -> str:
    """Make a password one can type: four groups of four, about 78 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def lines(of: Home | None = None) -> list[str]:
    """Describe the sign-ins for a terminal, one line each."""
    return [f"{one.role:<24} {one.email:<32} {one.password:<22} {one.where}" for one in read(of)]
