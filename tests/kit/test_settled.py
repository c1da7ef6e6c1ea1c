"""A process does not look through its own code for garbage."""

import gc

from borgerlinje.kit.settled import settle


def test_what_is_loaded_is_searched_no_more_and_what_comes_later_is() -> None:
    usual = gc.get_threshold()
    try:
        settle()
        assert gc.get_freeze_count() > 0
        circle: list[object] = []
        circle.append(circle)
        del circle
        assert gc.collect() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)
