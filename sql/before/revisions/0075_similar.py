"""similar"""

from portal.migrations import apply

revision = "0075"
down_revision = "0074"

upgrade = apply(__file__)
