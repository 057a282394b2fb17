"""How the staff come in: passwords, second step, sessions."""
