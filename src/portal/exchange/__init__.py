"""Registers of other portals, taken over."""
