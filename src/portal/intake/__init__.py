"""How a case comes in."""
