"""Set-up: fetches every part the product needs, before its own packages exist.

Only the standard library may be imported here, and no room of the product but the
two modules of ``borgerlinje.kit`` that keep to the same rule (``home`` and ``parts``).
``check`` and ``diagram`` run later, in the project's own environment, and no other module here imports them.
"""
