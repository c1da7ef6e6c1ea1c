"""What a process keeps for its whole life is not looked through again and again for what can be thrown away."""

import gc

# So many more objects than before are made ahead of a search: more than any page makes that stay. It costs some 20 MB.
_MADE = 50_000


def settle() -> None:
    """Exempt all that is in memory now from the search for garbage, and search seldom: call it once, when everything is loaded.

    A web process is some 150,000 objects of code and tables. With Python's own settings it looked through all of them every ten pages
    or so, and whichever page set that off was held up for 150 to 250 ms. What is no part of a circle is freed at once, as ever.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE)
