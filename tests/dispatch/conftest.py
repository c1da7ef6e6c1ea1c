from tests.dispatch.engine import engine

__all__ = ["engine"]
