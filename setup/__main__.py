"""Set-up's command line: ``python3 -m setup --for run|test``. An older Python must be able to read this file."""

import os
import shutil
import sys

OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11", "python3.14")


def start() -> int:
    """Go on with a Python that is new enough, or say in one line that there is none."""
    if sys.version_info < OLDEST:
        for name in NEWER_PYTHONS:
            newer = shutil.which(name)
            if newer:
                os.execv(newer, [newer, "-m", "setup", *sys.argv[1:]])
        sys.exit(
            "Set-up needs Python 3.11 or newer, and python3 here is {}.{}. Install a newer one, "
            "or name one: make PYTHON=/path/to/python3 setup".format(*sys.version_info)
        )
    from setup.steps import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(start())
