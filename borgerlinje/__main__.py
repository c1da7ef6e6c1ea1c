"""`python -m borgerlinje` is the command `borgerlinje`."""

import sys

from borgerlinje.cli import main

sys.exit(main())
