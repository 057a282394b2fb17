"""The reply to a case."""
