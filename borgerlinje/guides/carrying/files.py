"""Files of guides of every kind: read by their names' endings, and written. Pure.

A file's faults are all told at once, each with its place as its kind of file names places.
"""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from borgerlinje.guides.carrying.rows import heading, of_row, table
from borgerlinje.guides.carrying.sheets import BROKEN, SheetError, place, read_csv, read_xlsx, write_csv, write_xlsx
from borgerlinje.guides.carrying.values import of_value, value_of
from borgerlinje.guides.markdown import Read, read, write

FORMATS: Final = ("md", "json", "csv", "xlsx")
LARGEST: Final = 5 * 1024 * 1024
_MOST_UNPACKED: Final = 30 * 1024 * 1024
_MOST_FILES: Final = 2000
_JSON_NAME: Final = "borgerlinje-guides"
_FAULTS_SHOWN: Final = 500

Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class FileFault:
    """What is wrong with a file; `where` names the place in it and is empty for the whole of it."""

    file: str
    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.file}:{self.where}: {self.says}" if self.where else f"{self.file}: {self.says}"


@dataclass(frozen=True, slots=True)
class Taken:
    """What files hold: the guides with the file each stands in, and every fault."""

    guides: tuple[tuple[str, Read], ...]
    faults: tuple[FileFault, ...]


def take_files(files: Iterable[tuple[str, bytes]]) -> Taken:
    """Read files, each by its name's ending; a guide that stands in them twice is a fault."""
    guides: list[tuple[str, Read]] = []
    faults: list[FileFault] = []
    for name, data in files:
        found, wrong = _take_file(name, data)
        guides += ((name, guide) for guide in found)
        faults += wrong
    counts = Counter(guide.slug for _, guide in guides)
    for slug, count in counts.items():
        if count > 1:
            names = ", ".join(dict.fromkeys(name for name, guide in guides if guide.slug == slug))
            faults.append(FileFault(names, "", f"Guiden »{slug}« står {count} gange. Slet alle undtagen én."))
    return Taken(tuple(guides), tuple(faults[:_FAULTS_SHOWN]))


def write_file(guides: Sequence[Read], form: str) -> Iterator[bytes]:
    """Yield a file of guides in a form, piece by piece; Markdown as a zip with a file for each guide."""
    if form == "csv":
        yield from write_csv(table(guides))
    elif form == "xlsx":
        yield write_xlsx(table(guides))
    elif form == "json":
        yield from _json(guides)
    else:
        yield _zip(guides)


def ending(form: str) -> str:
    """Return how the name of a file of several guides ends."""
    return "zip" if form == "md" else form


def _take_file(name: str, data: bytes) -> tuple[list[Read], list[FileFault]]:
    kind = name.lower().rpartition(".")[2]
    readers: dict[str, Callable[[str, bytes], tuple[list[Read], list[FileFault]]]] = {
        "md": _markdown,
        "json": _of_json,
        "csv": lambda name, data: _of_rows(name, read_csv(data), lambda row, _, column: f"række {row}, {column}"),
        "xlsx": lambda name, data: _of_rows(name, read_xlsx(data), lambda row, number, _: place(row, number)),
        "zip": _unpacked,
    }
    if kind not in readers:
        return [], [FileFault(name, "", "Filen skal ende på .md, .json, .csv, .xlsx eller .zip (med .md-filer i).")]
    if len(data) > LARGEST:
        return [], [FileFault(name, "", f"Filen er større end {LARGEST // 1024 // 1024} MB. Del den i flere.")]
    try:
        return readers[kind](name, data)
    except SheetError as error:
        return [], [FileFault(name, "", str(error))]


def _markdown(name: str, data: bytes) -> tuple[list[Read], list[FileFault]]:
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [FileFault(name, "", "Filen er ikke i UTF-8. Gem den som UTF-8, og prøv igen.")]
    guide, faults = read(source)
    return [guide] if guide else [], [FileFault(name, str(fault.line), fault.says) for fault in faults]


