"""What several measurements need: load, processor time, a running product."""
