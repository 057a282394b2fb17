"""languages"""

from portal.migrations import apply

revision = "0088"
down_revision = "0087"

upgrade = apply(__file__)
