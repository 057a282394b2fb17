"""cases"""

from portal.migrations import apply

revision = "0003"
down_revision = "0002"

upgrade = apply(__file__)
