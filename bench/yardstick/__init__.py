"""What bench/requests.py measures the portal against: its pages in plain Django, and an answer that takes no work."""
