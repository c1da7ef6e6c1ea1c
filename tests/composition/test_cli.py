import asyncio
import os
import signal

import pytest

from borgerlinje import cli
from borgerlinje.kit.running import CannotRunError


def test_every_verb_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for verb in (
        "up",
        "web",
        "dispatch",
        "phone",
        "worker",
        "migrate",
        "doctor",
        "selftest",
        "demo",
        "manage",
        "status",
        "explain",
        "fairness",
        "calls",
        "proxy",
        "seal-key",
    ):
        assert f"    {verb} " in shown


def test_missing_room_is_one_line() -> None:
    with pytest.raises(CannotRunError, match="not part of this installation"):
        cli.load("borgerlinje.no_such_room:main")
    with pytest.raises(CannotRunError, match="make setup"):
        cli.load("no_such_package:main")


@pytest.mark.parametrize("target", [process.target for process in cli.PROCESSES.values()])
def test_every_process_is_there(target: str) -> None:
    assert asyncio.iscoroutinefunction(cli.load(target))


def test_signal_ends_a_process_in_order() -> None:
    tidied = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(60)
        finally:
            tidied.append(True)

    assert asyncio.run(cli.until_told(work())) == 0
    assert tidied == [True]
