"""Pictures and documents that people send."""
