"""What a typed query means."""
