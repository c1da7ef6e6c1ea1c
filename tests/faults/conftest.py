"""The whole product, started once, and citizens in each state for each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support import house as house_of
from tests.support.house import House, Scene
from tests.support.product import Product
from tests.support.telephone import is_available


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """One running product with lines and employees, for all tests but those that need one of a special kind."""
    if not is_available():
        pytest.skip("no Asterisk on this machine")
    with Product() as product:
        product.start()
        yield House.of(product)


@pytest.fixture
async def scene(house: House) -> AsyncIterator[Scene]:
    """Citizens who talk, ring, wait and are greeted; when the test is done everything must be in order again."""
    async with house_of.scene(house) as scene:
        yield scene
