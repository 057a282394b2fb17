"""What the public sees, and who decides it."""
