"""What is translated can be found by the tool that gathers it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import borgerlinje

PACKAGE = Path(borgerlinje.__file__).parent
TRANSLATES = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


def hidden(path: Path) -> Iterator[str]:
    """Yield the calls within f-strings: xgettext does not look into those, so that they would stay Danish in English."""
    for text in ast.walk(ast.parse(path.read_text())):
        if isinstance(text, ast.JoinedStr):
            for call in ast.walk(text):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TRANSLATES:
                    yield f"{path.relative_to(PACKAGE)}:{call.lineno}: {ast.unparse(call)}"


def test_no_text_is_hidden_from_the_translation_in_an_f_string() -> None:
    found = [each for path in sorted(PACKAGE.rglob("*.py")) for each in hidden(path)]
    assert not found, "\n".join(found)
