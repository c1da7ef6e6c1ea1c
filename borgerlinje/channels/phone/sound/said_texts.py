"""What tables of sentences have in common: one per language, with those among them that are the same for everybody. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Table = TypeVar("_Table")


def plain(table: "DataclassInstance") -> Iterator[str]:
    """Yield the sentences of a table that take nothing in, in the order they are written."""
    yield from (text for each in fields(table) if "{" not in (text := getattr(table, each.name)))


class Languages(Generic[_Table]):
    """A table of sentences per language; the Danish one answers for every language without its own."""

    def __init__(self, *, da: _Table, en: _Table) -> None:
        self._by_language: Mapping[str, _Table] = {"da": da, "en": en}

    def __call__(self, language: str) -> _Table:
        """Return what is said in a language, the Danish where there is nothing of it."""
        return self._by_language.get(language, self._by_language["da"])

    def items(self) -> Iterator[tuple[str, _Table]]:
        """Yield every language with its table."""
        yield from self._by_language.items()
