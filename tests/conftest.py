"""What every test may use. Nothing here starts before a test asks for it."""

pytest_plugins = ["tests.support.database", "tests.support.cast"]
