"""What departments are asked and what they answer."""