def _unpacked(name: str, data: bytes) -> tuple[list[Read], list[FileFault]]:
    guides: list[Read] = []
    faults: list[FileFault] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = [part for part in package.infolist() if not part.is_dir()]
            if len(parts) > _MOST_FILES or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                return [], [FileFault(name, "", "Filen fylder for meget, når den pakkes ud. Del den i flere.")]
            if not parts:
                return [], [FileFault(name, "", "Der er ingen filer i zip-filen.")]
            for part in parts:
                if not part.filename.endswith(".md"):
                    faults.append(
                        FileFault(f"{name}/{part.filename}", "", "I en zip-fil kan kun stå filer, der ender på .md.")
                    )
                    continue
                found, wrong = _markdown(f"{name}/{part.filename}", package.read(part))
                guides += found
                faults += wrong
    except BROKEN:
        return [], [FileFault(name, "", "Zip-filen kan ikke pakkes ud. Pak den på ny uden adgangskode, og prøv igen.")]
    return guides, faults


def _of_rows(name: str, rows: Rows, where: Callable[[int, int, str], str]) -> tuple[list[Read], list[FileFault]]:
    header = next(rows, None)
    if header is None:
        return [], [FileFault(name, "", "Filen er tom. Hent skabelonen, og udfyld den.")]
    names, flaws = heading(header[1])

    def told(row: int, column: str, says: str) -> FileFault:
        number = names.index(column) + 1 if column in names else 1
        return FileFault(name, where(row, number, column), says)

    if flaws:
        return [], [told(header[0], flaw.path, flaw.says) for flaw in flaws]
    guides: list[Read] = []
    faults: list[FileFault] = []
    for row, cells in rows:
        if any(cell.strip() for cell in cells[len(names) :]):
            faults.append(told(row, names[-1], "Rækken har flere celler, end der er kolonner."))
        guide, wrong = of_row(names, cells)
        wrong.sort(key=lambda flaw: names.index(flaw.path) if flaw.path in names else len(names))
        faults += (told(row, flaw.path, flaw.says) for flaw in wrong)
        guides += [guide] if guide else []
    return guides, faults


def _of_json(name: str, data: bytes) -> tuple[list[Read], list[FileFault]]:
    try:
        value = json.loads(data.decode("utf-8-sig"))
        # Half a letter can stand in JSON, and nowhere else: neither in the database nor on the page that would tell of it.
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError:
        return [], [FileFault(name, "", "Filen er ikke i UTF-8. Gem den som UTF-8, og prøv igen.")]
    except json.JSONDecodeError as error:
        return [], [FileFault(name, str(error.lineno), f"Filen er ikke rigtig JSON: {error.msg}.")]
    except (RecursionError, ValueError):
        return [], [FileFault(name, "", "Filen er ikke en fil med guider.")]
    if not isinstance(value, dict) or value.get("format") != _JSON_NAME or not isinstance(value.get("guides"), list):
        return [], [
            FileFault(name, "", f'Filen skal være et objekt med "format": "{_JSON_NAME}" og en liste "guides".')
        ]
    guides: list[Read] = []
    faults: list[FileFault] = []
    for index, each in enumerate(value["guides"]):
        guide, flaws = of_value(each)
        faults += (FileFault(name, f"guides.{index}.{flaw.path}".rstrip("."), flaw.says) for flaw in flaws)
        guides += [guide] if guide else []
    return guides, faults


def _json(guides: Iterable[Read]) -> Iterator[bytes]:
    yield f'{{"format": "{_JSON_NAME}", "version": 1, "guides": ['.encode()
    between = "\n"
    for guide in guides:
        yield (between + json.dumps(value_of(guide), ensure_ascii=False, indent=1)).encode()
        between = ",\n"
    yield b"\n]}\n"


def _zip(guides: Iterable[Read]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for guide in guides:
            # The same guides give the same file, whenever they are carried out.
            package.writestr(zipfile.ZipInfo(f"{guide.slug}.md"), write(guide), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def empty_table(form: str) -> bytes:
    """Return a table with its columns and nothing in them, to be filled."""
    names: list[Any] = [next(table([]))]
    return write_xlsx(names) if form == "xlsx" else b"".join(write_csv(names))
