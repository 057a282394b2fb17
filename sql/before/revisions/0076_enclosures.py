"""enclosures"""

from portal.migrations import apply

revision = "0076"
down_revision = "0075"

upgrade = apply(__file__)
