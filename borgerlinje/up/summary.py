"""What `up` says when everything runs."""

from borgerlinje.demo import sign_ins
from borgerlinje.kit.home import Home
from borgerlinje.kit.running import Running

WIDTH = 78
_SIGN_IN = "with your account, under Employees"


def text(running: Running, home: Home, *, demo: bool, first_account: str = "") -> str:
    """Return the block with addresses, sign-ins, the number to call and how to stop; `first_account` is the link by which the first is made."""
    url = running.web_url
    lines = [
        "",
        "=" * WIDTH,
        "  Borgerlinje runs.",
        "",
        f"  Citizens    {url}/",
        f"  Employees   {url}/bord/",
    ]
    if running.asterisk:
        host = f"{running.asterisk.sip_host}:{running.asterisk.sip_port}"
        lines += ["", *(_how_to_call(url, host) if demo else [f"  Telephone   SIP over UDP at {host}"])]
    else:
        lines += ["", "  Telephone   none (see above); everything else works"]
    lines += ["", *(f"  {line}" for line in _sign_ins(home, demo=demo, first_account=first_account))]
    return "\n".join([*lines, "", "  Ctrl-C stops everything.", "=" * WIDTH, ""])


def _how_to_call(url: str, host: str) -> list[str]:
    return [
        f"  Telephone   call the Næstved hotline at {url}/ring/46313020/",
        f"              or from any SIP phone on this machine: sip:46313020@{host}",
    ]


def _sign_ins(home: Home, *, demo: bool, first_account: str) -> list[str]:
    if demo:
        return ["Sign-ins", *(f"  {line}" for line in sign_ins.lines(home))]
    if first_account:
        return ["Nobody has an account yet. Begin here; the link is secret and works once:", "", first_account]
    return [f"Sign-ins    {_SIGN_IN}"]
