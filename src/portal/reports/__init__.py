"""How the terms are kept."""
