"""What bench/requests.py measures the portal against: the same pages in plain Django, and an answer of no work at all."""
