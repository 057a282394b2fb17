"""register_search"""

from portal.migrations import apply

revision = "0007"
down_revision = "0006"

upgrade = apply(__file__)
