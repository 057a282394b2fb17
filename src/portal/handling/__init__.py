"""What is done with a received case."""
