"""The command `borgerlinje`: one verb per process and per task. Each verb loads only what it runs."""

import argparse
import asyncio
import contextlib
import importlib
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from borgerlinje.kit import bus, clock, embedded, errors, heartbeat, home, logs, metrics, running, unprivileged

Role = Literal["bl_owner", "bl_web", "bl_engine"]
DEFAULT_PORT = 8000
LONGEST_DAYS = 3660
# These write into the source tree, which belongs to whoever works on it.
SOURCE_COMMANDS = frozenset({"makemigrations", "makemessages", "compilemessages", "startapp", "squashmigrations"})


@dataclass(frozen=True)
class Process:
    """A long-running process: `target` is `module:function` of an async function without arguments."""

    target: str
    role: Role
    needs_models: bool = False


PROCESSES = {
    "web": Process("borgerlinje.web:main", "bl_web"),
    "dispatch": Process("borgerlinje.dispatch.loop:main", "bl_engine"),
    "phone": Process("borgerlinje.channels.phone.process:main", "bl_engine", needs_models=True),
    "worker": Process("borgerlinje.worker:main", "bl_engine"),
    "robots": Process("borgerlinje.demo.robots:main", "bl_engine", needs_models=True),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. What can be expected to fail says so in one line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(given)
    try:
        return int(options.run(options))
    except running.CannotRunError as error:
        print(f"borgerlinje: {error}", file=sys.stderr)
    except errors.BorgerlinjeError as error:
        print(f"borgerlinje: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="borgerlinje", description="A shared contact centre for public authorities.")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_up(verbs)
    for name in ("web", "dispatch", "phone", "worker"):
        verb = verbs.add_parser(name, help=f"the {name} process alone (`up` starts it)")
        verb.set_defaults(run=run_process, process=name)
        if name == "web":
            verb.add_argument("--port", type=int, default=DEFAULT_PORT)
    _add_tasks(verbs)
    _add_demo(verbs)
    return parser


def _add_up(verbs: Any) -> None:
    up = verbs.add_parser("up", help="everything, under one supervisor")
    up.add_argument("--demo", action="store_true", help="with a demo centre, robot employees and robot citizens")
    up.add_argument("--port", type=int, default=DEFAULT_PORT, help="the web port on localhost (%(default)s)")
    up.set_defaults(run=run_up)


def _add_tasks(verbs: Any) -> None:
    migrate = verbs.add_parser("migrate", help="bring the database up to date")
    migrate.add_argument("--demo", action="store_true", help="and put the demo centre into it")
    migrate.set_defaults(run=run_migrate)
    doctor = verbs.add_parser("doctor", help="which parts are there, which are missing, how to mend")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=run_doctor)
    selftest = verbs.add_parser("selftest", help="try the product itself").add_subparsers(required=True, metavar="WHAT")
    call = selftest.add_parser("call", help="a test call through Asterisk to a robot employee")
    call.add_argument("--json", action="store_true")
    call.set_defaults(run=run_selftest_call)
    replay = verbs.add_parser("replay", help="ask the matching again what it was asked in a recording")
    replay.add_argument("file", type=Path)
    replay.set_defaults(run=run_replay)
    _add_questions(verbs)
    _add_telephone(verbs)
    status = verbs.add_parser("status", help="what runs on this home, and its memory")
    status.set_defaults(run=run_status)
    manage = verbs.add_parser("manage", help="Django's own commands", add_help=False)
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    manage.set_defaults(run=run_manage)


def _add_questions(verbs: Any) -> None:
    explain = verbs.add_parser("explain", help="a contact's whole story: why it went to whom, or why it waits still")
    explain.add_argument("contact", help="the contact's id, or a unique beginning of it")
    explain.set_defaults(run=run_explain)
    fairness = verbs.add_parser("fairness", help="who waits how long, and who answers whose citizens, by member")
    fairness.add_argument("--days", type=int, default=7, help="so many days, today among them (%(default)s)")
    fairness.set_defaults(run=run_fairness)
    guides = verbs.add_parser("guides", help="the guides").add_subparsers(required=True, metavar="WHAT")
    search = guides.add_parser("search", help="find guides in the words citizens use")
    search.add_argument("text", metavar="TEXT")
    search.add_argument("--authority", metavar="NAME", help="as its citizens and employees find them; a name or a code")
    search.add_argument("--limit", type=int, default=10, help="so many at most (%(default)s)")
    search.add_argument("--json", action="store_true")
    search.set_defaults(run=run_guides, what="search")
    take = guides.add_parser(
        "import", help="store and publish the guides of files: .md, .json, .csv, .xlsx, .zip of .md"
    )
    take.add_argument("files", metavar="FILE", nargs="+", type=Path)
    take.set_defaults(run=run_guides, what="import")
    give = guides.add_parser("export", help="write the published guides as files")
    give.add_argument("folder", metavar="FOLDER", type=Path)
    form = ("md", "json", "csv", "xlsx")
    give.add_argument("--format", choices=form, default="md", help="md: a file for each guide (%(default)s)")
    give.set_defaults(run=run_guides, what="export")
    kle = guides.add_parser("kle", help="take a subject plan (KLE, XML) into use")
    kle.add_argument("files", metavar="FILE", nargs=1, type=Path)
    kle.set_defaults(run=run_guides, what="kle")
    for verb in (explain, fairness):
        verb.add_argument("--json", action="store_true")
        verb.add_argument("--lang", choices=("da", "en"), default="da", help="the language of the words (%(default)s)")


def _add_telephone(verbs: Any) -> None:
    proxy = verbs.add_parser("proxy", help="configuration of a Kamailio that spreads calls over several Asterisks")
    proxy.add_argument("asterisks", metavar="ASTERISK", nargs="+", help="host or host:port of each")
    proxy.add_argument(
        "--listen", metavar="ADDRESS", required=True, help="where the proxy takes calls, host or host:port"
    )
    proxy.add_argument("--advertise", metavar="ADDRESS", help="its address from outside, where that is another one")
    proxy.add_argument(
        "--from", metavar="NETWORK", dest="allowed", action="append", required=True, help="the provider's (repeatable)"
    )
    proxy.add_argument("--folder", type=Path, help="write both files there (default: print them)")
    proxy.set_defaults(run=run_proxy)
    calls = verbs.add_parser("calls", help="call details: a row for each leg of each call in a period")
    calls.add_argument("--from", metavar="DATE", dest="first", required=True, help="the first day, YYYY-MM-DD")
    calls.add_argument("--to", metavar="DATE", dest="last", required=True, help="the last day")
    calls.add_argument("--numbers", action="store_true", help="citizens' numbers whole (default: masked)")
    form = calls.add_mutually_exclusive_group()
    form.add_argument("--json", dest="form", action="store_const", const="json")
    form.add_argument("--csv", dest="form", action="store_const", const="csv")
    calls.set_defaults(run=run_calls)
    key = verbs.add_parser("seal-key", help="add a new key that seals passwords and recordings from now on")
    key.set_defaults(run=run_seal_key)


def _add_demo(verbs: Any) -> None:
    demo = verbs.add_parser("demo", help="the demo centre").add_subparsers(required=True, metavar="WHAT")
    data = demo.add_parser("data", help="put the demo centre into the database")
    data.set_defaults(run=run_demo_data)
    robots = demo.add_parser("robots", help="robot employees and robot citizens (`up --demo` starts them)")
    robots.set_defaults(run=run_process, process="robots")
    traffic = demo.add_parser("traffic", help="robot citizens who call")
    traffic.add_argument("--per-hour", type=float, default=60, help="calls an hour, at random (%(default)s)")
    traffic.add_argument("--minutes", type=float, help="stop after so long (default: Ctrl-C)")
    traffic.add_argument("--calls", type=int, help="stop after so many calls")
    traffic.set_defaults(run=run_demo_traffic)


def load(target: str) -> Callable[..., Any]:
    """Return what `module:name` names; imported only now. Raises CannotRunError when the part is missing."""
    module, _, name = target.partition(":")
    try:
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "borgerlinje":
            raise running.CannotRunError(f"The Python package {error.name} is missing: run `make setup`.") from error
        if error.name != module:
            raise
        raise running.CannotRunError(f"{module} is not part of this installation.") from error
    return function


def run_up(options: argparse.Namespace) -> int:
    """Run everything."""
    _leave_root()
    supervisor = importlib.import_module("borgerlinje.up.supervisor")
    return int(supervisor.main(supervisor.Options(demo=options.demo, port=options.port)))


def run_process(options: argparse.Namespace) -> int:
    """Run one long-running process, joined to a running `up`, to DATABASE_URL, or to a database of its own."""
    process = PROCESSES[options.process]
    _leave_root()
    with _surroundings(process.role):
        logs.configure(options.process)
        if getattr(options, "port", None):
            os.environ.setdefault("BORGERLINJE_WEB_PORT", str(options.port))
        if process.needs_models:
            load("django:setup")()
        target = load(process.target)
        # uvloop takes about a fifth off the time to an offer (measured); it comes with uvicorn, and where it does not, asyncio's own loop serves.
        uvloop = importlib.import_module("uvloop") if importlib.util.find_spec("uvloop") else None
        with asyncio.Runner(loop_factory=uvloop.new_event_loop if uvloop else None) as runner:
            return runner.run(until_told(target()))


async def until_told(work: Coroutine[Any, Any, object]) -> int:
    """Run a process's main function until it ends, or until SIGTERM or Ctrl-C cancels it."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    told = asyncio.Event()

    def stop() -> None:
        told.set()
        heartbeat.stopping()
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        result = await task
    except asyncio.CancelledError:
        if not told.is_set():
            raise
        return 0
    return result if isinstance(result, int) else 0


def run_migrate(options: argparse.Namespace) -> int:
    """Bring the database up to date, with the demo centre when wanted, and write down that it is."""
    _leave_root()
    with _surroundings("bl_owner"):
        logs.configure("migrate")
        # Checks of the source are for those who change it; here they would load every page.
        _django("migrate", "--no-input", "--verbosity", "1", "--skip-checks")
        if options.demo:
            load("borgerlinje.demo.data:main")()
        load("borgerlinje.up.migrations:mark")(os.environ["DATABASE_URL"], demo=options.demo)
    return 0


def run_demo_data(_options: argparse.Namespace) -> int:
    """Put the demo centre into the database."""
    return run_migrate(argparse.Namespace(demo=True))


def run_demo_traffic(options: argparse.Namespace) -> int:
    """Let robot citizens call the running copy."""
    _leave_root()
    with _surroundings("bl_engine"):
        logs.configure("traffic")
        load("django:setup")()
        work = load("borgerlinje.demo.traffic:main")(
            per_hour=options.per_hour, minutes=options.minutes, calls=options.calls
        )
        return asyncio.run(until_told(work))


def run_doctor(options: argparse.Namespace) -> int:
    """Say which parts are there."""
    _name_defaults()
    return int(load("borgerlinje.doctor:run")(as_json=options.json))


def run_selftest_call(options: argparse.Namespace) -> int:
    """Make a test call."""
    _leave_root()
    with _surroundings("bl_engine"):
        logs.configure("selftest")
        load("django:setup")()
        return int(load("borgerlinje.channels.phone.selftest:run")(as_json=options.json))


def run_explain(options: argparse.Namespace) -> int:
    """Tell a contact's story; 2 when there is no such contact, or more than one."""
    _leave_root()
    with _surroundings("bl_engine"), _speaking(options.lang):
        queries = importlib.import_module("borgerlinje.dispatch.queries")
        found = queries.find(options.contact)
        if len(found) != 1:
            problem = "more than one contact begins with" if found else "no contact has the id"
            print(f"borgerlinje: {problem} {options.contact}", file=sys.stderr)
            return 2
        text = importlib.import_module("borgerlinje.dispatch.text")
        account = queries.account(found[0], now=clock.now())
        print(_json(text.account_json(account)) if options.json else "\n".join(text.account_lines(account)))
    return 0


def run_fairness(options: argparse.Namespace) -> int:
    """Say how long whose citizens wait, and who answers them, in each centre."""
    if not 1 <= options.days <= LONGEST_DAYS:
        print(f"borgerlinje: --days must be between 1 and {LONGEST_DAYS}", file=sys.stderr)
        return 2
    _leave_root()
    with _surroundings("bl_engine"), _speaking(options.lang):
        fairness = importlib.import_module("borgerlinje.dispatch.fairness")
        text = importlib.import_module("borgerlinje.dispatch.text")
        reports = fairness.reports(days=options.days)
        if options.json:
            print(_json([text.report_json(each) for each in reports]))
        else:
            print("\n\n".join("\n".join(text.report_lines(each)) for each in reports))
    return 0


def run_guides(options: argparse.Namespace) -> int:
    """Find guides, or carry them in or out; 2 for what makes no sense or is no guide."""
    _leave_root()
    with _surroundings("bl_engine"), _speaking("da"):
        return int(load("borgerlinje.guides.text:run")(options))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


@contextlib.contextmanager
def _speaking(language: str) -> Any:
    """Give the block the models, in a language."""
    load("django:setup")()
    with importlib.import_module("django.utils.translation").override(language):
        yield


def run_replay(options: argparse.Namespace) -> int:
    """Replay a recording of the matching; 1 when something comes out otherwise."""
    lines, differences = load("borgerlinje.dispatch.recording:replay")(options.file)
    print(*differences, f"{len(lines)} ticks replayed, {len(differences)} differ", sep="\n")
    return 1 if differences else 0


def run_proxy(options: argparse.Namespace) -> int:
    """Print or write the configuration of a proxy."""
    return int(load("borgerlinje.channels.phone.network.proxy:run")(options))


def run_calls(options: argparse.Namespace) -> int:
    """Print the call details of a period; 2 for days that are none."""
    _leave_root()
    with _surroundings("bl_engine"), _speaking("da"):
        return int(load("borgerlinje.channels.phone.call_details:run")(options))


def run_seal_key(_options: argparse.Namespace) -> int:
    """Add a new sealing key; the old ones go on opening."""
    _leave_root()
    sealed = importlib.import_module("borgerlinje.kit.sealed")
    print(
        f"{sealed.add_key()} seals from now on, see {sealed.key_file()}: copy it to every machine of this installation."
    )
    return 0


def run_status(_options: argparse.Namespace) -> int:
    """Say what runs on this home and how much memory it takes."""
    _name_defaults()
    memory = importlib.import_module("borgerlinje.up.memory")
    found = running.read(home.home())
    print(f"{home.home().path}: {f'runs at {found.web_url} since {found.started_at}' if found else 'does not run'}")
    uses = memory.of_home(home.home())
    if uses:
        print(memory.table(uses))
    return 0 if found else 1


def run_manage(options: argparse.Namespace) -> int:
    """Run one of Django's own commands as the owner of the tables."""
    _name_defaults()
    if options.arguments[:1] and options.arguments[0] not in SOURCE_COMMANDS:
        _leave_root()
    with _surroundings("bl_owner"):
        _django(*options.arguments)
    return 0


def _django(*arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "borgerlinje.settings")
    load("django.core.management:execute_from_command_line")(["borgerlinje manage", *arguments])


@contextlib.contextmanager
def _surroundings(role: Role) -> Any:
    """Give the block a home, a database and the variables that name them."""
    os.environ.setdefault("BORGERLINJE_DATABASE_ROLE", role)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "borgerlinje.settings")
    metrics.use_folder(home.home().metrics)
    bus.address.read()
    with embedded.for_command(home.home()):
        yield


def _name_defaults() -> None:
    """Fix the folders before a change of account changes the defaults."""
    os.environ["BORGERLINJE_HOME"] = str(home.home().path)
    os.environ["BORGERLINJE_CACHE"] = str(home.cache())


def _leave_root() -> None:
    """Go on without root, with the home made for the account that works there."""
    _name_defaults()
    if os.geteuid() != 0:
        return
    embedded.prepare(home.home())
    line = unprivileged.drop([home.home().path, Path.cwd()])
    os.environ["HOME"] = str(home.home().path)
    if line:
        print(f"borgerlinje: {line}", file=sys.stderr)
