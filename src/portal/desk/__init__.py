"""The staff's desk: what is to be done next, and by whom."""
