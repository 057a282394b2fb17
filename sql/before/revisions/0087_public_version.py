"""public_version"""

from portal.migrations import apply

revision = "0087"
down_revision = "0086"

upgrade = apply(__file__)
