"""How many statements a block sends to the database."""

from collections.abc import Callable
from typing import Any


class Counter:
    """For `connection.execute_wrapper`: counts, and keeps what was sent."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def asked(self) -> list[str]:
        """The statements themselves, without those marks."""
        return [each for each in self.statements if "SAVEPOINT" not in each]

    @property
    def count(self) -> int:
        """How many statements there were, but for the marks a transaction within a test's own needs."""
        return len(self.asked)

    def __call__(self, execute: Callable[..., Any], statement: str, values: Any, *context: Any) -> Any:
        """Note a statement and carry it out."""
        self.statements.append(statement)
        return execute(statement, values, *context)
