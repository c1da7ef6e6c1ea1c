"""The supervisor: starts, watches and stops everything one copy consists of."""
