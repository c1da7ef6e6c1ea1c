"""The web process, as a server imports and starts it: in a process of its own, for this one has long loaded every page."""

import json
import subprocess
import sys

ROOMS = ("desk", "console", "portal", "staff")
# What a server does before it says that it is ready to serve; the tasks beside it have not had their turn by then.
STARTED = """
import asyncio, json, os, sys
from borgerlinje.asgi import application

def loaded():
    return sorted(name for name in sys.modules if name.startswith("borgerlinje.") and name.endswith(".urls"))

async def main():
    asked, said = asyncio.Queue(), asyncio.Queue()
    asked.put_nowait({"type": "lifespan.startup"})
    before = loaded()
    living = asyncio.create_task(application({"type": "lifespan"}, asked.get, said.put))
    answer = await said.get()
    print(json.dumps({"answer": answer["type"], "before": before, "after": loaded()}), flush=True)
    os._exit(0)

asyncio.run(main())
"""


def test_every_page_is_loaded_before_the_process_says_that_it_is_ready() -> None:
    started = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=False)
    assert started.returncode == 0, started.stderr
    said = json.loads(started.stdout.splitlines()[-1])
    assert said["answer"] == "lifespan.startup.complete"
    missing = {f"borgerlinje.{room}.urls" for room in ROOMS} - set(said["after"])
    assert missing == set(), "the first request would load them, while the process is silent"
    assert said["before"] == [], "the premise: starting is what loads them"
