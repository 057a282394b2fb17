"""public_version"""

from portal.migrations import apply

revision = "0083"
down_revision = "0086"

upgrade = apply(__file__)
